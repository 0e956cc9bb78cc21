// What of the orders is shown here. It stands in the address; a row is shown when it fits, at once, without the server;
// history, days and a sort or a filter over a list that is here in part only are read from the server.
// A call sets the filter ("conveyor:filter"), with a chip, and gives the earlier one back when it ends
// ("conveyor:restore") or on Esc.
import { extension, talksHere } from "./calls.js";
import { change } from "./draw.js";
import { fits, fitsBeside, groups, inGroup, isLive, isPlain, read, saysAlike, saysExactly } from "./query.js";

const STORE = "filter.earlier"; // call → the filter from before it; survives a reload in the middle of the call
const TYPING = 200;
const REREAD = 1_500;
const RECOUNT = 5_000;
const MANY = 1000;
const GROUPS = ["open", "unassigned", "offered", "assigned", "arrived", "on_board", "scheduled", "problem"];

export function start(desk) {
  const find = (selector) => desk.querySelector(selector);
  const [form, chip, label, table] = ["form.orders-filter", "[data-filter-chip]", "[data-filter-label]", "table.orders"].map(find);
  const [live, past, nothing, unfound] = ["[data-rows]", "[data-past]", "[data-nothing]", "[data-unfound]"].map(find);
  const isFlat = "flat" in desk.dataset; // a page of its own: everything is read
  const { person } = table.dataset;
  const earlier = JSON.parse(sessionStorage.getItem(STORE) ?? "{}");
  let shown = fromAddress();
  let wanted = read(shown.query);
  let readings = JSON.parse(table.dataset.readings || "null");
  let asked = 0; // of several answers the last question's counts
  let timers = {};
  let office = JSON.parse(find("[data-counts]")?.dataset.counts || "{}");

  function fromAddress() {
    const address = new URLSearchParams(location.search);
    if (isFlat) return { query: table.dataset.query, label: "" };
    const known = address.has("filter") || Object.keys(earlier).length > 0;
    return { query: address.get("filter") ?? (known ? "" : desk.dataset.defaultQuery), label: address.get("label") ?? "" };
  }

  const later = (name, delay, act) => {
    clearTimeout(timers[name]);
    timers[name] = setTimeout(act, delay);
  };
  const orders = () => [...live.children].filter((row) => row.dataset.kind === "order");
  const isPart = () => live.querySelector(".order-more") !== null;
  const isServed = () => isFlat || !isLive(wanted);

  // --- showing ------------------------------------------------------------------------------------------------------
  function apply(isNew = false) {
    const served = isServed();
    live.hidden = served && !past.hidden;
    if (!served) {
      past.hidden = true;
      past.replaceChildren();
      likeness();
    }
    const fitsHere = (row) => fits(row, wanted, { person, readings });
    table.dispatchEvent(new CustomEvent("orders:shown", { detail: { fits: fitsHere, sort: wanted.get("sort") ?? "", isNew } }));
    const some = served ? past.querySelector("[data-kind=order]") !== null || past.hidden : orders().some((row) => !row.hidden);
    nothing.hidden = some || Boolean(shown.query);
    unfound.hidden = some || !shown.query;
    chip.hidden = !shown.label;
    label.textContent = shown.label;
    count();
  }

  // What is only alike counts when nothing fits exactly.
  function likeness() {
    const text = wanted.get("q");
    if (!text || !readings) return;
    const exact = orders().some((row) => fitsBeside(row, wanted, { person, readings }) && saysExactly(row, text, readings));
    for (const row of orders()) {
      if (!exact && saysAlike(row, readings)) row.dataset.alike = text;
      else delete row.dataset.alike;
    }
  }

  function show(filter) {
    const before = shown.query;
    shown = { query: filter.query ?? "", label: filter.label ?? "" };
    wanted = read(shown.query);
    const address = new URL(location.href);
    if (isFlat) address.search = shown.query;
    else {
      for (const [name, value] of [["filter", shown.query], ["label", shown.label]]) {
        if (value) address.searchParams.set(name, value);
        else address.searchParams.delete(name);
      }
    }
    history.replaceState(history.state, "", address);
    sessionStorage.setItem(STORE, JSON.stringify(earlier));
    fill();
    if (before !== shown.query) apply(true);
    else apply();
    if (needsServer()) fetchRows();
  }

  const needsServer = () => isServed() || Boolean(wanted.get("q")) || ((shown.query || wanted.get("sort")) && isPart());

  async function fetchRows() {
    const question = ++asked;
    if (wanted.get("q")) readings = null;
    let answer;
    try {
      answer = await fetch(`${desk.dataset.ordersUrl}?${shown.query}`, { headers: { "HX-Request": "true" } });
    } catch {
      return; // the connection is away, and the page says so; what is here is shown
    }
    if (!answer.ok || answer.redirected || question !== asked) return;
    const template = document.createElement("template");
    template.innerHTML = await answer.text();
    if (question !== asked) return;
    const found = template.content.querySelector("[data-found]");
    readings = JSON.parse(found.dataset.readings || "null");
    if (isServed()) takePast(found);
    else {
      for (const row of found.querySelectorAll("tr[data-kind=order]")) {
        if (!document.getElementById(row.id)) change("order", row.dataset.key, row.outerHTML);
      }
    }
    apply();
  }

  function takePast(found) {
    const focused = past.contains(document.activeElement) ? document.activeElement.closest("tr").id : "";
    const picked = new Set([...past.querySelectorAll("[name=order]:checked")].map((box) => box.value));
    past.replaceChildren(...document.importNode(found, true).children);
    rename();
    for (const box of past.querySelectorAll("[name=order]")) box.checked = picked.has(box.value);
    past.hidden = false;
    live.hidden = true;
    window.htmx.process(past);
    table.dispatchEvent(new CustomEvent("past:read"));
    if (focused) document.getElementById(focused)?.querySelector("a")?.focus({ preventScroll: true });
  }

  // An order may be in the live list, too: its row there has the name.
  function rename() {
    for (const row of past.querySelectorAll("tr[id^=order-]")) row.id = row.id.replace("order-", "past-");
  }

  past.addEventListener("htmx:afterSettle", () => {
    rename();
    table.dispatchEvent(new CustomEvent("past:read"));
  });
  live.addEventListener("htmx:afterSettle", () => apply()); // a further page came
  table.addEventListener("orders:ready", () => apply(true)); // the list began after us, and has not heard what fits

  // --- the form -----------------------------------------------------------------------------------------------------
  function fill() {
    for (const field of form.elements) {
      if (!field.name || field.type === "submit" || field === document.activeElement) continue;
      field.value = wanted.get(field.name) ?? "";
    }
    const chosen = groups(wanted);
    for (const tab of form.querySelectorAll("[data-group]")) tab.setAttribute("aria-pressed", String(chosen.includes(tab.dataset.group)));
    const number = form.querySelector("[data-filter-number]");
    const set = [...wanted].filter(([name, value]) => value && !["state", "sort", "q"].includes(name)).length;
    number.hidden = !set;
    number.textContent = set || "";
  }

  function collect(changes = {}) {
    const query = new URLSearchParams();
    const fields = new FormData(form);
    for (const field of form.elements) if (field.name && field.type !== "submit" && fields.get(field.name)) query.set(field.name, fields.get(field.name));
    for (const [name, value] of Object.entries(changes)) {
      if (value) query.set(name, value);
      else query.delete(name);
    }
    return query.toString();
  }

  const decide = (query) => show({ query });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    decide(collect());
  });
  form.addEventListener("click", (event) => {
    const tab = event.target.closest("[data-group]");
    if (!tab) return;
    event.preventDefault();
    const { group } = tab.dataset;
    const together = event.ctrlKey || event.metaKey || event.shiftKey; // several at once
    const now = groups(wanted).filter((name) => name !== "open");
    const next = !together ? [group] : now.includes(group) ? now.filter((name) => name !== group) : [...now, group];
    decide(collect({ state: next.filter((name) => name !== "open").join(",") }));
  });
  form.addEventListener("input", (event) => {
    if (event.target.name === "q") later("typing", TYPING, () => decide(collect()));
    else if (event.target.name === "sign") later("typing", TYPING, () => decide(collect()));
  });
  form.addEventListener("change", (event) => {
    if (["from", "to"].includes(event.target.name) && event.target.value) form.elements.period.value = "";
    if (event.target.name === "period" && event.target.value) form.elements.from.value = form.elements.to.value = "";
    if (event.target.name) decide(collect());
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.target.name !== "q" || !event.target.value) return;
    event.stopPropagation();
    event.target.value = "";
    decide(collect());
  });
  document.addEventListener("orders:sort", ({ detail }) => {
    form.elements.sort.value = detail.sort;
    decide(collect());
  });

  // --- saved filters --------------------------------------------------------------------------------------------------
  form.addEventListener("click", (event) => {
    const apply = event.target.closest("[data-apply]");
    if (apply) {
      event.preventDefault();
      decide(apply.closest("[data-query]").dataset.query);
      apply.closest("details").removeAttribute("open");
    }
    const keep = event.target.closest("[data-saved-keep]");
    if (!keep) return;
    const values = { name: form.querySelector("[data-saved-name]").value, query: shown.query };
    if (form.querySelector("[data-saved-shared]").checked) values.is_shared = "on";
    window.htmx.ajax("POST", keep.dataset.url, { target: "#saved-filters", swap: "innerHTML", values });
  });

  // --- how many -------------------------------------------------------------------------------------------------------
  function count() {
    if (!isFlat && isPlain(wanted)) return write(office);
    if (isServed() || isPart()) return later("count", isFlat ? 0 : 300, countThere);
    const here = orders().filter((row) => fitsBeside(row, wanted, { person, readings }));
    write(Object.fromEntries(GROUPS.map((group) => [group, here.filter((row) => inGroup(row, group)).length])));
    later("count", RECOUNT, countThere); // the closed ones are not here
  }

  async function countThere() {
    if (document.hidden) return;
    try {
      const answer = await fetch(`${desk.dataset.countsUrl}?${shown.query}`, { headers: { Accept: "application/json" } });
      if (answer.ok && !answer.redirected && !(!isFlat && isPlain(wanted))) write(await answer.json());
    } catch {
      // the next change asks again
    }
  }

  function write(counts) {
    for (const tab of form.querySelectorAll("[data-group]")) {
      const number = counts[tab.dataset.group];
      if (number !== undefined) tab.querySelector("[data-count]").textContent = number > MANY ? `${MANY}+` : number;
    }
  }

  // --- calls ----------------------------------------------------------------------------------------------------------
  function restore(call) {
    const before = earlier[call];
    if (!before) return;
    delete earlier[call];
    show(before);
  }

  // Back to what was shown before the call; without one, to everything that is open.
  function clear() {
    const before = shown.label ? Object.values(earlier).at(-1) : null;
    for (const call of Object.keys(earlier)) delete earlier[call]; // she decided: a call that ends changes nothing now
    show(before ?? {});
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
  for (const button of desk.querySelectorAll("[data-filter-clear]")) button.addEventListener("click", () => show({}));

  // --- what the push brings ---------------------------------------------------------------------------------------------
  document.addEventListener("live:changed", ({ detail }) => {
    if (detail.kind === "order") later("apply", 0, () => apply());
    if (detail.kind === "order-counts" && detail.element) {
      office = JSON.parse(detail.element.dataset.counts);
      count();
    }
  });
  document.addEventListener("live:told", ({ detail }) => {
    if (detail.kind !== "order" || !isServed() || document.hidden) return;
    if (past.querySelector(`[data-key="${detail.key}"]`) || detail.html !== null) later("reread", REREAD, () => past.matches(":hover") || fetchRows());
  });
  document.addEventListener("live:read", () => (needsServer() ? fetchRows() : apply()));
  for (const call of Object.keys(earlier)) if (!lasts(call)) restore(call);
  fill();
  apply();
  if (needsServer() && !(isFlat && table.dataset.query === shown.query && live.children.length)) fetchRows();
}
