// What is open in #pane comes back after a reload; a fragment that was just opened gets the focus.
const STORE = "pane";

export function start(desk) {
  const pane = desk.querySelector("#pane");

  document.body.addEventListener("htmx:afterSettle", (event) => {
    const { target } = event.detail;
    if (target !== pane && !target?.matches("#pane [data-fill]")) return;
    const { verb, path } = event.detail.requestConfig;
    if (verb === "get") sessionStorage.setItem(STORE, path);
    const first = pane.querySelector("[autofocus]") ?? pane.querySelector("[data-first]");
    if (first && !pane.contains(document.activeElement)) first.focus({ preventScroll: true });
    pane.scrollTop = 0;
  });
  // A form that was saved answers with what is to be shown from now on.
  document.body.addEventListener("pane:open", ({ detail }) => sessionStorage.setItem(STORE, detail.path ?? detail.value));

  const open = sessionStorage.getItem(STORE);
  if (open) window.htmx.ajax("GET", open, { target: "#pane", swap: "innerHTML" }).catch(() => sessionStorage.removeItem(STORE));
}
