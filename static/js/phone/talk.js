// One call of the telephone in the browser. Events: "state" (detail: state, cause), "media" (remote has changed).
const OFFICE = "X-Desk-Call"; // our own call id, set by the PBX's dialplan

export class Talk extends EventTarget {
  #session = null;
  #own = null; // our sound, a clone of the microphone's
  #line;

  constructor(line, { direction, number = "", name = "", video = false }) {
    super();
    this.#line = line;
    this.id = crypto.randomUUID?.() ?? String(Math.random());
    this.direction = direction;
    this.number = number;
    this.name = name;
    this.callId = "";
    this.asked = false; // the PBX asks us to answer by ourselves: the desk has placed or picked this call
    this.video = video;
    this.state = direction === "in" ? "ringing" : "calling";
    this.cause = "";
    this.held = false; // by the telephone itself, at this side; the desk's own hold is the PBX's
    this.remote = new MediaStream();
  }

  // --- for the line ----------------------------------------------------------------------------------------------

  static of(line, session, request) {
    const from = request.from;
    const talk = new Talk(line, { direction: "in", number: from.uri.user ?? "", name: from.display_name ?? "" });
    talk.callId = request.getHeader(OFFICE) ?? "";
    talk.asked = /answer-after=0/.test(request.getHeader("Call-Info") ?? "");
    talk.video = /^m=video [1-9]/m.test(request.body ?? "");
    talk.tie(session);
    return talk;
  }

  tie(session) {
    this.#session = session;
    session.on("progress", ({ response }) => this.#learn(response));
    session.on("accepted", ({ response }) => this.#learn(response));
    session.on("confirmed", () => this.#become("up"));
    session.on("hold", ({ originator }) => this.#held(originator, true));
    session.on("unhold", ({ originator }) => this.#held(originator, false));
    session.on("ended", ({ cause }) => this.over(cause));
    session.on("failed", ({ cause, message }) => this.over(isElsewhere(message) ? "elsewhere" : cause));
    session.on("peerconnection", ({ peerconnection }) => this.#listen(peerconnection));
    if (session.connection) this.#listen(session.connection);
  }

  over(cause = "") {
    if (this.state === "ended") return;
    this.#own?.getTracks().forEach((track) => track.stop());
    this.#own = null;
    this.#become("ended", cause);
  }

  // --- what a person does ----------------------------------------------------------------------------------------

  async answer({ video = false } = {}) {
    if (this.direction !== "in" || this.state !== "ringing") return;
    this.video = video;
    try {
      const mediaStream = await this.sound(video);
      if (this.state !== "ringing") return void this.#silence(mediaStream);
      this.#session.answer({ mediaStream, pcConfig: { iceServers: this.#line.ice } });
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

  mute(on) {
    this.#session?.[on ? "mute" : "unmute"]({ audio: true });
  }

  get muted() {
    return this.#session?.isMuted().audio ?? false;
  }

  hold(on) {
    this.#session?.[on ? "hold" : "unhold"]();
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

  // A clone for this call alone: JsSIP silences the tracks themselves on hold and mute.
  async sound(video) {
    const source = await this.#line.sound(video);
    if (this.state === "ended") return source.clone();
    this.#own = source.clone();
    return this.#own;
  }

  #silence(stream) {
    stream.getTracks().forEach((track) => track.stop());
  }

  #learn(response) {
    if (response?.hasHeader?.(OFFICE)) this.callId = response.getHeader(OFFICE);
  }

  #held(originator, on) {
    if (originator !== "local") return;
    this.held = on;
    this.#tell();
  }

  #listen(connection) {
    connection.addEventListener("track", ({ track }) => {
      if (!this.remote.getTrackById(track.id)) this.remote.addTrack(track);
      this.dispatchEvent(new CustomEvent("media", { detail: { remote: this.remote } }));
    });
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

// Another telephone of the house has answered: no missed call.
const isElsewhere = (message) => /cause=(26|200)\b|elsewhere/i.test(message?.getHeader?.("Reason") ?? "");
