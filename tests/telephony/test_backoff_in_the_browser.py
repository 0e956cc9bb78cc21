"""When a telephone in the browser tries again: the module itself, in Chromium, without a page around it."""

from pathlib import Path

import pytest

MODULE = Path(__file__).resolve().parents[2] / "static/js/phone/backoff.js"
pytestmark = [pytest.mark.browser, pytest.mark.feature("W1")]


@pytest.fixture(scope="module")
def waits(chromium):
    """`waits(attempt, chances)`: in milliseconds."""
    page = chromium.new_page()
    script = """async ([source, attempt, chances]) => {
      const { wait } = await import("data:text/javascript," + encodeURIComponent(source));
      return chances.map((chance) => wait(attempt, chance));
    }"""
    yield lambda attempt, chances: page.evaluate(script, [MODULE.read_text(), attempt, chances])
    page.close()


def test_two_hundred_desks_come_back_spread_and_none_is_stuck(waits):
    desks = [desk / 200 for desk in range(200)]
    for attempt, window in ((0, 4000), (1, 8000), (2, 16_000), (3, 30_000), (50, 30_000), (5000, 30_000)):
        found = sorted(waits(attempt, desks))
        assert found[0] == 0
        assert window * 0.99 < found[-1] <= window
        busiest = max(sum(1 for other in found if at <= other < at + 500) for at in found)
        assert busiest <= 26  # of 200 within half a second
