// On the card of a call: how the network carried it, when this device has carried it.
import { course, fill } from "./figures.js";
import { FIGURES } from "./network.js";
import { ofCall } from "./records.js";

export async function start(element) {
  const records = await ofCall(element.dataset.call).catch(() => []); // a browser that keeps nothing
  const looks = records.flatMap((record) => record.looks);
  if (!looks.length) return;
  fill(element, looks);
  for (const name of FIGURES) {
    const title = element.querySelector(`[data-figure=${name}] th`).firstChild.textContent.trim();
    const figure = document.createElement("figure");
    figure.append(course(looks, name, title), Object.assign(document.createElement("figcaption"), { className: "small muted", textContent: title }));
    element.querySelector("[data-courses]").append(figure);
  }
  element.hidden = false;
}
