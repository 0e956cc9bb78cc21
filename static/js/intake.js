// Filling a form while somebody speaks: Enter moves on, Ctrl+Enter saves, digits take an address of before.
const FIELDS = "input:not([type=hidden]):not([disabled]), textarea, select, button[type=submit]";

export function start(form) {
  focusFirst(form);
  form.addEventListener("keydown", (event) => {
    count(form, event);
    if (event.isComposing) return;
    if (event.key === "Enter") enter(form, event);
    else if (/^[1-9]$/.test(event.key)) digit(form, event);
  });
  form.addEventListener("beforeinput", typeOn);
  form.addEventListener("click", (event) => {
    const address = event.target.closest("[data-address]");
    if (!address) return;
    take(form, address);
    form.elements.when?.focus();
  });
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
  const first = wrong ?? doubt ?? empty ?? form.querySelector(FIELDS);
  first?.focus({ preventScroll: true });
}

function enter(form, event) {
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.target.matches("input, textarea, select") && !event.shiftKey) {
    event.preventDefault();
    const fields = [...form.querySelectorAll(FIELDS)];
    fields[fields.indexOf(event.target) + 1]?.focus();
  }
}

// A digit in the empty pick-up takes that address. Typing on makes a digit of it again: "1" + "st" is "1st street".
const PENDING = "digit";

function digit(form, event) {
  const pickup = form.elements.pickup;
  const wanted = form.querySelector(`[data-address="${event.key}"]`);
  const isFirst = event.target === pickup && pickup.value === "" && !event.ctrlKey && !event.metaKey;
  if (!wanted || !(isFirst || event.altKey)) return;
  event.preventDefault();
  take(form, wanted);
  pickup.focus();
  pickup.select();
  if (isFirst) pickup.dataset[PENDING] = event.key;
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
  const destination = field.form.elements.destination;
  if (destination?.dataset.taken === destination?.value) destination.value = "";
  changed(field);
}

function take(form, address) {
  form.elements.pickup.value = address.dataset.pickup;
  const destination = form.elements.destination;
  if (!destination.value || destination.value === destination.dataset.taken) {
    destination.value = destination.dataset.taken = address.dataset.destination;
  }
  changed(form.elements.pickup);
}

function changed(field) {
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
