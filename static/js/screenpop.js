// When my phone has become one side of a call that I answered or that was passed to me, what belongs to that call opens in
// #pane: once per call, also after a reload. When the call ends, the list shows again what it showed before.
import { cards, talksHere } from "./calls.js";

const STORE = "popped"; // in this tab: the calls that have been opened, the newest last
const KEPT = 50;

export function start(desk) {
  const { extension, person } = desk.dataset;
  const talking = new Set();
  const popped = JSON.parse(sessionStorage.getItem(STORE) ?? "[]");

  const idOf = (card) => card.id.replace("call-", "");
  // A call that comes in is mine when it was passed to me, too.
  const isMine = (card) => talksHere(card, extension) && (card.dataset.answeredBy === person || card.dataset.direction === "in");

  function look(id, card) {
    if (card && isMine(card)) {
      talking.add(id);
      if (!popped.includes(id)) open(id, card.dataset.openUrl);
    } else if (talking.delete(id)) {
      document.dispatchEvent(new CustomEvent("conveyor:restore", { detail: { call: id } }));
    }
  }

  function open(id, address) {
    popped.push(id);
    sessionStorage.setItem(STORE, JSON.stringify(popped.slice(-KEPT)));
    window.htmx.ajax("GET", address, { target: "#pane", swap: "innerHTML" });
  }

  document.addEventListener("live:changed", ({ detail }) => detail.kind === "call" && look(detail.key, detail.element));
  for (const card of cards()) look(idOf(card), card);
}
