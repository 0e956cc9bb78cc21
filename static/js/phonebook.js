// The phone book narrows with every keystroke: by surname, name, call sign or number, in any order, whatever layout is on.
// Without a search it shows who is on shift, or everyone.
// Clients, companies, drivers and the typed number come from the server. The arrows choose, Enter calls.
import { toast } from "./toast.js";

const STORE = "phonebook.everyone";
const LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`";
const CYRILLIC = "йцукенгшщзхъфывапролджэячсмитьбюё";

export function start(book) {
  const search = book.querySelector("#phonebook-search");
  const people = book.querySelector("[data-live=person]");
  const found = book.querySelector("#phonebook-found");
  const nobody = book.querySelector("[data-nobody]");
  const mine = `person-${book.closest("[data-person]")?.dataset.person}`;
  const everyone = book.querySelector("[data-everyone]");
  const ownOff = book.querySelector("[data-own-off]");
  let callsFirst = false; // Enter came before the server's answer
  everyone.checked = localStorage.getItem(STORE) === "1";

  const rows = () => [...people.children, ...found.querySelectorAll(".person")].filter((row) => !row.hidden);
  const marked = () => rows().find((row) => row.getAttribute("aria-current") === "true");

  function narrow() {
    const words = wordsOf(search.value);
    const isAsked = words.length > 0 || everyone.checked;
    if (!words.length) found.replaceChildren();
    for (const person of people.children) {
      if (person.id === mine) {
        for (const own of person.querySelectorAll(".dial, .person-watch")) own.remove();
        ownOff.hidden = person.dataset.phone !== "off" || "absent" in person.dataset;
      }
      person.hidden = !fits(person.dataset.search, words) || (!isAsked && "absent" in person.dataset);
    }
    const shown = rows().length;
    nobody.hidden = shown > 0;
    nobody.textContent = shown ? "" : isAsked ? nobody.dataset.sayUnfound : nobody.dataset.sayEmpty;
  }

  function mark(row) {
    for (const other of book.querySelectorAll(".person[aria-current]")) other.removeAttribute("aria-current");
    row?.setAttribute("aria-current", "true");
    row?.scrollIntoView({ block: "nearest" });
    if (row) search.setAttribute("aria-activedescendant", row.id);
    else search.removeAttribute("aria-activedescendant");
  }

  function step(by) {
    const all = rows();
    const at = all.indexOf(marked());
    mark(at < 0 ? all[by > 0 ? 0 : all.length - 1] : all[Math.min(all.length - 1, Math.max(0, at + by))]);
  }

  // The server refuses, too; here it is said at once.
  function call(row) {
    const button = row.querySelector(".dial button");
    if (button) button.click();
    else if ("refuses" in row.dataset) toast(book.dataset.sayRefuses, "warning");
    else if (row.dataset.phone === "off") toast(book.dataset.sayOff, "warning");
    else if (row.dataset.phone === "talking") toast(book.dataset.sayTalking, "warning");
  }

  function enter() {
    const row = marked() ?? (search.value.trim() ? rows()[0] : null);
    if (row) call(row);
    else callsFirst = search.value.trim() !== "";
  }

  function clear() {
    search.value = "";
    mark(null);
    narrow();
  }

  search.addEventListener("input", () => {
    callsFirst = false;
    mark(null);
    narrow();
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && search.value) clear();
    else if (event.key === "ArrowDown") step(1);
    else if (event.key === "ArrowUp") step(-1);
    else if (event.key === "Enter") enter();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  found.addEventListener("htmx:afterSwap", () => {
    narrow();
    if (callsFirst && rows().length) call(rows()[0]);
    callsFirst = false;
  });
  everyone.addEventListener("change", () => {
    localStorage.setItem(STORE, everyone.checked ? "1" : "");
    narrow();
  });
  people.addEventListener("live:changed", narrow);
  narrow();
}

export function fits(text, words) {
  const plain = fold(text);
  const digits = plain.replace(/\D/g, "");
  return words.every(({ spellings, number }) =>
    spellings.some((word) => plain.includes(word)) || (number !== "" && digits.includes(number)));
}

// Each word as typed, and as it would read had the other keyboard layout been on.
export function wordsOf(query) {
  return query.trim().split(/\s+/).filter(Boolean).map((word) => {
    const typed = word.toLowerCase();
    return {
      spellings: [...new Set([typed, swap(typed, LATIN, CYRILLIC), swap(typed, CYRILLIC, LATIN)].map(fold))].filter(Boolean),
      number: /^[\d+()\-.]+$/.test(typed) ? typed.replace(/\D/g, "") : "",
    };
  });
}

const fold = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
const swap = (word, from, to) => [...word].map((letter) => to[from.indexOf(letter)] ?? letter).join("");
