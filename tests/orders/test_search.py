"""The house looks for a driver by itself: by the queue, by distance, at last by asking all."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orders import actors
from orders.flow import State
from orders.models import Alarm, Client, DriverShift, Fleet, Offer, OfferPhase, OfferState, Order, Search
from orders.services import assignment, lifecycle, offers
from orders.tasks import search_due
from places.models import Zone
from tests.orders import town
from tests.orders.conftest import person
from tests.orders.test_races import all_at_once
from tests.orders.town import asked

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(db):
    return town.fleet()


def later(seconds: int) -> None:
    """The clock of every search goes forward."""
    back = timedelta(seconds=seconds)
    for search in Search.objects.all():
        Search.objects.filter(pk=search.pk).update(
            phase_ends_at=search.phase_ends_at - back, due_at=search.due_at and search.due_at - back
        )


def refuse(order: Order) -> None:
    offer = Offer.objects.live().get(order=order)
    offers.refuse(offer_id=offer.pk, actor=actors.driver(offer.driver.person), reason="no")


@pytest.mark.feature("C7")
def test_the_queue_of_the_stand_first_then_the_nearest_then_all_then_nobody(by_vera, city):
    arbat = town.stand()
    first, second = town.at_work("1", waits_at=arbat, since=20), town.at_work("2", waits_at=arbat, since=5)
    town.at_work("3", 800), town.at_work("4", 300), town.at_work("5", 9000)
    order = town.ordered(by_vera, stand=arbat)
    told = []
    for _ in range(4):
        assert search_due() == 1
        assert search_due() == 0  # nothing more is due while one is being asked
        offer = Offer.objects.live().get(order=order)
        told.append((offer.driver.call_sign, offer.phase, offer.why["kind"]))
        refuse(order)
    assert told == [
        ("1", "queue", "queue"), ("2", "queue", "queue"), ("4", "radius", "nearest"), ("3", "radius", "nearest"),
    ]  # fmt: skip
    assert search_due() == 0  # nobody else is near: it waits for somebody to come
    later(200)
    assert search_due() == 1
    assert asked(order) == ["1", "2", "3", "4", "5"]  # all, however far and whatever they said before
    town.runs_out(order)
    assert search_due() == 1
    assert search_due() == 1
    order.refresh_from_db()
    assert (order.state, order.alarm) == (State.SEARCHING, Alarm.NOBODY)
    assert search_due() == 0
    assert {first.pk, second.pk} <= set(order.offers.values_list("driver", flat=True))
    offers.search_again(order_id=order.pk, actor=by_vera)
    assert search_due() == 1
    assert asked(order) == ["1"]


@pytest.mark.feature("C7")
def test_an_offer_that_runs_out_goes_to_the_next_one(by_vera, city):
    town.at_work("3", 800), town.at_work("4", 300)
    order = town.ordered(by_vera)
    search_due()
    assert asked(order) == ["4"]
    town.runs_out(order)
    search_due()
    assert asked(order) == []
    search_due()
    assert asked(order) == ["3"]
    assert order.offers.first().state == OfferState.EXPIRED
    assert [e.transition for e in order.events.order_by("id")] == ["place", "offer", "expire", "offer"]


@pytest.mark.feature("C7")
@pytest.mark.parametrize("seconds", ["queue_offer_seconds", "radius_offer_seconds"])
def test_each_phase_has_its_own_time_to_decide(by_vera, seconds):
    town.fleet(**{seconds: 45})
    if seconds.startswith("queue"):
        town.at_work("1", waits_at=town.stand())
    else:
        town.at_work("1", 100)
    order = town.ordered(by_vera)
    search_due()
    offer = order.offers.get()
    assert offer.expires_at - offer.sent_at == timedelta(seconds=45)


@pytest.mark.feature("C7")
def test_the_queue_that_is_asked_is_that_of_the_zone_and_else_of_the_nearest_stand(by_vera, city):
    near = town.stand("Near", north_m=400)
    zone = Zone.objects.create(
        name="Centre", area=town.square(2000), south=55.7, north=55.8, west=37.5, east=37.7,
    )  # fmt: skip
    of_zone = town.stand("Of the zone", north_m=900, zone=zone)
    town.stand("Far", north_m=9000)
    town.at_work("1", waits_at=near), town.at_work("2", waits_at=of_zone)
    order = town.ordered(by_vera)
    search_due()
    assert asked(order) == ["2"]
    order.refresh_from_db()
    assert order.stand == of_zone
    Zone.objects.update(is_active=False)
    second = town.ordered(by_vera)
    search_due()
    assert asked(second) == ["1"]


def test_when_the_time_of_the_queue_is_over_the_radius_begins(by_vera, city):
    arbat = town.stand()
    town.at_work("1", waits_at=arbat, since=9), town.at_work("2", waits_at=arbat), town.at_work("3", 2900)
    order = town.ordered(by_vera, stand=arbat)
    search_due()
    town.runs_out(order)
    search_due()
    later(61)
    search_due()
    assert order.offers.get(state=OfferState.SENT).phase == OfferPhase.RADIUS


def test_an_unfit_one_is_never_asked_by_itself(by_vera, city):
    far, stale, small, pauses, leaving = (town.at_work(str(n), n) for n in range(1, 6))
    town.car(small, classes=["business"])
    type(stale.position).objects.filter(driver=stale).update(at=timezone.now() - timedelta(minutes=6))
    type(far.position).objects.filter(driver=far).update(latitude=56.5)
    pauses.shifts.get().breaks.create(began_at=timezone.now())
    DriverShift.objects.filter(driver=leaving).update(ends_at=timezone.now() + timedelta(minutes=5))
    order = town.ordered(by_vera)
    search_due()
    assert asked(order) == []
    assert order.search.phase == OfferPhase.RADIUS


def test_an_order_on_hold_is_not_offered_and_one_of_a_fleet_by_hand_neither(by_vera, city):
    town.at_work("1", 100)
    held = town.ordered(by_vera, is_on_hold=True)
    by_hand = town.ordered(by_vera, fleet=Fleet.objects.create(name="By hand"))
    assert search_due() == 0
    Order.objects.filter(pk=held.pk).update(is_on_hold=False)
    assert search_due() == 1
    assert (asked(held), asked(by_hand)) == (["1"], [])


def test_without_a_known_address_all_are_asked_at_once(by_vera, city):
    town.at_work("1", 100), town.at_work("2")
    order = town.ordered(by_vera, pickup_latitude=None, pickup_longitude=None)
    search_due()
    assert asked(order) == ["1", "2"]


def test_who_went_off_shift_or_got_another_order_is_not_waited_for(by_vera, city):
    one, two = town.at_work("1", 100), town.at_work("2", 200)
    first, second = town.ordered(by_vera), town.ordered(by_vera)
    assert search_due() == 2
    one.on_shift = False
    one.save()
    third = town.ordered(by_vera, is_on_hold=True)
    assignment.assign(order_id=third.pk, call_sign="2", actor=by_vera, accepted=["has_offer"])
    search_due()
    assert (asked(first), asked(second)) == ([], [])
    assert set(Offer.objects.values_list("state", flat=True)) == {OfferState.RECALLED}
    two.refresh_from_db()
    assert third.pk == Order.objects.get(driver=two).pk


@pytest.mark.feature("C7")
def test_what_was_kept_as_the_next_one_begins_also_without_his_page(by_vera, city):
    seven = town.at_work("7", 100)
    DriverShift.objects.update(takes_next=True)
    now = town.ordered(by_vera, is_on_hold=True)
    assignment.assign(order_id=now.pk, call_sign="7", actor=by_vera)
    for name in ("set_off", "arrive", "board"):
        lifecycle.move(order_id=now.pk, name=name, actor=by_vera)
    order = town.ordered(by_vera)
    search_due()
    offer = order.offers.get()
    assert offer.why["kind"] == "next"
    offers.accept(offer_id=offer.pk, actor=actors.driver(seven.person))
    assert search_due() == 0
    lifecycle.move(order_id=now.pk, name="complete", actor=by_vera)
    assert search_due() == 1
    order.refresh_from_db()
    assert (order.state, order.driver) == (State.ASSIGNED, seven)


def test_an_order_that_was_offered_by_no_row_is_not_lost(by_vera, city, ivan):
    order = town.ordered(by_vera)
    lifecycle.move(order_id=order.pk, name="offer", actor=actors.SYSTEM, driver=ivan)
    search_due()
    order.refresh_from_db()
    assert order.state == State.SEARCHING


def test_he_who_handed_it_back_is_not_asked_again(by_vera, city):
    seven, eight = town.at_work("7", 100), town.at_work("8", 200)
    order = town.ordered(by_vera)
    search_due()
    offers.accept(offer_id=order.offers.get().pk, actor=actors.driver(seven.person))
    lifecycle.move(order_id=order.pk, name="hand_back", actor=actors.driver(seven.person), reason="puncture")
    search_due()
    assert asked(order) == ["8"]
    assert eight.pk


@pytest.mark.django_db(transaction=True)
@pytest.mark.feature("C7")
def test_four_workers_at_once_ask_each_driver_once_and_offer_each_order_once():
    vera = actors.staff(person("vera", "dispatcher"))
    town.fleet()
    for number in range(1, 9):
        town.at_work(str(number), number * 100)
    anna = Client.objects.create()
    mine = [town.ordered(vera, client=anna) for _ in range(12)]
    for _ in range(6):
        results = all_at_once([search_due] * 4)
        assert not [result for result in results if isinstance(result, Exception)]
        live = list(Offer.objects.live().values_list("order", "driver"))
        assert len(live) == len({order for order, _ in live}) == len({one for _, one in live})
        Search.objects.update(due_at=timezone.now())
    assert len(live) == 8
    assert Order.objects.filter(state=State.OFFERED).count() == 8
    assert all(order.events.filter(transition="offer").count() <= 1 for order in mine)
