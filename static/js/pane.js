// What is open in #pane comes back after a reload, and its order is marked in the list. A click anywhere on a row opens
// its order.
import "./overtaken.js"; // hears from now on, before the first order is open

const STORE = "pane";

export function start(desk) {
  const pane = desk.querySelector("#pane");
  const list = desk.querySelector("table.orders");
  const keep = (path) => (path ? sessionStorage.setItem(STORE, path) : sessionStorage.removeItem(STORE));

  function mark() {
    const open = pane.querySelector("[data-order]")?.dataset.order;
    for (const row of list.querySelectorAll("[aria-current]")) row.removeAttribute("aria-current");
    for (const kind of open ? ["order", "past"] : []) document.getElementById(`${kind}-${open}`)?.setAttribute("aria-current", "true");
  }

  // Of two answers about one order the one that was asked for first may come last: it would show a state that is over.
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { target, serverResponse } = event.detail;
    const shown = pane.contains(target) && pane.querySelector(".order[data-version]");
    if (!shown) return;
    const answer = document.createElement("template");
    answer.innerHTML = serverResponse;
    const same = answer.content.querySelector(`.order[data-order="${shown.dataset.order}"]`);
    if (same && Number(same.dataset.version) < Number(shown.dataset.version)) event.detail.shouldSwap = false;
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== pane) return;
    const { verb, path } = event.detail.requestConfig;
    if (verb === "get") keep(event.detail.pathInfo?.requestPath ?? path);
    pane.scrollTop = 0;
  });
  document.body.addEventListener("htmx:afterSettle", () => {
    if (!pane.children.length) {
      keep("");
      pane.append(document.getElementById("pane-empty").content.cloneNode(true));
    }
    // A form opened by hand gets its draft with the first look at it; the next look is at that draft.
    const draft = pane.querySelector(":scope > [data-draft-url]")?.dataset.draftUrl;
    if (draft) keep(draft);
    mark();
  });
  // A verb on an order answers with what is to be shown from now on.
  document.body.addEventListener("pane:open", ({ detail }) => keep(detail.path));
  for (const name of ["live:changed", "past:read"]) list.addEventListener(name, mark);
  list.addEventListener("click", (event) => {
    if (event.target.closest("a, button, input, label") || getSelection().toString()) return;
    event.target.closest("tbody > tr")?.querySelector("a[hx-get]")?.click();
  });

  const open = sessionStorage.getItem(STORE);
  if (open) window.htmx.ajax("GET", open, { target: "#pane", swap: "innerHTML" });
}
