"""A bad network in the way of a call: the telephone in the browser measures it, says so, and remembers it."""

from typing import Any

import pytest

from tests.journeys.conftest import Town
from tests.journeys.people import VERA
from tests.journeys.street import until
from tests.journeys.web_phone import WebPhone
from tests.rig.asterisk import TONES
from tests.rig.network import FAR, Way

pytestmark = [
    pytest.mark.rig,
    pytest.mark.browser,
    pytest.mark.whole_browser,
    pytest.mark.alone,
    pytest.mark.feature("M11"),
]
WATCH = """async ({base}) => {
  const { Network } = await import(`${base}js/phone/network.js`);
  window.network = new Network(window.phone.talks.at(-1), 500);
}"""


def test_loss_jitter_and_delay_are_measured_in_the_call(real_town: Town):
    vera = real_town.desk(VERA)
    vera.start_shift("101")
    with real_town.street.far_away() as network:
        vera.page.evaluate(FAR)
        phone = WebPhone(vera.page, tone=1200).start().registered()
        phone.dial("102")
        until(lambda: real_town.street.rings("102"), 8, "102 rings")
        real_town.street.lift("102")
        phone.talk_is("up")
        assert phone.hears([TONES["102"]], [TONES["102"]]) == [TONES["102"]]
        base = vera.page.evaluate("new URL('..', document.querySelector('script[src*=\"/js/main.js\"]').src).pathname")
        vera.page.evaluate(WATCH, {"base": base})

        def figures(wanted: str) -> dict[str, Any]:
            vera.page.wait_for_function(f"() => {wanted}", timeout=20_000)
            return vera.page.evaluate("network.now")

        good = figures("network.looks.length >= 5 && network.now.round_trip_ms !== null && !network.bad.length")
        network.way = Way(delay=0.2, jitter=0.3, loss=0.05)
        bad = figures("network.bad.length === 3")
        assert good["round_trip_ms"] < 100
        assert 250 < bad["round_trip_ms"] < 1100
        assert 30 < bad["jitter_ms"] < 300
        assert 1 < bad["loss"] < 30
        phone.hang_up()
