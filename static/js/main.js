// Starts the behaviours: an element with data-behaviour="menu live" gets start(element) of menu.js and of live.js, once.
// When those that the page came with have begun, <html> has data-begun.
// Where the phone of this browser is on, the document becomes its host instead, and the page begins in a frame of it.
import "./answers.js";
import "./links.js";
import { isHost } from "./phone/kept.js";

const started = new WeakMap();

async function begin(element) {
  if (!started.has(element)) started.set(element, new Set());
  const done = started.get(element);
  const names = element.dataset.behaviour.split(/\s+/).filter((name) => name && !done.has(name));
  for (const name of names) done.add(name);
  const modules = names.map((name) => import(`./${name}.js`)); // fetched together, started in their order
  for (const module of modules) (await module).start(element);
}

function beginWithin(root) {
  const elements = [...(root?.querySelectorAll?.("[data-behaviour]") ?? [])];
  if (root?.dataset?.behaviour) elements.unshift(root);
  return Promise.all(elements.map(begin));
}

function beginPage() {
  beginWithin(document.body).then(() => document.documentElement.toggleAttribute("data-begun", true));
  document.body.addEventListener("htmx:load", (event) => beginWithin(event.detail.elt));
  document.addEventListener("live:changed", (event) => beginWithin(event.detail.element));
}

const host = isHost() ? await import("./phone/host.js").catch((error) => console.warn(error)) : null;
if (!(await host?.start())) beginPage();
