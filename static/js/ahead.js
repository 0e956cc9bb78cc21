// While somebody types: what the form as it is would lead to, asked from the address in data-ahead with each pause and
// shown in [data-ahead-place]. It never holds up typing: late answers are dropped, and without an answer nothing is said.
const PAUSE = 350; // ms after the last key
const LIMIT = 5000; // ms
const AGAIN = 5000; // ms after a question that nobody answered
const NO_PART = new Set(["csrfmiddlewaretoken", "draft", "keys"]);
const isSaid = ([name, text]) => text !== "" && text !== "restart" && !NO_PART.has(name);

export function start(form) {
  const place = form.querySelector("[data-ahead-place]");
  let timer, question, asked = "";

  function later(pause) {
    clearTimeout(timer);
    timer = setTimeout(ask, pause);
  }

  async function ask() {
    if (!form.isConnected) return;
    const said = new URLSearchParams([...new FormData(form)].filter(isSaid));
    if (String(said) === asked) return;
    asked = String(said);
    question?.abort();
    const mine = (question = new AbortController());
    const html = await answer(said, AbortSignal.any([mine.signal, AbortSignal.timeout(LIMIT)]));
    if (mine.signal.aborted || !form.isConnected) return;
    if (html === null) {
      asked = "";
      later(AGAIN);
    }
    show(html ?? "");
  }

  async function answer(said, signal) {
    try {
      const response = await fetch(`${form.dataset.ahead}?${said}`, { signal, headers: { "HX-Request": "true" } });
      return response.ok && !response.redirected ? await response.text() : null;
    } catch {
      return null;
    }
  }

  // What has the cursor is not swept away.
  function show(html) {
    if (place.contains(document.activeElement) && document.activeElement.matches("input:not([type=checkbox])")) return;
    const hadFocus = place.contains(document.activeElement) && document.activeElement.name;
    const wasOpen = place.querySelector("details")?.open; // the breakdown that is being read out
    window.htmx.swap(place, html, { swapStyle: "innerHTML", settleDelay: 0 });
    if (wasOpen) place.querySelector("details")?.setAttribute("open", "");
    if (hadFocus) place.querySelector(`[name="${CSS.escape(hadFocus)}"]:not([type=hidden])`)?.focus();
  }

  form.addEventListener("input", () => later(PAUSE));
  form.addEventListener("change", () => later(0));
  form.addEventListener("htmx:afterSwap", (event) => place.contains(event.target) || later(0)); // the client was recognised
  later(0);
}
