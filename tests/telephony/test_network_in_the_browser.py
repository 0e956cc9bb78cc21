"""How the network of a call is judged (static/js/phone/network.js) and kept, in the browser that will do it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.pages import bare_page

pytestmark = [pytest.mark.browser, pytest.mark.feature("M11")]
CALL = """async (reports) => {
  const { Network, averages, worst } = await import("/js/phone/network.js");
  const talk = Object.assign(new EventTarget(), { state: "calling", isHeld: false });
  const network = new Network(talk, 5);
  const become = (state) => { talk.state = state; talk.dispatchEvent(new Event("state")); };
  let at = 0;
  const seen = new Promise((done) => network.addEventListener("look", () => at >= reports.length && done()));
  talk.stats = async () => reports[Math.min(at++, reports.length - 1)];
  become("up");
  await seen;
  const { looks, now, bad } = network;
  const over = new Promise((done) => network.addEventListener("over", done));
  become("ended");
  await over;
  const whole = looks.slice(0, reports.length);
  return { looks: whole, now, bad, averages: averages(whole), worst: worst(whole) };
}"""
JUDGED = """async (figures) => {
  const [{ tooHigh }, { worded }] = [await import("/js/phone/network.js"), await import("/js/phone/figures.js")];
  document.documentElement.lang = "en";
  return { shown: Object.entries(figures).map((figure) => worded(...figure)), bad: tooHigh(figures) };
}"""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with bare_page(chromium) as page:
        yield page


def report(received: int, lost: int, jitter: float | None = 1, trip: float | None = 20) -> dict:
    return {"received": received, "lost": lost, "jitter_ms": jitter, "round_trip_ms": trip}


def test_a_good_network_is_not_complained_of(page):
    seen = page.evaluate(CALL, [report(100, 0), report(200, 0), report(300, 0)])
    assert [look["loss"] for look in seen["looks"]] == [0, 0, 0]
    assert seen["bad"] == []


def test_loss_is_of_the_last_seconds_and_not_of_the_whole_call(page):
    seen = page.evaluate(CALL, [report(1000, 0), report(1090, 10), report(1190, 10)])
    assert [look["loss"] for look in seen["looks"]] == [0, 10, 0]
    assert seen["worst"]["loss"] == 10
    assert "loss" in seen["bad"]


def test_a_sound_that_stops_coming_is_a_loss(page):
    seen = page.evaluate(CALL, [report(100, 0), report(100, 0)])
    assert [look["loss"] for look in seen["looks"]] == [0, 100]


def test_nothing_comes_while_the_other_side_is_on_hold_and_that_is_no_loss(page):
    seen = page.evaluate(
        CALL.replace("isHeld: false", "isHeld: true"), [report(100, 0), report(100, 0), report(190, 10)]
    )
    assert [look["loss"] for look in seen["looks"]] == [0, None, 10]


def test_what_is_not_known_yet_is_neither_good_nor_bad(page):
    seen = page.evaluate(CALL, [report(0, 0, None, None), report(100, 0, None, None), report(200, 0, 31, 251)])
    assert seen["looks"][0] == {"at": 0, "loss": None, "jitter_ms": None, "round_trip_ms": None}
    assert seen["averages"] == {"loss": 0, "jitter_ms": 31, "round_trip_ms": 251}
    assert seen["bad"] == ["jitter_ms", "round_trip_ms"]


def test_exactly_at_the_limit_is_good(page):
    assert page.evaluate(CALL, [report(100, 0, 30, 250)])["bad"] == []


def test_what_is_shown_as_at_the_limit_is_good_and_what_is_shown_above_it_is_bad(page):
    one_packet_in_an_hour = 100 / 180_000
    good = page.evaluate(JUDGED, {"loss": one_packet_in_an_hour, "jitter_ms": 30.4, "round_trip_ms": 250.4})
    assert good == {"shown": ["0%", "30 ms", "250 ms"], "bad": []}
    bad = page.evaluate(JUDGED, {"loss": 0.05, "jitter_ms": 30.5, "round_trip_ms": 250.5})
    assert bad == {"shown": ["0.1%", "31 ms", "251 ms"], "bad": ["loss", "jitter_ms", "round_trip_ms"]}


def test_the_device_keeps_the_last_five_hundred_calls(page):
    kept = page.evaluate("""async () => {
      const records = await import("/js/phone/records.js");
      for (let n = 1; n <= 503; n++) await records.keep({ callId: String(n % 400), began: "", seconds: n, looks: [] });
      const whole = await records.all();
      return { count: whole.length, newest: whole[0].seconds, oldest: whole.at(-1).seconds,
               of: (await records.ofCall("3")).map((one) => one.seconds) };
    }""")
    assert kept == {"count": 500, "newest": 503, "oldest": 4, "of": [403]}
