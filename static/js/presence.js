// Tells the server which order this tab shows, and shows who else has it open. While the tab listens, its web process
// knows that it is alive: nothing is asked again and again.
import { tab } from "./live.js";

let told = null; // {url, changing}

export function start() {
  document.body.addEventListener("htmx:afterSettle", look);
  document.addEventListener("live:told", ({ detail }) => detail.kind === "presence" && show(detail.key, detail.html));
  for (const name of ["live:hello", "live:read"]) document.addEventListener(name, anew);
  window.addEventListener("pagehide", () => told && send("DELETE", told));
  window.addEventListener("pageshow", (event) => event.persisted && anew());
  look();
}

function look() {
  const shown = document.querySelector("#pane [data-presence]");
  const now = shown && { url: shown.dataset.presence, changing: shown.dataset.changing ?? "" };
  if (now?.url === told?.url && now?.changing === told?.changing) return;
  if (told && !now) send("DELETE", told);
  told = now;
  if (now) send("POST", now);
}

// The link was away: what was told may have run out meanwhile.
function anew() {
  told = null;
  look();
}

function send(method, { url, changing }) {
  const headers = JSON.parse(document.body.getAttribute("hx-headers"));
  const body = new URLSearchParams(method === "POST" ? { tab, changing } : { tab });
  fetch(url, { method, headers, body, keepalive: true }).catch(() => {}); // the banner says that the server is away
}

function show(order, html) {
  for (const place of document.querySelectorAll(`[data-others="${CSS.escape(order)}"]`)) {
    const template = document.createElement("template");
    template.innerHTML = html ?? ""; // drawn by the server's templates, which escape what people typed
    place.replaceChildren(template.content);
  }
}
