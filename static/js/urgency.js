// How urgent an open order is at this moment, and why: `orders/urgency.py` in the browser, as time goes on.
export const RANKS = { overdue: 0, waiting: 1, late: 2, soon: 3, calm: 4, later: 5 };

// `patience`: seconds; `now`: ms by the server's clock.
export function reasonOf(row, now, patience) {
  const { state, due, since } = row.dataset;
  const past = (moment, seconds) => now > Date.parse(moment) + seconds * 1000;
  if ("hold" in row.dataset) return "later";
  if (state === "searching" || state === "offered") return past(due, patience.unassigned) ? "overdue" : "soon";
  if (state === "arrived") return past(since, patience.waiting) ? "waiting" : "calm";
  if (state === "assigned" || state === "en_route") return past(due, "later" in row.dataset ? 0 : patience.on_the_way) ? "late" : "calm";
  if (state === "scheduled") return past(due, -patience.near) ? "soon" : "later";
  return "calm";
}
