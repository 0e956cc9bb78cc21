// What is stale now, judged by the beats: shared by the banner, the lamps and the refusal of commands.
const SILENCE = 2500; // ms without a beat
const CUT = 1500; // ms without a beat where the connection is known to be gone
const GRACE = 4000; // a page that has just opened has not heard one yet

const openedAt = performance.now();
let beat = null;
let beatAt = null;
let isCut = false;
const watchers = new Set();

export function parts() {
  const silent = performance.now() - (beatAt ?? openedAt);
  const limit = beatAt === null ? GRACE : isCut ? CUT : SILENCE;
  const server = { ok: silent < limit, age: beatAt === null ? null : silent / 1000, note: "" };
  const late = beatAt === null ? 0 : silent / 1000;
  const said = Object.entries(beat?.pulses ?? {}).map(([name, pulse]) => [
    name, { ...pulse, ok: pulse.ok && server.ok, age: pulse.age === null ? null : pulse.age + late },
  ]);
  return { server, ...Object.fromEntries(said) };
}

export const heard = () => beatAt !== null;

export function watch(look) {
  watchers.add(look);
  look(parts());
}

const show = () => watchers.forEach((look) => look(parts()));
document.addEventListener("live:beat", ({ detail }) => {
  beat = detail;
  beatAt = performance.now();
  isCut = false;
  show();
});
document.addEventListener("live:down", () => { isCut = true; });
setInterval(show, 250); // within three seconds of a fault it is said
