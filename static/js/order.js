// One order on the screen: single keys press its buttons (by their place on the keyboard, in every layout), and it is
// read anew when somebody changes it.
const TYPING = "input, textarea, select, [contenteditable]";

export function start(order) {
  const off = new AbortController();
  const gone = () => !order.isConnected && (off.abort(), true);
  let stale = false;

  const refresh = () => {
    if (gone() || !stale || isBeingUsed(order)) return;
    stale = false;
    order.dispatchEvent(new CustomEvent("order:stale"));
  };
  document.addEventListener("live:changed", (event) => {
    const { kind, key } = event.detail;
    if (kind !== "order" || String(key) !== order.dataset.order) return;
    stale = true;
    refresh();
  }, { signal: off.signal });
  document.addEventListener("live:read", () => {
    stale = true;
    refresh();
  }, { signal: off.signal });
  order.addEventListener("focusout", () => setTimeout(refresh));
  order.addEventListener("toggle", () => setTimeout(refresh), true);
  order.addEventListener("htmx:afterRequest", () => setTimeout(refresh));

  document.addEventListener("keydown", (event) => {
    if (gone() || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (event.target.closest(`${TYPING}, dialog`) || document.querySelector("dialog[open]")) return;
    const wanted = [...order.querySelectorAll("[data-hotkey]")].find((it) => event.code === `Key${it.dataset.hotkey.toUpperCase()}`);
    if (!wanted) return;
    event.preventDefault();
    press(wanted);
  }, { signal: off.signal });
}

function press(element) {
  if (!element.matches(TYPING)) element.click();
  else element.focus();
  element.closest("details")?.querySelector("input:not([type=hidden])")?.focus();
}

// What is half typed or under way is not swept off the screen.
function isBeingUsed(order) {
  const typed = [...order.querySelectorAll("input:not([type=hidden])")].some((field) => field.value !== field.defaultValue);
  return typed || order.classList.contains("htmx-request") || order.querySelector(".htmx-request") !== null;
}
