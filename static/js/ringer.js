// Rings while somebody waits: in one tab of this browser, quietly while its owner talks, silent at once when nobody
// waits. What is chosen stays in this browser. data-sound on the indicator says what is heard: "", "ring", "quiet".
import { cards, extension, talksHere } from "./calls.js";
import { quiet, sounds, unlocked } from "./sounds.js";

const STORE = "ringer";
const PHONE_MS = 2500; // the browser phone says each second that it rings; a tab that died rings no more

export function start(indicator) {
  const find = (name) => indicator.querySelector(`[data-${name}]`);
  const [on, choice, loudness, blocked] = ["sound-on", "sound", "loudness", "sound-blocked"].map(find);
  let context = null;
  let out = null;
  let next = 0; // timer of the next ring
  let mine = false; // this tab is the one that rings
  let heard = "";
  let phoneRings = 0; // timer: the browser phone rings already, here or in another tab

  function load() {
    const kept = JSON.parse(localStorage.getItem(STORE) ?? "{}");
    on.checked = kept.on ?? true;
    choice.value = kept.sound in sounds ? kept.sound : "bell";
    loudness.value = kept.loudness ?? 6;
  }

  function keep() {
    localStorage.setItem(STORE, JSON.stringify({ on: on.checked, sound: choice.value, loudness: Number(loudness.value) }));
    follow();
  }

  function wanted() {
    if (phoneRings || !on.checked || Number(indicator.dataset.count) === 0) return "";
    return cards().some((card) => talksHere(card, extension())) ? "quiet" : "ring";
  }

  function follow() {
    indicator.dataset.muted = String(!on.checked);
    const want = mine ? wanted() : "";
    if (want === heard) return;
    hush();
    heard = indicator.dataset.sound = want;
    if (want) ring();
  }

  function ring() {
    out = output();
    const draw = heard === "quiet" ? quiet : sounds[choice.value];
    next = setTimeout(ring, draw(out, context.currentTime + 0.02) * 1000);
  }

  function output() {
    const gain = new GainNode(context, { gain: (loudness.value / 10) ** 2 });
    gain.connect(context.destination);
    return gain;
  }

  function hush() {
    clearTimeout(next);
    out?.disconnect();
    out = null;
  }

  // A browser plays nothing before the first click on the page; only a tab that may play asks to be the one that rings.
  async function unlock() {
    context ??= new AudioContext();
    const maySound = await unlocked(context);
    blocked.hidden = maySound;
    indicator.toggleAttribute("data-blocked", !maySound);
    if (maySound) stand();
  }

  let stood = false;
  function stand() {
    if (stood) return;
    stood = true;
    const take = () => new Promise(() => { mine = true; follow(); });
    if (navigator.locks) navigator.locks.request("taxi-ringer", take);
    else take(); // an address without https, other than this machine: every tab rings
  }

  function leaveToPhone(rings) {
    clearTimeout(phoneRings);
    phoneRings = rings && setTimeout(() => leaveToPhone(0), PHONE_MS);
    follow();
  }

  load();
  new BroadcastChannel("phone").onmessage = ({ data }) => leaveToPhone(data.ringing ? 1 : 0);
  indicator.dataset.sound = "";
  for (const field of [on, choice, loudness]) field.addEventListener("change", keep);
  find("sound-try").addEventListener("click", async () => {
    await unlock();
    if (context.state === "running") sounds[choice.value](output(), context.currentTime + 0.02);
  });
  window.addEventListener("storage", (event) => {
    if (event.key !== STORE) return;
    load();
    follow();
  });
  for (const gesture of ["pointerdown", "keydown"]) document.addEventListener(gesture, unlock, { capture: true });
  new MutationObserver(follow).observe(indicator, { attributeFilter: ["data-count"] });
  document.addEventListener("live:changed", follow);
  follow();
  unlock();
}
