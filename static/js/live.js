// The socket of the desk. It hears what changed, numbered per topic, and draws it; whenever a number does not follow
// the one before (a gap, a reconnect, a sleep), it reads the whole state and goes on from there.
//
// On document: "live:beat" (detail: the frame, each second), "live:down", "live:told" (detail: kind, key, html), "live:hello" (connected).
import { change, sync } from "./draw.js";

const SILENCE = 3500; // ms without a frame: the connection is dead, whatever TCP believes
const FIRST_WAIT = 250;
const LONGEST_WAIT = 2500; // right again within five seconds after the server is ready
const READ_LIMIT = 8000;
const SIGNED_OUT = 4401;
const SEES_OTHERWISE = 4205;
const VERSION = new URL(import.meta.url).pathname.split("/").at(-3); // of this page: /static/<version>/js/live.js

export const tab = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export function start(desk) {
  const numbers = Object.fromEntries(desk.dataset.numbers.split(" ").map((pair) => pair.split("=")).map(([t, n]) => [t, +n]));
  let socket = null;
  let heardAt = performance.now();
  let tickAt = Date.now();
  let attempts = 0;
  let again = 0; // timer of the next attempt
  let reading = false;
  let readAgain = false;
  let held = []; // batches that came while the state was being read
  let isOld = false; // the server is of another version than this page

  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

  function connect() {
    clearTimeout(again);
    forget();
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const mine = new WebSocket(`${scheme}://${location.host}/ws/?language=${desk.dataset.language}&tab=${tab}`);
    socket = mine;
    heardAt = performance.now();
    mine.onmessage = (event) => mine === socket && hear(JSON.parse(event.data));
    mine.onclose = (event) => mine === socket && lost(event.code);
  }

  function forget() {
    if (!socket) return;
    const old = socket;
    socket = null;
    old.close();
  }

  function lost(code) {
    socket = null;
    tell("live:down");
    if (code === SIGNED_OUT) return reloadOnce();
    if (code === SEES_OTHERWISE) readAgain = true;
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** attempts++);
    again = setTimeout(connect, wait * (0.5 + Math.random() / 2));
  }

  function hear(frame) {
    heardAt = performance.now();
    if (frame.type === "hello" || frame.type === "beat") {
      attempts = 0;
      if (frame.type === "hello") isOld = frame.version !== VERSION;
      if (isOld && !isBusy()) return reloadOnce();
      tell(`live:${frame.type}`, frame);
      if (readAgain || Object.entries(frame.numbers).some(([topic, number]) => numbers[topic] !== number)) read();
    } else if (reading) {
      held.push(frame);
    } else {
      take(frame);
    }
  }

  function take({ topic, from, to, changes }) {
    if (to <= numbers[topic]) return; // older than what is shown
    if (from > numbers[topic] + 1) return void read();
    numbers[topic] = to;
    for (const { kind, key, html } of changes) {
      change(kind, key, html);
      tell("live:told", { kind, key, html });
    }
  }

  async function read() {
    if (reading) return;
    reading = true;
    readAgain = false;
    try {
      const answer = await fetch(desk.dataset.stateUrl, {
        headers: { Accept: "application/json", "HX-Request": "true" }, signal: AbortSignal.timeout(READ_LIMIT),
      });
      const isElsewhere = answer.redirected || answer.headers.has("HX-Redirect") || [404, 409].includes(answer.status);
      if (isElsewhere) return reloadOnce(); // signed out, no right, no shift: the server leads on
      if (!answer.ok) throw new Error(`state: ${answer.status}`);
      const state = await answer.json();
      Object.assign(numbers, state.numbers);
      sync(state.html);
      tell("live:read");
    } catch {
      readAgain = true; // with the next beat
    } finally {
      reading = false;
      const waiting = held;
      held = [];
      waiting.forEach(take);
    }
  }

  function wake() {
    if (performance.now() - heardAt < SILENCE && socket) return;
    tell("live:down");
    attempts = 0;
    connect();
  }

  setInterval(() => {
    const slept = Date.now() - tickAt > 10 * SILENCE; // the machine, not the tab: a hidden tab ticks once a minute
    tickAt = Date.now();
    if (slept) heardAt = -Infinity;
    if (socket && performance.now() - heardAt > SILENCE) wake();
  }, 1000);
  document.addEventListener("visibilitychange", () => document.hidden || wake());
  window.addEventListener("online", wake);
  window.addEventListener("pageshow", (event) => event.persisted && wake());
  window.addEventListener("pagehide", forget);
  connect();
}

// Something is being typed, or lies there half filled in.
const isBusy = () => document.activeElement?.matches("input, textarea, select") || document.querySelector("form.order") !== null;

// Signed out, or the right is gone: the server leads to where this person now belongs; or it is another version. Not in
// a circle.
function reloadOnce() {
  const last = Number(sessionStorage.getItem("live.reloaded") ?? 0);
  setTimeout(() => {
    sessionStorage.setItem("live.reloaded", Date.now());
    location.reload();
  }, Date.now() - last < 10_000 ? 5_000 : 0);
}
