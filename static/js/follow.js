// <section data-follows="order-12" hx-get=… hx-trigger="follow"> reads itself anew whenever order 12 changes.
export function start() {
  const follow = (element) => window.htmx.trigger(element, "follow");

  document.addEventListener("live:changed", ({ detail }) => {
    const name = `${detail.kind}-${detail.key}`;
    for (const element of document.querySelectorAll("[data-follows]")) {
      if (element.dataset.follows.split(" ").includes(name)) follow(element);
    }
  });
  document.addEventListener("live:read", () => document.querySelectorAll("[data-follows]").forEach(follow));
}
