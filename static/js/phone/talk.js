// One call of the telephone in the browser. Events: "state" (detail: state, cause), "media" (remote has changed), "picture"
// (a camera, here or there, went on or off), "trouble" (detail: an error; of our camera during the call).
import { Offers } from "./offers.js";
import { isPicture, PICTURE, unbundle } from "./unbundled.js";

const OFFICE = "X-Desk-Call"; // our own call id, set by the PBX's dialplan
const TALKS = "X-Desk-Talks"; // set there, too, for whoever talks already, at whichever of his telephones

export class Talk extends EventTarget {
  #session = null;
  #own = null; // our sound, a clone of the microphone's
  #isMuted = false;
  #camera = null; // our picture, while it is on or on its way
  #offers = null; // ours, while it lasts
  #turn = Promise.resolve(); // one change of the picture after the other
  #line;

  constructor(line, { direction, number = "", name = "" }) {
    super();
    this.#line = line;
    this.id = crypto.randomUUID?.() ?? String(Math.random());
    this.direction = direction;
    this.number = number;
    this.name = name;
    this.callId = "";
    this.asked = false; // the PBX asks us to answer by ourselves: the desk has placed or picked this call
    this.isIntoAnother = false; // whom it is for talks already, here or at another telephone
    this.filming = ""; // our camera: "", "asked" or "on"
    this.state = direction === "in" ? "ringing" : "calling";
    this.cause = "";
    this.remote = new MediaStream(); // their sound
    this.picture = new MediaStream(); // their camera's picture, whether or not anything comes
  }

  // --- for the line ----------------------------------------------------------------------------------------------

  static of(line, session, request) {
    const from = request.from;
    const talk = new Talk(line, { direction: "in", number: from.uri.user ?? "", name: from.display_name ?? "" });
    talk.callId = request.getHeader(OFFICE) ?? "";
    talk.asked = /answer-after=0/.test(request.getHeader("Call-Info") ?? "");
    talk.isIntoAnother = request.hasHeader(TALKS);
    talk.tie(session);
    return talk;
  }

  tie(session) {
    this.#session = session;
    this.#offers = new Offers(session, this.direction === "out");
    session.on("progress", ({ response }) => this.#learn(response));
    session.on("accepted", ({ response }) => this.#learn(response));
    session.on("confirmed", () => this.#become("up"));
    session.on("ended", ({ cause }) => this.over(cause));
    session.on("failed", ({ cause, message }) => this.over(isElsewhere(message) ? "elsewhere" : cause));
    session.on("peerconnection", ({ peerconnection }) => this.#listen(peerconnection));
    if (session.connection) this.#listen(session.connection);
    this.#hush();
  }

  // The way on which it rings has gone: of an answer nobody would hear, and of its end we would not. JsSIP would let it ring for a minute.
  lose() {
    if (this.direction !== "in" || this.state !== "ringing") return;
    this.over("lost");
    if (!this.#session.isEnded()) this.#session.terminate({ status_code: 480 });
  }

  over(cause = "") {
    if (this.state === "ended") return;
    this.#own?.getTracks().forEach((track) => track.stop());
    this.#own = null;
    this.#dark();
    this.#become("ended", cause);
  }

  // --- what a person does ----------------------------------------------------------------------------------------

  // With sound alone, whatever is offered: the camera is a choice of its own.
  async answer() {
    if (this.direction !== "in" || this.state !== "ringing") return;
    try {
      const mediaStream = await this.sound();
      if (this.state !== "ringing") return;
      this.#session.answer({ mediaStream, pcConfig: this.#line.connecting });
      this.#hush();
    } catch (error) {
      if (this.state === "ringing") this.hangUp({ code: 480 });
      throw error;
    }
  }

  hangUp({ code = 0 } = {}) {
    if (this.state === "ended") return;
    if (!this.#session) return this.over("Canceled");
    if (!this.#session.isEnded()) this.#session.terminate(code ? { status_code: code } : this.direction === "in" && this.state === "ringing" ? { status_code: 603 } : {});
  }

  // Also before there is a microphone or a connection.
  mute(on) {
    this.#isMuted = on;
    this.#hush();
  }

  get muted() {
    return this.#isMuted;
  }

  #hush() {
    for (const track of this.#own?.getAudioTracks() ?? []) track.enabled = !this.#isMuted;
    if (this.#session?.connection) this.#session[this.#isMuted ? "mute" : "unmute"]({ audio: true });
  }

  tone(digit) {
    if (this.state !== "ended") this.#session?.sendDTMF(digit, { transportType: "RFC2833", duration: 120, interToneGap: 80 });
  }

  // Of what we hear: loss in percent, jitter and round trip in milliseconds; null where it is not known yet.
  async stats() {
    const found = { loss: null, jitter_ms: null, round_trip_ms: null, received: 0, lost: 0, codec: "" };
    const connection = this.#session?.connection;
    if (!connection || this.state === "ended") return found;
    const report = await connection.getStats();
    for (const one of report.values()) {
      if (one.type === "inbound-rtp" && one.kind === "audio") {
        const all = one.packetsReceived + Math.max(0, one.packetsLost);
        found.received = one.packetsReceived;
        found.lost = Math.max(0, one.packetsLost);
        found.loss = all ? (100 * found.lost) / all : null;
        found.jitter_ms = one.jitter * 1000;
        found.codec = report.get(one.codecId)?.mimeType ?? "";
      }
      if (one.type === "remote-inbound-rtp" && one.kind === "audio" && one.roundTripTime !== undefined) found.round_trip_ms = one.roundTripTime * 1000;
      if (one.type === "candidate-pair" && one.nominated && one.currentRoundTripTime !== undefined) found.round_trip_ms ??= one.currentRoundTripTime * 1000;
    }
    return found;
  }

  get connection() {
    return this.#session?.connection ?? null;
  }

  // Our camera, on or off. Rejects with what the browser says of the camera, or with "NotSent" when the PBX refuses the picture.
  film(on) {
    if (!on) this.#dark(); // at once, whatever else is on its way
    const turned = this.#turn.then(() => (on ? this.#light() : undefined));
    this.#turn = turned.catch(() => {});
    return turned;
  }

  get filmed() {
    return this.#camera;
  }

  // Frames of the other's camera that have come so far.
  async frames() {
    const receiver = this.#session?.connection?.getTransceivers().find(isPicture)?.receiver;
    const report = this.state === "ended" ? null : await receiver?.getStats();
    return [...(report?.values() ?? [])].find(({ type }) => type === "inbound-rtp")?.framesReceived ?? 0;
  }

  async #light() {
    if (this.filming || this.state !== "up") return;
    this.#film("asked");
    try {
      const stream = await this.#line.picture();
      const [track] = stream.getVideoTracks();
      if (this.filming !== "asked" || this.state !== "up") return void this.#silence(stream);
      this.#camera = stream;
      track.addEventListener("ended", () => this.#unplugged(stream)); // not by our own stop()
      await this.#send(track);
      if (this.#camera === stream) this.#film("on");
    } catch (error) {
      this.#dark();
      throw error;
    }
  }

  #dark() {
    this.#silence(this.#camera);
    this.#camera = null;
    if (this.state !== "ended") for (const { sender } of this.#session?.connection?.getTransceivers().filter(isPicture) ?? []) sender.replaceTrack(null).catch(() => {});
    this.#film("");
  }

  #unplugged(stream) {
    if (this.#camera !== stream) return;
    this.#dark();
    this.dispatchEvent(new CustomEvent("trouble", { detail: new DOMException("gone", "NotFoundError") }));
  }

  #film(state) {
    if (this.filming === state) return;
    this.filming = state;
    this.dispatchEvent(new Event("picture"));
  }

  // The first picture of a call is agreed on; from then on the way stays open in both directions, and only the track changes.
  async #send(track) {
    const before = this.#way?.currentDirection ?? "inactive";
    const open = () => {
      if (!this.#way) this.#session.connection.addTrack(track, this.#camera); // by addTrack, so that an offer of theirs that is quicker takes it, too
      this.#way.direction = "sendrecv";
    };
    const settled = () => isSent(this.#way) || this.filming !== "asked" || this.state !== "up";
    const isSettled = await this.#offers.until(settled, open);
    const way = this.#way;
    if (!isSent(way)) {
      if (way && this.state === "up") way.direction = before; // refused, or turned off meanwhile
      if (isSettled) return;
      throw new DOMException("refused", "NotSent");
    }
    if (this.filming !== "asked") return;
    await way.sender.replaceTrack(track);
    const limits = way.sender.getParameters();
    Object.assign(limits.encodings[0] ?? {}, PICTURE);
    await way.sender.setParameters(limits).catch(() => {}); // a browser that sends more than needed
  }

  get #way() {
    return this.#session.connection.getTransceivers().find((way) => isPicture(way) && way.direction !== "stopped");
  }

  // A clone for this call alone: JsSIP silences the tracks themselves on hold and mute.
  async sound() {
    const own = (await this.#line.sound()).clone();
    if (this.state === "ended") this.#silence(own);
    else this.#own = own;
    this.#hush();
    return own;
  }

  // It was pulled out before there was anybody to hear it.
  get isDumb() {
    return this.#own?.getAudioTracks().some(({ readyState }) => readyState === "ended") ?? false;
  }

  // By another microphone from now on.
  async speak(source) {
    if (this.state !== "up") return;
    const [before, own] = [this.#own, source.clone()];
    this.#own = own;
    this.#hush();
    const sender = this.#session.connection.getSenders().find(({ track }) => track?.kind === "audio");
    await sender?.replaceTrack(own.getAudioTracks()[0]);
    this.#silence(before);
  }

  #silence(stream) {
    stream?.getTracks().forEach((track) => track.stop());
  }

  #learn(response) {
    if (response?.hasHeader?.(OFFICE)) this.callId = response.getHeader(OFFICE);
  }

  #listen(connection) {
    unbundle(connection, () => this.#offers.givesWay());
    connection.addEventListener("track", ({ track }) => {
      if (track.kind === "video") return this.#show(track);
      if (!this.remote.getTrackById(track.id)) this.remote.addTrack(track);
      this.dispatchEvent(new CustomEvent("media", { detail: { remote: this.remote } }));
    });
  }

  #show(track) {
    for (const old of this.picture.getTracks()) this.picture.removeTrack(old);
    this.picture.addTrack(track);
    this.dispatchEvent(new Event("picture"));
  }

  #become(state, cause = "") {
    if (this.state === state || this.state === "ended") return;
    this.state = state;
    this.cause = cause;
    this.#tell();
  }

  #tell() {
    this.dispatchEvent(new CustomEvent("state", { detail: { state: this.state, cause: this.cause } }));
  }
}

const isSent = (way) => ["sendrecv", "sendonly"].includes(way?.currentDirection);

// Another telephone of the house has answered: no missed call.
const isElsewhere = (message) => /cause=(26|200)\b|elsewhere/i.test(message?.getHeader?.("Reason") ?? "");
