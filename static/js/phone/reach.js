// Do the office's STUN and TURN servers answer from here? Each is asked for an address, as in a call.
const ANSWERS = 4000; // ms
const REFUSED = [401, 403, 431, 438, 441]; // by TURN, for want of a valid secret

// {silent, refused}: addresses of those that do not answer, and of those that do not take what the office gave us.
export async function reach(servers) {
  const found = { silent: [], refused: [] };
  const each = servers.flatMap(({ urls, ...secret }) => [urls].flat().map((url) => ({ urls: url, ...secret })));
  await Promise.all(each.map(async (server) => found[await ask(server)]?.push(server.urls)));
  return found;
}

// What becomes of it: "silent", "refused", or "" when it answers.
async function ask(server) {
  const relays = /^turns?:/.test(server.urls);
  const connection = new RTCPeerConnection({ iceServers: [server], iceTransportPolicy: relays ? "relay" : "all" });
  try {
    connection.createDataChannel("reach");
    return await new Promise((done) => {
      let why = "";
      const timer = setTimeout(() => done(why || "silent"), ANSWERS);
      const over = (outcome) => (clearTimeout(timer), done(outcome));
      connection.addEventListener("icecandidateerror", ({ errorCode }) => {
        why = REFUSED.includes(errorCode) ? "refused" : "silent";
      });
      connection.addEventListener("icecandidate", ({ candidate }) => {
        if (candidate?.type === (relays ? "relay" : "srflx")) over("");
        // one that shows us the address that we know gives none of its own
        else if (!candidate) over(why || (relays ? "silent" : ""));
      });
      connection.setLocalDescription().catch(() => over("silent"));
    });
  } finally {
    connection.close();
  }
}
