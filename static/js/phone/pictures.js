// The pictures of the call that is heard: theirs, whenever their camera sends, and one's own while it is on.
const EVERY = 500; // ms
const STILL = 2; // looks without a frame: their camera is off

export class Pictures {
  #phone;
  #bar; // () → the element of the bar
  #timer = 0;
  #closed = null; // the talk whose pictures somebody has closed

  constructor(bar, phone) {
    this.#bar = bar;
    this.#phone = phone;
    phone.addEventListener("change", () => this.draw());
  }

  draw() {
    const talk = this.#phone.active;
    const panel = this.#bar().querySelector("[data-phone-pictures]");
    const theirs = talk?.shows ?? false;
    if (this.#closed !== talk) this.#closed = null;
    panel.hidden = !talk || this.#closed === talk || !(theirs || talk.filming === "on");
    panel.toggleAttribute("data-theirs-shown", theirs);
    show(panel.querySelector("[data-theirs]"), !panel.hidden && theirs ? talk.picture : null);
    show(panel.querySelector("[data-own]"), panel.hidden ? null : (talk.filmed ?? null));
    if (panel.hidden) this.enlarge(false);
    this.#watch();
  }

  isClosed(talk) {
    return this.#closed === talk && (talk.shows || talk.filming === "on");
  }

  close(on = true) {
    this.#closed = on ? this.#phone.active : null;
    this.draw();
  }

  enlarge(on) {
    const panel = this.#bar().querySelector("[data-phone-pictures]");
    panel.toggleAttribute("data-large", on);
    panel.querySelector("[data-do=enlarge]").setAttribute("aria-pressed", String(on));
  }

  get isLarge() {
    return this.#bar().querySelector("[data-phone-pictures]").hasAttribute("data-large");
  }

  // Nothing in SIP says that a camera went off: no more frames do.
  #watch() {
    const filmed = this.#phone.talks.some(({ picture }) => picture?.getTracks().length);
    if (Boolean(this.#timer) === filmed) return;
    if (filmed) this.#timer = setInterval(() => this.#phone.talks.forEach((talk) => this.#look(talk)), EVERY);
    else this.#timer = clearInterval(this.#timer) ?? 0;
  }

  async #look(talk) {
    const frames = await talk.frames().catch(() => 0);
    talk.still = frames > (talk.frameCount ?? 0) ? 0 : (talk.still ?? STILL) + 1;
    talk.frameCount = frames;
    const shows = talk.state === "up" && talk.still < STILL;
    if (shows === Boolean(talk.shows)) return;
    talk.shows = shows;
    this.#phone.dispatchEvent(new Event("change"));
  }
}

function show(video, stream) {
  video.hidden = !stream;
  if (video.srcObject !== stream) video.srcObject = stream;
  if (stream && video.paused) video.play().catch(() => {}); // at the next press
}
