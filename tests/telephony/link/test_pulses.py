"""What the desk's footer knows of the link and the PBX: how old, and whether that is too old."""

import pytest
from django.db import connection

from telephony import pulses
from telephony.lease import PbxState, take
from telephony.models import Lease

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch):
    monkeypatch.setattr(pulses, "_last", None)


def age(*, link: float = 0, pbx: float = 0) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "update telephony_lease set renewed_at = renewed_at - make_interval(secs => %s),"
            " pbx_seen_at = pbx_seen_at - make_interval(secs => %s)",
            [link, pbx],
        )


def up() -> None:
    take("one").renew(PbxState(Lease.Pbx.UP, seen_ago=0.2))


def test_both_are_told_with_one_query(django_assert_num_queries):
    up()
    with django_assert_num_queries(1):
        link, pbx = pulses.link_pulse(), pulses.pbx_pulse()
    assert (link.ok, link.note, pbx.ok, pbx.note) == (True, "", True, "")


def test_before_the_first_link_nothing_is_well():
    link, pbx = pulses.link_pulse(), pulses.pbx_pulse()
    assert (link.ok, link.seen_at, pbx.ok, pbx.seen_at) == (False, None, False, None)
    assert pbx.note


def test_a_dead_link_is_seen_when_its_lease_is_over():
    up()
    age(link=3.5)
    link, pbx = pulses.link_pulse(), pulses.pbx_pulse()
    assert (link.ok, pbx.ok) == (False, False)
    assert "does not answer" in str(link.note)


def test_a_frozen_pbx_is_seen_by_its_last_byte():
    up()
    age(pbx=3.5)
    link, pbx = pulses.link_pulse(), pulses.pbx_pulse()
    assert (link.ok, pbx.ok) == (True, False)


@pytest.mark.parametrize("note", ["wrong-password", "unreachable", "silent", "not-ami", "lost", "syncing", "no-pbx"])
def test_why_the_pbx_is_away_is_a_sentence(note):
    take("one").renew(PbxState(Lease.Pbx.DOWN, note))
    assert str(pulses.pbx_pulse().note).endswith(".")
