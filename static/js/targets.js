// Whom the call goes to: the list narrows while one types, the arrows choose, Enter asks him first, Ctrl+Enter passes on.
import { fits, wordsOf } from "./phonebook.js";

const DIALLED = /^\+?[\d\s()\-.]{2,24}$/;

export function start(form) {
  const search = form.querySelector("[data-search]");
  const rows = [...form.querySelectorAll(".target")];
  const typed = form.querySelector("[data-typed]");
  const nobody = form.querySelector("[data-nobody]");
  const shown = () => rows.filter((row) => !row.hidden);
  const marked = () => rows.find((row) => row.getAttribute("aria-current") === "true" && !row.hidden);

  function mark(row) {
    for (const other of rows) other.removeAttribute("aria-current");
    row?.setAttribute("aria-current", "true");
    row?.scrollIntoView({ block: "nearest" });
    if (row) search.setAttribute("aria-activedescendant", row.id);
    else search.removeAttribute("aria-activedescendant");
  }

  function narrow() {
    const text = search.value.trim();
    const words = wordsOf(text);
    for (const row of rows) if (row !== typed) row.hidden = !fits(row.dataset.words, words);
    typed.hidden = !DIALLED.test(text);
    typed.querySelector("[data-number]").textContent = text;
    for (const button of typed.querySelectorAll("button")) button.value = text;
    nobody.hidden = shown().length > 0;
    mark(text ? shown()[0] : null);
  }

  function step(by) {
    const all = shown();
    const at = all.indexOf(marked());
    mark(at < 0 ? all[by > 0 ? 0 : all.length - 1] : all[Math.min(all.length - 1, Math.max(0, at + by))]);
  }

  search.addEventListener("input", narrow);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") form.closest("dialog")?.close(); // at once, though something was typed
    else if (event.target.matches("button")) return;
    else if (event.key === "ArrowDown") step(1);
    else if (event.key === "ArrowUp") step(-1);
    else if (event.key === "Enter") {
      const row = marked();
      const ask = event.ctrlKey ? null : row?.querySelector("[data-ask]");
      (ask ?? row?.querySelector("[data-pass]"))?.click();
    } else return;
    event.preventDefault();
  });
  narrow();
}
