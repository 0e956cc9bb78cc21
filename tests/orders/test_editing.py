"""Two who edit at once lose nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from dispatch.staff.refusal import Refused
from orders import trip
from orders.facts import CALLED
from orders.flow import State
from orders.models import Order
from orders.services import assignment, contact, editing, lifecycle
from orders.services.editing import Conflict, edit
from orders.trip import Wording
from tests.orders.conftest import ANNA, placed

pytestmark = pytest.mark.django_db


def said(order: Order) -> Wording:
    return trip.of(order)


@pytest.mark.feature("C4")
def test_a_change_is_kept_with_before_and_after(order, by_vera):
    edit(order_id=order.pk, wanted=replace(said(order), comment="с собакой"), version=1, actor=by_vera)
    order.refresh_from_db()
    event = order.events.last()
    assert (order.comment, order.version) == ("с собакой", 2)
    assert (event.transition, event.changes, event.actor) == ("edit", {"comment": ["", "с собакой"]}, by_vera.person)


def test_saving_without_a_change_writes_nothing(order, by_vera):
    edit(order_id=order.pk, wanted=said(order), version=1, actor=by_vera)
    order.refresh_from_db()
    assert (order.version, order.events.count()) == (1, 1)


@pytest.mark.feature("C4")
def test_the_same_field_is_a_conflict_that_shows_both_and_loses_neither(order, by_vera, by_boris):
    theirs = replace(said(order), destination="вокзал")
    mine = replace(said(order), destination="аэропорт")
    edit(order_id=order.pk, wanted=theirs, version=1, actor=by_vera)
    with pytest.raises(Conflict) as conflict:
        edit(order_id=order.pk, wanted=mine, version=1, actor=by_boris)
    clash = conflict.value.clashes[0]
    assert (clash.field, clash.before, clash.theirs, clash.mine) == ("destination", "", "вокзал", "аэропорт")
    assert "Ветрова" in conflict.value.who
    edit(order_id=order.pk, wanted=mine, version=conflict.value.order.version, actor=by_boris)
    changes = [event.changes for event in order.events.filter(transition="edit").order_by("id")]
    assert changes == [{"destination": ["", "вокзал"]}, {"destination": ["вокзал", "аэропорт"]}]


@pytest.mark.feature("C4")
def test_different_fields_join(order, ivan, by_vera, by_boris):
    base = said(order)
    edit(order_id=order.pk, wanted=replace(base, destination="вокзал"), version=1, actor=by_vera)
    assignment.assign(order_id=order.pk, call_sign="17", actor=by_vera)
    contact.note(order_id=order.pk, kind=CALLED, actor=by_vera)  # a note is no version
    edit(order_id=order.pk, wanted=replace(base, comment="с собакой"), version=1, actor=by_boris)
    order.refresh_from_db()
    assert (order.destination, order.comment, order.driver) == ("вокзал", "с собакой", ivan)


def test_the_same_change_by_both_is_no_conflict(order, by_vera, by_boris):
    wanted = replace(said(order), destination="вокзал")
    edit(order_id=order.pk, wanted=wanted, version=1, actor=by_vera)
    edit(order_id=order.pk, wanted=wanted, version=1, actor=by_boris)
    assert order.events.filter(transition="edit").count() == 1


@pytest.mark.feature("C6")
def test_a_closed_order_is_corrected_by_olga_only_and_with_a_reason(order, by_vera, by_olga):
    lifecycle.move(order_id=order.pk, name="cancel", actor=by_vera, reason="ill")
    wanted = replace(said(order), comment="рейс отменён")
    with pytest.raises(Refused):
        edit(order_id=order.pk, wanted=wanted, version=2, actor=by_vera)
    with pytest.raises(Refused, match="reason"):
        edit(order_id=order.pk, wanted=wanted, version=2, actor=by_olga)
    edit(order_id=order.pk, wanted=wanted, version=2, actor=by_olga, reason="said so on the recording")
    order.refresh_from_db()
    assert (order.state, order.events.last().transition) == (State.CANCELLED, "correct")


@pytest.mark.feature("C8")
def test_the_state_follows_the_time(anna, by_vera):
    later = timezone.now() + timedelta(hours=4)
    order = placed(anna, by_vera, pickup_at=later)
    edit(order_id=order.pk, wanted=replace(said(order), pickup_at=None), version=1, actor=by_vera)
    order.refresh_from_db()
    assert order.state == State.SEARCHING  # nobody waits for a time that is not there any more
    edit(order_id=order.pk, wanted=replace(said(order), pickup_at=later), version=order.version, actor=by_vera)
    order.refresh_from_db()
    assert order.state == State.SCHEDULED
    assert [e.transition for e in order.events.order_by("id")] == ["schedule", "edit", "release", "edit", "postpone"]


def test_the_base_of_a_version_is_rebuilt_from_history(order, by_vera):
    for number in range(5):
        order.refresh_from_db()
        edit(order_id=order.pk, wanted=replace(said(order), comment=str(number)), version=order.version, actor=by_vera)
    order.refresh_from_db()
    assert [editing._as_it_was(order, version)["comment"] for version in range(1, 7)] == ["", "0", "1", "2", "3", "4"]
    assert order.phone == ANNA
