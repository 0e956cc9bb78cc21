"""On hold, a problem, once more, the way back: the buttons of one order beside its next step."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from dispatch.staff.refusal import Refused
from orders import tasks, trip
from orders.forms.editing import EditForm
from orders.models import ClientPhone, Draft, Order
from orders.selectors import detail
from orders.services import assignment, contact, editing, lifecycle, marks
from tests.orders.conftest import ANNA, HTMX, placed

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C4")]


@pytest.fixture
def veras(vera, signed_in):
    return signed_in(vera)


def pressed(browser, order: Order, name: str, **typed: str):
    return browser.post(f"/orders/{order.pk}/marks/{name}/", typed, **HTMX)


def shown(browser, order: Order) -> str:
    return browser.get(f"/orders/{order.pk}/", **HTMX).content.decode()


def test_vera_puts_an_order_on_hold_until_a_time_and_the_clock_ends_it(order, veras):
    page = pressed(veras, order, "hold", until="+20").content.decode()
    order.refresh_from_db()
    assert order.is_on_hold
    assert timedelta(minutes=18) < order.held_until - timezone.now() <= timedelta(minutes=20)
    assert "on hold until" in page
    assert "No longer on hold" in page
    assert tasks.resume_held() == 0
    Order.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    assert tasks.resume_held() == 1
    assert tasks.resume_held() == 0
    order.refresh_from_db()
    assert (order.is_on_hold, order.held_until) == (False, None)
    last = order.events.latest("pk")
    assert (last.transition, last.actor_kind) == ("resume", "system")


def test_without_a_time_it_stays_on_hold_until_somebody_ends_it(order, veras):
    pressed(veras, order, "hold")
    order.refresh_from_db()
    assert (order.is_on_hold, order.held_until) == (True, None)
    pressed(veras, order, "resume")
    order.refresh_from_db()
    assert not order.is_on_hold


@pytest.mark.parametrize("until", ["yesterday", "+0"])
def test_nonsense_and_a_time_that_is_over_are_refused_with_a_sentence(order, veras, until):
    answer = pressed(veras, order, "hold", until=until)
    assert answer.status_code == 409
    assert answer.content.decode()
    order.refresh_from_db()
    assert not order.is_on_hold


def test_the_database_knows_no_time_without_a_hold(order):
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.update(held_until=timezone.now())


def test_who_edits_meanwhile_does_not_take_the_hold_back(order, by_vera, by_boris):
    """Her form was drawn before it: the box in it is empty, and she never touched it."""
    hers = trip.of(order)
    marks.hold(order_id=order.pk, actor=by_boris, until=timezone.now() + timedelta(hours=1))
    wanted = EditForm({**EditForm.values_of(order), "comment": "с кошкой"}, order=order)
    assert wanted.is_valid()
    editing.edit(order_id=order.pk, wanted=wanted.wording(), version=1, actor=by_vera)
    order.refresh_from_db()
    assert (order.comment, order.is_on_hold, hers.is_on_hold) == ("с кошкой", True, False)
    assert order.held_until
    editing.edit(order_id=order.pk, wanted=hers, version=order.version, actor=by_vera)
    order.refresh_from_db()
    assert (order.is_on_hold, order.held_until) == (False, None)


def test_a_problem_is_said_with_its_reason_and_settled(order, veras):
    assert pressed(veras, order, "problem").status_code == 409  # of what?
    page = pressed(veras, order, "problem", reason="клиент жалуется на запах").content.decode()
    assert "клиент жалуется на запах" in page
    assert "Problem settled" in page
    pressed(veras, order, "settle")
    order.refresh_from_db()
    assert order.problem == ""


def test_a_zero_byte_that_was_pasted_is_left_out(order, veras):
    pressed(veras, order, "problem", reason="client\x00 shouts")
    order.refresh_from_db()
    assert order.problem == "client shouts"
    assert veras.get("/drivers/?after=%00").status_code == 200
    assert veras.get("/orders/intake/?source=%00").status_code == 200


def test_a_closed_order_has_no_marks(order, veras, by_vera):
    lifecycle.move(order_id=order.pk, name="cancel", actor=by_vera, reason="x")
    assert pressed(veras, order, "hold").status_code == 409
    page = shown(veras, order)
    assert "Put on hold" not in page
    assert "Mark as a problem" not in page
    assert f"?like={order.pk}" in page  # but it can be repeated


def test_hold_is_offered_only_where_it_keeps_from_being_offered(order, by_vera, ivan):
    assert detail.detail(detail.find(order.pk), by_vera).may_hold
    assignment.assign(order_id=order.pk, call_sign="17", actor=by_vera)
    found = detail.detail(detail.find(order.pk), by_vera)
    assert (found.may_hold, found.may_mark) == (False, True)
    looks_only = detail.detail(detail.find(order.pk), None)
    assert (looks_only.may_hold, looks_only.may_mark, looks_only.contact) == (False, False, "")


def test_marina_looks_and_has_no_button(order, marina, signed_in):
    page = shown(signed_in(marina), order)
    assert "?like=" not in page
    assert "Put on hold" not in page
    assert "data-copy" in page  # the number of the order
    assert ANNA not in page


@pytest.mark.feature("C6")
def test_the_screen_leads_to_no_car_found_and_to_no_show(order, veras, by_vera, ivan):
    page = shown(veras, order)
    assert "Ask the client first whether to go on searching" in page
    assert "No car found" not in page.split("What happened")[0]
    veras.post(f"/orders/{order.pk}/contact/", {"kind": "client_asked", "outcome": "does not want to wait"}, **HTMX)
    page = shown(veras, order)
    assert "Ask the client first" not in page
    assert "No car found" in page
    assert "does not want to wait" in page
    assignment.assign(order_id=order.pk, call_sign="17", actor=by_vera)
    for step in ("set_off", "arrive"):
        lifecycle.move(order_id=order.pk, name=step, actor=by_vera)
    page = shown(veras, order)
    assert "Call the client first" in page
    contact.note(order_id=order.pk, kind="client_called", actor=by_vera)
    assert [one.transition.name for one in detail.detail(detail.find(order.pk), by_vera).not_yet] == []


@pytest.mark.feature("C5")
def test_an_order_is_repeated_with_all_that_was_said_but_its_time(anna, by_vera, veras):
    tomorrow = timezone.now() + timedelta(days=1)
    order = placed(
        anna, by_vera, "Ленина, 5", destination="Вокзал", comment="с собакой", options=["pet"], passengers=3,
        pickup_entrance="2", pickup_latitude=55.75, pickup_longitude=37.59, pickup_at=tomorrow, flight="SU1402",
    )  # fmt: skip
    page = veras.get(f"/orders/intake/?like={order.pk}", **HTMX).content.decode()
    fields = Draft.objects.get().fields
    assert fields["pickup"] == "Ленина, 5"
    assert fields["pickup_point"] == "55.750000,37.590000 Ленина, 5"
    assert (fields["destination"], fields["options"], fields["passengers"]) == ("Вокзал", ["pet"], "3")
    assert fields["pickup_entrance"] == "2"
    assert "when" not in fields
    assert "flight" not in fields
    assert "8 (912) 345-67-89" in page
    veras.get(f"/orders/intake/?like={order.pk}", **HTMX)
    assert Draft.objects.count() == 1  # pressed twice, one form


@pytest.mark.feature("C5")
def test_the_way_back_begins_where_the_way_there_ended(anna, by_vera, veras):
    order = placed(anna, by_vera, "Ленина, 5", destination="Вокзал", pickup_entrance="2")
    order.stops.create(place=1, address="Мира, 1")
    order.stops.create(place=2, address="Мира, 2")
    veras.get(f"/orders/intake/?back={order.pk}", **HTMX)
    fields = Draft.objects.get().fields
    assert (fields["pickup"], fields["destination"], fields["stop"]) == ("Вокзал", "Ленина, 5", ["Мира, 2", "Мира, 1"])
    assert "pickup_entrance" not in fields


@pytest.mark.feature("C5", "C10")
def test_a_number_that_vera_may_not_see_is_not_shown_by_repeating(anna, order, by_vera, veras):
    lifecycle.move(order_id=order.pk, name="cancel", actor=by_vera, reason="x")
    page = veras.get(f"/orders/intake/?like={order.pk}", **HTMX).content.decode()
    assert "345" not in page
    assert "•" in Draft.objects.get().fields["phone"]
    ClientPhone.objects.all().delete()  # it was not her own: nothing that the mask could stand for
    Draft.objects.all().delete()
    veras.get(f"/orders/intake/?like={order.pk}", **HTMX)
    assert Draft.objects.get().fields["phone"] == ""


@pytest.mark.feature("C10")
def test_only_a_whole_number_can_be_copied(order, by_vera, veras, marina, olga, signed_in):
    assert f'data-copy="{ANNA}"' in shown(veras, order)
    assert f'data-copy="{ANNA}"' not in shown(signed_in(marina), order)
    revealed = signed_in(marina).post(f"/orders/{order.pk}/number/", **HTMX).content.decode()
    assert f'data-copy="{ANNA}"' in revealed
    lifecycle.move(order_id=order.pk, name="cancel", actor=by_vera, reason="x")
    assert f'data-copy="{ANNA}"' not in shown(veras, order)
    assert f'data-copy="{ANNA}"' in shown(signed_in(olga), order)


def test_a_hold_that_is_over_before_it_begins_is_refused(order, by_vera):
    with pytest.raises(Refused):
        marks.hold(order_id=order.pk, actor=by_vera, until=timezone.now() - timedelta(seconds=1))
