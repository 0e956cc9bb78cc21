"""An order's life: every step is one event, one line of the journal, one word to the desks."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from dispatch.audit.models import Entry
from dispatch.live.models import Change
from dispatch.staff.refusal import Refused
from orders import actors
from orders.actors import SYSTEM, Actor
from orders.facts import ASKED, CALLED
from orders.flow import ActorKind, State
from orders.models import Driver, Order, OrderEvent
from orders.services import assignment, contact, lifecycle, marks
from orders.signals import order_moved, order_placed
from tests.orders.conftest import placed

pytestmark = pytest.mark.django_db


def steps(order: Order) -> list[str]:
    return list(order.events.order_by("id").values_list("transition", flat=True))


@pytest.mark.feature("C6", "C7")
def test_vera_takes_an_order_all_the_way_to_its_end(order, ivan, by_vera):
    assignment.assign(order_id=order.pk, call_sign="17", actor=by_vera, version=1)
    for version, name in enumerate(["set_off", "arrive", "board", "complete"], start=2):
        lifecycle.move(order_id=order.pk, name=name, actor=by_vera, version=version)
    order.refresh_from_db()
    assert (order.state, order.driver, order.version) == (State.COMPLETED, ivan, 6)
    assert steps(order) == ["place", "assign", "set_off", "arrive", "board", "complete"]
    assert {event.actor for event in order.events.all()} == {by_vera.person}
    assert Entry.objects.filter(verb="order.complete", target_id=str(order.pk)).get().actor == by_vera.person
    assert Change.objects.filter(topic="orders", kind="order", key=str(order.pk)).count() == 6


@pytest.mark.feature("C6")
def test_every_event_says_who_when_why_and_on_which_occasion(order, by_vera):
    before = timezone.now()
    on_a_call = Actor(by_vera.kind, by_vera.person, source="call:731")
    event = lifecycle.move(order_id=order.pk, name="cancel", actor=on_a_call, reason="  took the bus ")
    assert (event.from_state, event.to_state) == ("searching", "cancelled")
    assert (event.actor_kind, event.reason, event.source) == ("dispatcher", "took the bus", "call:731")
    assert before <= event.at <= timezone.now()


def test_what_was_refused_leaves_no_trace(order, by_vera):
    changes, entries = Change.objects.count(), Entry.objects.count()
    with pytest.raises(Refused, match="Give the reason"):
        lifecycle.move(order_id=order.pk, name="cancel", actor=by_vera, reason="  ")
    assert steps(order) == ["place"]
    assert (Change.objects.count(), Entry.objects.count()) == (changes, entries)


def test_boris_is_told_that_vera_was_faster(order, by_vera, by_boris, ivan):
    assignment.assign(order_id=order.pk, call_sign="17", actor=by_vera, version=1)
    with pytest.raises(Refused, match="Ветрова Vera changed order"):
        lifecycle.move(order_id=order.pk, name="cancel", actor=by_boris, version=1, reason="client rang")
    order.refresh_from_db()
    assert order.state == State.ASSIGNED


def test_a_click_whose_answer_got_lost_is_not_done_twice(order, by_vera, by_boris):
    first = lifecycle.move(order_id=order.pk, name="cancel", actor=by_vera, version=1, reason="ill")
    again = lifecycle.move(order_id=order.pk, name="cancel", actor=by_vera, version=1, reason="ill")
    assert again == first
    with pytest.raises(Refused, match="cancelled"):
        lifecycle.move(order_id=order.pk, name="cancel", actor=by_boris, version=1, reason="ill")
    assert steps(order) == ["place", "cancel"]


def test_nobody_did_not_come_before_somebody_called_him(order, ivan, by_vera):
    assignment.assign(order_id=order.pk, call_sign="17", actor=by_vera)
    lifecycle.move(order_id=order.pk, name="set_off", actor=by_vera)
    contact.note(order_id=order.pk, kind=CALLED, actor=by_vera, outcome="he comes down in five minutes")
    lifecycle.move(order_id=order.pk, name="arrive", actor=by_vera)
    with pytest.raises(Refused, match="Call the client first"):
        lifecycle.move(order_id=order.pk, name="no_show", actor=by_vera)  # that call was before the car came
    contact.note(order_id=order.pk, kind=CALLED, actor=by_vera, outcome="no answer")
    lifecycle.move(order_id=order.pk, name="no_show", actor=by_vera)
    order.refresh_from_db()
    assert (order.state, order.driver) == (State.NO_SHOW, ivan)


@pytest.mark.parametrize(("way", "note"), [((), ASKED), (("assign", "set_off", "arrive"), CALLED)])
def test_a_note_on_the_order_does_not_make_forget_that_the_client_was_asked(order, ivan, by_vera, way, note):
    for name in way:
        lifecycle.move(order_id=order.pk, name=name, actor=by_vera, driver=ivan if name == "assign" else None)
    contact.note(order_id=order.pk, kind=note, actor=by_vera)
    marks.raise_problem(order_id=order.pk, problem="вещи в машине", actor=by_vera)
    lifecycle.move(order_id=order.pk, name="no_show" if way else "give_up", actor=by_vera)


def test_no_car_is_said_only_to_a_client_who_was_asked(order, ivan, by_vera):
    with pytest.raises(Refused, match="Ask the client first"):
        lifecycle.move(order_id=order.pk, name="give_up", actor=by_vera)
    contact.note(order_id=order.pk, kind=ASKED, actor=by_vera, outcome="does not wait any longer")
    lifecycle.move(order_id=order.pk, name="offer", actor=SYSTEM, driver=ivan)
    lifecycle.move(order_id=order.pk, name="expire", actor=SYSTEM)  # an offer that ran out asks nothing anew
    lifecycle.move(order_id=order.pk, name="give_up", actor=by_vera)
    order.refresh_from_db()
    assert order.state == State.UNFULFILLED


def test_a_note_on_a_closed_order_is_refused(order, by_vera):
    lifecycle.move(order_id=order.pk, name="cancel", actor=by_vera, reason="ill")
    with pytest.raises(Refused):
        contact.note(order_id=order.pk, kind=CALLED, actor=by_vera)
    assert steps(order) == ["place", "cancel"]


@pytest.mark.feature("C6")
def test_only_olga_reopens_and_history_keeps_both(order, by_vera, by_olga):
    lifecycle.move(order_id=order.pk, name="cancel", actor=by_vera, reason="wrong order")
    with pytest.raises(Refused, match="not yours"):
        lifecycle.move(order_id=order.pk, name="reopen", actor=by_vera, reason="oh")
    lifecycle.move(order_id=order.pk, name="reopen", actor=by_olga, reason="Vera took the wrong one")
    order.refresh_from_db()
    assert order.state == State.SEARCHING
    assert steps(order) == ["place", "cancel", "reopen"]


@pytest.mark.feature("C7")
def test_ivan_accepts_his_offer_and_not_another_drivers(order, ivan, pyotr):
    lifecycle.move(order_id=order.pk, name="offer", actor=SYSTEM, driver=ivan)
    with pytest.raises(Refused, match="not yours"):
        lifecycle.move(order_id=order.pk, name="accept", actor=actors.driver(pyotr.person))
    lifecycle.move(order_id=order.pk, name="accept", actor=actors.driver(ivan.person))
    order.refresh_from_db()
    assert (order.state, order.driver) == (State.ASSIGNED, ivan)


def test_a_refused_offer_frees_the_order_and_remembers_the_driver(order, ivan):
    lifecycle.move(order_id=order.pk, name="offer", actor=SYSTEM, driver=ivan)
    event = lifecycle.move(order_id=order.pk, name="refuse", actor=actors.driver(ivan.person), reason="flat tyre")
    order.refresh_from_db()
    assert (order.state, order.driver, event.driver) == (State.SEARCHING, None, ivan)


@pytest.mark.feature("C6")
def test_history_cannot_be_rewritten(order):
    event = order.events.get()
    for attempt in (
        lambda: OrderEvent.objects.filter(pk=event.pk).update(reason="never happened"),
        lambda: OrderEvent.objects.filter(pk=event.pk).delete(),
        lambda: connection.cursor().execute("delete from orders_orderevent"),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            attempt()
    assert OrderEvent.objects.get(pk=event.pk).reason == ""


def test_the_database_itself_holds_one_order_a_driver(anna, by_vera, ivan):
    first, second = placed(anna, by_vera), placed(anna, by_vera, "Мира, 1")
    Order.objects.filter(pk=first.pk).update(state=State.EN_ROUTE, driver=ivan)
    with pytest.raises(IntegrityError, match="one_order_a_driver"), transaction.atomic():
        Order.objects.filter(pk=second.pk).update(state=State.ASSIGNED, driver=ivan)


def test_signals_speak_upwards_inside_the_transaction(anna, by_vera):
    heard = []

    def placed_(order, source, actor, **_):
        heard.append(("placed", order.pk, source, actor))

    def moved(order, event, source, actor, **_):
        heard.append((event.transition, order.pk, source, actor))

    order_placed.connect(placed_)
    order_moved.connect(moved)
    try:
        on_a_call = Actor(ActorKind.DISPATCHER, by_vera.person, "call:5")
        order = placed(anna, on_a_call)
        lifecycle.move(order_id=order.pk, name="cancel", actor=by_vera, reason="x")
    finally:
        order_placed.disconnect(placed_)
        order_moved.disconnect(moved)
    assert heard == [("placed", order.pk, "call:5", by_vera.person), ("cancel", order.pk, "", by_vera.person)]
    assert order.source == "call:5"


def test_an_order_for_tonight_waits_and_one_for_now_does_not(anna, by_vera):
    tonight = placed(anna, by_vera, pickup_at=timezone.now() + timedelta(hours=5))
    soon = placed(anna, by_vera, pickup_at=timezone.now() + timedelta(minutes=10))
    assert (tonight.state, soon.state) == (State.SCHEDULED, State.SEARCHING)
    assert (steps(tonight), steps(soon)) == (["schedule"], ["place"])


@pytest.mark.feature("C7")
def test_call_signs_are_found_as_people_type_them(db):
    Driver.objects.create(call_sign="017", first_name="A", last_name="B")
    Driver.objects.create(call_sign="Т5", first_name="A", last_name="C")
    assert assignment.find(" 17 ").call_sign == "017"
    assert assignment.find("т5").call_sign == "Т5"
    for nonsense in ("", "99", "½", "17; drop table"):
        with pytest.raises(Refused):
            assignment.find(nonsense)


@pytest.mark.feature("C7")
def test_a_busy_driver_is_refused_with_the_order_he_is_on(anna, by_vera, ivan):
    first, second = placed(anna, by_vera), placed(anna, by_vera, "Мира, 1")
    assignment.assign(order_id=first.pk, call_sign="17", actor=by_vera)
    with pytest.raises(Refused, match=rf"Driver 17 is on order {first.pk} \(assigned\)"):
        assignment.assign(order_id=second.pk, call_sign="17", actor=by_vera)


@pytest.mark.feature("C7")
def test_reassigning_and_releasing_keep_the_story(order, ivan, pyotr, by_vera):
    assignment.assign(order_id=order.pk, call_sign="17", actor=by_vera)
    lifecycle.move(order_id=order.pk, name="set_off", actor=by_vera)
    assignment.assign(order_id=order.pk, call_sign="18", actor=by_vera)
    with pytest.raises(Refused, match="has order"):
        assignment.assign(order_id=order.pk, call_sign="18", actor=by_vera)
    assignment.release(order_id=order.pk, actor=by_vera, reason="puncture")
    order.refresh_from_db()
    assert (order.state, order.driver) == (State.SEARCHING, None)
    told = [(e.transition, e.driver and e.driver.call_sign) for e in order.events.order_by("id")]
    assert told == [("place", None), ("assign", "17"), ("set_off", "17"), ("reassign", "18"), ("unassign", "18")]
