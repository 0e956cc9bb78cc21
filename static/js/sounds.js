// The sounds of a waiting call, made here: no files, no licences. Each draws one ring, starting at `at`, and says how
// many seconds pass until the next one.
const note = (out, at, hertz, length, loud, type = "sine") => {
  const tone = new OscillatorNode(out.context, { frequency: hertz, type });
  const swell = new GainNode(out.context, { gain: 0 });
  swell.gain.setValueAtTime(0, at);
  swell.gain.linearRampToValueAtTime(loud, at + 0.012);
  swell.gain.exponentialRampToValueAtTime(0.0008, at + length);
  tone.connect(swell).connect(out);
  tone.start(at);
  tone.stop(at + length + 0.02);
};

// Whether it may sound: a browser plays nothing before the first press on a page.
export async function unlocked(context) {
  if (context.state !== "running") await Promise.race([context.resume(), new Promise((done) => setTimeout(done, 300))]);
  return context.state === "running";
}

export const sounds = {
  bell(out, at) {
    for (let stroke = 0; stroke < 20; stroke++) {
      note(out, at + stroke * 0.05, stroke % 2 ? 1180 : 980, 0.09, 0.5, "triangle");
    }
    return 3;
  },
  chime(out, at) {
    [[784, 0], [659, 0.22], [523, 0.44]].forEach(([hertz, after]) => note(out, at + after, hertz, 1.1, 0.6));
    return 2.6;
  },
  marimba(out, at) {
    [523, 659, 784, 1047, 784, 659].forEach((hertz, place) => note(out, at + place * 0.13, hertz, 0.32, 0.6, "triangle"));
    return 2.2;
  },
};

// While one talks: a single soft note, far between, so that neither side is disturbed.
export function quiet(out, at) {
  note(out, at, 660, 0.25, 0.12);
  return 6;
}
