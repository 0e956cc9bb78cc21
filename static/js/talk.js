// The call one is in: its dialog (whom to pass it to, keypad, note), what is said of its changes, and the reminder of
// whoever parked somebody and left him there.
import { now } from "./clock.js";
import { toast } from "./toast.js";

export function start(desk) {
  const dialog = document.getElementById("call-dialog");
  const place = document.getElementById("call-tool");
  const voice = desk.querySelector("[data-say-talk]");

  // --- the dialog ---------------------------------------------------------------------------------------------------
  document.body.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.target !== place) return;
    if (!dialog.open) dialog.showModal();
    place.querySelector("[autofocus]")?.focus();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
  });
  dialog.addEventListener("close", () => place.replaceChildren());
  dialog.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.requestConfig.verb === "get" || !place.contains(detail.elt)) return;
    const refused = place.querySelector("[data-refused]");
    if (refused) refused.hidden = detail.successful;
    if (!detail.successful) {
      if (refused && [403, 409].includes(detail.xhr.status)) refused.textContent = detail.xhr.responseText.trim().slice(0, 300);
    } else if (detail.elt.closest("[data-intent=again]") === null) dialog.close();
  });

  // --- what has become of it, for those who hear the page ------------------------------------------------------------
  const said = new Map();
  function say(key, element) {
    const sentence = element?.dataset.say ?? "";
    if (said.get(key) === sentence) return;
    if (element) said.set(key, sentence);
    else said.delete(key);
    voice.textContent = sentence;
  }
  for (const talk of document.querySelectorAll('[data-live="talk"] > li')) said.set(talk.id.slice(5), talk.dataset.say);
  document.addEventListener("live:changed", ({ detail }) => {
    if (detail.kind !== "talk") return;
    say(detail.key, detail.element);
    if (!detail.element && dialog.open && !document.querySelector('[data-live="talk"] > li')) dialog.close(); // the call is over
  });

  // --- parked callers -----------------------------------------------------------------------------------------------
  document.addEventListener("dblclick", (event) => {
    const parked = event.target.closest(".parked");
    if (parked && !event.target.closest("button")) parked.querySelector("button")?.click();
  });

  const { person, parkRemind, sayParked } = desk.dataset;
  const reminded = new Map(); // id → how often
  function remind() {
    for (const parked of document.querySelectorAll('[data-live="parked"] > li')) {
      const times = Math.floor((now() - Date.parse(parked.dataset.since)) / 1000 / Number(parkRemind));
      parked.toggleAttribute("data-long", times >= 1);
      if (times < 1 || parked.dataset.by !== person || (reminded.get(parked.id) ?? 0) >= times) continue;
      reminded.set(parked.id, times);
      const sentence = sayParked.replace("{name}", parked.dataset.name);
      toast(sentence, "warning");
      voice.textContent = sentence;
    }
  }
  setInterval(remind, 1000);
}
