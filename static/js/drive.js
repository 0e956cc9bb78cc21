// A driver's page. What he presses is kept in this browser with a key and its time, and sent until it is answered, in
// the order in which it was pressed: a tunnel loses nothing. Offers ring and shake; the position goes while he is on shift.
import { sync } from "./draw.js";
import { now } from "./clock.js";
import { sounds } from "./sounds.js";

const AGAIN = 3000; // ms until what was not answered is sent again
const LIMIT = 10_000; // ms for one answer
const RING = 2500;
const REMIND = 30_000; // ms between two reminders of a pre-order that he has not confirmed
const SEND_EVERY = 10_000; // ms between two positions, unless he moved far
const AT_LEAST = 2000;
const FAR = 50; // metres
const NIGHT = [20, 7]; // from, to, o'clock

export function start(page) {
  const say = page.dataset;
  const store = `drive.acts.${say.person}`;
  const [said, offline, noPosition] = ["said", "offline", "no-position"].map((name) => page.querySelector(`[data-${name}]`));
  const acts = () => JSON.parse(localStorage.getItem(store) ?? "[]");
  const keep = (list) => localStorage.setItem(store, JSON.stringify(list));
  const seen = new Set();
  let sending = false;
  let again = 0;
  let down = false;
  let context = null;
  let lock = null;
  let watch = null;
  let later = 0; // timer of a position that came too soon after the last
  let sent = { at: -Infinity, latitude: 0, longitude: 0 };

  // --- presses ------------------------------------------------------------------------------------------------------
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.act || form.method !== "post") return;
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(form, event.submitter));
    delete fields.csrfmiddlewaretoken;
    event.submitter?.setAttribute("aria-busy", "true");
    press(new URL(form.action).pathname, fields, form.dataset.act);
  });

  function press(path, fields, words) {
    const pressed = { path, words, fields: { ...fields, key: id(), at: new Date(now()).toISOString() } };
    keep([...acts(), pressed]);
    if (words) said.hidden = true;
    flush();
  }

  async function flush() {
    clearTimeout(again);
    if (sending) return;
    sending = true;
    try {
      while (acts().length && (await send(acts()[0]))) keep(acts().slice(1));
    } finally {
      sending = false;
    }
    show();
    if (acts().length) again = setTimeout(flush, AGAIN);
  }

  // True: it is answered, whatever the answer is.
  async function send({ path, fields, words }) {
    let answer;
    try {
      answer = await post(path, fields);
    } catch {
      down = true;
      return false;
    }
    if (answer.status >= 500) return false;
    down = false;
    if (![200, 409].includes(answer.status)) {
      if (await isSignedOut()) {
        location.reload(); // the press waits until he is in again
        return false;
      }
      if (words) tell(say.sayGone);
      return true;
    }
    const { sentence, html } = await answer.json();
    sync(html);
    if (sentence && words) tell(sentence);
    return true;
  }

  const post = (path, fields) => fetch(path, {
    method: "POST", body: new URLSearchParams(fields), signal: AbortSignal.timeout(LIMIT),
    headers: { "HX-Request": "true", "X-CSRFToken": token() },
  });

  // To a stranger a press is answered like one of what does not exist; a question leads him to the sign-in page.
  async function isSignedOut() {
    try {
      const answer = await fetch(say.stateUrl, { headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(LIMIT) });
      return answer.redirected || answer.headers.has("HX-Redirect");
    } catch {
      return true;
    }
  }

  function tell(sentence) {
    said.textContent = sentence;
    said.hidden = false;
  }

  function show() {
    const waits = acts().filter((act) => act.words).map((act) => act.words);
    const lines = [down ? say.sayOffline : "", waits.length ? say.sayWaits.replace("{acts}", waits.join(", ")) : ""];
    offline.textContent = lines.filter(Boolean).join(" ");
    offline.hidden = !offline.textContent;
    if (!waits.length) for (const busy of page.querySelectorAll("[data-act] [aria-busy]")) busy.removeAttribute("aria-busy");
  }

  document.addEventListener("live:down", () => { down = true; show(); });
  document.addEventListener("live:beat", () => { if (down) { down = false; flush(); } });
  window.addEventListener("online", flush);

  // --- offers -------------------------------------------------------------------------------------------------------
  const offers = () => [...page.querySelectorAll("[data-offer]")].filter((it) => Date.parse(it.querySelector("time[data-until]").dataset.until) > now());

  function look() {
    for (const offer of offers()) {
      if (seen.has(offer.dataset.offer) || document.hidden) continue;
      seen.add(offer.dataset.offer);
      press(offer.dataset.seenUrl, {}, "");
    }
    follow();
  }

  const forgotten = () => [...page.querySelectorAll("[data-remind-at]")].some((it) => Date.parse(it.dataset.remindAt) <= now());

  function ring() {
    navigator.vibrate?.([300, 120, 300]);
    if (context?.state !== "running") return;
    const out = new GainNode(context, { gain: 0.9 });
    out.connect(context.destination);
    sounds.marimba(out, context.currentTime + 0.02);
  }

  // A browser lets nothing sound before the page was touched once.
  document.addEventListener("pointerdown", () => {
    context ??= new AudioContext();
    context.resume();
  });
  document.addEventListener("live:changed", look);
  document.addEventListener("live:read", look);
  document.addEventListener("visibilitychange", look);
  setInterval(() => offers().length && ring(), RING);
  setInterval(() => forgotten() && ring(), REMIND);

  // --- position, and a screen that stays on ---------------------------------------------------------------------------
  const onShift = () => page.querySelector("[data-on-shift]") !== null;

  function follow() {
    if (onShift() && watch === null) {
      if (!window.isSecureContext) return warn(say.sayNeedsHttps);
      watch = navigator.geolocation.watchPosition(report, () => warn(say.sayNoPosition), { enableHighAccuracy: true, maximumAge: 5000 });
    } else if (!onShift() && watch !== null) {
      forgo();
      warn("");
    }
    if (onShift() && !lock && !document.hidden) stayOn();
    if (!onShift()) lock?.release().catch(() => {});
  }

  function forgo() {
    navigator.geolocation.clearWatch(watch);
    watch = null;
  }

  // A watch that was refused stays so: after he has allowed it in the settings a new one has to be begun.
  function askAgain() {
    if (watch === null) return;
    forgo();
    follow();
  }
  noPosition.querySelector("button").addEventListener("click", askAgain);
  navigator.permissions?.query({ name: "geolocation" }).then((permission) => permission.addEventListener("change", askAgain), () => {});

  // Nothing moves in a stand's queue, and he must not seem lost there: now and then he is asked where he is.
  setInterval(() => {
    const isQuiet = watch !== null && performance.now() - sent.at > 3 * SEND_EVERY;
    if (isQuiet) navigator.geolocation.getCurrentPosition(report, () => {}, { maximumAge: SEND_EVERY });
  }, SEND_EVERY);

  async function report(fix) {
    const { coords, timestamp } = fix;
    warn("");
    clearTimeout(later);
    const passed = performance.now() - sent.at;
    const pause = metres(coords, sent) < FAR ? SEND_EVERY : AT_LEAST;
    if (passed < pause) {
      later = setTimeout(report, pause - passed, fix);
      return;
    }
    const before = sent;
    sent = { at: performance.now(), latitude: coords.latitude, longitude: coords.longitude };
    const at = new Date(timestamp + now() - Date.now()).toISOString();
    try {
      const fields = { latitude: coords.latitude, longitude: coords.longitude, accuracy: Math.round(coords.accuracy), at };
      await post(say.positionUrl, fields);
    } catch {
      sent = before; // the next one tells it
    }
  }

  function warn(sentence) {
    noPosition.querySelector("span").textContent = sentence;
    noPosition.hidden = !sentence;
  }

  async function stayOn() {
    try {
      lock = (await navigator.wakeLock?.request("screen")) ?? null;
      lock?.addEventListener("release", () => (lock = null));
    } catch {
      lock = null; // low battery, or not allowed: the page works all the same
    }
  }

  // --- dark at night, installable -------------------------------------------------------------------------------------
  function dim() {
    const hour = new Date().getHours();
    const dark = document.querySelector("link[data-dark]");
    dark.media = hour >= NIGHT[0] || hour < NIGHT[1] ? "all" : "(prefers-color-scheme: dark)";
  }

  dim();
  setInterval(dim, 60_000);
  navigator.serviceWorker?.register(say.workerUrl, { scope: say.scope }).catch(() => {});
  look();
  flush();
}

const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];

// Version 4, also where the page is not secure and crypto.randomUUID is missing.
function id() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("").replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function metres(here, there) {
  const up = (here.latitude - there.latitude) * 111_195;
  const across = (here.longitude - there.longitude) * 111_195 * Math.cos((here.latitude * Math.PI) / 180);
  return Math.hypot(up, across);
}
