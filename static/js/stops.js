// The stops of a trip: any number, added, moved and removed by keyboard; and the whole way turned round.
import { start as offerAddresses } from "./address.js";

export function start(form) {
  const box = form.querySelector("[data-stops]");
  if (!box) return;
  const list = box.querySelector("[data-stop-list]");
  const template = box.querySelector("[data-stop-template]");

  form.addEventListener("click", ({ target }) => {
    const row = target.closest(".stop");
    if (target.closest("[data-stop-add]")) inputOf(add()).focus();
    else if (target.closest("[data-swap]")) turnRound(form, list);
    else if (target.closest("[data-stop-remove]")) remove(row);
    else if (target.closest("[data-stop-up]")) move(row, -1);
    else if (target.closest("[data-stop-down]")) move(row, 1);
    else return;
    changed(form);
  });
  form.addEventListener("keydown", (event) => {
    const row = event.altKey && !event.ctrlKey && event.target.closest(".stop");
    if (!row) return;
    const key = { ArrowUp: () => move(row, -1), ArrowDown: () => move(row, 1), Delete: () => remove(row), Backspace: () => remove(row) }[event.key];
    if (!key) return;
    event.preventDefault();
    key();
    changed(form);
  });
  form.addEventListener("draft:restored", ({ detail }) => {
    if (!detail.stop) return;
    list.replaceChildren();
    detail.stop.forEach((text, place) => {
      const row = add();
      inputOf(row).value = text;
      markOf(row).value = detail.stop_point?.[place] ?? "";
    });
    box.hidden = !list.children.length;
  });

  function add() {
    box.hidden = false;
    list.append(template.content.cloneNode(true));
    offerAddresses(inputOf(list.lastElementChild));
    count();
    return list.lastElementChild;
  }

  function remove(row) {
    const beside = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    count();
    box.hidden = !list.children.length;
    if (beside) inputOf(beside).focus();
    else form.elements.destination.focus();
  }

  function move(row, by) {
    if (by < 0) row.previousElementSibling?.before(row);
    else row.nextElementSibling?.after(row);
    count();
    inputOf(row).focus();
  }

  function count() {
    const word = inputOf(template.content).getAttribute("aria-label");
    [...list.children].forEach((row, place) => inputOf(row).setAttribute("aria-label", `${word} ${place + 1}`));
  }
}

const inputOf = (row) => row.querySelector("[name=stop]");
const markOf = (row) => row.querySelector("[name=stop_point]");

// The entrance and the flat are of the first pick-up: they go with it, and come back with it.
function turnRound(form, list) {
  const focused = document.activeElement;
  const { pickup, pickup_point, destination, destination_point, pickup_entrance, pickup_flat } = form.elements;
  [pickup.value, destination.value] = [destination.value, pickup.value];
  [pickup_point.value, destination_point.value] = [destination_point.value, pickup_point.value];
  for (const field of [pickup_entrance, pickup_flat]) [field.value, field.dataset.there] = [field.dataset.there ?? "", field.value];
  list.append(...[...list.children].reverse());
  focused.focus(); // what is moved loses it
}

function changed(form) {
  form.dispatchEvent(new Event("input", { bubbles: true })); // not on a field: nobody typed, and no address is looked up
}
