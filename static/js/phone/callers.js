// Who is on the line. The desk knows more of it than the PBX tells the phone: what the page beside the bar shows of a call is
// read there, and stays known on pages that show nothing. Of each talk it keeps `known` (who, number), `page` (its number in
// the history), `isHeld`, `goesOut`, and of one that goes out `since`: when the other side answered (ms), once that is seen.
import { seconds } from "../clock.js";

const NUMBER_END = 7; // digits in which all ways of writing a number agree
const CONSULTED = ["called", "ringing", "talking"]; // of the second party: it is on the line, and the client waits

export class Callers {
  #phone;
  #page; // () → the document that is open beside the bar
  #extension; // () → one's own
  #asked = new Map(); // with what the PBX's name of a call begins that the page has asked for → whom it is for

  constructor(phone, page, extension) {
    this.#phone = phone;
    this.#page = page;
    this.#extension = extension;
  }

  // The page has asked the PBX for a call: the one that comes for it, or has just come, goes out in truth.
  dials({ call, who }) {
    this.#asked.set(call, who);
  }

  // {who, number} of whom one has on the line, as far as anybody knows.
  look(talk) {
    for (const [call, who] of this.#asked) {
      if (!talk.callId?.startsWith(call)) continue;
      Object.assign(talk, { goesOut: true, known: { who, number: "" } });
      this.#asked.delete(call);
    }
    const number = /\d/.test(talk.number) ? talk.number : ""; // "anonymous"
    const conversation = this.#conversation(talk);
    if (this.#page()?.querySelector('[data-live="talk"]')) follow(talk, conversation);
    const shown = [this.card(talk), conversation].filter(Boolean);
    if (shown.length) talk.page = shown[0].id.replace(/^\w+-/, "");
    const found = consulted(conversation) ?? shown.map((one) => this.#read(one, number)).find(Boolean);
    if (isAskedAbout(conversation)) talk.known = null; // it is the colleague who calls, and not the client
    else if (found) talk.known = found;
    return talk.known?.who || talk.known?.number ? talk.known : { who: number && talk.name !== number ? talk.name : "", number };
  }

  // By the PBX's name for the call; one that it did not name by the number, or by what rings or talks here alone.
  card(talk) {
    const end = talk.number.replace(/\D/g, "").slice(-NUMBER_END);
    const all = [...(this.#page()?.querySelectorAll('[data-live="call"] > .call') ?? [])];
    if (talk.callId) return all.find((card) => card.dataset.pbxCall === talk.callId) ?? null;
    const own = all.filter((card) => `${card.dataset.ringing} ${card.dataset.talking}`.split(" ").includes(this.#extension()));
    if (!end) return own.length === 1 && this.#phone.talks.length === 1 ? own[0] : null;
    return end.length < NUMBER_END ? null : own.find((card) => card.querySelector(".call-number")?.textContent.replace(/\D/g, "").endsWith(end)) ?? null; // a short one is no client's
  }

  // Colleagues have telephones that show a picture; the town has none.
  isColleague(talk) {
    const figures = (talk.known?.number || talk.number).replace(/\D/g, "");
    return figures !== "" && figures.length < NUMBER_END;
  }

  // Held, asked about, with a third: anything but a plain talk.
  isAside(talk) {
    return Boolean(this.#conversation(talk)?.dataset.phase);
  }

  #conversation(talk) {
    const all = [...(this.#page()?.querySelectorAll('[data-live="talk"] > .talk') ?? [])];
    const isNameless = !talk.callId && talk.state === "up" && !/\d/.test(talk.number); // as who was parked, and is taken back
    if (isNameless && all.length === 1 && this.#phone.talks.length === 1) talk.takenUp = all[0].dataset.pbxCall;
    const name = talk.callId || talk.takenUp;
    return (name && all.find((one) => one.dataset.pbxCall === name)) || null;
  }

  #read(shown, number) {
    const { from, to, toName } = shown.dataset; // of a call between colleagues, where the card is its caller's
    if (from === this.#extension()) return { who: toName, number: to };
    const found = { who: words(shown, ".who-name") || words(shown, ".call-who"), number: words(shown, ".call-number") };
    return found.who || found.number ? { ...found, number: found.number || number } : null;
  }
}

// Whether he is held, and since when there is somebody to talk with.
function follow(talk, conversation) {
  const { phase, second } = conversation?.dataset ?? {};
  talk.isHeld = phase === "hold" && second !== "talking";
  if (!talk.goesOut || !conversation) return;
  const time = conversation.querySelector(".call-wait time")?.textContent.trim();
  if (time) talk.since ||= Date.now() - 1000 * seconds(time);
}

const isAskedAbout = (conversation) => conversation?.dataset.role === "second" && conversation.dataset.phase !== "all";

function consulted(conversation) {
  const { role, phase, second } = conversation?.dataset ?? {};
  if (role !== "desk" || phase === "all" || !CONSULTED.includes(second)) return null;
  return { who: words(conversation, ".talk-two .who-name"), number: words(conversation, ".talk-two .call-who .number") };
}

const words = (shown, place) => shown.querySelector(place)?.textContent.replace(/\s+/g, " ").trim() ?? "";
