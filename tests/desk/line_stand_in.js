// The shape of static/js/phone/line.js, without a PBX: what a test tells it (window.pbx of the host) happens.
class Talk extends EventTarget {
  muted = false;
  tones = "";
  filming = ""; // our camera; `films`: why it does not open
  films = "";
  slow = false; // to come up after it was answered
  sounds = [50, 0, 2, 20]; // in a look: packets that come and are lost; jitter, round trip
  received = 0;
  lost = 0;

  constructor(fields) {
    super();
    Object.assign(this, { id: String(Math.random()), direction: "in", name: "", number: "", callId: "", state: "ringing", asked: false }, fields);
    this.context = new AudioContext();
    const tone = new OscillatorNode(this.context, { frequency: 440 });
    const out = this.context.createMediaStreamDestination();
    tone.connect(out);
    tone.start();
    this.remote = out.stream;
  }

  become(state, cause = "") {
    this.state = state;
    if (state === "ended") this.context.close();
    this.dispatchEvent(new CustomEvent("state", { detail: { state, cause } }));
    if (state === "up") this.dispatchEvent(new Event("media"));
  }

  async answer() { if (!this.slow) this.become("up"); }
  hangUp() { this.become("ended"); }
  mute(on) { this.muted = on; }
  async film(on) {
    if (on && this.films) throw new DOMException("", this.films);
    this.filming = on ? "on" : "";
    this.dispatchEvent(new Event("picture"));
  }
  async frames() { return 0; }
  tone(digit) { this.tones += digit; }

  async stats() {
    const [come, lost, jitter_ms, round_trip_ms] = this.sounds;
    this.received += come;
    this.lost += lost;
    return { received: this.received, lost: this.lost, jitter_ms, round_trip_ms };
  }
}

export const whole = (url) => new URL(url);

export class Line extends EventTarget {
  state = "off";
  talks = [];

  constructor({ credentials }) {
    super();
    this.credentials = credentials;
    window.pbx = {
      line: this,
      ring: (fields) => {
        const talk = new Talk(fields);
        this.talks.push(talk);
        this.dispatchEvent(new CustomEvent("talk", { detail: talk }));
        return talk.id;
      },
      of: (id) => this.talks.find((talk) => talk.id === id),
    };
  }

  async start({ take } = {}) {
    this.become("connecting");
    try {
      await this.credentials({ take });
      this.become("registered");
    } catch (error) {
      if (error.taken) this.lose(error.taken);
      else this.become("refused", { sentence: error.refused });
    }
  }

  speakBy(name) { this.microphone = name; }

  lose({ sentence }) { this.become("taken", { sentence }); }

  call(number) {
    const talk = new Talk({ direction: "out", number, state: "calling" });
    this.talks.push(talk);
    this.dispatchEvent(new CustomEvent("talk", { detail: talk }));
    setTimeout(() => talk.become("up"));
    return talk;
  }

  async stop() { this.become("off"); }

  become(state, detail = {}) {
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: { state, ...detail } }));
  }
}
