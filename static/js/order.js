// One order on the screen: single keys press its buttons (by their place on the keyboard, in every layout), and it is
// read anew when somebody changes it. One pair of listeners for whatever order is shown.
const TYPING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
const stale = new Set();
let isListening = false;
let hadFocus = false; // the order that was swapped away; the new one takes it, so that Tab goes on from here

export function start(order) {
  if (hadFocus && !order.contains(document.activeElement)) order.focus({ preventScroll: true });
  hadFocus = false;
  order.addEventListener("htmx:beforeSwap", () => { hadFocus = order.contains(document.activeElement); });
  order.addEventListener("focusout", later);
  order.addEventListener("toggle", later, true);
  order.addEventListener("htmx:afterRequest", later);
  if (isListening) return;
  isListening = true;
  document.addEventListener("keydown", key);
  document.addEventListener("live:changed", ({ detail }) => detail.kind === "order" && changed(String(detail.key)));
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

// What is half typed or under way is not swept off the screen.
function isBeingUsed(order) {
  const typed = [...order.querySelectorAll("input:not([type=hidden])")].some((field) => field.value !== field.defaultValue);
  return typed || order.classList.contains("htmx-request") || order.querySelector(".htmx-request") !== null;
}

function key(event) {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (event.target.closest(`${TYPING}, dialog`) || document.querySelector("dialog[open]")) return;
  const keys = shown().flatMap((order) => [...order.querySelectorAll("[data-hotkey]")]);
  const wanted = keys.find((it) => event.code === `Key${it.dataset.hotkey.toUpperCase()}`);
  if (!wanted) return;
  event.preventDefault();
  if (wanted.matches(TYPING)) wanted.focus();
  else press(wanted);
}

function press(element) {
  element.click();
  const reason = element.closest("details")?.querySelector("input:not([type=hidden])");
  if (reason) setTimeout(() => reason.focus()); // the menu opens only now
}
