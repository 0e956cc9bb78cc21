// The desk by keyboard. Letters by their place on the keyboard, so that they work in every layout; none fires in a field.
// Any element with data-key="Insert" is clicked by that key.
import { cards, extension, waits } from "./calls.js";

const TYPED_IN = "input:not([type=checkbox], [type=radio], [type=button], [type=range]), select, textarea, [contenteditable]";

export function start() {
  const sheet = document.getElementById("keys");
  const waiting = () => cards().filter((card) => waits(card, extension()));
  const marked = () => waiting().find((card) => card.getAttribute("aria-current") === "true");

  function mark(card) {
    for (const other of cards()) other.removeAttribute("aria-current");
    card?.setAttribute("aria-current", "true");
    card?.scrollIntoView({ block: "nearest" });
  }

  function step(by) {
    const all = waiting();
    if (!all.length) return;
    const at = all.indexOf(marked());
    mark(at < 0 ? all[by > 0 ? 0 : all.length - 1] : all[Math.min(all.length - 1, Math.max(0, at + by))]);
  }

  function answer() {
    const card = marked() ?? waiting()[0];
    card?.querySelector("[data-intent] button")?.click();
  }

  function escape(event) {
    if (event.target.matches(TYPED_IN)) return event.target.blur();
    document.dispatchEvent(new CustomEvent("desk:escape", { cancelable: true }));
  }

  const inList = (target) => target.closest('[data-live="order"], [role="grid"], table') !== null;

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") return escape(event);
    if (event.target.matches(TYPED_IN)) return;
    const own = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (own) {
      own.focus({ preventScroll: true }); // a menu that opens goes on by keyboard
      own.click();
    } else if (event.key === "?" || (event.code === "Slash" && event.shiftKey)) sheet.showModal();
    else if (event.code === "KeyA" && !event.repeat) answer();
    else if (event.key === "ArrowDown" && !inList(event.target)) step(1);
    else if (event.key === "ArrowUp" && !inList(event.target)) step(-1);
    else return;
    event.preventDefault();
  });
}
