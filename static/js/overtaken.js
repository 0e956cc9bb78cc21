// Which order has changed while the answer that draws it was on its way: what it shows is over already.
const KEPT = 500; // orders
const told = new Map(); // order → when its last change was told
const asked = new WeakMap(); // order on the screen → when the answer that drew it was asked for

document.addEventListener("live:told", ({ detail: { kind, key } }) => {
  if (kind !== "order") return;
  told.delete(String(key)); // so that the oldest comes first
  told.set(String(key), performance.now());
  if (told.size > KEPT) told.delete(told.keys().next().value);
});
document.addEventListener("htmx:beforeSend", ({ detail }) => (detail.xhr.askedAt = performance.now()));
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  for (const order of document.querySelectorAll(".order[data-order]")) if (!asked.has(order)) asked.set(order, detail.xhr.askedAt);
});

export const isOvertaken = (order) => (told.get(order.dataset.order) ?? -1) >= (asked.get(order) ?? 0);
