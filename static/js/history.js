// What happened to an order: chosen by kind, for as long as the page is open; walked through by the arrows; read anew
// when something that a line shows changes (a call that is still going on). What is being heard is not cut off.
import { isOvertaken } from "./overtaken.js";

let shown = "";
let place = -1; // of the line that had the focus, when the lines were swapped away

export function start(history) {
  const off = new AbortController();
  const follows = new Set(history.dataset.follows.split(" "));
  const lines = [...history.querySelectorAll(".timeline-line")];
  const choices = [...history.querySelectorAll("[data-show]")];
  const isHeard = () => [...history.querySelectorAll("audio")].some((piece) => !piece.paused);
  const visible = () => lines.filter((line) => !line.hidden);
  let isStale = isOvertaken(history, [...follows]);

  function show(group) {
    shown = group;
    for (const choice of choices) choice.setAttribute("aria-pressed", String(choice.dataset.show === group));
    for (const line of lines) line.hidden = group !== "" && line.dataset.group !== group;
    history.querySelector("[data-none]").hidden = visible().length > 0;
  }

  function refresh() {
    if (!isStale || isHeard()) return;
    isStale = false;
    history.dispatchEvent(new CustomEvent("history:stale"));
  }

  history.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.matches("[data-show]")) show(button.dataset.show);
    else if (button?.matches("[data-show-next]")) show(choices[(choices.findIndex((it) => it.dataset.show === shown) + 1) % choices.length].dataset.show);
    else if (button?.matches("[data-newest]")) visible()[0]?.focus();
  });
  history.addEventListener("keydown", (event) => {
    const at = visible().indexOf(event.target);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: visible().length - 1 }[event.key];
    if (at < 0 || next === undefined) return;
    event.preventDefault();
    visible()[Math.max(0, Math.min(next, visible().length - 1))].focus();
  });
  history.addEventListener("htmx:beforeSwap", () => {
    place = lines.indexOf(document.activeElement);
  });
  for (const over of ["pause", "ended"]) history.addEventListener(over, () => setTimeout(refresh), true);
  document.addEventListener("live:told", ({ detail }) => {
    if (!history.isConnected) off.abort();
    else if (follows.has(`${detail.kind}:${detail.key}`)) {
      isStale = true;
      refresh();
    }
  }, { signal: off.signal });

  show(shown);
  if (place >= 0) lines[Math.min(place, lines.length - 1)]?.focus({ preventScroll: true });
  place = -1;
  setTimeout(refresh);
}
