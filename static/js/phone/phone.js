// The phone of this browser: one line, its talks and their sound. It draws nothing; "change" says that something is
// otherwise than before, "rings" and "over" (detail: the talk) what happened, "trouble" and "dark" (detail: an error) why the
// microphone or the camera did not open, "microphone" (as the line says it) and "speaker" that it has gone in
// a call.
import { credentialsFrom } from "./credentials.js";
import { follow, keep, kept } from "./kept.js";
import { Line, whole } from "./line.js";
import { heard, routed, SOUND } from "./media.js";
import { Network } from "./network.js";
import * as records from "./records.js";

const ANSWER_SECONDS = 8;
const ECHO_SECONDS = 3;
const LIVE = ["ringing", "calling", "up"];

export class Phone extends EventTarget {
  state = "off";
  sentence = "";
  access = null; // server, login, realm, STUN: what the settings show
  talks = [];
  active = null; // the one that is heard
  #credentials;
  #isSpeakerThere = true;
  #sounds = new Map(); // talk → <audio>
  #hushed = new WeakSet(); // talks that wait in silence, but for which nobody has pressed "Mute"

  constructor(url, token) {
    super();
    this.#credentials = credentialsFrom(url, token);
    const credentials = async (wish) => this.#learn(await this.#credentials(wish));
    this.line = new Line({ credentials: Object.assign(credentials, { release: this.#credentials.release }) });
    this.line.answersItself = false; // that is decided here
    this.line.addEventListener("state", ({ detail }) => this.#say(detail));
    this.line.addEventListener("talk", ({ detail }) => this.#begin(detail));
    this.line.addEventListener("microphone", ({ detail }) => this.dispatchEvent(new CustomEvent("microphone", { detail })));
    follow(() => this.#apply());
    navigator.mediaDevices?.addEventListener("devicechange", () => this.#apply());
    this.#apply();
  }

  start({ take = false } = {}) {
    return this.line.start({ take });
  }

  // A talk is finished first, but no other begins.
  stop() {
    return this.line.stop({ isPatient: true });
  }

  // Another tab has it now, says the server.
  async lose(tab, sentence) {
    if (tab !== (await this.#credentials.tab())) this.line.lose({ sentence });
  }

  // A new secret; the old one is worth nothing from then on. False: it did not come.
  async renew() {
    await this.line.stop();
    await this.start({ take: true });
    return ["connecting", "registered"].includes(this.state);
  }

  get ringing() {
    return this.talks.filter((talk) => talk.direction === "in" && talk.state === "ringing" && !talk.isAnswered);
  }

  get up() {
    return this.talks.filter((talk) => talk.state === "up" || talk.state === "calling");
  }

  async answer(talk = this.ringing[0]) {
    if (!talk || talk.isAnswered) return;
    talk.isAnswered = true; // the microphone may take a moment
    this.activate(talk);
    try {
      await talk.answer();
    } catch (error) {
      this.dispatchEvent(new CustomEvent("trouble", { detail: error }));
    }
  }

  reject(talk = this.ringing[0]) {
    talk?.hangUp();
  }

  hangUp(talk = this.active ?? this.up[0]) {
    talk?.hangUp();
  }

  // The one that waits is mute anyway: it would hear the other.
  mute(talk = this.active, on = !talk?.muted) {
    if (talk === this.active) talk?.mute(on);
    this.#changed();
  }

  // The camera: of one talk, and only while that is the one that is heard.
  async film(talk = this.active, on = !talk?.filming) {
    if (!talk || (on && talk !== this.active)) return;
    try {
      await talk.film(on);
    } catch (error) {
      this.#inTheDark(talk, error);
    }
  }

  // Calls a number that sends back what it hears. "good", "silent" (nothing came back) or "unanswered".
  async echo(number) {
    const talk = this.line.call(number);
    talk.isTest = true;
    const until = (event, seconds) => new Promise((done) => {
      const timer = setTimeout(done, seconds * 1000);
      talk.addEventListener(event, () => ["up", "ended"].includes(talk.state) && (clearTimeout(timer), done()));
    });
    try {
      if (talk.state === "calling") await until("state", ANSWER_SECONDS);
      if (talk.state !== "up") return "unanswered";
      this.mute(talk, false);
      let loudest = 0;
      const end = heard(talk.remote, (level) => { loudest = Math.max(loudest, level); });
      await new Promise((done) => setTimeout(done, ECHO_SECONDS * 1000));
      end();
      return loudest > SOUND ? "good" : "silent";
    } finally {
      talk.hangUp();
    }
  }

  setVolume(volume) {
    keep({ volume });
    this.#apply(); // the others hear of it by the storage
  }

  // Of two talks one is heard and hears; the other one waits in silence.
  activate(talk) {
    for (const other of this.up.filter((one) => one !== talk)) this.#hush(other);
    if (this.#hushed.delete(talk)) talk.mute(false);
    this.active = talk;
    this.#apply();
  }

  #hush(talk) {
    if (!talk.muted) this.#hushed.add(talk);
    talk.mute(true);
    talk.film(false);
  }

  #learn(given) {
    const { protocol, hostname, port, pathname } = whole(given.url);
    const url = `${protocol}//${hostname}:${port || { "ws:": 80, "wss:": 443 }[protocol]}${pathname}`;
    this.access = { url, login: given.login, realm: given.realm, ice: given.ice ?? [] };
    return given;
  }

  #say({ state, sentence = "" }) {
    Object.assign(this, { state, sentence: sentence?.trim() ?? "" });
    this.#changed();
  }

  #begin(talk) {
    this.talks.push(talk);
    talk.beganAt = Date.now();
    talk.network = new Network(talk);
    talk.network.addEventListener("look", () => this.#changed());
    talk.addEventListener("state", ({ detail }) => this.#follow(talk, detail));
    talk.addEventListener("media", () => this.#listen(talk));
    talk.addEventListener("picture", () => this.#changed());
    talk.addEventListener("trouble", ({ detail }) => this.#inTheDark(talk, detail));
    if (talk.direction === "out") this.active ??= talk;
    if (talk.remote) this.#listen(talk);
    if (talk.direction === "in" && this.#answersItself(talk)) this.answer(talk);
    else if (talk.direction === "in") this.dispatchEvent(new CustomEvent("rings", { detail: talk }));
    this.#changed();
  }

  // What we asked the PBX for ourselves, and all if the person wants so: never into a running call.
  #answersItself(talk) {
    const isBusy = this.talks.some((other) => other !== talk && (other.state !== "ringing" || other.isAnswered));
    return !isBusy && (talk.asked || (kept().auto && !talk.isIntoAnother));
  }

  #follow(talk, { state, cause = "" }) {
    if (state === "up") {
      talk.upAt ??= Date.now();
      if (!this.active || !LIVE.includes(this.active.state)) this.active = talk;
      else if (this.active !== talk) this.#hush(talk);
      this.#apply();
    }
    if (state === "ended") {
      talk.cause = cause;
      this.talks = this.talks.filter((other) => other !== talk);
      this.#silence(talk);
      this.#record(talk);
      if (this.active === talk) this.active = null;
      if (!this.active && this.up.length) this.activate(this.up[0]);
      this.dispatchEvent(new CustomEvent("over", { detail: talk }));
    }
    this.#changed();
  }

  #inTheDark(talk, error) {
    if (talk.state === "up") this.dispatchEvent(new CustomEvent("dark", { detail: error }));
  }

  #record({ callId, takenUp = "", page = "", network, upAt, isTest }) {
    if (!network.looks.length || isTest) return;
    const record = { callId: callId || takenUp, page, extension: this.line.extension ?? "", began: network.began.toISOString(), seconds: Math.round((Date.now() - upAt) / 1000), looks: network.looks };
    records.keep(record).catch((error) => console.warn(error)); // a browser that keeps nothing
  }

  #listen(talk) {
    if (!this.#sounds.has(talk)) {
      const sound = new Audio();
      sound.autoplay = true;
      this.#sounds.set(talk, sound);
    }
    const sound = this.#sounds.get(talk);
    if (sound.srcObject !== talk.remote) sound.srcObject = talk.remote;
    this.#apply();
    sound.play().catch(() => {}); // at the next press: see wake
  }

  #silence(talk) {
    const sound = this.#sounds.get(talk);
    if (sound) sound.srcObject = null;
    this.#sounds.delete(talk);
  }

  // A browser may have waited for a press before it lets anything sound.
  wake() {
    for (const sound of this.#sounds.values()) if (sound.paused) sound.play().catch(() => {});
  }

  #apply() {
    const { speaker, volume, microphone, camera } = kept();
    this.line.camera = camera;
    this.line.speakBy(microphone);
    for (const [talk, sound] of this.#sounds) {
      sound.volume = volume / 10;
      sound.muted = this.active !== null && talk !== this.active;
      routed(sound, speaker).then((isThere) => this.#hear(isThere));
    }
  }

  #hear(isThere) {
    if (this.#isSpeakerThere && !isThere) this.dispatchEvent(new Event("speaker"));
    this.#isSpeakerThere = isThere;
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
