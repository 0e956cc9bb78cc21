// The figures of a call's network as templates/phone/_network.html has them, and their course as lines beside it.
import { averages, FIGURES, LIMITS, rounded, tooHigh, worst } from "./network.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 300;
const HEIGHT = 48;
const UNITS = { loss: "percent", jitter_ms: "millisecond", round_trip_ms: "millisecond" };

export function worded(name, value) {
  if (value === null) return "—";
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: UNITS[name], maximumFractionDigits: 1 }).format(rounded(value));
}

// `first`: what the first column says: the figures of now, or their average.
export function fill(element, looks, first = averages(looks)) {
  const top = worst(looks);
  const bad = tooHigh(first);
  for (const name of FIGURES) {
    const row = element.querySelector(`[data-figure=${name}]`);
    row.toggleAttribute("data-bad", bad.includes(name));
    row.querySelector("[data-first]").textContent = worded(name, first[name]);
    row.querySelector("[data-worst]").textContent = worded(name, top[name]);
    row.querySelector("[data-limit]").textContent = worded(name, LIMITS[name]);
  }
  element.querySelector("[data-network-mend]").hidden = !bad.length;
}

// A line for the course of each figure, and one for its limit.
export function course(looks, name, title) {
  const drawing = shape("svg", { class: "chart network-course", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": title });
  const values = looks.map((look) => look[name]);
  const most = Math.max(LIMITS[name] * 1.2, ...values.filter((value) => value !== null), 1);
  const y = (value) => (HEIGHT - 2 - (value / most) * (HEIGHT - 6)).toFixed(1);
  const x = (at) => (looks.length > 1 ? (at * WIDTH) / (looks.length - 1) : 0).toFixed(1);
  const points = values.map((value, at) => (value === null ? "" : `${x(at)},${y(value)}`)).filter(Boolean);
  drawing.append(shape("line", { class: "network-limit", x1: 0, x2: WIDTH, y1: y(LIMITS[name]), y2: y(LIMITS[name]) }));
  drawing.append(shape("polyline", { class: "network-line", points: points.join(" ") }));
  return drawing;
}

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
