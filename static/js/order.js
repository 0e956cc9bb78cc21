// One order on the screen: single keys press its buttons (by their place on the keyboard, in every layout), and it is
// read anew when somebody changes it. One pair of listeners for whatever order is shown.
import { keepTouched } from "./draw.js";
import { meant } from "./keymap.js";
import { isOvertaken } from "./overtaken.js";

const TYPING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
const stale = new Set();
let isListening = false;
let left = null; // the order that was read anew and swapped away
let focused = null; // in the one that was swapped away: {id, name} of the field that goes on, or {} for the order itself

export function start(order) {
  if (left?.dataset.order === order.dataset.order) keepOpen(left, order);
  left = null;
  if (focused !== null && !order.contains(document.activeElement)) fieldOf(order, focused).focus({ preventScroll: true });
  focused = null;
  order.addEventListener("htmx:beforeSwap", leave);
  order.addEventListener("focusout", later);
  for (const over of ["toggle", "pause", "ended"]) order.addEventListener(over, later, true);
  order.addEventListener("htmx:afterRequest", later);
  if (isOvertaken(order, [`order:${order.dataset.order}`])) stale.add(order.dataset.order);
  later();
  if (isListening) return;
  isListening = true;
  document.addEventListener("keydown", key);
  document.addEventListener("click", opened);
  document.addEventListener("live:told", ({ detail }) => detail.kind === "order" && changed(String(detail.key)));
  document.addEventListener("live:read", () => shown().forEach((order) => changed(order.dataset.order)));
}

const shown = () => [...document.querySelectorAll(".order[data-order]")];
const later = () => setTimeout(refresh);

function changed(key) {
  stale.add(key);
  refresh();
}

function refresh() {
  for (const order of shown()) {
    if (!stale.has(order.dataset.order) || isBeingUsed(order)) continue;
    stale.delete(order.dataset.order);
    order.dispatchEvent(new CustomEvent("order:stale"));
  }
}

// What was asked for before somebody began to type or to act comes too late.
function leave(event) {
  const order = event.currentTarget;
  const isRefresh = event.detail.requestConfig.triggeringEvent?.type === "order:stale";
  if (isRefresh && (isTyped(order) || isAsking(order))) {
    event.detail.shouldSwap = false;
    stale.add(order.dataset.order);
    return;
  }
  left = isRefresh ? order : null;
  if (order.contains(document.activeElement)) focused = isRefresh ? document.activeElement : {};
}

// Who could drive it is a reading of its own, and comes after the order.
function keepOpen(before, order) {
  keepTouched(before, order);
  const later = ({ currentTarget }) => keepTouched(before, currentTarget);
  order.querySelector(".candidates")?.addEventListener("htmx:afterSwap", later, { once: true });
}

// Tab goes on from where it was.
const fieldOf = (order, { id, name }) =>
  (id && order.querySelector(`#${CSS.escape(id)}`)) || (name && order.querySelector(`[name="${CSS.escape(name)}"]:not([type=hidden])`)) || order;
const isTyped = (order) =>
  [...order.querySelectorAll("input:not([type=hidden])")].some((field) => field.value !== field.defaultValue) ||
  [...order.querySelectorAll(".causes option")].some((cause) => cause.selected !== cause.defaultSelected);

const isAsking = (order) => order.querySelector(".htmx-request") !== null;

// What is half typed or under way is not swept off the screen, what is being heard not cut off.
function isBeingUsed(order) {
  if ([...order.querySelectorAll("audio")].some((piece) => !piece.paused)) return true;
  return isTyped(order) || order.classList.contains("htmx-request") || isAsking(order);
}

function key(event) {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (event.target.closest(`${TYPING}, dialog`) || document.querySelector("dialog[open]")) return;
  const keys = shown().flatMap((order) => [...order.querySelectorAll("[data-hotkey]")]);
  const key = meant(event);
  const wanted = keys.find((it) => [`Key${it.dataset.hotkey.toUpperCase()}`, `Digit${it.dataset.hotkey}`].includes(key));
  if (!wanted) return;
  event.preventDefault();
  if (wanted.matches(TYPING)) wanted.focus();
  else wanted.click();
}

// Who opens a form types into it at once; beside it his letters would be keys.
function opened({ target }) {
  const menu = target.closest(".order summary")?.parentElement;
  const reason = menu?.querySelector("input:not([type=hidden]), select");
  if (reason) setTimeout(() => menu.open && reason.focus()); // it opens only now
}
