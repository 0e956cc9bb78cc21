// How the network carries a call, looked at while it lasts. A look: {at: seconds since it began, loss: percent of what was
// sent to us since the look before, jitter_ms, round_trip_ms}; null where a figure is not known yet. Events: "look", and
// "over" after the last one.
export const LIMITS = { loss: 0, jitter_ms: 30, round_trip_ms: 250 }; // above which it is bad
export const FIGURES = Object.keys(LIMITS);

const EVERY = 2000; // ms
const JUDGED = 5; // looks: a figure is bad or good for some seconds, not for a blink

export class Network extends EventTarget {
  looks = [];
  received = 0;
  lost = 0;
  #talk;
  #beganAt = 0;
  #timer = 0;

  constructor(talk, every = EVERY) {
    super();
    this.#talk = talk;
    const follow = () => {
      if (talk.state === "up" && !this.#timer) {
        this.#beganAt = Date.now();
        this.#timer = setInterval(() => this.#look(), every);
      }
      if (talk.state !== "ended") return;
      clearInterval(this.#timer);
      this.dispatchEvent(new Event("over"));
    };
    talk.addEventListener("state", follow);
    follow();
  }

  get began() {
    return new Date(this.#beganAt);
  }

  // Each figure over the last seconds.
  get now() {
    return averages(this.looks.slice(-JUDGED));
  }

  get bad() {
    return tooHigh(this.now);
  }

  async #look() {
    const { received, lost, jitter_ms, round_trip_ms } = await this.#talk.stats();
    if (this.#talk.state !== "up") return;
    const came = received - this.received;
    const gone = Math.max(0, lost - this.lost);
    Object.assign(this, { received, lost });
    const all = came + gone;
    const silent = this.looks.length && !this.#talk.isHeld ? 100 : null; // but for a hold the PBX always sends: silence is a loss
    const loss = all ? (100 * gone) / all : silent;
    this.looks.push({ at: Math.round((Date.now() - this.#beganAt) / 1000), loss, jitter_ms, round_trip_ms });
    this.dispatchEvent(new CustomEvent("look", { detail: this.looks.at(-1) }));
  }
}

// As it is shown, and so as it is judged: no "0 %" that is too much.
export const rounded = (value) => (value < 10 ? Math.round(value * 10) / 10 : Math.round(value));

export const tooHigh = (figures) => FIGURES.filter((name) => figures[name] !== null && rounded(figures[name]) > LIMITS[name]);

// {loss, jitter_ms, round_trip_ms} of some looks together; null where none knew it.
export const averages = (looks) => each(looks, (known) => known.reduce((sum, value) => sum + value, 0) / known.length);
export const worst = (looks) => each(looks, (known) => Math.max(...known));

function each(looks, of) {
  const known = (name) => looks.map((look) => look[name]).filter((value) => value !== null);
  return Object.fromEntries(FIGURES.map((name) => [name, known(name).length ? of(known(name)) : null]));
}
