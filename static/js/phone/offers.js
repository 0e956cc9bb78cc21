// Our offers in the middle of a call. Where both ends offer at once one must give way (RFC 3261, 14): ours, as long as it is being
// made; theirs, once ours is sent. Whoever is refused waits and offers again, the one who began the call longer than the other.
import { untaken } from "./unbundled.js";

const TRIES = 4;
const OTHERS_LAST = 2000; // ms at most that we wait for an offer of theirs to be over
const LOOK = 30;

// ms before an offer that met theirs is made again; `chance`: 0 … 1
export const pause = (began, chance = Math.random()) => (began ? 2100 + 1900 * chance : 2000 * chance);

export class Offers {
  #session;
  #began; // the call is ours: we are the owner of its Call-ID
  #making = false;
  #overtaken = false;
  #drop = () => {}; // the offer that is on its way

  constructor(session, began) {
    this.#session = session;
    this.#began = began;
    session.on("reinvite", (theirs) => this.#meet(theirs));
    for (const event of ["ended", "failed"]) session.on(event, () => this.#drop()); // whose answer JsSIP would tell nobody
  }

  // Until `agreed()`, by an offer of ours or by one of theirs; at most a few of ours, each after `prepare()`. What it says at the end.
  async until(agreed, prepare = () => {}) {
    for (let tries = TRIES; tries && !agreed(); tries--) {
      await passed(() => agreed() || this.#session.isReadyToReOffer(), OTHERS_LAST);
      if (agreed()) break;
      prepare();
      if (!(await this.#offer()) || tries === 1) break;
      await passed(agreed, pause(this.#began));
    }
    return agreed();
  }

  // Asked when an offer of ours is ready to go: whether it is not to go, because theirs came first.
  givesWay() {
    this.#making = false;
    return this.#overtaken;
  }

  #meet(theirs) {
    if (this.#making) this.#overtaken = true;
    else if (this.#session._dialog?.uac_pending_reply) theirs.reject({ status_code: 491 }); // JsSIP has said so, and would take it all the same
  }

  // Whether another one may help. JsSIP's renegotiate() would hang up when it is refused.
  #offer() {
    if (!this.#session.isReadyToReOffer()) return true;
    this.#making = true;
    this.#overtaken = false;
    return new Promise((settle) => {
      const { _ua: agent } = this.#session;
      const settled = (mayHelp) => {
        agent.off("newTransaction", sent);
        settle(mayHelp);
      };
      this.#drop = () => settled(false);
      // JsSIP sends an offer that met theirs (491) again, under the number of the first, so that the PBX must refuse it once more (its
      // issue 707): of that answer it is not told. And it hangs up when the wire breaks, or nobody answers: who talks, talks on.
      const sent = ({ transaction: { request, eventHandlers: hears } }) => {
        if (!hears || request.method !== "INVITE" || request.call_id !== this.#session._request.call_id) return;
        const receive = hears.onReceiveResponse;
        hears.onReceiveResponse = (response) => (response.status_code === 491 ? failed(response) : receive(response));
        hears.onTransportError = hears.onRequestTimeout = () => failed();
      };
      const succeeded = () => settled(true);
      const failed = (response) => {
        this.#making = false;
        const { connection } = this.#session; // before anything else is set there
        if (connection.signalingState === "have-local-offer") connection.setRemoteDescription(untaken(connection)).catch(() => {});
        settled(!response || response.status_code === 491 || response.status_code >= 500);
      };
      agent.on("newTransaction", sent);
      this.#session._sendReinvite({ eventHandlers: { succeeded, failed } });
    });
  }
}

async function passed(condition, most) {
  const end = performance.now() + most;
  while (!condition() && performance.now() < end) await new Promise((done) => setTimeout(done, LOOK));
}
