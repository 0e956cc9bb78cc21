// The calls of an order are read anew while one of them lives; a recording that is being heard is not cut off.
export function start(list) {
  const off = new AbortController();
  const live = new Set(list.dataset.calls.split(" "));
  const isHeard = () => [...list.querySelectorAll("audio")].some((piece) => !piece.paused);

  document.addEventListener("live:changed", ({ detail }) => {
    if (!list.isConnected) off.abort();
    else if (detail.kind === "call" && live.has(String(detail.key)) && !isHeard()) list.dispatchEvent(new CustomEvent("calls:stale"));
  }, { signal: off.signal });
}
