"""What a change leads to is said before it is saved: who loses the order, who keeps it, and what it costs then."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from orders import spots
from orders.flow import State
from orders.models import Order, Vehicle
from orders.services import assignment, editing, lifecycle, outlook
from orders.services.editing import KEEP, RESTART, Undecided, edit
from orders.spots import Spot
from places.geo import Point
from tests.orders.conftest import HTMX, placed
from tests.orders.test_quoting import economy, town
from tests.orders.test_trip import form_of

__all__ = ["economy", "town"]
pytestmark = [pytest.mark.django_db, pytest.mark.feature("C4")]
AT_HOME = {"pickup_latitude": 55.75, "pickup_longitude": 37.6}
NEXT_DOOR = spots.mark(Spot("Ленина, 7", Point(55.7515, 37.6)))
FAR_AWAY = spots.mark(Spot("Мира, 1", Point(55.79, 37.6)))


@pytest.fixture
def assigned(anna, by_vera, ivan) -> Order:
    order = placed(anna, by_vera, **AT_HOME)
    assignment.assign(order_id=order.pk, call_sign="17", actor=by_vera, accepted=EVERYTHING)
    order.refresh_from_db()
    return order


EVERYTHING = frozenset({"off_shift", "stale"})


def change(order: Order, by, accepted=frozenset(), **given) -> Order:
    edit(
        order_id=order.pk,
        wanted=form_of(order, **given).wording(),
        version=order.version,
        actor=by,
        accepted=frozenset(accepted),
    )
    order.refresh_from_db()
    return order


def test_another_place_takes_the_order_from_its_driver_once_vera_says_so(assigned, by_vera):
    given = {"pickup": "Мира, 1", "pickup_point": FAR_AWAY}
    with pytest.raises(Undecided) as undecided:
        change(assigned, by_vera, **given)
    assert undecided.value.outlook.driver == assigned.driver
    assigned.refresh_from_db()
    assert (assigned.pickup, assigned.state) == ("Ленина, 5", State.ASSIGNED)  # nothing was saved
    change(assigned, by_vera, accepted={RESTART}, **given)
    assert (assigned.state, assigned.driver, assigned.pickup) == (State.SEARCHING, None, "Мира, 1")
    edited, released = assigned.events.order_by("id")[2:]
    assert (edited.transition, released.transition) == ("edit", "unassign")
    assert released.reason == "the pick-up is another place"
    assert released.driver.call_sign == "17"


def test_the_driver_may_drive_all_the_same(assigned, by_vera):
    change(assigned, by_vera, accepted={RESTART, KEEP}, pickup="Мира, 1", pickup_point=FAR_AWAY)
    assert (assigned.state, assigned.driver.call_sign, assigned.pickup) == (State.ASSIGNED, "17", "Мира, 1")


@pytest.mark.parametrize(
    "given",
    [
        {"pickup": "Ленина, 7", "pickup_point": NEXT_DOOR},  # 170 m away
        {"destination": "Вокзал"},
        {"comment": "с собакой"},
        {"pickup_entrance": "2", "when": "+10"},
    ],
)
def test_what_changes_little_only_updates(assigned, by_vera, given):
    change(assigned, by_vera, **given)
    assert (assigned.state, assigned.driver.call_sign) == (State.ASSIGNED, "17")


def test_a_car_that_lacks_what_is_wished_for_now_is_no_longer_right(assigned, by_vera):
    with pytest.raises(Undecided) as undecided:
        change(assigned, by_vera, options=["pet"])
    assert [doubt.concern for doubt in undecided.value.outlook.doubts] == ["no_options"]
    Vehicle.objects.filter(drivers=assigned.driver).update(options=["pet"])
    change(assigned, by_vera, options=["pet"])
    assert assigned.driver.call_sign == "17"
    with pytest.raises(Undecided):
        change(assigned, by_vera, passengers="7")
    with pytest.raises(Undecided):
        change(assigned, by_vera, service_class="business")


def test_a_time_that_becomes_far_sends_the_driver_away_and_the_order_to_the_preorders(assigned, by_vera):
    change(assigned, by_vera, accepted={RESTART}, when="+300")
    assert (assigned.state, assigned.driver) == (State.SCHEDULED, None)
    assert [event.transition for event in assigned.events.order_by("id")][2:] == ["edit", "unassign", "postpone"]


def test_who_has_the_client_on_board_keeps_him(assigned, by_vera):
    for step in ("set_off", "arrive", "board"):
        lifecycle.move(order_id=assigned.pk, name=step, actor=by_vera)
    assigned.refresh_from_db()
    change(assigned, by_vera, pickup="Мира, 1", service_class="business")
    assert assigned.state == State.ON_BOARD


def test_an_order_that_was_released_early_is_not_sent_back_by_a_note(anna, by_vera):
    order = placed(anna, by_vera, pickup_at=timezone.now() + timedelta(hours=5))
    lifecycle.move(order_id=order.pk, name="release", actor=by_vera)
    order.refresh_from_db()
    change(order, by_vera, comment="с собакой")
    assert order.state == State.SEARCHING


def test_the_price_before_and_after_is_by_the_orders_own_tariff(economy, anna, by_vera):
    there = {"destination": "Вокзал", "destination_latitude": 55.77, "destination_longitude": 37.65}
    order = placed(anna, by_vera, **AT_HOME, **there)
    order.refresh_from_db()
    before = order.price
    economy.versions.update(valid_to=timezone.now() + timedelta(seconds=1))  # tomorrow's prices are others
    said = form_of(order, stop=["Мира, 1"], stop_point=[FAR_AWAY]).wording()
    found = outlook.of(editing.locked(order.pk), said)
    assert found.is_dearer_or_cheaper
    assert found.price > before > Decimal(0)
    change(order, by_vera, stop=["Мира, 1"], stop_point=[FAR_AWAY])
    assert order.price == found.price
    assert order.events.last().changes["price"] == [f"{before:.2f} RUB", f"{found.price:.2f} RUB"]


def test_it_is_said_while_vera_types_and_asked_when_she_saves(assigned, vera, signed_in):
    browser = signed_in(vera)
    data = form_of(assigned, pickup="Мира, 1", pickup_point=FAR_AWAY).data
    page = browser.get(f"/orders/{assigned.pk}/ahead/", data, **HTMX).content.decode()
    assert "Driver 17 loses this order" in page
    assert "the pick-up is another place" in page
    answer = browser.post(f"/orders/{assigned.pk}/edit/", data)
    assert answer.status_code == 409
    assert "Driver 17 loses this order" in answer.content.decode()
    assert browser.post(f"/orders/{assigned.pk}/edit/", data | {"accept": "restart"}).status_code == 302
    assigned.refresh_from_db()
    assert assigned.state == State.SEARCHING
    assert browser.get(f"/orders/{assigned.pk}/ahead/", {"pickup": ""}).content == b""
