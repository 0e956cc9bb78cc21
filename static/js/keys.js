// The desk by keyboard. Letters by their place on the keyboard, so that they work in every layout; none fires in a field.
// Any element with data-key="Insert" is clicked by that key. Each key can be another for each person: keymap.js.
import { cards, extension, waits } from "./calls.js";
import { hint, isTyping, keyOf, known, learn, meant, name } from "./keymap.js";
import { toast } from "./toast.js";

export function start(desk) {
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
    if (isTyping(event)) return event.target.blur();
    document.dispatchEvent(new CustomEvent("desk:escape", { cancelable: true }));
  }

  function toList() {
    const rows = [...desk.querySelectorAll("table.orders tbody:not([hidden]) > tr:not([hidden], [data-held])")];
    (rows.find((row) => row.getAttribute("aria-current") === "true") ?? rows[0])?.querySelector("a[href]")?.focus();
  }

  function intoMenu(menu) {
    if (menu.open) menu.querySelector(":is(a[href], button, input:not([type=hidden])):not(summary *)")?.focus();
  }

  const inList = (target) => target.closest('[data-live="order"], [role="grid"], table') !== null;
  const own = (event, key) => document.querySelector(`[data-key="${CSS.escape(key)}"], [data-key="${CSS.escape(event.key)}"]`);

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") return escape(event);
    if (isTyping(event)) return;
    const key = meant(event);
    const element = key && own(event, key);
    if (element) {
      element.focus({ preventScroll: true });
      element.click();
      if (element.matches("summary")) setTimeout(() => intoMenu(element.parentElement)); // it opens only now
    } else if (event.key === "?" || (key === "Slash" && event.shiftKey)) sheet.showModal();
    else if (key === "Slash" || event.key === "/") desk.querySelector("[data-hotkey-field]")?.focus();
    else if (key === "KeyA" && !event.repeat) answer();
    else if (key === "KeyL") toList();
    else if (key === "ArrowDown" && !inList(event.target)) step(1);
    else if (key === "ArrowUp" && !inList(event.target)) step(-1);
    else return;
    event.preventDefault();
  });

  // --- the sheet: a click on a key waits for the one that shall be pressed instead -----------------------------------
  const buttons = [...sheet.querySelectorAll("[data-change-key]")];
  let asking = null;

  function show() {
    for (const button of buttons) {
      button.querySelector("kbd").textContent = button === asking ? "…" : name(keyOf(button.dataset.changeKey));
      button.setAttribute("aria-pressed", String(button === asking));
    }
  }

  function keep(keys) {
    learn(keys);
    show();
    window.htmx.ajax("POST", desk.dataset.keysUrl, { source: desk, swap: "none", values: { keys: JSON.stringify(keys) } });
  }

  function give(keys, usual, code) {
    delete keys[usual];
    if (code !== usual) keys[usual] = code;
  }

  sheet.addEventListener("click", (event) => {
    const button = event.target.closest("[data-change-key]");
    if (event.target.closest("[data-usual-keys]")) keep({});
    if (!button) return;
    asking = asking === button ? null : button;
    show();
  });
  sheet.addEventListener("keydown", (event) => {
    if (!asking || ["Tab", "Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const usual = asking.dataset.changeKey;
    asking = null;
    if (event.key !== "Escape") {
      const keys = known();
      const taken = buttons.find((button) => button.dataset.changeKey !== usual && keyOf(button.dataset.changeKey) === event.code);
      if (taken) {
        give(keys, taken.dataset.changeKey, keyOf(usual)); // every letter does something: the two change places
        toast(sheet.dataset.saySwapped.replace("{key}", name(keyOf(usual))));
      }
      give(keys, usual, event.code);
      keep(keys);
    }
    show();
  });
  sheet.addEventListener("close", () => {
    asking = null;
    show();
  });

  learn(JSON.parse(desk.dataset.keys || "{}"));
  document.body.addEventListener("htmx:load", (event) => hint(event.detail.elt));
  document.addEventListener("live:changed", ({ detail }) => detail.element && hint(detail.element));
  show();
}
