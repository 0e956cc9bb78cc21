// Starts the behaviours: an element with data-behaviour="menu live" gets start(element) of menu.js and of live.js, once.
import "./answers.js";

const started = new WeakMap();

async function begin(element) {
  if (!started.has(element)) started.set(element, new Set());
  const done = started.get(element);
  for (const name of element.dataset.behaviour.split(/\s+/)) {
    if (!name || done.has(name)) continue;
    done.add(name);
    const module = await import(`./${name}.js`);
    module.start(element);
  }
}

function beginWithin(root) {
  if (root?.dataset?.behaviour) begin(root);
  for (const element of root?.querySelectorAll?.("[data-behaviour]") ?? []) begin(element);
}

beginWithin(document.body);
document.body.addEventListener("htmx:load", (event) => beginWithin(event.detail.elt));
document.addEventListener("live:changed", (event) => beginWithin(event.detail.element));
