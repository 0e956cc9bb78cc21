"""The client and the driver on the order's page: what is asked for on the telephone, without another click."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders.flow import State
from orders.models import ClientMark, DriverBreak, DriverPhone, DriverPosition, DriverShift, Order
from orders.selectors import detail, glance
from orders.services import assignment
from places.models import Stand
from tests.orders.conftest import HTMX, placed
from tests.orders.town import ARBAT, METRES_A_DEGREE

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C4", "C10")]


def shown(browser, order: Order) -> str:
    return browser.get(f"/orders/{order.pk}/", **HTMX).content.decode().split("What happened")[0]


def ended(anna, by_vera, state: State) -> None:
    Order.objects.filter(pk=placed(anna, by_vera).pk).update(state=state)


def test_the_clients_history_mark_notes_and_other_open_orders(anna, order, by_vera, vera, signed_in):
    for state in (State.COMPLETED, State.COMPLETED, State.CANCELLED, State.NO_SHOW):
        ended(anna, by_vera, state)
    other = placed(anna, by_vera, "Мира, 7", pickup_at=timezone.now() + timedelta(hours=5))
    anna.mark, anna.mark_reason, anna.notes = ClientMark.VIP, "жена мэра", "звонить в домофон"
    anna.save()
    page = shown(signed_in(vera), order)
    assert "2 completed, 1 cancelled, 1 times nobody came" in page
    assert "жена мэра" in page
    assert "звонить в домофон" in page
    assert f'href="/orders/{other.pk}/"' in page
    assert f'href="/orders/{order.pk}/" hx-get' not in page  # not itself


def test_a_mark_whose_time_is_over_is_not_shown(anna, order, vera, signed_in):
    anna.mark, anna.mark_reason = ClientMark.BLACKLISTED, "не платит"
    anna.mark_until = timezone.now() - timedelta(minutes=1)
    anna.save()
    assert "не платит" not in shown(signed_in(vera), order)


@pytest.fixture
def driven(order, by_vera, ivan):
    """By Ivan: his telephone, his shift since two hours, seen 1.2 km from the pick-up a minute ago."""
    now = timezone.now()
    DriverPhone.objects.create(driver=ivan, e164="+79260000017", raw="x", is_main=True)
    DriverShift.objects.create(driver=ivan, vehicle=ivan.vehicle, started_at=now - timedelta(hours=2))
    DriverPosition.objects.create(
        driver=ivan, latitude=ARBAT[0] + 1200 / METRES_A_DEGREE, longitude=ARBAT[1], at=now - timedelta(minutes=1)
    )
    Order.objects.filter(pk=order.pk).update(pickup_latitude=ARBAT[0], pickup_longitude=ARBAT[1])
    assignment.assign(order_id=order.pk, call_sign="17", actor=by_vera)
    order.refresh_from_db()
    return order


def test_the_drivers_car_number_place_and_shift(driven, vera, ivan, signed_in):
    page = shown(signed_in(vera), driven)
    for text in ("white Škoda", "A117BC", "Соколов Иван", 'data-copy="+79260000017"', "1.2 km from the pick-up"):
        assert text in page
    assert "on shift since" in page
    stand = Stand.objects.create(name="Вокзал", latitude=ARBAT[0], longitude=ARBAT[1])
    DriverPosition.objects.update(stand=stand, stand_since=timezone.now())
    DriverBreak.objects.create(shift=DriverShift.objects.get(), began_at=timezone.now())
    page = shown(signed_in(vera), driven)
    assert "at the stand <bdi>Вокзал</bdi>" in page
    assert "on a break" in page


def test_nobody_knows_where_he_is(order, by_vera, ivan, vera, signed_in):
    assignment.assign(order_id=order.pk, call_sign="17", actor=by_vera)
    page = shown(signed_in(vera), order)
    assert "from the pick-up" not in page
    assert "Copy the driver" not in page  # no number is known


def test_however_much_there_is_it_takes_six_queries(driven, anna, by_vera, django_assert_num_queries):
    def look(*, has_others: bool) -> None:
        order = detail.find(driven.pk)
        with django_assert_num_queries(6):
            client, driver = glance.client(order), glance.driver(order)
            assert (len(client.others) > 0, driver.metres) == (has_others, 1200)

    look(has_others=False)
    for number in range(8):
        placed(anna, by_vera, f"Мира, {number}", pickup_at=timezone.now() + timedelta(hours=5 + number))
    look(has_others=True)
    assert len(glance.client(driven).others) == glance.MOST_ORDERS


def test_the_whole_page_takes_as_many_queries_for_a_long_story(
    driven, anna, by_vera, vera, signed_in, django_assert_num_queries
):
    browser = signed_in(vera)
    with CaptureQueriesContext(connection) as before:
        shown(browser, driven)
    for number in range(5):
        placed(anna, by_vera, f"Мира, {number}", pickup_at=timezone.now() + timedelta(hours=5))
        driven.events.create(at=timezone.now(), transition="client_called", actor=vera, actor_kind="dispatcher")
    with django_assert_num_queries(len(before)):
        shown(browser, driven)
