"""One link is active, never two, and one that was frozen can do nothing when it wakes."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection, connections

from telephony import lease
from telephony.lease import AWAY, LeaseLost, PbxState, take
from telephony.management.commands import link
from telephony.models import Lease

STARTED = datetime(2026, 11, 23, 8, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


def grow_old(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute("update telephony_lease set renewed_at = renewed_at - make_interval(secs => %s)", [seconds])


def in_thread(function, *args):
    """With a database connection of its own, as another process would have."""

    def run():
        try:
            return function(*args)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def test_the_first_link_gets_it_and_the_second_stands_by():
    first = take("one")
    assert (first.epoch, take("two")) == (1, None)
    assert Lease.objects.get().holder == "one"


def test_twenty_links_at_the_same_instant_are_one():
    start = threading.Barrier(20)

    def rush(number):
        try:
            start.wait()
            return take(str(number))
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        taken = [tenure for tenure in pool.map(rush, range(20)) if tenure]
    assert [tenure.epoch for tenure in taken] == [1]


def test_who_renews_keeps_it_and_who_does_not_loses_it():
    first = take("one")
    grow_old(2.5)
    first.renew(PbxState())
    assert take("two") is None
    grow_old(3.1)
    assert take("two").epoch == 2
    with pytest.raises(LeaseLost):
        first.renew(PbxState())
    assert Lease.objects.get().holder == "two"


def test_an_epoch_that_is_over_writes_nothing():
    first = take("one")
    grow_old(3.1)
    second = take("two")
    with pytest.raises(LeaseLost), first.writing():
        Lease.objects.update(note="written by the first")
    with second.writing():
        pass
    assert Lease.objects.get().note == ""


def test_nobody_takes_over_while_a_write_is_being_committed():
    first = take("one")
    grow_old(3.1)
    with ThreadPoolExecutor(1) as pool:
        with first.writing():
            other = pool.submit(in_thread, take, "two")
            time.sleep(0.2)
            assert not other.done()
        assert other.result(5).epoch == 2


def test_a_lease_is_fresh_for_less_long_than_the_database_honours_it(monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(lease.time, "monotonic", lambda: clock[0])
    first = take("one")
    clock[0] += 2.9
    assert first.fresh()
    clock[0] += 0.2
    assert not first.fresh()
    first.renew(PbxState())
    assert first.fresh()


def test_a_link_that_stops_in_peace_leaves_it_at_once():
    take("one").release()
    assert take("two").epoch == 2


def test_who_comes_after_learns_what_the_pbx_was():
    first = take("one")
    first.renew(PbxState(Lease.Pbx.UP, seen_ago=0.5, started_at=STARTED))
    first.renew(PbxState(Lease.Pbx.DOWN, "lost"))
    first.release()
    second = take("two")
    assert second.pbx_started_before == STARTED
    assert second.pbx_seen_before == Lease.objects.get().pbx_seen_at


def test_a_link_frozen_in_the_middle_of_a_write_does_not_keep_the_row_locked():
    first = take("one")
    grow_old(3.1)

    def freeze_while_writing():
        with connection.cursor() as cursor:
            cursor.execute("set idle_in_transaction_session_timeout = 300")  # the link's own is 1.5 s
        with first.writing():
            Lease.objects.update(note="half done")
            locked.set()
            time.sleep(1)

    locked = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        frozen = pool.submit(in_thread, freeze_while_writing)
        locked.wait()
        start = time.monotonic()
        assert take("two").epoch == 2
        assert time.monotonic() - start < 0.8
        with pytest.raises(AWAY):
            frozen.result()
    assert Lease.objects.get().note == ""


def test_the_link_bounds_what_a_frozen_one_may_hold(monkeypatch):

    options = {}
    monkeypatch.setitem(connections["default"].settings_dict, "OPTIONS", options)
    link._bound_the_database()
    assert "idle_in_transaction_session_timeout=1500" in options["options"]
    assert options["tcp_user_timeout"] < 5000
