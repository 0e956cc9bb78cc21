// How many callers wait, each counted once, and how long the first of them has waited. Also in the title of the tab.
// The bell swings once for each new one: a motion without end would have the whole page painted sixty times a second.
import { cards, extension, isFor, waits } from "./calls.js";
import { now, span } from "./clock.js";

const SWING = [0, -14, 14, -14, 14, 0].map((degrees) => ({ rotate: `${degrees}deg` }));
const SWING_MS = 400;
const isStill = matchMedia("(prefers-reduced-motion: reduce)");

export function start(indicator) {
  const bell = indicator.querySelector(".indicator-bell");
  const count = indicator.querySelector("[data-waiting]");
  const longest = indicator.querySelector("[data-longest]");
  const title = document.title;

  function show() {
    for (const card of cards()) card.toggleAttribute("data-mine", isFor(card, extension()));
    const waiting = cards().filter((card) => waits(card, extension()));
    if (count.textContent !== String(waiting.length)) count.textContent = waiting.length;
    if (waiting.length > Number(indicator.dataset.count) && !isStill.matches) bell.animate(SWING, SWING_MS);
    indicator.dataset.count = waiting.length;
    document.title = waiting.length ? `(${waiting.length}) ${title}` : title;
    const since = waiting.map((card) => Date.parse(card.querySelector("time[data-since]")?.dataset.since)).filter(Number.isFinite);
    longest.hidden = !since.length;
    if (since.length) longest.textContent = span((now() - Math.min(...since)) / 1000);
  }

  document.addEventListener("live:changed", ({ detail }) => detail.kind === "call" && show());
  document.addEventListener("live:read", show);
  setInterval(show, 1000);
  show();
}
