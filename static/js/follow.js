// Says that a thing of the kind it follows has changed: <section data-behaviour="follow" data-follows="missed"
// hx-get="…" hx-trigger="follow:told"> is then read anew.
export function start(element) {
  const off = new AbortController();
  const told = () => element.dispatchEvent(new CustomEvent("follow:told"));
  const listen = (name, heard) => document.addEventListener(name, (event) => (element.isConnected ? heard(event) : off.abort()), { signal: off.signal });
  listen("live:told", ({ detail }) => detail.kind === element.dataset.follows && told());
  listen("live:read", told);
}
