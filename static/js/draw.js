// Puts what the server drew into its place. An element has id="<kind>-<key>", lives in [data-live="<kind>"], and stands
// there by data-sort (text order; data-order="desc" on the container turns it). The container then gets "live:changed".
// A container that places its children itself has a property `keeper` with place(element), for a new one, and
// leave(element), which answers whether it keeps for a while what is gone.
const KEPT = ["hidden", "aria-selected", "aria-current", "tabindex", "data-held", "data-leaving"]; // set by behaviours, unknown to the server

export function change(kind, key, html) {
  const container = document.querySelector(`[data-live="${kind}"]`);
  if (!container) return;
  const element = html === null ? null : parse(html).firstElementChild;
  put(container, kind, key, element, "is-fresh");
}

// The whole state: containers in `html` are made equal, child by child, so that focus and selection stay.
export function sync(html) {
  for (const fresh of parse(html).querySelectorAll("[data-live]")) {
    const kind = fresh.dataset.live;
    const container = document.querySelector(`[data-live="${kind}"]`);
    if (!container) continue;
    const ids = new Set([...fresh.children].map((child) => child.id));
    const keyOf = (child) => child.id.slice(kind.length + 1);
    for (const child of [...container.children]) if (child.id && !ids.has(child.id)) put(container, kind, keyOf(child), null, "");
    for (const child of [...fresh.children]) put(container, kind, keyOf(child), child, "");
  }
}

function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html; // drawn by the server's templates, which escape what people typed
  return document.importNode(template.content, true);
}

function put(container, kind, key, element, mark) {
  const old = document.getElementById(`${kind}-${key}`);
  if (!element) {
    if (!old || container.keeper?.leave(old)) return announce(container, kind, key, null);
    const next = old.contains(document.activeElement) ? old.nextElementSibling ?? old.previousElementSibling : null;
    old.remove();
    (next?.matches("[tabindex]") ? next : next?.querySelector("button, a, [tabindex]"))?.focus({ preventScroll: true });
    return announce(container, kind, key, null);
  }
  if (old) {
    for (const name of KEPT) if (old.hasAttribute(name)) element.setAttribute(name, old.getAttribute(name));
    keepTouched(old, element);
    const focused = placeOfFocus(old);
    const stays = container.keeper || old.dataset.sort === element.dataset.sort;
    if (stays) old.replaceWith(element);
    else {
      old.remove();
      insert(container, element);
    }
    restoreFocus(element, focused);
  } else {
    if (container.keeper) container.keeper.place(element);
    else insert(container, element);
    if (mark) element.classList.add(mark);
  }
  window.htmx?.process(element);
  announce(container, kind, key, element);
}

// What somebody opened stays open, what he typed stays typed, where it has an id of its own.
export function keepTouched(old, element) {
  const again = ({ id }) => element.querySelector(`#${CSS.escape(id)}`);
  for (const details of old.querySelectorAll("details[id][open]")) again(details)?.setAttribute("open", "");
  for (const field of old.querySelectorAll("input[id]:not([type=hidden], [type=checkbox], [type=radio])")) {
    const fresh = field.value !== field.defaultValue && again(field);
    if (fresh) fresh.value = field.value;
  }
}

function insert(container, element) {
  const down = container.dataset.order === "desc";
  const sort = element.dataset.sort ?? "";
  const after = [...container.children].find((child) => {
    const other = child.dataset.sort ?? "";
    return down ? other < sort : other > sort;
  });
  container.insertBefore(element, after ?? null);
}

function placeOfFocus(element) {
  const active = document.activeElement;
  if (!element.contains(active)) return null;
  return active === element ? -1 : focusable(element).indexOf(active);
}

function restoreFocus(element, place) {
  if (place === null) return;
  const target = place < 0 ? element : focusable(element)[place] ?? element;
  target.focus({ preventScroll: true });
}

const focusable = (element) => [...element.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")];

function announce(container, kind, key, element) {
  const detail = { kind, key, element, gone: element === null };
  container.dispatchEvent(new CustomEvent("live:changed", { bubbles: true, detail }));
}
