// When to try again. Full jitter: 200 desks that lost the PBX in the same moment come back spread over the whole window,
// and no desk is kept waiting longer than the last one.
const FIRST = 4000; // ms, the first window
const LONGEST = 30_000;

// `attempt`: 0 for the first; `chance`: 0 … 1. In milliseconds.
export const wait = (attempt, chance = Math.random()) => Math.round(chance * Math.min(LONGEST, FIRST * 2 ** Math.min(attempt, 16)));
