// The WebSocket to the PBX, as JsSIP wants one. It knows when it last heard something, and can be dropped when it is dead
// and does not know it yet. `onmissed`: the PBX has asked whether we are there, and nobody answered in time.
const OPENS = 8000; // ms until a connection that does not open is given up
const MISSED = 22_500; // ms: the PBX asks each browser every 20 s whether it is there, and waits 3 s for the answer

export class Wire {
  #socket = null;

  constructor(url) {
    this.url = url;
    const { protocol, host } = new URL(url);
    this.via_transport = protocol === "wss:" ? "WSS" : "WS";
    this.sip_uri = `sip:${host};transport=ws`;
    this.heardAt = 0;
  }

  connect() {
    if (this.isConnected() || this.isConnecting()) return;
    const mine = new WebSocket(this.url, "sip");
    mine.binaryType = "arraybuffer";
    this.#socket = mine;
    this.heardAt = Date.now();
    setTimeout(() => mine === this.#socket && this.isConnecting() && this.drop(), OPENS);
    mine.onopen = () => mine === this.#socket && this.onconnect();
    mine.onclose = ({ code, reason }) => mine === this.#socket && this.#lost(code, reason);
    mine.onmessage = ({ data }) => {
      if (mine !== this.#socket) return;
      const silence = Date.now() - this.heardAt;
      this.heardAt = Date.now();
      this.ondata(data);
      if (silence > MISSED) this.onmissed?.();
    };
  }

  disconnect() {
    const old = this.#socket;
    this.#socket = null;
    old?.close();
  }

  // As if it had been lost.
  drop() {
    if (!this.#socket) return;
    this.disconnect();
    this.ondisconnect(true, 1006, "");
  }

  send(message) {
    if (!this.isConnected()) return false;
    this.#socket.send(message);
    return true;
  }

  isConnected() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  isConnecting() {
    return this.#socket?.readyState === WebSocket.CONNECTING;
  }

  #lost(code, reason) {
    this.#socket = null;
    this.ondisconnect(true, code, reason);
  }
}
