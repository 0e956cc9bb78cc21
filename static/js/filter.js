// What of the orders is shown here: "driver=17" shows rows whose data-driver is 17. It stands in the address, with a chip.
// A call sets it ("conveyor:filter") and gives the earlier one back when it ends ("conveyor:restore").
import { extension, talksHere } from "./calls.js";
import { change } from "./draw.js";

const STORE = "filter.earlier"; // call → the filter from before it; survives a reload in the middle of the call

export function start(desk) {
  const chip = desk.querySelector("[data-filter-chip]");
  const label = desk.querySelector("[data-filter-label]");
  const empty = desk.querySelector("[data-filter-empty]");
  const list = desk.querySelector('[data-live="order"]');
  const earlier = JSON.parse(sessionStorage.getItem(STORE) ?? "{}");
  let shown = fromAddress();

  function fromAddress() {
    const address = new URLSearchParams(location.search);
    return { query: address.get("filter") ?? "", label: address.get("label") ?? "" };
  }

  function fits(row, conditions) {
    return conditions.every(([name, value]) => (row.dataset[name] ?? "").split(" ").includes(value));
  }

  function apply() {
    const conditions = [...new URLSearchParams(shown.query)];
    const rows = [...list.children].filter((row) => row.dataset.kind === "order");
    for (const row of rows) row.hidden = !fits(row, conditions);
    chip.hidden = !shown.query;
    label.textContent = shown.label || shown.query;
    empty.hidden = !shown.query || rows.some((row) => !row.hidden);
  }

  function show(filter) {
    shown = { query: filter.query ?? "", label: filter.label ?? "" };
    const address = new URL(location.href);
    for (const [name, value] of [["filter", shown.query], ["label", shown.label]]) {
      if (value) address.searchParams.set(name, value);
      else address.searchParams.delete(name);
    }
    history.replaceState(history.state, "", address);
    sessionStorage.setItem(STORE, JSON.stringify(earlier));
    apply();
    if (shown.query && document.getElementById("order-more")) fetchMissing(shown.query);
  }

  // A long list is here in part only: what the filter wants may lie beyond.
  async function fetchMissing(query) {
    const answer = await fetch(`${desk.dataset.ordersUrl}?${query}`, { headers: { "HX-Request": "true" } });
    if (!answer.ok || answer.redirected) return;
    const template = document.createElement("template");
    template.innerHTML = await answer.text();
    for (const row of template.content.querySelectorAll("tr[data-kind=order]")) {
      if (!document.getElementById(row.id)) change("order", row.id.replace("order-", ""), row.outerHTML);
    }
  }

  function restore(call) {
    const before = earlier[call];
    if (!before) return;
    delete earlier[call];
    show(before);
  }

  function clear() {
    for (const call of Object.keys(earlier)) delete earlier[call]; // she decided: a call that ends changes nothing now
    show({});
  }

  function lasts(call) {
    const card = document.getElementById(`call-${call}`);
    return card !== null && talksHere(card, extension());
  }

  document.addEventListener("conveyor:filter", ({ detail }) => {
    if (detail.call && !lasts(detail.call)) return; // it ended while its order was being fetched
    if (detail.call) earlier[detail.call] ??= shown;
    show(detail);
  });
  document.addEventListener("conveyor:restore", ({ detail }) => restore(detail.call));
  document.addEventListener("desk:escape", (event) => {
    if (!shown.query || event.defaultPrevented) return;
    event.preventDefault();
    clear();
  });
  chip.addEventListener("click", clear);
  document.addEventListener("live:changed", ({ detail }) => detail.kind === "order" && apply());
  for (const call of Object.keys(earlier)) if (!lasts(call)) restore(call);
  apply();
}
