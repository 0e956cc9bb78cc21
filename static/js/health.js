// The lamps of the parts in the top strip: colour, shape and word; the menu has the ages.
import { heard, watch } from "./pulse.js";

export function start(health) {
  const word = health.querySelector("[data-health-word]");
  const rows = [...health.querySelectorAll("[data-part]")];

  watch((parts) => {
    const bad = [];
    for (const row of rows) {
      const name = row.dataset.part;
      const part = parts[name];
      const state = !part || (name === "server" && !heard() && part.ok) ? "unknown" : part.ok ? "ok" : "stale";
      for (const dot of health.querySelectorAll(`[data-dot="${name}"]`)) dot.dataset.is = state;
      const says = row.querySelector("[data-state-word]");
      says.textContent = state === "ok" ? says.dataset.sayOk : state === "stale" ? says.dataset.sayStale : "";
      row.querySelector("[data-age]").textContent = part?.age == null ? "" : word.dataset.saySeconds.replace("{n}", part.age.toFixed(1));
      row.querySelector("[data-note]").textContent = part?.note ?? "";
      if (state === "stale") bad.push(row.querySelector(".health-name").textContent);
    }
    health.dataset.is = bad.length ? "stale" : heard() ? "ok" : "unknown";
    const words = bad.length ? bad[0] + (bad.length > 1 ? ` +${bad.length - 1}` : "") : heard() ? word.dataset.sayWell : word.dataset.sayWait;
    if (word.textContent !== words) word.textContent = words;
  });
}
