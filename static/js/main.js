// Starts the behaviours: an element with data-behaviour="menu live" gets start(element) of menu.js and live.js, once.
const started = new WeakMap();

async function begin(element) {
  const done = started.get(element) ?? started.set(element, new Set()).get(element);
  for (const name of element.dataset.behaviour.split(" ")) {
    if (!name || done.has(name)) continue;
    done.add(name);
    const module = await import(`./${name}.js`);
    module.start(element);
  }
}

function beginWithin(root) {
  if (root.dataset?.behaviour) begin(root);
  for (const element of root.querySelectorAll("[data-behaviour]")) begin(element);
}

import "./answers.js";

beginWithin(document.body);
document.body.addEventListener("htmx:load", (event) => beginWithin(event.detail.elt));
document.addEventListener("live:drawn", (event) => beginWithin(event.target));
