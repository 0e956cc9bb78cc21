// Sound and picture as two connections in one call. Asterisk 22 hangs up a call whose picture is bundled with its sound: where no
// packet comes at the picture's own port it sees no sign of life (docs/decisions/0021). So the endpoint bundles nothing, and a
// picture that begins in the middle of a call needs addresses of its own before it is offered.
const GATHERS = 2000; // ms at most

// Without the PBX's estimate of what the network carries: what a small picture needs.
export const PICTURE = { maxBitrate: 600_000, maxFramerate: 20 };

// `givesWay`: () → whether an offer that is ready to go is not to go.
export function unbundle(connection, givesWay) {
  const [own, theirs] = [connection.setLocalDescription.bind(connection), connection.setRemoteDescription.bind(connection)];
  // JsSIP takes a connection that has once gathered its addresses for one that has them all: so it gets a description only then.
  // For those of a server that does not answer Chromium waits up to 40 s: JsSIP is told that there are no more.
  connection.setLocalDescription = async (description) => {
    await own(description);
    await gathered(connection);
    if (connection.iceGatheringState === "gathering") setTimeout(() => connection.dispatchEvent(new RTCPeerConnectionIceEvent("icecandidate")));
    if (description.type !== "offer" || !connection.remoteDescription || !givesWay()) return;
    await theirs(untaken(connection));
    throw new DOMException("theirs came first", "AbortError");
  };
  // A picture that is offered is answered with a way back, on which nothing goes as long as no camera is on. An offer of our own,
  // later, would not do: the browser makes it as if the two were one connection, and what comes on the second one ends.
  connection.setRemoteDescription = async (description) => {
    await theirs(description);
    if (description.type === "offer") for (const way of connection.getTransceivers()) if (isPicture(way) && way.direction === "recvonly") way.direction = "sendrecv";
  };
}

// An answer that leaves all as it was, to an offer of ours that nobody takes. Chromium can also roll back, but then gives no more of
// what comes in to the page: the call goes on in silence.
export function untaken({ localDescription, remoteDescription, currentLocalDescription }) {
  const offered = parts(localDescription.sdp);
  const theirs = parts(remoteDescription.sdp.replaceAll("a=setup:actpass", `a=setup:${/^a=setup:active/m.test(currentLocalDescription.sdp) ? "passive" : "active"}`));
  const refused = (medium) => `${medium.match(/^m=.*/)[0].replace(/^m=(\w+) \d+/, "m=$1 0")}\r\nc=IN IP4 0.0.0.0\r\na=inactive\r\n${medium.match(/^a=mid:.*\r\n/m)[0]}`;
  return { type: "answer", sdp: [...theirs, ...offered.slice(theirs.length).map(refused)].join("") };
}

const parts = (sdp) => sdp.split(/^(?=m=)/m); // the head, and each medium

export const isPicture = ({ receiver }) => receiver.track.kind === "video";

function gathered(connection) {
  return new Promise((done) => {
    const ears = new AbortController();
    const end = () => {
      clearTimeout(timer);
      ears.abort();
      done();
    };
    const look = () => (connection.signalingState === "closed" || has(connection)) && end();
    const timer = setTimeout(end, GATHERS);
    for (const event of EVENTS) connection.addEventListener(event, look, { signal: ears.signal });
    look();
  });
}

const EVENTS = ["icecandidate", "icegatheringstatechange", "signalingstatechange"];

// All addresses, and each medium that is not turned down one of its own that the PBX can send to. "Complete" alone may be said of
// the media of before; one address alone may be that which the PBX can not reach, and it is told no others.
function has({ iceGatheringState, localDescription }) {
  const media = parts(localDescription?.sdp ?? "").slice(1);
  return iceGatheringState === "complete" && media.every((medium) => /^m=\w+ 0 /.test(medium) || /^a=candidate:\S+ \d+ udp /im.test(medium));
}
