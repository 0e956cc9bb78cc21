// The dialog in which a person chooses the columns of the list and their order: by mouse, by Space and Alt+↑ ↓.
export function start(dialog) {
  const list = dialog.querySelector(".columns");
  const usual = [...list.querySelectorAll("[name=column]")].map((box) => [box.value, box.dataset.usual !== undefined]);

  const chosen = () => [...list.querySelectorAll("[name=column]:checked")].map((box) => box.value);

  function say(columns) {
    document.dispatchEvent(new CustomEvent("columns:changed", { detail: { columns } }));
  }

  function keep(columns) {
    window.htmx.ajax("POST", dialog.dataset.url, { source: dialog, swap: "none", values: { column: columns } });
  }

  function changed() {
    say(chosen());
    keep(chosen());
  }

  function move(line, by) {
    const other = by < 0 ? line.previousElementSibling : line.nextElementSibling;
    if (!other) return;
    const focused = document.activeElement;
    if (by < 0) other.before(line);
    else other.after(line);
    focused.focus();
    changed();
  }

  list.addEventListener("change", changed);
  list.addEventListener("click", (event) => {
    const by = Number(event.target.closest("[data-move]")?.dataset.move);
    if (by) move(event.target.closest("li"), by);
  });
  list.addEventListener("keydown", (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const line = event.target.closest("li");
    if (event.altKey) return move(line, by);
    (by < 0 ? line.previousElementSibling : line.nextElementSibling)?.querySelector("input:not(:disabled), button")?.focus();
  });
  dialog.querySelector("[data-usual]").addEventListener("click", () => {
    const boxes = new Map([...list.querySelectorAll("[name=column]")].map((box) => [box.value, box]));
    for (const [name, isUsual] of usual.slice().sort((a, b) => boxes.get(a[0]).dataset.place - boxes.get(b[0]).dataset.place)) {
      boxes.get(name).checked = isUsual;
      list.append(boxes.get(name).closest("li"));
    }
    say(chosen());
    keep([]);
  });
  for (const button of document.querySelectorAll('[data-dialog="columns"]')) button.addEventListener("click", () => dialog.showModal());
}
