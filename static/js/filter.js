// What of the orders is shown here: "driver=17" shows rows whose data-driver is 17. It stands in the address, with a chip.
// A call sets it ("conveyor:filter") and gives the earlier one back when it ends ("conveyor:restore").
export function start(desk) {
  const chip = desk.querySelector("[data-filter-chip]");
  const label = desk.querySelector("[data-filter-label]");
  const empty = desk.querySelector("[data-filter-empty]");
  const list = () => desk.querySelector('[data-live="order"]');
  const earlier = new Map(); // call → the filter from before it
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
    const rows = [...(list()?.children ?? [])].filter((row) => row.dataset.kind === "order");
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
    apply();
  }

  function clear() {
    earlier.clear(); // she has decided for herself: a call that ends changes nothing any more
    show({});
  }

  document.addEventListener("conveyor:filter", ({ detail }) => {
    if (detail.call && !earlier.has(String(detail.call))) earlier.set(String(detail.call), shown);
    show(detail);
  });
  document.addEventListener("conveyor:restore", ({ detail }) => {
    const before = earlier.get(String(detail.call));
    if (!before) return;
    earlier.delete(String(detail.call));
    show(before);
  });
  document.addEventListener("desk:escape", (event) => {
    if (!shown.query || event.defaultPrevented) return;
    event.preventDefault();
    clear();
  });
  chip.addEventListener("click", clear);
  window.addEventListener("popstate", () => { shown = fromAddress(); apply(); });
  document.addEventListener("live:changed", ({ detail }) => detail.kind === "order" && apply());
  apply();
}
