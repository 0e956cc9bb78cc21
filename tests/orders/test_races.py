"""Many hands at once: the database says who was first."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from dispatch.staff.models import Role
from dispatch.staff.refusal import Refused
from orders import actors
from orders.flow import BUSY_STATES, State
from orders.models import Client, ClientPhone, Driver, Order
from orders.services import assignment, drafts, intake, lifecycle
from orders.tasks import release_due
from tests.orders.conftest import ANNA, driver, person, placed

pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 50
ROUNDS = 6


def all_at_once(acts: list[Callable[[], object]]) -> list[object]:
    """Each act on its own connection, started by one barrier; what it returned, or the Refused that it raised."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(20)
            results[place] = acts[place]()
        except Exception as problem:
            results[place] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.mark.feature("C7")
def test_fifty_dispatchers_want_driver_17_and_one_gets_him():
    vera, ivan = actors.staff(person("vera", Role.DISPATCHER)), driver("17")
    anna = Client.objects.create(name="Анна")
    for _ in range(ROUNDS):
        mine = [placed(anna, vera, f"Ленина, {house}") for house in range(HANDS)]
        acts = [
            lambda order=order: assignment.assign(order_id=order.pk, call_sign="17", actor=vera, version=1)
            for order in mine
        ]
        results = all_at_once(acts)
        winner = Order.objects.get(driver=ivan, state__in=BUSY_STATES)
        refused = [result for result in results if isinstance(result, Refused)]
        assert len(refused) == HANDS - 1, [r for r in results if isinstance(r, Exception) and r not in refused]
        assert {r.sentence for r in refused} == {f"Driver 17 is on order {winner.pk} (assigned)."}
        for name in ("set_off", "arrive", "board", "complete"):
            lifecycle.move(order_id=winner.pk, name=name, actor=vera)


@pytest.mark.feature("C7")
def test_two_drivers_for_one_order_and_the_second_hand_is_told():
    vera = actors.staff(person("vera", Role.DISPATCHER, last_name="Ветрова"))
    signs = [driver(str(number)).call_sign for number in range(100, 110)]
    order = placed(Client.objects.create(), vera)
    results = all_at_once(
        [
            lambda sign=sign: assignment.assign(order_id=order.pk, call_sign=sign, actor=vera, version=1)
            for sign in signs
        ]
    )
    assert sum(not isinstance(result, Exception) for result in results) == 1
    assert all(isinstance(result, Refused) for result in results if isinstance(result, Exception))
    assert order.events.filter(transition="assign").count() == 1


def test_swapping_two_drivers_at_once_never_hangs():
    vera = actors.staff(person("vera", Role.DISPATCHER))
    driver("17"), driver("18")
    first, second = (placed(Client.objects.create(), vera) for _ in range(2))
    assignment.assign(order_id=first.pk, call_sign="17", actor=vera)
    assignment.assign(order_id=second.pk, call_sign="18", actor=vera)
    for _ in range(10):
        results = all_at_once(
            [
                lambda: assignment.assign(order_id=first.pk, call_sign="18", actor=vera),
                lambda: assignment.assign(order_id=second.pk, call_sign="17", actor=vera),
            ]
        )
        assert all(isinstance(result, Refused) for result in results)  # each is told who has him, nobody waits for ever
    assert set(Order.objects.values_list("driver__call_sign", flat=True)) == {"17", "18"}


@pytest.mark.feature("C5")
def test_one_form_saved_by_twenty_clicks_is_one_order():
    vera = person("vera", Role.DISPATCHER)
    draft = drafts.open_draft(owner=vera, source="call:731", fields={"phone": ANNA})
    booking = intake.Booking(phone=ANNA, phone_raw="8 912 345-67-89", pickup="Ленина, 5")
    place = lambda: intake.place(booking=booking, actor=actors.staff(vera, draft.source), draft_id=draft.pk)  # noqa: E731
    results = all_at_once([place] * 20)
    assert {result.pk for result in results} == {Order.objects.get().pk}


def test_one_stranger_taken_by_many_dispatchers_gets_one_card():
    vera = actors.staff(person("vera", Role.DISPATCHER))
    acts = [
        lambda house=house: intake.place(
            booking=intake.Booking(phone=ANNA, phone_raw="8 912 345-67-89", pickup=f"Ленина, {house}"), actor=vera
        )
        for house in range(20)
    ]
    results = all_at_once(acts)
    assert not [result for result in results if isinstance(result, Exception)]
    assert (Order.objects.count(), Client.objects.count(), ClientPhone.objects.count()) == (20, 1, 1)


@pytest.mark.feature("C8")
def test_two_workers_release_each_pre_order_once():
    vera = actors.staff(person("vera", Role.DISPATCHER))
    later = timezone.now() + timedelta(hours=3)
    for house in range(12):
        placed(Client.objects.create(), vera, f"Ленина, {house}", pickup_at=later)
    Order.objects.update(pickup_at=timezone.now() + timedelta(minutes=5), release_at=timezone.now())
    counts = all_at_once([release_due] * 4)
    assert sum(counts) == 12
    assert set(Order.objects.values_list("state", flat=True)) == {State.SEARCHING}
    assert all(order.events.filter(transition="release").count() == 1 for order in Order.objects.all())


def test_a_pre_order_that_is_far_stays():
    placed(
        Client.objects.create(),
        actors.staff(person("v", Role.DISPATCHER)),
        pickup_at=timezone.now() + timedelta(hours=3),
    )
    assert release_due() == 0
    assert not Driver.objects.exists()
