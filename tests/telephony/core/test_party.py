"""Whose telephone an endpoint is."""

import pytest

from telephony.core.party import Parties

PARTIES = Parties(r"^\d{2,4}$")


@pytest.mark.feature("W1")
@pytest.mark.parametrize(
    ("endpoint", "owner"),
    [("101", "101"), ("101w", "101"), ("w", "w"), ("trunkw", "trunkw"), ("79161234567w", "79161234567w"), ("", "")],
)
def test_the_one_in_the_browser_is_the_same_persons(endpoint, owner):
    assert PARTIES.owner(endpoint) == owner
