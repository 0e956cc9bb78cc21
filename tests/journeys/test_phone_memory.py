"""A few of the calls of `bin/bench phone`; the whole of it is run by hand."""

import pytest

from bench.phone import OTHERS, Booth
from tests.journeys.conftest import Town
from tests.journeys.people import VERA

pytestmark = [
    pytest.mark.rig,
    pytest.mark.browser,
    pytest.mark.whole_browser,
    pytest.mark.journey,
    pytest.mark.feature("W1"),
]


def test_twenty_calls_in_one_tab_leave_nothing_behind(real_town: Town):
    real_town.street.unplug("101")
    booth = Booth(real_town.desk(VERA), real_town.street.telephone(OTHERS), real_town.street.await_quiet)
    assert [str(figure) for figure in booth.many(20, settled=10) if not figure.reached] == []
