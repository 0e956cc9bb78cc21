// Microphones, loudspeakers and cameras: opened for a moment, and closed again.
export const SOUND = 0.0005; // a level above which something is heard
const LEVELS = 12; // a second

export const devices = async () => (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];

const turns = new WeakMap(); // <audio> → its way to a device, one after the other

// Lets it sound by that device, or by the usual one where it is not plugged in: then false.
export function routed(sound, device) {
  const turned = (turns.get(sound) ?? Promise.resolve()).then(() => route(sound, device));
  turns.set(sound, turned);
  return turned;
}

async function route(sound, device) {
  if (!sound.setSinkId) return true;
  const known = (await devices()).filter(({ kind, deviceId }) => kind === "audiooutput" && deviceId).map(({ deviceId }) => deviceId);
  const isThere = !device || !known.length || known.includes(device); // without a permission none is named
  const wanted = isThere ? device : "";
  if (sound.sinkId === wanted) return isThere;
  return sound.setSinkId(wanted).then(() => isThere, () => false);
}

// What is wrong with a microphone or a camera: "denied", "missing", "busy", "unsent" (the PBX takes no answer, or no picture),
// or "broken".
const KINDS = {
  NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "missing", OverconstrainedError: "missing",
  NotReadableError: "busy", AbortError: "busy", NotSent: "unsent", INVALID_STATE_ERROR: "unsent",
};
export const kindOf = ({ name }) => KINDS[name] ?? "broken";

// {stream, end}. Raises what the browser says: NotAllowedError, NotFoundError, NotReadableError, OverconstrainedError.
export async function open({ audio = false, video = false }) {
  const wish = (one) => (one?.device ? { deviceId: { exact: one.device } } : Boolean(one));
  if (!navigator.mediaDevices) throw new DOMException("no secure context", "NotAllowedError");
  const stream = await navigator.mediaDevices.getUserMedia({ audio: wish(audio), video: wish(video) });
  return { stream, end: () => stream.getTracks().forEach((track) => track.stop()) };
}

// Tells `told` how loud it is, from 0 to 1, until the function that it returns is called.
export function heard(stream, told) {
  const context = new AudioContext();
  const ear = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(ear);
  const wave = new Float32Array(ear.fftSize);
  const timer = setInterval(() => {
    ear.getFloatTimeDomainData(wave);
    const power = wave.reduce((sum, value) => sum + value * value, 0) / wave.length;
    told(Math.min(1, Math.sqrt(power) * 4));
  }, 1000 / LEVELS);
  context.resume();
  return () => {
    clearInterval(timer);
    context.close();
  };
}

// One round of a sound on that device.
export async function play(draw, { device, gain }) {
  const context = new AudioContext();
  const way = context.createMediaStreamDestination();
  const out = new GainNode(context, { gain });
  const sound = Object.assign(new Audio(), { srcObject: way.stream });
  const end = () => {
    sound.srcObject = null;
    context.close();
  };
  try {
    if (device && sound.setSinkId) await sound.setSinkId(device).catch(() => { throw new DOMException("gone", "NotFoundError"); });
    await Promise.all([context.resume(), sound.play()]);
    out.connect(way);
    const seconds = draw(out, context.currentTime + 0.02);
    setTimeout(end, seconds * 1000);
  } catch (error) {
    end();
    throw error;
  }
}
