// Sound and picture as two connections in one call. Asterisk 22 hangs up a call whose picture is bundled with its sound: where no
// packet comes at the picture's own port it sees no sign of life (docs/decisions/0021). So the endpoint bundles nothing, and a
// picture that begins in the middle of a call needs addresses of its own before it is offered.
const GATHERS = 2000; // ms at most

// Without the PBX's estimate of what the network carries: what a small picture needs.
export const PICTURE = { maxBitrate: 600_000, maxFramerate: 20 };

export function unbundle(connection) {
  const [own, theirs] = [connection.setLocalDescription.bind(connection), connection.setRemoteDescription.bind(connection)];
  // JsSIP takes a connection that has once gathered its addresses for one that has them all: so it gets a description only then.
  connection.setLocalDescription = async (description) => {
    await own(description);
    if (connection.remoteDescription) await gathered(connection);
  };
  // A picture that is offered is answered with a way back, on which nothing goes as long as no camera is on. An offer of our own,
  // later, would not do: the browser makes it as if the two were one connection, and what comes on the second one ends.
  connection.setRemoteDescription = async (description) => {
    await theirs(description);
    if (description.type === "offer") for (const way of connection.getTransceivers()) if (isPicture(way) && way.direction === "recvonly") way.direction = "sendrecv";
  };
}

export const isPicture = ({ receiver }) => receiver.track.kind === "video";

function gathered(connection) {
  return new Promise((done) => {
    const look = () => {
      if (connection.signalingState !== "closed" && lacks(connection.localDescription?.sdp ?? "")) return;
      clearTimeout(timer);
      for (const event of EVENTS) connection.removeEventListener(event, look);
      done();
    };
    const timer = setTimeout(() => {
      for (const event of EVENTS) connection.removeEventListener(event, look);
      done();
    }, GATHERS);
    for (const event of EVENTS) connection.addEventListener(event, look);
    look();
  });
}

const EVENTS = ["icecandidate", "icegatheringstatechange", "signalingstatechange"];

// A medium that is not turned down and has no address yet.
function lacks(sdp) {
  return sdp.split(/^m=/m).slice(1).some((medium) => !/^\w+ 0 /.test(medium) && !/^a=candidate/m.test(medium));
}
