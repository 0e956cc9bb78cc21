// The ringing of the phone: on the device that was chosen for it, until nothing rings. While it sounds, no tab of this
// browser rings for the office's waiting callers; and who does not see the page gets a notification.
import { sounds, unlocked } from "../sounds.js";
import { kept } from "./kept.js";
import { routed } from "./media.js";

const TOLD_EVERY = 1000;

export class Ring {
  #phone;
  #bar;
  #callers;
  #context = null;
  #sound = null;
  #out = null;
  #next = 0;
  #told = 0;
  #channel = new BroadcastChannel("phone");
  #notes = new Map(); // talk → Notification

  // `bar`: says by data-sound what is heard.
  constructor(phone, bar, callers) {
    this.#phone = phone;
    this.#bar = bar;
    this.#callers = callers;
    phone.addEventListener("change", () => this.#follow());
    phone.addEventListener("rings", ({ detail }) => this.#notify(detail));
    document.addEventListener("visibilitychange", () => document.hidden || this.#forget());
    navigator.mediaDevices?.addEventListener("devicechange", () => this.wake()); // one that was pulled out is silent
  }

  #follow() {
    const wanted = this.#phone.ringing.length > 0;
    for (const talk of this.#notes.keys()) if (!this.#phone.ringing.includes(talk)) this.#forget(talk);
    if (wanted === (this.#told !== 0)) return;
    clearInterval(this.#told);
    this.#told = 0;
    if (wanted) {
      this.#told = setInterval(() => this.#tell(true), TOLD_EVERY); // who hears nothing for a while rings again
      this.#begin();
    } else {
      this.#tell(false);
      this.#hush();
    }
  }

  // A browser plays nothing before the first press in a tab: then others shall not be silent.
  #tell(ringing) {
    if (!ringing || this.#context?.state === "running") this.#channel.postMessage({ ringing });
  }

  async #begin() {
    this.#context ??= new AudioContext();
    if (!this.#sound) {
      const way = this.#context.createMediaStreamDestination();
      this.#sound = Object.assign(new Audio(), { srcObject: way.stream, autoplay: true });
      this.#sound.way = way;
    }
    await this.wake();
    await unlocked(this.#context);
    if (!this.#told) return;
    this.#tell(true);
    this.#ring();
  }

  // Quietly while one talks.
  #ring() {
    const { tone, loudness } = kept();
    this.#hush();
    this.#bar.dataset.sound = this.#phone.up.length ? "quiet" : "ring";
    this.#out = new GainNode(this.#context, { gain: (loudness / 10) ** 2 * (this.#phone.up.length ? 0.15 : 1) });
    this.#out.connect(this.#sound.way);
    const pause = (sounds[tone] ?? sounds.bell)(this.#out, this.#context.currentTime + 0.02);
    this.#next = setTimeout(() => this.#ring(), pause * 1000);
  }

  #hush() {
    clearTimeout(this.#next);
    this.#out?.disconnect();
    this.#out = null;
    this.#bar.dataset.sound = "";
  }

  async wake() {
    if (!this.#context) return;
    if (this.#told || this.#context.state !== "running") {
      this.#context.resume();
      this.#sound.play().catch(() => {});
    }
    if (this.#told) await routed(this.#sound, kept().ringing);
  }

  #notify(talk) {
    if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
    const { who, number } = this.#callers.look(talk);
    const body = [who, number].filter(Boolean).join(" · ") || this.#bar.dataset.sayUnknown;
    try {
      const note = new Notification(this.#bar.dataset.coming, { body, tag: talk.id, requireInteraction: true });
      note.onclick = () => {
        window.focus();
        this.#forget();
        document.dispatchEvent(new CustomEvent("phone:look", { detail: talk }));
      };
      this.#notes.set(talk, note);
    } catch {
      // a telephone's browser has them by a service worker only: it rings all the same
    }
  }

  #forget(talk) {
    for (const [of, note] of this.#notes) {
      if (talk && of !== talk) continue;
      note.close();
      this.#notes.delete(of);
    }
  }
}
