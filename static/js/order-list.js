// A list that was asked for with a filter keeps it: what the live push brings and does not fit goes away again.
export function start(table) {
  const body = table.tBodies[0];
  body.addEventListener("live:changed", (event) => {
    const { kind, element, gone } = event.detail;
    if (kind === "order" && element && !gone && !fits(element, new URLSearchParams(body.dataset.query))) element.remove();
  });
  // A further page came in: filters look at it as at anything new.
  body.addEventListener("htmx:afterSettle", () => {
    const detail = { kind: "order", key: null, element: null, gone: false };
    body.dispatchEvent(new CustomEvent("live:changed", { bubbles: true, detail }));
  });
}

const GROUPS = { unassigned: ["searching", "offered"] };

function fits(row, query) {
  const state = query.get("state") ?? "open";
  const text = (query.get("q") ?? "").toLocaleLowerCase();
  return (
    (state === "open" || (GROUPS[state] ?? [state]).includes(row.dataset.state)) &&
    ["client", "driver"].every((name) => !query.has(name) || query.get(name) === row.dataset[name]) &&
    row.textContent.toLocaleLowerCase().includes(text)
  );
}
