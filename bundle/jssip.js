// JsSIP as it is, but for one thing (its issue 707): an offer that is refused because another one is pending (491) it sends again,
// after a second and under the number of the first, so that the PBX must refuse it once more. Here the refusal is told at
// once; static/js/phone/offers.js makes a new offer, when it is time.
import Sender from "../node_modules/jssip/lib/Dialog/RequestSender.js";

export { default } from "../node_modules/jssip/lib/JsSIP.js";

const receive = Sender.prototype._receiveResponse;
Sender.prototype._receiveResponse = function (response) {
  this._reattempt = true;
  receive.call(this, response);
};
