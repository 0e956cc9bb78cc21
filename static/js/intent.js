// A click that asks the PBX for something. The page names it (so that twice sent is once done), shows that it waits, and
// says the outcome that the socket brings; only a confirmed one changes the list, and that by itself.
import { toast } from "./toast.js";

const LIMIT = 15_000; // ms; the server's own deadline is shorter
const LONG_LIMIT = 180_000; // where two people outside are rung one after the other

export function start(desk) {
  const waiting = new Map(); // id of the intent → {path, timer}

  function show(path, busy) {
    for (const form of document.querySelectorAll("[data-intent]")) {
      if (form.getAttribute("hx-post") !== path) continue;
      for (const button of form.querySelectorAll("button")) {
        if (busy) button.setAttribute("aria-busy", "true");
        else button.removeAttribute("aria-busy");
      }
    }
    for (const button of document.querySelectorAll(`[data-waits~="${path}"]`)) {
      if (busy) button.setAttribute("aria-busy", "true");
      else button.removeAttribute("aria-busy");
    }
  }

  function settle(id, sentence, tone) {
    const one = waiting.get(id);
    if (!one) return;
    clearTimeout(one.timer);
    waiting.delete(id);
    show(one.path, false);
    toast(sentence, tone);
  }

  const intentOf = (event) => event.detail.elt.closest("[data-intent]");
  const isBusy = (path) => [...waiting.values()].some((one) => one.path === path);

  document.addEventListener("htmx:configRequest", (event) => {
    const form = intentOf(event);
    if (!form) return;
    if (isBusy(event.detail.path) && form.dataset.intent !== "again") return event.preventDefault();
    event.detail.parameters.id = newId();
  });
  document.addEventListener("htmx:beforeSend", (event) => {
    const form = intentOf(event);
    if (!form) return;
    const { xhr, requestConfig } = event.detail;
    const { path, parameters: { id } } = requestConfig;
    const limit = form.dataset.intent === "long" ? LONG_LIMIT : LIMIT;
    waiting.set(id, { path, timer: setTimeout(() => settle(id, desk.dataset.sayLate, "warning"), limit) });
    show(path, true);
    xhr.addEventListener("loadend", () => (xhr.status < 200 || xhr.status >= 300) && settle(id, "", "")); // answers.js says why
  });
  document.addEventListener("live:told", ({ detail }) => {
    if (detail.kind !== "intent" || !waiting.has(detail.key) || !detail.html) return;
    const template = document.createElement("template");
    template.innerHTML = detail.html;
    const outcome = template.content.firstElementChild;
    const state = outcome.dataset.state;
    if (state === "asked" || state === "sent") {
      if (outcome.dataset.hint !== undefined) toast(outcome.textContent.trim(), "waiting");
      return;
    }
    settle(detail.key, state === "confirmed" ? "" : outcome.textContent.trim(), "warning");
  });
  // A card that is drawn anew while its click still waits goes on saying so.
  document.addEventListener("live:changed", () => { for (const one of waiting.values()) show(one.path, true); });
}

// crypto.randomUUID exists only on https and on this machine itself.
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
