"""What is committed reaches every desk: numbered, in order, once; what is rolled back reaches none."""

import concurrent.futures
import time

import pytest
from django.db import connection, transaction

from dispatch.live import publish
from dispatch.live.models import Change, Topic
from dispatch.live.numbers import current, heard_by, private
from tests.live.web import desk, greeted


def test_vera_hears_what_boris_changed_and_its_number(web, vera):
    with greeted(web, vera) as listener:
        publish.changed("calls", "note", "731")
        batch = listener.batch()
    assert (batch["from"], batch["to"]) == (1, 1)
    assert batch["changes"] == [{"kind": "note", "key": "731", "html": "<li>731 en dispatcher all</li>"}]


def test_a_change_is_on_the_wire_within_a_fraction_of_a_second(web, vera):
    with greeted(web, vera) as listener:
        publish.changed("calls", "note", "warm")
        listener.batch()
        asked = time.monotonic()
        publish.changed("calls", "note", "731")
        listener.batch()
    assert time.monotonic() - asked < 0.8  # NOTIFY carries it, not the poll of each second; the rest is a slow machine


def test_a_thing_that_is_gone_has_no_html(web, vera):
    with greeted(web, vera) as listener:
        publish.changed("calls", "note", "gone:1")
        assert listener.batch()["changes"][0]["html"] is None


def test_what_is_rolled_back_is_told_to_nobody(web, vera):
    with greeted(web, vera) as listener:
        with transaction.atomic():
            publish.changed("calls", "note", "never")
            transaction.set_rollback(True)
        publish.changed("calls", "note", "after")
        batch = listener.batch()
    assert (batch["from"], batch["to"]) == (1, 1)
    assert [change["key"] for change in batch["changes"]] == ["after"]


def test_each_hears_his_own_private_topic_only(web, vera, boris):
    with greeted(web, vera) as veras, greeted(web, boris) as boriss:
        publish.changed(private(vera.pk), "note", "intent")
        publish.changed("calls", "note", "for all")
        assert veras.batch(private(vera.pk))["changes"][0]["html"] == f"<li>intent en dispatcher {vera.pk}</li>"
        boriss.batch("calls")
        boriss.beat()
    assert not [frame for frame in boriss.frames if frame.get("topic") == private(vera.pk)]
    assert set(boriss.frames[-1]["numbers"]) == {"calls", "orders", "staff", private(boris.pk)}


def test_the_list_does_not_wait_for_what_is_drawn_for_one_alone(web, vera):
    with greeted(web, vera) as listener:
        publish.changed(private(vera.pk), "slow", "1")
        publish.changed("calls", "note", "731")
        listener.batch("calls")
        assert not [frame for frame in listener.frames if frame.get("topic") == private(vera.pk)]
        assert listener.batch(private(vera.pk))["changes"][0]["key"] == "1"


def test_each_reads_his_language_and_sees_what_his_role_may(web, vera, sofia):
    with greeted(web, vera, language="ru") as russian, greeted(web, sofia, language="ar") as arabic:
        publish.changed("orders", "note", "5121")
        assert russian.batch("orders")["changes"][0]["html"] == "<li>5121 ru dispatcher all</li>"
        assert arabic.batch("orders")["changes"][0]["html"] == "<li>5121 ar supervisor all</li>"


def test_four_writers_at_once_leave_no_gap_and_no_double(web, vera):
    def write(name: int) -> None:
        try:
            for place in range(40):
                with transaction.atomic():
                    publish.changed("calls", "note", f"{name}-{place}")
        finally:
            connection.close()

    with greeted(web, vera) as listener:
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(write, range(4)))
        heard: list[dict] = []
        while not heard or heard[-1]["to"] < 160:
            heard.append(listener.batch())
    edges = [(batch["from"], batch["to"]) for batch in heard]
    assert edges[0][0] == 1
    assert edges[-1][1] == 160
    assert all(before[1] + 1 == after[0] for before, after in zip(edges, edges[1:]))
    assert len({change["key"] for batch in heard for change in batch["changes"]}) == 160
    assert sorted(Change.objects.values_list("number", flat=True)) == list(range(1, 161))


def test_the_same_thing_changed_five_times_is_drawn_once_in_a_batch(web, vera):
    with greeted(web, vera) as listener:
        with transaction.atomic():
            for _time in range(5):
                publish.changed("calls", "note", "731")
        batch = listener.batch()
    assert (batch["from"], batch["to"]) == (1, 5)
    assert len(batch["changes"]) == 1


def test_several_things_are_told_in_their_order_with_one_query(web, vera, django_assert_num_queries):
    with greeted(web, vera) as listener:
        with django_assert_num_queries(1):
            publish.all_changed([("calls", "note", key) for key in ("9", "731", "12", "5")])
        heard = listener.batch()
        with django_assert_num_queries(0):
            publish.all_changed([])
    assert (heard["from"], heard["to"]) == (1, 4)
    assert [change["key"] for change in heard["changes"]] == ["9", "731", "12", "5"]


def test_a_thing_that_cannot_be_drawn_leaves_a_gap_and_stops_nothing(web, vera):
    with greeted(web, vera) as listener:
        publish.changed("calls", "broken", "1")
        listener.until(lambda frame: frame["type"] == "beat" and frame["numbers"]["calls"] == 1)
        publish.changed("calls", "note", "2")
        assert listener.batch()["from"] == 2


@pytest.mark.feature("X4")
def test_a_desk_that_comes_back_is_greeted_with_the_numbers_it_missed(web, vera):
    with greeted(web, vera) as listener:
        publish.changed("calls", "note", "1")
        listener.batch()
    with transaction.atomic():
        for key in range(3):
            publish.changed("calls", "note", key)
    with greeted(web, vera) as witness:
        witness.until(lambda frame: frame["type"] == "beat" and frame["numbers"]["calls"] == 4)
    with desk(web, vera) as listener:
        hello = listener.until(lambda frame: frame["type"] == "hello")
    assert hello["numbers"] == {"calls": 4, "orders": 0, "staff": 0, private(vera.pk): 0}


def test_a_socket_that_only_listens_stays_open(web, vera):
    """With the core layer and redis 8 every idle socket was closed after six seconds."""
    with greeted(web, vera) as listener:
        beats = listener.listen(11)
        publish.changed("calls", "note", "still here")
        listener.batch()
    assert all(frame["type"] == "beat" for frame in beats)
    assert 9 <= len(beats) <= 13


def test_numbers_are_read_with_one_query(vera, django_assert_num_queries):
    Topic.objects.create(name="calls", last=41)
    with django_assert_num_queries(1):
        assert current(heard_by(vera.pk, "dispatcher")) == {"calls": 41, "orders": 0, "staff": 0, private(vera.pk): 0}
