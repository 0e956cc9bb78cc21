// What is done with the chosen rows; the choice survives whatever the push draws anew. What became of each is shown.
export function start(bar) {
  const table = document.querySelector("table.orders");
  const all = table.querySelector("[data-pick-all]");
  const act = bar.elements.act;
  const cause = bar.elements.cause;
  const reason = bar.elements.reason;
  const number = bar.querySelector("[data-bulk-number]");
  const dialog = document.getElementById("bulk-dialog");
  const chosen = new Set(); // primary keys

  const boxes = () => [...table.querySelectorAll("tbody:not([hidden]) > tr:not([hidden]) [name=order]")];

  function show() {
    bar.hidden = !chosen.size;
    number.textContent = number.dataset.say.replace("{n}", chosen.size);
    const here = boxes();
    all.checked = here.length > 0 && here.every((box) => box.checked);
    all.indeterminate = !all.checked && chosen.size > 0;
  }

  function mark(box) {
    box.checked = chosen.has(box.value);
    box.closest("tr").setAttribute("aria-selected", String(box.checked));
  }

  function clear() {
    chosen.clear();
    table.querySelectorAll("[name=order]").forEach(mark);
    show();
  }

  function askReason() {
    const isCause = "cause" in act.selectedOptions[0].dataset;
    need(cause, isCause);
    need(reason, "reason" in (isCause ? cause : act).selectedOptions[0].dataset);
  }

  function need(field, isNeeded) {
    field.hidden = !isNeeded;
    field.required = isNeeded;
  }

  table.addEventListener("change", (event) => {
    if (event.target === all) {
      for (const box of boxes()) {
        if (all.checked) chosen.add(box.value);
        else chosen.delete(box.value);
        mark(box);
      }
    } else if (event.target.name === "order") {
      if (event.target.checked) chosen.add(event.target.value);
      else chosen.delete(event.target.value);
      mark(event.target);
    }
    show();
  });
  table.addEventListener("live:changed", ({ detail: { kind, key, element, gone } }) => {
    if (kind !== "order") return;
    if (gone && !document.getElementById(`past-${key}`)) chosen.delete(String(key));
    const box = element?.querySelector("[name=order]");
    if (box) mark(box);
    show();
  });
  table.addEventListener("past:read", () => table.querySelectorAll("[data-past] [name=order]").forEach(mark));
  table.addEventListener("orders:shown", ({ detail }) => detail.isNew && clear());
  for (const choice of [act, cause]) choice.addEventListener("change", askReason);
  bar.querySelector("[data-bulk-clear]").addEventListener("click", clear);
  bar.addEventListener("htmx:configRequest", (event) => (event.detail.parameters.order = [...chosen]));
  document.getElementById("bulk-results").addEventListener("htmx:afterSwap", (event) => {
    if (!dialog.open) dialog.showModal();
    for (const line of event.target.querySelectorAll('[data-done="yes"]')) chosen.delete(line.dataset.order);
    table.querySelectorAll("[name=order]").forEach(mark);
    reason.value = "";
    show();
  });
  askReason();
}
