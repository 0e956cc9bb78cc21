"""A telephone in a desk's page: the product's own static/js/phone, with a tone for a voice and an ear for tones."""

import time
from collections.abc import Iterable
from typing import Any

from playwright.sync_api import Page

# instead of a microphone: a steady tone (the browser's own fake one beeps); the camera is the browser's fake one
VOICE = """(hertz) => {
  const own = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wish) => {
    if (wish.video) return own(wish);
    const context = new AudioContext(), tone = context.createOscillator(), out = context.createMediaStreamDestination();
    const level = context.createGain();
    level.gain.value = 0.2;
    tone.frequency.value = hertz;
    tone.connect(level).connect(out);
    tone.start();
    await context.resume();
    (window.voices ??= []).push({ context, track: out.stream.getTracks()[0] });
    return out.stream;
  };
}"""
# The last of them is pulled out.
PULLED = """() => {
  const { context, track } = window.voices.at(-1);
  context.close();
  track.dispatchEvent(new Event("ended"));
}"""
BEGIN = """async ({base, instead, options}) => {
  const { Line } = await import(`${base}js/phone/line.js`);
  const { credentialsFrom } = await import(`${base}js/phone/credentials.js`);
  const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const ask = credentialsFrom("/phone/line/", () => token);
  const credentials = async (how) => ({ ...(await ask(how)), ...instead });
  credentials.release = ask.release;
  const line = new Line({ credentials });
  const phone = (window.phone = { line, states: [], talks: [] });
  line.addEventListener("state", ({ detail }) => phone.states.push(detail.state));
  line.addEventListener("talk", ({ detail: talk }) => {
    phone.talks.push(talk);
    talk.addEventListener("media", () => {
      const ear = (talk.ear ??= new Audio()); // Chromium hears no remote stream that nothing plays
      ear.muted = true;
      ear.srcObject = talk.remote;
      ear.play();
    });
  });
  document.addEventListener("live:told", async ({ detail }) => {
    if (detail.kind === "line" && detail.html && detail.key !== (await ask.tab())) line.lose({ sentence: detail.html });
  });
  line.start(options);
}"""
HEAR = """async (tones) => {
  const talk = window.phone.talks.at(-1);
  const context = new AudioContext(), ear = context.createAnalyser();
  ear.fftSize = 8192;
  ear.smoothingTimeConstant = 0;
  context.createMediaStreamSource(talk.remote).connect(ear);
  await context.resume();
  const bins = new Float32Array(ear.frequencyBinCount), counts = tones.map(() => 0), looks = 6;
  await new Promise((done) => setTimeout(done, 250));
  for (let look = 0; look < looks; look++) {
    await new Promise((done) => setTimeout(done, 180));
    ear.getFloatFrequencyData(bins);
    tones.forEach((tone, at) => {
      const bin = Math.round((tone * ear.fftSize) / context.sampleRate);
      if (Math.max(...bins.subarray(bin - 1, bin + 2)) > -60) counts[at] += 1;
    });
  }
  await context.close();
  return tones.filter((_, at) => counts[at] > looks / 2);
}"""


class WebPhone:
    """`instead`: of what the office's credentials say, such as `url`, `ice` or `valid_for`."""

    def __init__(self, page: Page, *, tone: int, **instead: Any) -> None:
        self.page, self._instead = page, instead
        self.page.evaluate(VOICE, tone)

    def start(self, *, take: bool = False) -> "WebPhone":
        base = self.page.evaluate("new URL('..', document.querySelector('script[src*=\"/js/main.js\"]').src).pathname")
        self.page.evaluate(BEGIN, {"base": base, "instead": self._instead, "options": {"take": take}})
        return self

    def registered(self) -> "WebPhone":
        return self.is_in("registered")

    def is_in(self, state: str, seconds: float = 15) -> "WebPhone":
        self.page.wait_for_function("(state) => window.phone.line.state === state", arg=state, timeout=seconds * 1000)
        return self

    def do(self, script: str, argument: Any = None) -> Any:
        """`line` is its line and `talk` its last call."""
        whole = f"async (argument) => {{ const {{line, talks}} = window.phone, talk = talks.at(-1); {script} }}"
        return self.page.evaluate(whole, argument)

    def stop(self) -> None:
        self.do("await line.stop()")

    def rings(self, seconds: float = 8) -> None:
        self.talk_is("ringing", seconds)

    def talk_is(self, state: str, seconds: float = 8) -> None:
        self.page.wait_for_function(
            "(state) => window.phone.talks.at(-1)?.state === state", arg=state, timeout=seconds * 1000
        )

    def answer(self) -> None:
        self.do("await talk.answer()")
        self.talk_is("up")

    def dial(self, number: str) -> None:
        self.do("line.call(argument)", number)

    def hang_up(self) -> None:
        self.do("talk.hangUp()")
        self.talk_is("ended")

    def hears(self, tones: Iterable[int], expected: Iterable[int], patience: float = 8) -> list[int]:
        """Until it hears what is expected; what it heard last."""
        end, wanted = time.monotonic() + patience, sorted(expected)
        while (heard := sorted(self.page.evaluate(HEAR, list(tones)))) != wanted and time.monotonic() < end:
            pass
        return heard
