// What has changed while the answer that draws it was on its way: what that shows is over already.
const KEPT = 500;
const told = new Map(); // "order:7" → when its last change was told
const asked = new WeakMap(); // an order on the screen, or its history → when the answer that drew it was asked for

document.addEventListener("live:told", ({ detail: { kind, key } }) => {
  told.delete(`${kind}:${key}`); // so that the oldest comes first
  told.set(`${kind}:${key}`, performance.now());
  if (told.size > KEPT) told.delete(told.keys().next().value);
});
document.addEventListener("htmx:beforeSend", ({ detail }) => (detail.xhr.askedAt = performance.now()));
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  for (const drawn of document.querySelectorAll(".order[data-order], .order-history")) if (!asked.has(drawn)) asked.set(drawn, detail.xhr.askedAt);
});

// Whether one of these things has changed since.
export const isOvertaken = (drawn, things) => things.some((thing) => (told.get(thing) ?? -1) >= (asked.get(drawn) ?? 0));
