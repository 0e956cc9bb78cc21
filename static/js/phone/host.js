// The document in which the phone lives. Pages of the product are whole documents, and a call would end with each of
// them; so this one stays, shows them in a frame that fills the window, and keeps the bar of the phone beneath. It runs
// nothing of a page itself: what a page starts ends with that page. (docs/decisions/0019)
import { learn, isTyping, meant } from "../keymap.js";
import { Bar } from "./bar.js";
import { Headsets } from "./headset.js";
import { follow, kept } from "./kept.js";
import { Phone } from "./phone.js";
import { Ring } from "./ring.js";

const VERSION = new URL(import.meta.url).pathname.split("/").at(-4);
const AWAY = 3000; // ms, until a page that did not open is tried again
const PAPER = "718px"; // A4 and its margins
const KEYS = { KeyA: "answer", Delete: "reject", F6: "mute", KeyX: "hang-up" };

// False: it cannot be one now, and the page shall begin as if there were no phone.
export async function start() {
  const old = [...document.body.children];
  const address = document.body.dataset.phoneBar;
  const frame = Object.assign(document.createElement("iframe"), { name: "page", className: "phone-page", title: document.title });
  const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const drawn = await readBar().catch(() => null);
  if (!drawn) return false;
  document.getElementById("toasts").remove(); // its place is ours now
  for (const element of old) element.inert = true; // in sight until its copy is there
  const inside = () => frame.contentDocument;
  const phone = (window.phone = new Phone(drawn.dataset.lineUrl, token));
  const bar = new Bar(drawn, phone, inside);
  const ring = new Ring(phone, drawn, bar.callers);
  const headsets = new Headsets(phone);
  let shown = location.href;
  let watched = null;
  let retry = 0;
  let turns = null; // "push" or "back" while the frame is on its way to a page

  document.documentElement.classList.add("phone-host");
  document.body.append(frame, bar.element, Object.assign(document.createElement("div"), { id: "toasts", className: "toasts", role: "status", ariaLive: "polite" }));
  frame.addEventListener("load", opened);
  frame.contentWindow.location.replace(shown); // by its src a document would not be shown within itself

  // --- the page in the frame ----------------------------------------------------------------------------------------
  function opened() {
    const page = inside();
    watched?.disconnect();
    if (page?.URL === "about:blank") return;
    for (const element of old.splice(0)) element.remove();
    document.body.toggleAttribute("data-broken", page === null);
    if (page === null) return away();
    page.defaultView.addEventListener("keydown", press, { capture: true });
    page.defaultView.addEventListener("keydown", print);
    page.defaultView.addEventListener("click", answerCard, { capture: true });
    for (const gesture of ["pointerdown", "keydown"]) page.addEventListener(gesture, wake, { capture: true });
    page.addEventListener("live:changed", ({ detail }) => ["call", "talk"].includes(detail.kind) && phone.talks.length && bar.draw());
    page.addEventListener("htmx:beforeSend", ({ detail: { xhr } }) => xhr.addEventListener("load", () => dialled(xhr.getResponseHeader("Phone-Dials"))));
    page.addEventListener("htmx:afterRequest", ({ detail }) => detail.pathInfo?.requestPath === keysUrl(page) && look(page));
    page.addEventListener("live:told", ({ detail }) => detail.kind === "line" && detail.html && phone.lose(detail.key, plain(detail.html)));
    page.defaultView.navigation?.addEventListener("currententrychange", sync);
    page.defaultView.navigation?.addEventListener("navigate", turn);
    watched = new MutationObserver(sync);
    watched.observe(page.head ?? page, { subtree: true, childList: true, characterData: true });
    if (turns === "push" && page.URL !== location.href) history.pushState(null, "", page.URL);
    if (turns === "back") page.defaultView.scrollTo(0, history.state?.y ?? 0);
    turns = null;
    sync();
    tell();
    if (!bar.element.contains(document.activeElement)) focus(page);
    document.documentElement.toggleAttribute("data-begun", true);
    look(page);
  }

  // The browser's own page: the server is away, or something else than a page. Keys are heard here only, and it is opened
  // anew by itself.
  function away() {
    if (!bar.element.contains(document.activeElement)) bar.element.querySelector("[data-reopen]").focus();
    window.focus();
    clearTimeout(retry);
    retry = setTimeout(tryAgain, AWAY);
  }

  async function tryAgain() {
    if (!document.body.hasAttribute("data-broken")) return;
    const answer = await fetch(address, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (answer && answer.status < 500) frame.contentWindow.location.replace(shown);
    else retry = setTimeout(tryAgain, AWAY);
  }

  // A browser does what a page says of `autofocus` once for a window, and not for each page in a frame.
  function focus(page) {
    frame.contentWindow.focus();
    for (const wish of page.querySelectorAll("[autofocus]")) {
      if (page.activeElement !== page.body) return;
      wish.focus();
    }
  }

  function sync() {
    const page = inside();
    if (!page) return;
    if (location.href !== page.URL) history.replaceState(history.state, "", page.URL);
    shown = page.URL;
    if (document.title !== page.title) document.title = frame.title = page.title;
  }

  // Steps of the frame's own would be dead after a reload, when the frame is another: so a page's way to the next one is
  // made a step of this document. What is posted goes its own way, and the page it leads to takes the place of the step.
  function turn(event) {
    const { cancelable, destination, downloadRequest, formData, navigationType } = event;
    if (!cancelable || navigationType !== "push" || destination.sameDocument || formData || typeof downloadRequest === "string") return;
    if (new URL(destination.url).origin !== location.origin) return;
    event.preventDefault();
    history.replaceState({ y: frame.contentWindow.scrollY }, "");
    turns = "push";
    shown = destination.url;
    frame.contentWindow.location.replace(destination.url);
  }

  window.addEventListener("popstate", () => {
    turns = "back";
    frame.contentWindow.location.replace(location.href);
  });

  // For the page where the phone is set up.
  const tell = () => inside()?.dispatchEvent(new CustomEvent("phone:state", { detail: { state: phone.state } }));
  phone.addEventListener("change", tell);

  // --- who this is: asked with each page, so that another language or shift is seen at once ----------------------------
  async function readBar() {
    const answer = await fetch(address, { headers: { "HX-Request": "true" } });
    if (!answer.ok || answer.redirected || answer.headers.has("HX-Redirect")) return null;
    const template = document.createElement("template");
    template.innerHTML = await answer.text(); // drawn by the server's templates
    return document.importNode(template.content.querySelector("#phone"), true);
  }

  async function look(page) {
    let read;
    try {
      read = await readBar();
    } catch {
      return; // the server is away: the next page asks again
    }
    const isOld = page.querySelector("script[src*='/js/main.js']")?.src.includes(`/${VERSION}/`) === false;
    if ((!read || isOld) && !phone.talks.length) return leave();
    if (!read) return;
    const { extension } = bar.element.dataset;
    bar.replace(read);
    Object.assign(document.documentElement, { lang: read.lang, dir: read.dir });
    learn(JSON.parse(read.dataset.keys || "{}"));
    if (read.dataset.extension !== extension) await attend(extension);
  }

  // On shift the phone is on, and with the shift it goes.
  async function attend(before) {
    if (before) await phone.stop();
    if (bar.element.dataset.extension) await phone.start();
  }

  // Signed out, turned off, or of another version: the page itself, without us.
  function leave() {
    phone.stop();
    location.reload();
  }

  follow(() => (kept().on || phone.talks.length ? headsets.look() : leave()));
  phone.addEventListener("over", () => kept().on || phone.talks.length || leave());

  // --- keys, and what else is pressed in the page ----------------------------------------------------------------------
  function press(event) {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.repeat || isTyping(event)) return;
    const page = inside();
    if (page?.querySelector("dialog[open]")) return;
    const name = KEYS[meant(event)];
    const fits = { answer: phone.ringing.length, reject: phone.ringing.length, mute: phone.active, "hang-up": phone.up.length }[name];
    if (!fits || (name === "hang-up" && page?.querySelector('[data-key="KeyX"]'))) return; // the desk's own does more
    const marked = name === "answer" && page?.querySelector('[data-live="call"] > .call[data-state="ringing"][aria-current="true"]');
    const talk = marked ? ringsAs(marked) : undefined;
    if (marked && !talk) return; // another one than what rings here
    event.preventDefault();
    event.stopPropagation();
    bar.act(name, talk);
  }

  // What is pressed while the focus is in the bar is meant for the page, as far as the bar has no use for it.
  function pass(event) {
    const page = inside();
    if (!page || event.defaultPrevented || event.target.closest("input, select") || ["Tab", "Enter", " ", "Escape"].includes(event.key)) return;
    const { key, code, ctrlKey, altKey, metaKey, shiftKey, repeat } = event;
    const options = { key, code, ctrlKey, altKey, metaKey, shiftKey, repeat, bubbles: true, cancelable: true, view: page.defaultView };
    if (!page.body.dispatchEvent(new page.defaultView.KeyboardEvent("keydown", options))) event.preventDefault();
  }

  // The browser would print this document: a bar, and what of the page is in sight.
  function print(event) {
    if (event.code !== "KeyP" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || !inside()) return;
    event.preventDefault();
    frame.contentWindow.print();
  }

  // From the browser's menu it does print this document: then the frame is as long as its page is on paper.
  window.addEventListener("beforeprint", () => {
    frame.style.setProperty("inline-size", PAPER);
    frame.style.setProperty("block-size", `${inside()?.documentElement.scrollHeight ?? 0}px`);
    frame.style.removeProperty("inline-size");
  });
  window.addEventListener("afterprint", () => frame.style.removeProperty("block-size"));

  const ringsAs = (card) => phone.ringing.find((talk) => bar.callers.card(talk) === card);

  // "Answer" on the card of the call that rings right here.
  function answerCard(event) {
    const card = event.target.closest?.(".call")?.id && event.target.closest("[data-intent] button") && event.target.closest(".call");
    const talk = card && ringsAs(card);
    if (!talk) return;
    event.preventDefault();
    event.stopPropagation();
    phone.answer(talk);
  }

  function dialled(answer) {
    if (!answer) return;
    bar.callers.dials(JSON.parse(answer));
    bar.draw();
  }

  function wake() {
    phone.wake();
    ring.wake();
  }

  for (const act of [press, print, pass]) document.addEventListener("keydown", act);
  for (const gesture of ["pointerdown", "keydown"]) document.addEventListener(gesture, wake, { capture: true });
  document.addEventListener("phone:look", ({ detail }) => bar.element.querySelector(`[data-talk="${CSS.escape(detail.id)}"] button`)?.focus());
  bar.element.addEventListener("click", ({ target }) => target.closest("[data-reopen]") && frame.contentWindow.location.replace(shown));

  // --- a reload or a closed tab ends the call: asked before ------------------------------------------------------------
  window.addEventListener("beforeunload", (event) => phone.talks.length && event.preventDefault());
  window.addEventListener("pagehide", () => phone.line.stop());

  learn(JSON.parse(bar.element.dataset.keys || "{}"));
  attend("");
  return true;
}

const keysUrl = (page) => page.querySelector("[data-keys-url]")?.dataset.keysUrl;

function plain(html) {
  const template = document.createElement("template");
  template.innerHTML = html; // drawn by the server's templates, which escape what people typed
  return template.content.textContent.trim();
}
