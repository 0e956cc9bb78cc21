// Filling a form while somebody speaks: Enter moves on, Ctrl+Enter saves, digits take an address of before, and Alt with a
// letter reaches what is seldom said (data-alt).
const FIELDS = "input:not([type=hidden], :disabled), textarea, select, button[type=submit]";

export function start(form) {
  focusFirst(form);
  form.addEventListener("keydown", (event) => count(form, event), true); // also those that a field keeps for itself
  form.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter") enter(form, event);
    else if (/^Digit[1-9]$/.test(event.code)) digit(form, event, event.code.slice(-1));
    else if (event.altKey && !event.ctrlKey && !event.metaKey) reach(form, event);
  });
  form.addEventListener("beforeinput", typeOn);
  form.addEventListener("address:chosen", (event) => chosen(form, event));
  form.addEventListener("change", () => fold(form));
  form.addEventListener("toggle", () => sayFolded(form), true);
  form.addEventListener("draft:restored", () => fold(form));
  form.addEventListener("click", (event) => {
    const address = event.target.closest("[data-address]");
    if (!address) return;
    take(form, address);
    form.elements.when?.focus();
  });
  fold(form);
}

// For the reports: how many keys an order takes. A key held down is one.
function count(form, event) {
  const counter = form.elements.keys;
  if (counter && !event.repeat && !["Shift", "Control", "Alt", "Meta"].includes(event.key)) counter.value = Number(counter.value) + 1;
}

function focusFirst(form) {
  const wrong = form.querySelector(".field:has(.error) :is(input, textarea, select)");
  const doubt = form.querySelector("input[name=accept][type=checkbox]");
  const empty = ["phone", "pickup"].map((name) => form.elements[name]).find((field) => field && !field.value);
  const asked = wrong ?? doubt;
  if (!asked && form.contains(document.activeElement)) return; // somebody was faster
  (asked ?? empty ?? form.querySelector(":is(input:not([type=hidden]), textarea, select):not(:disabled)"))?.focus({ preventScroll: true });
  asked?.scrollIntoView({ block: "center" });
}

// Past what is folded away, and past what only a Tab or a key of its own reaches (data-aside).
function enter(form, event) {
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.target.matches("input, textarea, select") && !event.shiftKey) {
    event.preventDefault();
    const fields = [...form.querySelectorAll(FIELDS)].filter((field) => field === event.target || isNext(field));
    fields[fields.indexOf(event.target) + 1]?.focus();
  }
}

const isNext = (field) => field.tabIndex >= 0 && !field.closest("[data-aside]") && field.checkVisibility();

// By the place on the keyboard, so that it works in every layout. "PageDown" goes to the next form, "PageUp" back.
function reach(form, event) {
  const step = { PageDown: 1, PageUp: -1 }[event.key];
  if (step) return turn(form, event, step);
  if (!event.code.startsWith("Key")) return;
  const wanted = form.querySelector(`[data-alt="${event.code.slice(3).toLowerCase()}"]`);
  if (!wanted) return;
  event.preventDefault();
  wanted.click();
  if (wanted.parentElement.matches("details")) setTimeout(() => intoFold(wanted.parentElement));
}

function turn(form, event, step) {
  const tabs = [...form.querySelectorAll(".form-tab")];
  const here = tabs.findIndex((tab) => tab.hasAttribute("aria-current"));
  if (here < 0) return;
  event.preventDefault();
  tabs.at((here + step) % tabs.length).click();
}

function intoFold(more) {
  if (more.open) more.querySelector(FIELDS)?.focus();
  else more.querySelector("summary").focus();
}

// What belongs to an answer is shown with it: data-when="payment=account", data-when="returns".
function fold(form) {
  for (const part of form.querySelectorAll("[data-when]")) {
    const [name, value] = part.dataset.when.split("=");
    const field = form.elements[name];
    part.hidden = value ? field?.value !== value : !field?.checked;
  }
  sayFolded(form);
}

// What was said and is folded away stands on the fold.
function sayFolded(form) {
  const more = form.querySelector("[data-more]");
  if (!more) return;
  const words = more.querySelector("[data-more-said]");
  words.dataset.empty ??= words.textContent;
  const said = [...more.querySelectorAll("[data-plain]")].map(wordsOf).filter(Boolean);
  words.textContent = more.open || !said.length ? words.dataset.empty : said.join(" · ");
  words.classList.toggle("strong", !more.open && said.length > 0);
}

function wordsOf(field) {
  if (field.name === "fleet" || field.closest("[hidden]")) return "";
  if (field.type === "checkbox") return field.checked ? field.closest("label").textContent.trim() : "";
  if (field.value === field.dataset.plain || !field.value) return "";
  if (field.matches("select")) return field.selectedOptions[0].textContent.trim();
  return `${field.closest(".field").querySelector("label").textContent.trim()}: ${field.value}`;
}

// A digit in the empty pick-up takes that address. Typing on makes a digit of it again: "1" + "st" is "1st street".
const PENDING = "digit";

function digit(form, event, number) {
  const pickup = form.elements.pickup;
  const wanted = form.querySelector(`[data-address="${number}"]`);
  const isFirst = event.target === pickup && pickup.value === "" && !event.ctrlKey && !event.metaKey;
  if (!wanted || !(isFirst || event.altKey)) return;
  event.preventDefault();
  take(form, wanted);
  pickup.focus();
  pickup.select();
  if (isFirst) pickup.dataset[PENDING] = number;
}

function typeOn(event) {
  const field = event.target;
  const pending = field.dataset?.[PENDING];
  if (!pending) return;
  delete field.dataset[PENDING];
  const isWholeSelected = field.selectionStart === 0 && field.selectionEnd === field.value.length;
  if (event.inputType !== "insertText" || !isWholeSelected) return;
  event.preventDefault();
  field.value = pending + event.data;
  for (const other of [...field.form.elements].filter((one) => "taken" in one.dataset)) {
    if (other.dataset.taken === other.value) other.value = "";
  }
  changed(field);
}

// Where the client went from there, the door and the note come along, unless something else was said already.
const ALONG = ["destination", "destination_point", "pickup_entrance", "pickup_flat", "comment"];

function take(form, { dataset: known }) {
  form.elements.pickup.value = known.pickup;
  form.elements.pickup_point.value = known.pickup_point ?? "";
  for (const name of ALONG) {
    const field = form.elements[name];
    if (field.value && field.value !== field.dataset.taken) continue;
    field.value = field.dataset.taken = known[name] ?? "";
  }
  changed(form);
}

// The mark beside an address says where it is, and for which text that was chosen.
function chosen(form, { target, detail: { label, latitude, longitude } }) {
  const mark = target.closest(".address").querySelector("input[type=hidden]");
  mark.value = `${latitude},${longitude} ${label}`;
  changed(form); // nobody typed, and no address is looked up
}

function changed(field) {
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
