// The telephone in the browser: registered at the PBX over a WebSocket, with credentials of this session and tab alone that
// are never written down. It stays registered over a restart of the PBX, another network and a machine's sleep; whoever is
// told that another tab has the line does not fight for it.
//
// `credentials`: async ({take}) → the answer of POST /phone/line/; throws {taken: …}, {refused: sentence}, or anything
// else, which is tried again; credentials.release(), where it is there, gives the line back. Nothing here draws or plays.
//
// Events: "state" (detail: state, sentence), "talk" (detail: the talk that begins), and of the microphone in a call "microphone"
// (detail: isHeard; isReplaced, by another one; error, why the chosen one is not).
import { wait } from "./backoff.js";
import { Talk } from "./talk.js";
import { Wire } from "./wire.js";

const TICK = 5000; // ms
const SLEPT = 4 * TICK; // between two ticks: the machine slept
const SILENCE = 40_000; // the PBX asks each browser every 20 s whether it is there
const PROBE = 5000;
const SPREAD = 500; // ms, after a sleep or a new network: this desk alone has lost the line, so it need not wait long
const ON_ITS_WAY = 3000; // ms: so long may new credentials be on their way to the PBX
const SOON = 250;
const ANSWERS = 6000; // ms, to a registration: a PBX that is just starting may take the wire and lose what came first
const EXPIRES = 120; // s that a registration lasts; a tab that died rings no longer than that
const MISSING = ["NotFoundError", "OverconstrainedError"]; // of a device
const LIBRARY = "../../dist/jssip.js";
const NEVER = 1_000_000; // s: when to connect again is ours to say, not JsSIP's

export class Line extends EventTarget {
  #credentials;
  #agent = null;
  #wire = null;
  #given = null; // the credentials, and until when
  #wanted = false;
  #attempt = 0;
  #again = 0; // timers
  #unanswered = 0;
  #renew = 0;
  #tick = 0;
  #tickAt = 0;
  #round = 0; // a start that another one, or a stop, has overtaken
  #sources = new Map(); // of sound: deviceId → promise of a stream
  #spoken = null; // the source by which the talks are heard
  #loads = 0; // attempts at the library that failed

  constructor({ credentials }) {
    super();
    this.#credentials = credentials;
    this.state = "off";
    this.sentence = "";
    this.microphone = "";
    this.camera = "";
    this.answersItself = true; // calls that the desk has placed or picked, never into a running one
    this.talks = [];
  }

  get ice() {
    return this.#given?.ice ?? [];
  }

  get extension() {
    return this.#given?.extension ?? "";
  }

  async start({ take = false } = {}) {
    if (this.#wanted && !take) return;
    if (this.#agent && !this.#wanted && !this.talks.length) this.#close();
    this.#wanted = true;
    this.#attempt = 0;
    this.#watch();
    await this.#open(take);
  }

  // At once, and the talks end; a patient one only lets no other begin.
  async stop({ isPatient = false } = {}) {
    if (isPatient && this.talks.length) {
      this.#giveUp();
      return this.#become("off");
    }
    this.#wanted = false;
    this.#round += 1;
    this.#close();
    this.#become("off");
    await this.#credentials.release?.();
  }

  // Another tab or device has the line now. A conversation goes on here until its end.
  lose({ sentence = "" } = {}) {
    if (!this.#wanted) return;
    this.#giveUp();
    this.#become("taken", sentence);
  }

  // Of each connection: sound and picture go by ways of their own (unbundled.js).
  get connecting() {
    return { iceServers: this.ice, bundlePolicy: "max-compat" };
  }

  call(number) {
    const talk = this.#keep(new Talk(this, { direction: "out", number }));
    this.#dial(talk);
    return talk;
  }

  // The microphone's sound, for a talk.
  async sound() {
    return (this.#spoken = await this.#found());
  }

  // Any other one's where the chosen is not plugged in, and then that is told.
  async #found() {
    try {
      return await this.#source(this.microphone);
    } catch (error) {
      if (!this.microphone || !MISSING.includes(error.name)) throw error;
      const source = await this.#source("");
      this.#tellMicrophone({ isHeard: true, isReplaced: true });
      return source;
    }
  }

  // One for all calls, open while there is one.
  #source(name) {
    if (!this.#sources.has(name)) {
      const opened = navigator.mediaDevices.getUserMedia({ audio: exactly(name) });
      this.#sources.set(name, opened);
      const gone = () => this.#sources.get(name) === opened && this.#sources.delete(name);
      const ended = (source) => gone() && source === this.#spoken && this.#speakAnew();
      opened.then((source) => source.getAudioTracks()[0]?.addEventListener("ended", () => ended(source), { once: true }), gone);
    }
    return this.#sources.get(name);
  }

  // From now on, also in the call that runs.
  async speakBy(name) {
    if (name === this.microphone) return;
    this.microphone = name;
    if (!this.#isTalking) return;
    try {
      const source = await this.#found();
      if (name === this.microphone) await this.#speak(source);
    } catch (error) {
      if (!this.#isTalking || name !== this.microphone) return;
      const isHeard = !this.talks.some(({ isDumb }) => isDumb);
      this.#tellMicrophone({ isHeard, error });
      if (!isHeard) this.#speakAnew(true);
    }
  }

  // The microphone has gone in a call: by itself again, if it is there, or by any other; else as soon as one is plugged in, or
  // allowed again.
  async #speakAnew(isTold = false) {
    if (!this.#isTalking) return;
    const wished = this.microphone;
    let why;
    for (const name of new Set([wished, ""])) {
      const source = await this.#source(name).catch((error) => void (why = error));
      if (wished !== this.microphone) return; // who chooses meanwhile is heard by that one
      if (!source) continue;
      await this.#speak(source);
      return this.#tellMicrophone({ isHeard: true, isReplaced: true });
    }
    const end = new AbortController();
    const again = () => {
      end.abort();
      this.#speakAnew(true);
    };
    navigator.mediaDevices.addEventListener("devicechange", again, { signal: end.signal });
    navigator.permissions?.query({ name: "microphone" }).then((allowed) => allowed.addEventListener("change", again, { signal: end.signal }), () => {});
    if (!isTold) this.#tellMicrophone({ isHeard: false, error: why });
  }

  #speak(source) {
    this.#spoken = source;
    return Promise.all(this.talks.map((talk) => talk.speak(source)));
  }

  #tellMicrophone(detail) {
    this.dispatchEvent(new CustomEvent("microphone", { detail }));
  }

  // The camera's picture, opened anew for each that asks, who closes it.
  picture() {
    const size = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 20 } };
    return navigator.mediaDevices.getUserMedia({ video: this.camera ? { ...exactly(this.camera), ...size } : size });
  }

  // --- registration ------------------------------------------------------------------------------------------------

  async #open(take) {
    const round = ++this.#round;
    clearTimeout(this.#again);
    this.#become("connecting");
    try {
      const given = await this.#credentials({ take });
      const library = await this.#load();
      if (round !== this.#round) return;
      if (this.#agent && given.uri !== this.#given.uri) { // her place is another one now
        if (this.talks.length) {
          this.#given.until = 0; // what is connected is of the old place: each try begins by asking again
          this.#agent.unregister();
          return this.#later();
        }
        this.#close();
        this.#watch();
      }
      this.#hold(given);
      if (!this.#agent) this.#begin(library.default, given);
      else if (this.#agent.isConnected()) this.#register();
      else this.#agent.transport.connect();
    } catch (trouble) {
      if (round === this.#round) this.#failed(trouble);
    }
  }

  // A browser asks no second time for a script that did not come, unless by another name.
  async #load() {
    try {
      return await import(this.#loads ? `${LIBRARY}?again=${this.#loads}` : LIBRARY);
    } catch (error) {
      this.#loads += 1;
      const answer = await fetch(new URL(LIBRARY, import.meta.url), { method: "HEAD" }).catch(() => null);
      throw answer?.status === 404 ? { missing: true } : error;
    }
  }

  #hold(given) {
    this.#given = { ...given, at: Date.now(), until: Date.now() + given.valid_for * 1000 };
    this.#agent?.set("ha1", given.ha1);
    clearTimeout(this.#renew);
    this.#renew = setTimeout(() => this.#renewed(), given.valid_for * (0.4 + 0.2 * Math.random()) * 1000);
  }

  #begin(JsSIP, { uri, login, realm, ha1, url }) {
    this.#wire = new Wire(whole(url).href);
    this.#wire.onmissed = () => this.#anew();
    const agent = new JsSIP.UA({
      sockets: [this.#wire], uri, authorization_user: login, realm, ha1, register: true, register_expires: EXPIRES,
      session_timers: false, user_agent: "Taxi desk in the browser",
      connection_recovery_min_interval: NEVER, connection_recovery_max_interval: NEVER,
    });
    this.#agent = agent;
    const mine = (act) => (event) => agent === this.#agent && act(event);
    agent.on("connected", mine(() => this.#register())); // JsSIP would not, once it has been told to unregister
    agent.on("registered", mine(() => this.#registered()));
    agent.on("registrationFailed", mine(({ response }) => this.#refused(response)));
    agent.on("disconnected", mine(() => this.#disconnected()));
    agent.on("newRTCSession", mine((event) => this.#rung(event)));
    agent.start();
  }

  #register() {
    if (!this.#wanted) return;
    this.#agent.register();
    this.#await();
  }

  // JsSIP would wait for 32 s.
  #await() {
    const wire = this.#wire;
    clearTimeout(this.#unanswered);
    this.#unanswered = setTimeout(() => wire === this.#wire && this.state !== "registered" && wire.drop(), ANSWERS);
  }

  #registered() {
    if (!this.#wanted) return void this.#agent.unregister(); // it was on its way
    this.#attempt = 0;
    clearTimeout(this.#again);
    clearTimeout(this.#unanswered);
    this.#become("registered");
  }

  // The machine slept: the PBX would ring us only when it has asked again, in up to 20 s, unless we come as a new one.
  #anew() {
    if (!this.#wanted || this.state !== "registered") return;
    const agent = this.#agent;
    this.#become("connecting");
    agent.once("unregistered", () => agent === this.#agent && this.#register());
    agent.unregister();
    this.#await();
  }

  // The PBX does not know us any more: whether we still have the line, our own server knows.
  #refused(response) {
    if (!this.#agent.isConnected()) return;
    clearTimeout(this.#unanswered);
    if (response && Date.now() - this.#given.at < ON_ITS_WAY) {
      clearTimeout(this.#again);
      this.#again = setTimeout(() => this.#agent?.isConnected() && this.#register(), SOON);
      return;
    }
    if (response) return this.#later(true);
    this.#wire.drop(); // no answer at all
  }

  #disconnected() {
    for (const talk of [...this.talks]) talk.lose();
    this.#later();
  }

  #later(fresh = false, most = Infinity) {
    if (!this.#wanted) return;
    clearTimeout(this.#again);
    const delay = Math.min(wait(this.#attempt++), most);
    this.#become("waiting");
    this.#again = setTimeout(() => {
      const stale = fresh || !this.#agent || this.#given.until - Date.now() < 30_000;
      if (stale) return this.#open(false);
      this.#become("connecting");
      this.#agent.transport.connect();
    }, delay);
  }

  async #renewed() {
    const round = this.#round;
    try {
      const given = await this.#credentials({ take: false });
      if (round !== this.#round) return;
      if (given.uri !== this.#given.uri) await this.#open(false);
      else this.#hold(given);
    } catch (trouble) {
      if (round !== this.#round) return;
      if (trouble?.taken || trouble?.refused) return this.#failed(trouble);
      this.#renew = setTimeout(() => this.#renewed(), wait(3));
    }
  }

  #failed(trouble) {
    if (trouble?.taken) return this.lose(trouble.taken);
    if (!trouble?.refused && !trouble?.missing) return this.#later(true);
    this.#giveUp();
    this.#become(trouble.missing ? "missing" : "refused", trouble.refused);
  }

  // Not registered any more; who talks, talks on, and what rings may be answered.
  #giveUp() {
    this.#wanted = false;
    this.#round += 1;
    if (!this.talks.length) return this.#close();
    this.#idle();
    this.#agent.unregister(); // else JsSIP would try again every two minutes
  }

  get #isTalking() {
    return this.talks.some(({ state }) => state === "up");
  }

  #idle() {
    clearTimeout(this.#again);
    clearTimeout(this.#unanswered);
    clearTimeout(this.#renew);
    clearInterval(this.#tick);
    removeEventListener("online", this.#online);
  }

  #close() {
    this.#idle();
    const agent = this.#agent;
    this.#agent = this.#given = null;
    agent?.stop();
    for (const talk of [...this.talks]) talk.over("Terminated");
  }

  #become(state, sentence = "") {
    if (state === this.state && sentence === this.sentence) return;
    this.state = state;
    this.sentence = sentence;
    this.dispatchEvent(new CustomEvent("state", { detail: { state, sentence } }));
  }

  // --- sleep, another network, a wire that is dead and does not know it ---------------------------------------------

  #online = () => {
    if (!this.#wanted) return;
    if (this.#wire?.isConnected()) this.#ask();
    else if (this.state === "waiting") this.#later(false, Math.random() * SPREAD);
  };

  #watch() {
    clearInterval(this.#tick);
    this.#tickAt = Date.now();
    this.#tick = setInterval(() => {
      const slept = Date.now() - this.#tickAt > SLEPT;
      this.#tickAt = Date.now();
      if (slept) return this.#online();
      if (this.#wire?.isConnected() && Date.now() - this.#wire.heardAt > SILENCE) this.#ask();
    }, TICK);
    addEventListener("online", this.#online);
  }

  #ask() {
    const wire = this.#wire;
    const before = Date.now();
    try {
      this.#agent.sendOptions(this.#given.uri);
    } catch {
      return wire.drop();
    }
    setTimeout(() => wire === this.#wire && wire.heardAt < before && wire.drop(), PROBE);
  }

  // --- calls ---------------------------------------------------------------------------------------------------------

  async #dial(talk) {
    try {
      if (this.state !== "registered") throw new Error("not registered");
      const mediaStream = await talk.sound();
      if (talk.state === "ended") return;
      const target = `sip:${talk.number}@${this.#given.uri.split("@")[1]}`;
      const session = this.#agent.call(target, { mediaStream, pcConfig: this.connecting });
      talk.tie(session);
    } catch (error) {
      talk.over(error.name === "Error" ? error.message : error.name);
    }
  }

  #rung({ originator, session, request }) {
    if (originator !== "remote") return;
    const isBusy = this.#isTalking;
    const talk = this.#keep(Talk.of(this, session, request));
    if (talk.asked && this.answersItself && !isBusy) talk.answer().catch(() => {});
  }

  #keep(talk) {
    this.talks.push(talk);
    talk.addEventListener("state", () => {
      if (talk.state === "up" && talk.isDumb) this.#speakAnew();
      if (talk.state !== "ended") return;
      this.talks = this.talks.filter((one) => one !== talk);
      if (this.talks.length) return;
      this.#rest();
      if (this.#wanted || !this.#agent) return;
      if (this.state === "off") this.stop(); // and the line is given back
      else this.#close();
    });
    this.dispatchEvent(new CustomEvent("talk", { detail: talk }));
    return talk;
  }

  async #rest() {
    const sources = [...this.#sources.values()];
    this.#sources.clear();
    for (const source of sources) (await source.catch(() => null))?.getTracks().forEach((track) => track.stop());
  }
}

// Of the PBX, where its address is one of our own server's.
export const whole = (url) => new URL(url, location.href.replace(/^http/, "ws"));

const exactly = (id) => (id ? { deviceId: { exact: id } } : true);
