// Reading the cards of the calls list; shared by the indicator, the keys and the screen pop.
export const list = () => document.querySelector('[data-live="call"]');
export const cards = () => [...(list()?.children ?? [])];
export const words = (text) => (text ?? "").split(" ").filter(Boolean);

// While it rings at the caller's own person, it is for nobody else.
export const isFor = (card, extension) => (card.dataset.onlyAt ?? extension) === extension;

// A call that waits for somebody: from outside, or from inside for this very extension. Once, however many phones ring.
export function waits(card, extension) {
  if (card.dataset.state !== "ringing" || !isFor(card, extension)) return false;
  return card.dataset.direction === "in" || words(card.dataset.ringing).includes(extension);
}

export const talksHere = (card, extension) =>
  card.dataset.state === "talking" && words(card.dataset.talking).includes(extension);

export const extension = () => document.querySelector("[data-extension]")?.dataset.extension ?? "";
