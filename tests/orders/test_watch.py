"""The watchdogs: what takes too long is shown, and goes by itself."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from dispatch.live.models import Change
from orders.actors import SYSTEM
from orders.flow import State
from orders.models import Alarm, Order, OrderEvent
from orders.services import assignment, lifecycle, reservations, watch
from orders.tasks import watch as beat
from tests.orders import town

pytestmark = pytest.mark.django_db


def passes(order: Order, minutes: int) -> None:
    Order.objects.filter(pk=order.pk).update(state_since=F("state_since") - timedelta(minutes=minutes))


def alarm(order: Order) -> str:
    order.refresh_from_db()
    return order.alarm


@pytest.mark.feature("C6")
def test_each_state_has_its_watchdog_and_the_next_step_calms_it(by_vera, ivan):
    order = town.ordered(by_vera)
    assignment.assign(order_id=order.pk, call_sign="17", actor=by_vera)
    assert beat() == 0
    for minutes, expected, step in (
        (6, Alarm.NOT_SET_OFF, "set_off"), (300, "", "arrive"), (11, Alarm.NOT_OUT, "board"),
        (121, Alarm.ON_BOARD, "complete"),
    ):  # fmt: skip
        passes(order, minutes)
        before = Change.objects.filter(topic="orders").count()
        assert beat() == bool(expected)
        assert beat() == 0
        assert alarm(order) == expected
        assert Change.objects.filter(topic="orders").count() == before + bool(expected)
        lifecycle.move(order_id=order.pk, name=step, actor=by_vera)
        assert alarm(order) == ""


@pytest.mark.feature("C8")
def test_before_a_driver_must_have_confirmed_the_desk_is_reminded(by_vera, ivan):
    order = town.ordered(by_vera, pickup_at=timezone.now() + timedelta(hours=5))
    reservations.reserve(order_id=order.pk, call_sign="17", actor=by_vera)
    assert beat() == 0
    Order.objects.filter(pk=order.pk).update(confirm_by=timezone.now() + timedelta(minutes=4))
    assert (beat(), beat()) == (1, 0)
    assert alarm(order) == Alarm.UNCONFIRMED
    reservations.confirm(order_id=order.pk, actor=by_vera)
    assert alarm(order) == ""
    assert beat() == 0


@pytest.mark.feature("C6")
def test_an_offer_that_hangs_is_seen(by_vera, ivan):
    order = town.ordered(by_vera)
    lifecycle.move(order_id=order.pk, name="offer", actor=SYSTEM, driver=ivan)
    passes(order, 4)
    beat()
    assert alarm(order) == Alarm.OFFERED


@pytest.mark.feature("C6")
def test_without_a_driver_for_too_long_counts_from_the_search_and_not_from_the_last_offer(by_vera, ivan):
    order = town.ordered(by_vera)
    assert watch.look(timezone.now() + timedelta(minutes=9)) == 0
    lifecycle.move(order_id=order.pk, name="offer", actor=SYSTEM, driver=ivan)
    lifecycle.move(order_id=order.pk, name="expire", actor=SYSTEM)
    assert OrderEvent.objects.filter(order=order).count() == 3
    assert watch.look(timezone.now() + timedelta(minutes=11)) == 1
    assert alarm(order) == Alarm.UNASSIGNED
    Order.objects.filter(pk=order.pk).update(is_on_hold=True)  # put by on purpose
    assert watch.look(timezone.now() + timedelta(minutes=12)) == 1
    assert alarm(order) == ""


def test_nobody_accepted_is_said_until_something_happens(by_vera, ivan):
    order = town.ordered(by_vera)
    Order.objects.filter(pk=order.pk).update(alarm=Alarm.NOBODY)
    assert watch.look(timezone.now() + timedelta(hours=1)) == 0
    assert alarm(order) == Alarm.NOBODY
    assignment.assign(order_id=order.pk, call_sign="17", actor=by_vera)
    assert alarm(order) == ""


def test_a_driver_booked_for_tonight_need_not_set_off_yet(by_vera, ivan):
    order = town.ordered(by_vera, pickup_at=timezone.now() + timedelta(hours=5))
    assert order.state == State.SCHEDULED
    assignment.assign(order_id=order.pk, call_sign="17", actor=by_vera)
    passes(order, 60)
    assert beat() == 0
    Order.objects.update(pickup_at=timezone.now() + timedelta(minutes=10))
    assert beat() == 1
    assert alarm(order) == Alarm.NOT_SET_OFF


def test_what_somebody_typed_as_a_problem_stays(by_vera, ivan):
    order = town.ordered(by_vera)
    Order.objects.update(problem="client left a bag")
    watch.look(timezone.now() + timedelta(hours=1))
    assignment.assign(order_id=order.pk, call_sign="17", actor=by_vera)
    order.refresh_from_db()
    assert (order.problem, order.alarm) == ("client left a bag", "")
