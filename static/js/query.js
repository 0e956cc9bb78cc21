// What of the orders is wanted, as it stands in the URL, and which row of the list fits it: `orders/filters.py` in the browser.
const GROUPS = {
  unassigned: ["searching"], offered: ["offered"], assigned: ["assigned", "en_route"], arrived: ["arrived"],
  on_board: ["on_board"], scheduled: ["scheduled"], searching: ["searching"], en_route: ["en_route"],
  busy: ["assigned", "en_route", "arrived", "on_board"],
};
const CLOSED = ["closed", "all", "completed", "cancelled", "no_show", "unfulfilled"];
const ATTRIBUTES = ["class", "tariff", "zone", "fleet", "driver", "client", "channel", "payment"];
const DAYS = ["period", "from", "to"];
const ALIKE = 0.4; // of a word's trigrams

export const read = (query) => new URLSearchParams(query);

export function groups(wanted) {
  const named = (wanted.get("state") ?? "").split(",").filter(Boolean);
  return named.length ? named : ["open"];
}

// History, and what is asked for by days, is read from the server.
export const isLive = (wanted) => !groups(wanted).some((group) => CLOSED.includes(group)) && !DAYS.some((name) => wanted.get(name));

// Nothing but groups: what the counts of the whole office count.
export const isPlain = (wanted) => [...wanted].every(([name, value]) => !value || name === "state" || name === "sort");

export const inGroup = (row, group) =>
  group === "open" || (group === "problem" ? "problem" in row.dataset : (GROUPS[group] ?? [group]).includes(row.dataset.state));

// `readings`: as what the server reads the free text; null: it has not said yet.
export function fits(row, wanted, { person, readings }) {
  return groups(wanted).some((group) => inGroup(row, group)) && fitsBeside(row, wanted, { person, readings });
}

// All but the group.
export function fitsBeside(row, wanted, { person, readings }) {
  const data = row.dataset;
  if (!ATTRIBUTES.every((name) => !wanted.get(name) || wanted.get(name) === data[name])) return false;
  const by = wanted.get("by");
  if (by && data.by !== (by === "me" ? person : by)) return false;
  if (wanted.get("sign") && wanted.get("sign").toLowerCase() !== (data.sign ?? "").toLowerCase()) return false;
  if (wanted.get("clients") && !data.clients.split(" ").includes(wanted.get("clients"))) return false;
  return !wanted.get("q") || says(row, wanted.get("q"), readings);
}

export function says(row, text, readings) {
  return saysExactly(row, text, readings) || ("alike" in row.dataset && row.dataset.alike === text);
}

export function saysExactly(row, text, readings) {
  const bare = text.trim().replace(/^#/, "");
  const { key, sign, text: said } = row.dataset;
  if (bare === key || (sign && bare.toLowerCase() === sign.toLowerCase())) return true;
  if (!/\p{L}/u.test(bare)) {
    const digits = bare.replace(/\D/g, "");
    return digits.length >= 4 && said.includes(digits.length === 11 ? digits.slice(1) : digits); // 8 or 7 before it
  }
  if (!readings) return row.textContent.toLocaleLowerCase().includes(bare.toLocaleLowerCase());
  return readings.some((reading) => reading.split(" ").every((word) => ` ${said}`.includes(word.length < 3 ? ` ${word}` : word)));
}

export function saysAlike(row, readings) {
  return readings.some((reading) => {
    const words = reading.split(" ").filter((word) => /\D/.test(word));
    return words.length > 0 && words.every((word) => likeness(word, row.dataset.text) >= ALIKE);
  });
}

// The best share of the word's trigrams that one word of the text has.
function likeness(word, text) {
  const wanted = trigrams(word);
  return Math.max(0, ...text.split(" ").map((other) => {
    const there = trigrams(other);
    return [...wanted].filter((three) => there.has(three)).length / Math.max(wanted.size, there.size * 0.7);
  }));
}

function trigrams(word) {
  const padded = `  ${word} `;
  return new Set(Array.from({ length: padded.length - 2 }, (_, place) => padded.slice(place, place + 3)));
}
