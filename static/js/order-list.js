// The list of orders under a dispatcher's hand. Most urgent first, or by a column; the columns that this person chose.
// Rows change in their place. While the hand is on the list (pointer or focus), no row moves, none vanishes above it, and
// what is new above waits behind "New above: 3". When the hand is gone, or has rested, the list settles.
import { now } from "./clock.js";
import { RANKS, reasonOf } from "./urgency.js";

const RESTS = 20_000; // ms without a movement: the hand has left, although it lies there
const TICK = 5_000;
const SAY_EVERY = 3_000;
const SAID_AT_ONCE = 3;
const STATES = ["searching", "offered", "assigned", "en_route", "arrived", "on_board", "scheduled"];

export function start(table) {
  const live = table.querySelector("[data-rows]");
  const past = table.querySelector("[data-past]");
  const wrap = table.closest(".table-wrap");
  const bar = wrap.querySelector("[data-new-above]");
  const speaker = wrap.querySelector("[data-list-says]");
  const patience = JSON.parse(table.dataset.patience);
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true, sensitivity: "base" });
  const states = new Map(); // row → the state last said
  let movedAt = -Infinity;
  let sayings = [];
  let sort = new URLSearchParams(table.dataset.query).get("sort") ?? "";

  const isLive = "live" in live.dataset; // else the server has sorted them

  const rows = () => [...live.children].filter((row) => row.dataset.kind === "order");
  const isHeld = (row) => "held" in row.dataset;

  // --- the hand -----------------------------------------------------------------------------------------------------
  function underHand() {
    if (performance.now() - movedAt > RESTS) return null;
    const row = live.querySelector(":scope > tr:hover") ?? live.querySelector(":scope > tr:focus-within");
    return row ?? null;
  }

  const move = () => (movedAt = performance.now());
  for (const name of ["pointermove", "keydown", "focusin", "pointerdown"]) live.addEventListener(name, move);
  live.addEventListener("pointerleave", () => setTimeout(settle));
  live.addEventListener("focusout", () => setTimeout(settle));

  // --- the order of the rows ----------------------------------------------------------------------------------------
  function rank(row) {
    const why = reasonOf(row, now(), patience);
    const word = row.querySelector(".urgency");
    if (word && word.dataset.reason !== why) {
      const said = table.dataset[`say${why[0].toUpperCase()}${why.slice(1)}`];
      word.dataset.reason = said ? why : "";
      word.textContent = said ?? "";
      word.hidden = !said;
    }
    row.dataset.why = why;
    return RANKS[why];
  }

  function value(row, column) {
    if (column === "number") return Number(row.dataset.key);
    if (column === "state") return STATES.indexOf(row.dataset.state);
    const cell = row.querySelector(`:scope > [data-col="${column}"]`);
    const said = cell?.dataset.value ?? cell?.textContent.trim() ?? "";
    return column === "price" && said !== "" ? Number(said) : said;
  }

  function sorted(list) {
    const column = sort.replace(/^-/, "");
    const turn = sort.startsWith("-") ? -1 : 1;
    const keyed = list.map((row) => ({ row, rank: rank(row), value: column && value(row, column), due: Date.parse(row.dataset.due), id: Number(row.dataset.key) }));
    if (!column) return keyed.sort((a, b) => a.rank - b.rank || a.due - b.due || a.id - b.id).map((one) => one.row);
    const compare = (a, b) => {
      if (a.value === "" || b.value === "") return (a.value === "") - (b.value === "") || a.id - b.id; // without: last
      return turn * (typeof a.value === "number" ? a.value - b.value : collator.compare(a.value, b.value)) || a.id - b.id;
    };
    return keyed.sort(compare).map((one) => one.row);
  }

  // Everything that waited for the hand to go: who is gone, who is hidden, who belongs elsewhere.
  function settle() {
    if (!isLive || underHand()) return;
    for (const row of live.querySelectorAll(":scope > [data-leaving]")) {
      if (row.dataset.leaving === "gone") row.remove();
      else row.hidden = true;
      delete row.dataset.leaving;
    }
    if (wrap.scrollTop <= 0) for (const row of rows()) delete row.dataset.held;
    const focused = document.activeElement;
    const inside = live.contains(focused) ? focused.closest("tr") : null;
    const before = inside?.getBoundingClientRect().top;
    let at = live.firstElementChild;
    for (const row of sorted(rows())) {
      if (row === at) at = at.nextElementSibling;
      else live.insertBefore(row, at);
    }
    if (inside?.isConnected) {
      if (document.activeElement !== focused) focused.focus({ preventScroll: true });
      wrap.scrollTop += inside.getBoundingClientRect().top - before;
    }
    tellNew();
    shade();
  }

  // --- what the push brings ------------------------------------------------------------------------------------------
  live.keeper = {
    place(row) {
      if (row.dataset.kind !== "order") return live.append(row);
      lay(row);
      const order = sorted([...rows(), row]);
      const next = order[order.indexOf(row) + 1] ?? null;
      live.insertBefore(row, next ?? live.querySelector(":scope > .order-more"));
      const hand = underHand();
      const isAbove = hand ? row.compareDocumentPosition(hand) & Node.DOCUMENT_POSITION_FOLLOWING : isAboveView(next);
      if (isAbove) row.dataset.held = "";
    },
    leave(row) {
      if (!row.hidden && !("leaving" in row.dataset)) say(table.dataset.sayGone.replace("{number}", row.dataset.key));
      const hand = live.querySelector(":scope > tr:hover");
      const waits = hand && underHand() && (hand === row || row.compareDocumentPosition(hand) & Node.DOCUMENT_POSITION_FOLLOWING);
      if (!waits || row.hidden) return false;
      row.dataset.leaving = "gone";
      return true;
    },
  };

  function isAboveView(next) {
    return wrap.scrollTop > 0 && next !== null && next.getBoundingClientRect().top < wrap.getBoundingClientRect().top;
  }

  function tellNew() {
    const held = rows().filter((row) => isHeld(row) && !row.hidden).length;
    bar.hidden = !held;
    bar.textContent = table.dataset.sayNew.replace("{n}", held);
  }

  bar.addEventListener("click", () => {
    for (const row of rows()) delete row.dataset.held;
    wrap.scrollTop = 0;
    movedAt = -Infinity;
    settle();
  });

  live.addEventListener("live:changed", ({ detail: { element, gone } }) => {
    if (element && !gone && element.dataset.kind === "order") {
      lay(element);
      rank(element);
      sayState(element);
    }
    tellNew();
    setTimeout(settle);
  });

  // --- said, not only shown -------------------------------------------------------------------------------------------
  function sayState(row) {
    const state = row.querySelector(".order-state .chip")?.textContent ?? "";
    if (states.get(row.id) !== state && !row.hidden) say(table.dataset.sayRow.replace("{number}", row.dataset.key).replace("{state}", state));
    states.set(row.id, state);
  }

  const say = (sentence) => sayings.push(sentence);

  setInterval(() => {
    if (!sayings.length) return;
    const rest = sayings.length - SAID_AT_ONCE;
    const last = sayings.slice(-SAID_AT_ONCE);
    speaker.textContent = (rest > 0 ? [...last, table.dataset.sayMore.replace("{n}", rest)] : last).join(". ");
    sayings = [];
  }, SAY_EVERY);

  // --- columns --------------------------------------------------------------------------------------------------------
  function lay(row) {
    const shown = table.dataset.columns.split(" ").filter(Boolean);
    if (!shown.length || row.children.length < 3) return;
    const cells = new Map([...row.children].map((cell) => [cell.dataset.col, cell]));
    const wanted = ["pick", ...shown, ...[...cells.keys()].filter((name) => name !== "pick" && !shown.includes(name))];
    const order = wanted.map((name) => cells.get(name)).filter(Boolean);
    if (order.some((cell, place) => cell !== row.children[place])) row.append(...order);
    for (const [name, cell] of cells) cell.hidden = name !== "pick" && !shown.includes(name);
  }

  function layAll() {
    table.classList.add("is-laid");
    lay(table.tHead.rows[0]);
    for (const row of [...live.children, ...past.children]) lay(row);
  }

  document.addEventListener("columns:changed", ({ detail }) => {
    table.dataset.columns = detail.columns.join(" ");
    layAll();
  });

  // --- sorting by a column --------------------------------------------------------------------------------------------
  function showSort() {
    for (const head of table.tHead.querySelectorAll("th[data-col]")) {
      const mine = head.dataset.col === sort.replace(/^-/, "");
      if (mine && sort) head.setAttribute("aria-sort", sort.startsWith("-") ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
  }

  table.tHead.addEventListener("click", (event) => {
    const column = event.target.closest("[data-sort-by]")?.dataset.sortBy;
    if (!column) return;
    const next = sort === column ? `-${column}` : sort === `-${column}` ? "" : column;
    document.dispatchEvent(new CustomEvent("orders:sort", { detail: { sort: next } }));
  });

  // --- filters: a row that does not fit is hidden, but not under the hand ------------------------------------------------
  table.addEventListener("orders:shown", ({ detail }) => {
    sort = detail.sort;
    showSort();
    if (detail.isNew) {
      movedAt = -Infinity; // she asked for another list: it comes whole
      for (const row of rows()) delete row.dataset.held;
    }
    const hand = underHand();
    for (const row of isLive ? rows() : []) {
      const fits = detail.fits(row);
      const stays = !fits && !row.hidden && hand && (row === hand || row.compareDocumentPosition(hand) & Node.DOCUMENT_POSITION_FOLLOWING);
      if (stays) row.dataset.leaving = "hidden";
      else {
        if (row.dataset.leaving === "hidden") delete row.dataset.leaving;
        row.hidden = !fits;
      }
    }
    settle();
    tellNew();
  });

  // --- by keyboard ------------------------------------------------------------------------------------------------------
  function shade() {
    const visible = [...(live.hidden ? past : live).children].filter((row) => !row.hidden && !isHeld(row) && row.dataset.kind === "order");
    visible.forEach((row, place) => row.toggleAttribute("data-odd", place % 2 === 1));
  }

  table.addEventListener("keydown", (event) => {
    const row = event.target.closest("tbody > tr");
    if (!row || event.ctrlKey || event.altKey || event.metaKey) return;
    const all = [...row.parentElement.children].filter((one) => !one.hidden && !isHeld(one));
    const to = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -all.length, End: all.length }[event.key];
    const box = row.querySelector("[name=order]");
    if (to) {
      const next = all[Math.min(all.length - 1, Math.max(0, all.indexOf(row) + to))];
      if (event.shiftKey && box) pick(box, true);
      next?.querySelector("a[href]")?.focus();
      next?.scrollIntoView({ block: "nearest" });
      if (event.shiftKey) pick(next?.querySelector("[name=order]"), true);
    } else if (event.key === " " && box && event.target !== box) pick(box, !box.checked);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  function pick(box, checked) {
    if (!box || box.checked === checked) return;
    box.checked = checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }

  table.addEventListener("past:read", () => {
    for (const row of past.children) lay(row);
    shade();
  });
  setInterval(() => {
    for (const row of rows()) rank(row);
    settle();
  }, TICK);
  for (const row of rows()) states.set(row.id, row.querySelector(".order-state .chip")?.textContent ?? "");
  layAll();
  showSort();
  settle();
  table.dispatchEvent(new CustomEvent("orders:ready"));
}
