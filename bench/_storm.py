"""Many telephones in one page: the product's own Line with its back-off and JsSIP, and no desk around them."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as TookTooLong

AT_ONCE = 10  # are begun together: a browser slows down who opens more
# When each socket was asked for and when it opened, when each REGISTER was sent, how often new credentials were
# asked for, and since when each telephone is registered. In milliseconds.
BEGIN = """async ({ base, given, atOnce }) => {
  const { Line } = await import(`${base}js/phone/line.js`);
  const storm = (window.storm = { tried: [], opened: [], registers: [], fresh: 0, since: [], lines: [] });
  const Own = window.WebSocket;
  window.WebSocket = class extends Own {
    constructor(...all) {
      super(...all);
      storm.tried.push(Date.now());
      this.addEventListener("open", () => storm.opened.push(Date.now()));
    }
    send(data) {
      if (/^REGISTER /.test(data)) storm.registers.push(Date.now());
      super.send(data);
    }
  };
  const begin = (access, at) => new Promise((done) => {
    let asked = 0;
    const credentials = async () => {
      if (asked++) storm.fresh += 1;
      return access;
    };
    const line = new Line({ credentials });
    storm.lines.push(line);
    storm.since[at] = 0;
    line.addEventListener("state", ({ detail }) => {
      storm.since[at] = detail.state === "registered" ? Date.now() : 0;
      if (storm.since[at]) done();
    });
    line.start();
  });
  for (let at = 0; at < given.length; at += atOnce) {
    await Promise.all(given.slice(at, at + atOnce).map((access, n) => begin(access, at + n)));
  }
}"""
FORGET = """() => {
  for (const name of ["tried", "opened", "registers"]) window.storm[name].length = 0;
  window.storm.fresh = 0;
}"""


@dataclass(frozen=True)
class Storm:
    """`seconds`: of each telephone, from when the PBX was there again until it was registered; `stuck`: never."""

    seconds: Sequence[float]
    stuck: int
    opened: int  # connections in the busiest second
    registers: int  # that the PBX got in its busiest second
    tried: int  # connections that were tried in all
    fresh: int  # how often new credentials were asked for


def begin(page: Page, base: str, given: Sequence[dict[str, Any]]) -> None:
    """All are registered. `base`: of the product's static files; `given`: what the desk gave each to register with."""
    page.evaluate(BEGIN, {"base": base, "given": list(given), "atOnce": AT_ONCE})


def forget(page: Page) -> None:
    page.evaluate(FORGET)


def await_all(page: Page, gone: float, back: float, patience: float) -> Storm:
    """At most so many seconds. `gone`, `back`: when the PBX went and came, as time.time()."""
    with suppress(TookTooLong):
        page.wait_for_function(
            "(gone) => window.storm.since.every((at) => at > gone)", arg=gone * 1000, timeout=patience * 1000
        )
    seen = page.evaluate("() => ({ ...window.storm, lines: null })")
    again = sorted(max(0.0, at / 1000 - back) for at in seen["since"] if at > gone * 1000)
    return Storm(
        seconds=again,
        stuck=len(seen["since"]) - len(again),
        opened=busiest(seen["opened"]),
        registers=busiest(seen["registers"]),
        tried=len(seen["tried"]),
        fresh=seen["fresh"],
    )


def busiest(moments: Sequence[float]) -> int:
    """How many of these, in milliseconds, lie in the second that has most."""
    return max((sum(1 for other in moments if at <= other < at + 1000) for at in moments), default=0)
