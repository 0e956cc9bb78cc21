// The bar of the phone: what it is, whom one talks with, and the screen of a call that comes. What the server has drawn
// (templates/phone/_bar.html) is filled in here; texts come from there.
import { span } from "../clock.js";
import { hint } from "../keymap.js";
import { toast } from "../toast.js";
import { Callers } from "./callers.js";
import { offer, whole } from "./countries.js";
import { fill, worded } from "./figures.js";
import { kept } from "./kept.js";
import { kindOf } from "./media.js";
import { Pictures } from "./pictures.js";

const SETTLES = 2000; // ms until it is seen whether a caller who does not ring here any more still waits
const TOLD = 20_000; // ms that a call which has rung in vain stays in sight
// Ends that nobody wanted: "lost" is our own word, the others are JsSIP's.
const AWAY = ["lost", "Connection Error", "RTP Timeout", "Request Timeout"];
const FAULTS = ["WebRTC Error", "Internal Error"];

export class Bar {
  #phone;
  #page; // () → the document that is open beside the bar
  #lines = new Map(); // talk → its line
  #screens = new Map(); // talk → its screen
  #clock = 0;
  #placing = ""; // with what the PBX's name of the call begins that was asked for in the pad
  #pictures;
  #drawn; // by the server

  constructor(element, phone, page) {
    this.element = element;
    this.#drawn = element.outerHTML;
    this.#phone = phone;
    this.#page = page;
    this.callers = new Callers(phone, page, () => this.element.dataset.extension);
    element.addEventListener("click", (event) => this.#press(event));
    element.addEventListener("input", ({ target }) => target.matches("[data-volume]") && phone.setVolume(Number(target.value)));
    element.addEventListener("toggle", ({ target }) => target.open && this.#opened(target), true);
    element.addEventListener("submit", (event) => this.#dial(event));
    element.addEventListener("keydown", (event) => this.#escape(event));
    element.addEventListener("focusout", ({ target, relatedTarget }) => relatedTarget && this.#shut(target.closest("details"), relatedTarget));
    window.addEventListener("blur", () => element.querySelectorAll("details[open]").forEach((menu) => this.#shut(menu))); // into the page
    phone.addEventListener("change", () => this.draw());
    phone.addEventListener("trouble", ({ detail }) => toast(this.#why("", detail), "danger"));
    phone.addEventListener("dark", ({ detail }) => toast(this.#why("Dark", detail), "danger"));
    phone.addEventListener("microphone", ({ detail }) => this.#sayMicrophone(detail));
    phone.addEventListener("speaker", () => toast(element.dataset.saySpeakerGone, "warning"));
    phone.addEventListener("over", ({ detail }) => this.#over(detail));
    this.#pictures = new Pictures(() => this.element, phone);
    this.draw();
  }

  // Drawn anew by the server: another language, another extension. What is going on moves over.
  replace(element) {
    if (element.outerHTML === this.#drawn) return this.draw(); // whoever types in it, types on
    this.#drawn = element.outerHTML;
    for (const place of ["[data-phone-talks]", "[data-phone-screens]", "[data-phone-pictures]"]) element.querySelector(place).replaceWith(this.element.querySelector(place));
    for (const { name, value } of element.attributes) this.element.setAttribute(name, value);
    this.element.replaceChildren(...element.childNodes);
    this.draw();
    this.#pictures.draw(); // a video that has moved stands still
  }

  draw() {
    const { dataset } = this.element;
    const state = dataset.extension ? this.#phone.state : "off-shift";
    dataset.state = state;
    this.#write("[data-word]", this.#word(state));
    const { sentence } = this.#phone;
    this.#write("[data-why]", ["refused", "taken"].includes(state) ? sentence : "");
    this.element.querySelector("[data-dial]").hidden = !dataset.extension;
    this.element.querySelector("[data-take]").hidden = state !== "taken";
    this.element.querySelector("[data-start]").hidden = !["refused", "missing"].includes(state) && !(state === "off" && dataset.extension);
    for (const talk of this.#phone.talks) this.#drawTalk(talk);
    clearInterval(this.#clock);
    this.#clock = this.#phone.talks.length ? setInterval(() => this.#tick(), 1000) : 0;
    this.#tick();
  }

  #word(state) {
    return this.element.dataset[`say-${state}`.replace(/-(\w)/g, (_, letter) => letter.toUpperCase())] ?? state;
  }

  // `of`: "" the microphone, "Dark" the camera.
  #why(of, error) {
    const why = { denied: "Denied", missing: "NoDevice", busy: "BusyDevice", broken: "BrokenDevice", unsent: "NoAnswer" }[kindOf(error)];
    return this.element.dataset[`say${of}${why}`];
  }

  #sayMicrophone({ isHeard, isReplaced, error }) {
    const say = this.element.dataset;
    if (isHeard) toast(isReplaced ? say.sayReplaced : say.sayKept, "warning");
    else toast(kindOf(error) === "denied" ? say.sayUnheardDenied : say.sayUnheard, "danger");
  }

  #write(place, words) {
    const element = this.element.querySelector(place);
    if (element.textContent !== words) element.textContent = words;
  }

  // --- a talk: its line in the bar, and while it rings its screen -----------------------------------------------------
  #drawTalk(talk) {
    const comes = talk.direction === "in" && talk.state === "ringing" && !(talk.asked && talk.isAnswered); // that one has asked for it
    if (comes || this.#screens.has(talk)) this.#drawScreen(talk);
    if (comes) return;
    if (!this.#lines.has(talk)) this.#lines.set(talk, this.#made("talk", "[data-phone-talks]", talk));
    const line = this.#lines.get(talk);
    this.#fill(line, talk);
    if (this.#placing && talk.callId?.startsWith(this.#placing)) this.#clear();
    line.dataset.state = talk.state;
    const mute = line.querySelector("[data-do=mute]");
    mute.setAttribute("aria-pressed", String(talk.muted === true));
    this.#drawCamera(line, talk);
    const isWaiting = this.#phone.up.length > 1 && talk !== this.#phone.active;
    line.querySelector("[data-do=switch]").hidden = !isWaiting;
    mute.hidden = isWaiting;
    line.querySelector("[data-keypad]").hidden = talk.state === "ringing"; // answered, and not up yet
    line.querySelector("[data-volume]").value = kept().volume;
    this.#drawNetwork(line.querySelector("[data-network]"), talk.network);
  }

  // Whoever is put on hold sees us no more.
  #drawCamera(line, talk) {
    const camera = line.querySelector("[data-do=camera]");
    const isAside = this.callers.isAside(talk);
    if (talk.filming && (isAside || talk !== this.#phone.active)) this.#phone.film(talk, false);
    camera.hidden = talk.state !== "up" || talk !== this.#phone.active || isAside || !(talk.shows || talk.filming || this.callers.isColleague(talk));
    camera.setAttribute("aria-pressed", String(talk.filming === "on"));
    camera.setAttribute("aria-busy", String(talk.filming === "asked"));
    line.querySelector("[data-do=picture]").hidden = !this.#pictures?.isClosed(talk);
  }

  #drawNetwork(element, network) {
    element.hidden = !network.looks.length;
    if (element.hidden) return;
    const { now, bad } = network;
    element.toggleAttribute("data-bad", bad.length > 0);
    const say = this.element.dataset;
    const named = { loss: say.sayLoss, jitter_ms: say.sayJitter, round_trip_ms: say.sayRoundTrip };
    const word = element.querySelector("[data-network-word]");
    const words = bad.length ? `${say.sayBadNetwork} ${bad.map((name) => `${named[name]} ${worded(name, now[name])}`).join(", ")}` : say.sayNetwork;
    if (word.textContent !== words) word.textContent = words;
    if (element.open) fill(element, network.looks, now);
  }

  #drawScreen(talk) {
    const isNew = !this.#screens.has(talk);
    if (isNew) this.#screens.set(talk, this.#made("screen", "[data-phone-screens]", talk));
    const screen = this.#screens.get(talk);
    this.#fill(screen, talk);
    screen.dataset.state = talk.state;
    const say = this.element.dataset;
    const named = [say.coming, ...["[data-name]", "[data-number]"].map((place) => screen.querySelector(place).textContent)].filter(Boolean).join(" · ");
    screen.setAttribute("aria-label", named);
    if (isNew && talk.state === "ringing") this.#write("[data-aloud]", named);
    const rang = { up: say.sayConnected, ended: say.sayMissed }[talk.state] ?? say.sayRinging;
    const word = screen.querySelector("[data-screen-word]");
    if (word.textContent !== rang) word.textContent = rang;
    for (const button of screen.querySelectorAll("[data-do=answer], [data-do=reject]")) button.hidden = talk.state !== "ringing";
    for (const button of screen.querySelectorAll("[data-do=close]")) button.hidden = talk.state === "ringing";
    screen.querySelector("[data-busy]").hidden = talk.state !== "ringing" || !this.#phone.up.length;
    screen.querySelector("[data-do=show]").hidden = !this.callers.card(talk);
    if (talk.state === "up") setTimeout(() => this.#close(talk), 1500);
  }

  #made(template, place, talk) {
    const made = this.element.querySelector(`template[data-phone-${template}]`).content.firstElementChild.cloneNode(true);
    made.dataset.talk = talk.id;
    hint(made); // one's own keys
    this.element.querySelector(place).append(made);
    return made;
  }

  #fill(element, talk) {
    const say = this.element.dataset;
    const { who, number } = this.callers.look(talk);
    const write = (place, words) => {
      const found = element.querySelector(place);
      if (found.textContent !== words) found.textContent = words;
      found.hidden = !words;
    };
    write("[data-name]", who || number || say.sayUnknown);
    write("[data-number]", who ? number : "");
    write("[data-direction]", talk.direction === "in" && !talk.goesOut ? say.sayIn : say.sayOut);
  }

  #over(talk) {
    this.#lines.get(talk)?.remove();
    this.#lines.delete(talk);
    this.#write("[data-aloud]", "");
    const isAway = AWAY.includes(talk.cause);
    const isBroken = isAway || FAULTS.includes(talk.cause);
    if (isBroken && talk.isAnswered) toast(isAway || talk.upAt ? this.element.dataset.sayBroken : this.element.dataset.sayNoAnswer, "danger");
    if (!this.#screens.has(talk)) return;
    if (talk.upAt || talk.turnedDown || isBroken || talk.cause === "elsewhere") {
      this.#close(talk);
      return;
    }
    const waits = () => this.callers.card(talk)?.dataset.state === "ringing"; // he is called to another telephone, or here again
    if (waits()) {
      this.#close(talk);
      setTimeout(() => waits() || this.callers.card(talk) || this.#miss(talk), SETTLES);
    } else this.#miss(talk);
  }

  #miss(talk) {
    this.#drawScreen(talk);
    setTimeout(() => this.#close(talk), TOLD);
  }

  #close(talk) {
    this.#screens.get(talk)?.remove();
    this.#screens.delete(talk);
  }

  #tick() {
    for (const [talk, line] of this.#lines) {
      const since = talk.goesOut ? talk.since : talk.upAt;
      line.querySelector("[data-timer]").textContent = since ? span((Date.now() - since) / 1000) : "";
    }
    for (const [talk, screen] of this.#screens) {
      if (talk.state === "ringing") screen.querySelector("[data-timer]").textContent = span((Date.now() - talk.beganAt) / 1000);
    }
  }

  // --- presses --------------------------------------------------------------------------------------------------------
  #press(event) {
    const button = event.target.closest("button");
    if (!button) return;
    const id = button.closest("[data-talk]")?.dataset.talk;
    const talk = [...this.#lines.keys(), ...this.#screens.keys()].find((one) => String(one.id) === id);
    if (button.dataset.digit) this.#type(button);
    else if (button.dataset.tone && talk) talk.tone(button.dataset.tone);
    else this.act(button.dataset.do, talk);
  }

  act(name, talk) {
    const phone = this.#phone;
    if (name === "answer") phone.answer(talk);
    else if (name === "reject") {
      const turned = talk ?? phone.ringing[0];
      if (turned) turned.turnedDown = true;
      phone.reject(turned);
    } else if (name === "hang-up") phone.hangUp(talk);
    else if (name === "mute") phone.mute(talk);
    else if (name === "camera") phone.film(talk);
    else if (name === "picture") this.#pictures.close(false);
    else if (name === "close-picture") this.#pictures.close();
    else if (name === "enlarge") this.#pictures.enlarge(!this.#pictures.isLarge);
    else if (name === "switch") phone.activate(talk);
    else if (name === "take") phone.start({ take: true });
    else if (name === "start") phone.start();
    else if (name === "show") this.#show(talk);
    else if (name === "close") this.#close(talk);
    this.draw();
  }

  // --- menus, and the pad to dial with --------------------------------------------------------------------------------
  #opened(menu) {
    const countries = menu.querySelector("[data-country]");
    if (countries && !countries.length) offer(countries, this.element.dataset.region, this.element.lang);
    menu.querySelector(isTouched() ? "button" : "input, button")?.focus();
  }

  #type(button) {
    const field = button.closest("form").querySelector("[data-dialled]");
    field.value += button.dataset.digit;
    if (!isTouched()) field.focus();
  }

  #clear() {
    this.#placing = "";
    this.element.querySelector("[data-dialled]").value = "";
  }

  #shut(menu, into = null) {
    if (menu?.open && !menu.contains(into)) menu.open = false;
  }

  #escape(event) {
    const menu = event.target.closest("details[open]");
    if (event.key === "Escape" && !menu && this.#pictures.isLarge) this.#pictures.enlarge(false);
    if (event.key !== "Escape" || !menu) return;
    event.stopPropagation();
    menu.open = false;
    menu.querySelector("summary").focus();
  }

  // By the page's own way to ask the PBX: it says what becomes of it, and refuses while nothing can be sent.
  #dial(event) {
    event.preventDefault();
    const [number, country] = ["[data-dialled]", "[data-country]"].map((place) => event.target.querySelector(place));
    const page = this.#page();
    const { htmx } = page?.defaultView ?? {};
    if (!htmx) return toast(document.body.dataset.sayOffline, "danger");
    const form = Object.assign(page.createElement("form"), { hidden: true });
    form.dataset.intent = "";
    form.setAttribute("hx-post", this.element.dataset.dialUrl);
    form.setAttribute("hx-swap", "none");
    form.append(Object.assign(page.createElement("input"), { name: "to", value: whole(number.value, country.value, this.element.dataset.region) }));
    form.addEventListener("htmx:afterRequest", ({ detail }) => {
      form.remove();
      if (!detail.successful) return;
      this.#placing = JSON.parse(detail.xhr.getResponseHeader("Phone-Dials")).call; // until it comes, what was typed stays to be mended
      this.#shut(event.target.closest("details"));
    });
    page.body.append(form);
    htmx.process(form);
    form.requestSubmit();
  }

  // What the desk has about this call: on the desk beside the list, elsewhere on a page of its own.
  #show(talk) {
    const card = this.callers.card(talk);
    const view = this.#page()?.defaultView;
    if (!card) return;
    if (view.document.getElementById("pane")) view.htmx.ajax("GET", card.dataset.openUrl, { target: "#pane", swap: "innerHTML" });
    else view.location.assign(this.element.dataset.callUrl.replace("/0/", `/${card.id.replace("call-", "")}/`));
  }
}

// By a finger: where a field is focused, the device's own keyboard covers the pad.
const isTouched = () => matchMedia("(pointer: coarse)").matches;
