// Is all ready? One line a thing, in the order in which one thing needs the other; what is wrong says how it is mended.
import { kept } from "./kept.js";
import { devices, heard, open, SOUND } from "./media.js";
import { reach } from "./reach.js";

const LISTEN = 1500; // ms

export async function check(page, { permission, phone, whyNot }) {
  const settle = (name, good, mend) => {
    const line = page.querySelector(`[data-check=${name}]`);
    const words = line.querySelector(".check-mend");
    line.dataset.is = good === null ? "" : good ? "good" : "bad";
    if (mend !== undefined) words.textContent = mend;
    words.hidden = good !== false;
    return good;
  };
  for (const { dataset } of page.querySelectorAll("[data-check]")) settle(dataset.check, null);

  settle("secure", window.isSecureContext);
  settle("able", "RTCPeerConnection" in window && "WebSocket" in window);
  settle("installed", await isThere(page.dataset.scriptUrl));
  const isOnShift = settle("shift", "onShift" in page.dataset);
  const say = page.querySelector("[data-check=line] .check-mend").dataset;
  const state = phone?.state ?? "off";
  settle("line", isOnShift ? state === "registered" : null, state === "registered" ? "" : [phone?.sentence, { off: say.sayOff, taken: say.sayTaken }[state] ?? say.sayElse].filter(Boolean).join(" "));

  const servers = phone?.access?.ice ?? [];
  const ways = page.querySelector("[data-check=ways]");
  ways.hidden = !servers.length;
  const reached = reach(servers); // beside the rest
  const words = page.querySelector("[data-check=echo] .check-mend").dataset;
  let opened = null;
  try {
    opened = await open({ audio: { device: kept().microphone } });
    settle("microphone", true);
  } catch (error) {
    settle("microphone", false, whyNot(error));
  }
  settle("permission", (await permission("microphone")) !== "denied" && (opened !== null || (await permission("microphone")) === "granted"));
  const hears = settle("hears", opened ? await isHeard(opened) : null);
  settle("notifications", (await permission("notifications")) === "granted");
  const { silent, refused } = await reached;
  const { sayMute, sayRefused } = ways.querySelector(".check-mend").dataset;
  const name = (sentence, urls) => (urls.length ? sentence.replace("{servers}", urls.join(", ")) : "");
  settle("ways", !silent.length && !refused.length, [name(sayMute, silent), name(sayRefused, refused)].filter(Boolean).join(" "));
  const mayCall = state === "registered" && hears && !phone.talks.length;
  const echo = mayCall ? await phone.echo(page.dataset.echo) : null;
  settle("echo", echo && echo === "good", { silent: words.saySilent, unanswered: words.sayUnanswered }[echo]);
  const known = (await devices()).map(({ deviceId }) => deviceId);
  const { speaker, ringing } = kept();
  settle("speaker", [speaker, ringing].every((device) => !device || known.includes(device)));
}

const isThere = (url) => fetch(url, { method: "HEAD" }).then(({ ok }) => ok, () => false);

function isHeard(opened) {
  return new Promise((settled) => {
    let loudest = 0;
    const end = heard(opened.stream, (level) => { loudest = Math.max(loudest, level); });
    setTimeout(() => {
      end();
      opened.end();
      settled(loudest > SOUND);
    }, LISTEN);
  });
}
