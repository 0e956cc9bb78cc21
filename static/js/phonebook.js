// The phone book narrows with every keystroke: by surname, name, call sign or number, in any order, whatever layout is on.
// Without a search it shows who is on shift, or everyone.
const STORE = "phonebook.everyone";
const LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`";
const CYRILLIC = "йцукенгшщзхъфывапролджэячсмитьбюё";

export function start(book) {
  const search = book.querySelector("input[type=search]");
  const people = book.querySelector("[data-live=person]");
  const nobody = book.querySelector("[data-nobody]");
  const mine = `person-${book.closest("[data-person]")?.dataset.person}`;
  const everyone = book.querySelector("[data-everyone]");
  everyone.checked = localStorage.getItem(STORE) === "1";

  function narrow() {
    const words = wordsOf(search.value);
    const isAsked = words.length > 0 || everyone.checked;
    let shown = 0;
    for (const person of people.children) {
      if (person.id === mine) person.querySelector(".dial")?.remove();
      person.hidden = !fits(person.dataset.search, words) || (!isAsked && "absent" in person.dataset);
      shown += person.hidden ? 0 : 1;
    }
    nobody.hidden = shown > 0;
    nobody.textContent = shown ? "" : isAsked ? nobody.dataset.sayUnfound : nobody.dataset.sayEmpty;
  }

  search.addEventListener("input", narrow);
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !search.value) return;
    event.stopPropagation();
    search.value = "";
    narrow();
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
