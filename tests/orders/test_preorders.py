"""Pre-orders: when their search begins, the driver they are kept for, and those that come back."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dispatch.staff.refusal import Refused
from orders import actors, recurring, trip
from orders.actors import SYSTEM
from orders.flow import State
from orders.models import Fleet, Order, Recurrence
from orders.recurring import Rhythm
from orders.selectors import recurring as selectors
from orders.services import editing, lifecycle, recurrences, reservations
from orders.services.recurrences import Plan
from orders.tasks import free_unconfirmed, plan_recurring, release_due
from places.models import Zone
from tests.orders.conftest import HTMX, placed
from tests.orders.test_quoting import RATES, tariff

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C8")]
WARSAW = ZoneInfo("Europe/Warsaw")
HOUR = timedelta(hours=1)
ALL_WEEK = Plan(range(7), time(7, 30), date(2026, 1, 1))


def in_hours(hours: float) -> datetime:
    return timezone.now() + hours * HOUR


# --- when the search begins -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "of_zone", "of_fleet", "minutes"),
    [(None, None, None, 20), (None, None, 40, 40), (None, 35, 40, 35), (90, 35, 40, 90)],
)
def test_the_nearest_rule_says_how_long_before(anna, by_vera, own, of_zone, of_fleet, minutes):
    zone = Zone.objects.create(name="Центр", area={}, south=0, north=1, west=0, east=1, release_minutes=of_zone)
    fleet = Fleet.objects.create(name="Рассвет", release_minutes=of_fleet)
    moment = in_hours(5)
    order = placed(anna, by_vera, pickup_at=moment, release_minutes=own, zone=zone, fleet=fleet)
    assert order.release_at == moment - timedelta(minutes=minutes)


def test_a_longer_rule_starts_the_search_earlier(anna, by_vera):
    soon = placed(anna, by_vera, pickup_at=in_hours(1), release_minutes=90)
    later = placed(anna, by_vera, "Мира, 1", pickup_at=in_hours(1))
    assert (soon.state, later.state) == (State.SEARCHING, State.SCHEDULED)


def test_another_time_is_another_beginning(anna, by_vera):
    order = placed(anna, by_vera, pickup_at=in_hours(5))
    moved = in_hours(7)
    wanted = replace(trip.of(order), pickup_at=moved)
    editing.edit(order_id=order.pk, wanted=wanted, version=order.version, actor=by_vera)
    order.refresh_from_db()
    assert order.release_at == moved - timedelta(minutes=20)


def test_vera_begins_the_search_early(anna, by_vera):
    order = placed(anna, by_vera, pickup_at=in_hours(5))
    lifecycle.move(order_id=order.pk, name="release", actor=by_vera)
    order.refresh_from_db()
    assert order.state == State.SEARCHING


# --- kept for one driver --------------------------------------------------------------------------------------------


def due(order: Order) -> None:
    """Its time has come."""
    Order.objects.filter(pk=order.pk).update(release_at=timezone.now())


def test_a_reserved_driver_drives_others_meanwhile(anna, by_vera, ivan):
    tomorrow = placed(anna, by_vera, pickup_at=in_hours(20))
    reservations.reserve(order_id=tomorrow.pk, call_sign="17", actor=by_vera)
    now = placed(anna, by_vera, "Мира, 1")
    lifecycle.move(order_id=now.pk, name="assign", actor=by_vera, driver=ivan)
    tomorrow.refresh_from_db()
    assert (tomorrow.state, tomorrow.driver, tomorrow.reserved_for) == (State.SCHEDULED, None, ivan)
    assert tomorrow.release_at is not None
    assert tomorrow.confirm_by == tomorrow.release_at - timedelta(minutes=15)


def test_who_confirmed_and_is_free_gets_it_when_its_time_has_come(anna, by_vera, ivan):
    type(ivan).objects.update(on_shift=True)
    order = placed(anna, by_vera, pickup_at=in_hours(5))
    reservations.reserve(order_id=order.pk, call_sign="17", actor=by_vera)
    reservations.confirm(order_id=order.pk, actor=actors.driver(ivan.person))
    due(order)
    assert release_due() == 1
    order.refresh_from_db()
    assert (order.state, order.driver) == (State.ASSIGNED, ivan)
    happened = list(order.events.order_by("id").values_list("transition", flat=True))
    assert happened == ["schedule", "reserve", "confirm", "release", "assign"]


def test_who_confirmed_and_is_busy_does_not_hold_it_up(anna, by_vera, ivan):
    type(ivan).objects.update(on_shift=True)
    order = placed(anna, by_vera, pickup_at=in_hours(5))
    reservations.reserve(order_id=order.pk, call_sign="17", actor=by_vera)
    reservations.confirm(order_id=order.pk, actor=by_vera)
    other = placed(anna, by_vera, "Мира, 1")
    lifecycle.move(order_id=other.pk, name="assign", actor=by_vera, driver=ivan)
    due(order)
    assert release_due() == 1
    order.refresh_from_db()
    assert (order.state, order.driver) == (State.SEARCHING, None)


def test_who_does_not_confirm_in_time_loses_it_and_the_story_says_so(anna, by_vera, ivan):
    order = placed(anna, by_vera, pickup_at=in_hours(5))
    reservations.reserve(order_id=order.pk, call_sign="17", actor=by_vera)
    assert free_unconfirmed() == 0
    Order.objects.update(confirm_by=timezone.now())
    assert free_unconfirmed() == 1
    order.refresh_from_db()
    assert (order.state, order.reserved_for, order.confirm_by) == (State.SCHEDULED, None, None)
    last = order.events.order_by("-id").first()
    assert (last.transition, last.reason, last.driver, last.actor_kind) == (
        "free", "not confirmed in time", ivan, "system",
    )  # fmt: skip
    with pytest.raises(Refused, match="not reserved for this driver any more"):
        reservations.confirm(order_id=order.pk, actor=actors.driver(ivan.person))


def test_a_driver_confirms_and_gives_back_his_own_only(anna, by_vera, ivan, pyotr):
    order = placed(anna, by_vera, pickup_at=in_hours(5))
    reservations.reserve(order_id=order.pk, call_sign="17", actor=by_vera)
    with pytest.raises(Refused):
        reservations.confirm(order_id=order.pk, actor=actors.driver(pyotr.person))
    with pytest.raises(Refused):
        reservations.free(order_id=order.pk, actor=actors.driver(pyotr.person), reason="не мой")
    reservations.free(order_id=order.pk, actor=actors.driver(ivan.person), reason="болею")
    order.refresh_from_db()
    assert order.reserved_for is None


def test_two_pre_orders_at_one_time_are_not_one_drivers(anna, by_vera, ivan):
    first, second = (placed(anna, by_vera, pickup, pickup_at=in_hours(5)) for pickup in ("Мира, 1", "Мира, 2"))
    reservations.reserve(order_id=first.pk, call_sign="17", actor=by_vera)
    with pytest.raises(Refused, match=f"Order {first.pk} at about the same time"):
        reservations.reserve(order_id=second.pk, call_sign="17", actor=by_vera)


def test_vera_reserves_confirms_and_frees_on_the_order(anna, vera, by_vera, ivan, signed_in):
    order = placed(anna, by_vera, pickup_at=in_hours(5))
    browser = signed_in(vera)
    page = browser.post(reverse("orders:reserve", args=[order.pk]), {"call_sign": "17", "version": 1}, **HTMX)
    assert "Reserved for driver 17" in page.content.decode()
    nobody = browser.post(reverse("orders:reserve", args=[order.pk]), {"call_sign": "99", "version": 2}, **HTMX)
    assert (nobody.status_code, "no driver with the call sign" in nobody.content.decode()) == (409, True)
    page = browser.post(reverse("orders:reservation-confirm", args=[order.pk]), {"version": 2}, **HTMX)
    assert "confirmed" in page.content.decode()
    page = browser.post(reverse("orders:reservation-free", args=[order.pk]), {"version": 3, "reason": "другой"}, **HTMX)
    assert "Reserve for driver" in page.content.decode()


# --- that come back -------------------------------------------------------------------------------------------------


def test_on_which_days_it_comes():
    rhythm = Rhythm(
        weekdays=frozenset({0, 2, 4}), at=time(7, 30), starts_on=date(2026, 11, 4), ends_on=date(2026, 11, 30),
        skipped=frozenset({date(2026, 11, 6)}), paused_from=date(2026, 11, 11), paused_until=date(2026, 11, 18),
    )  # fmt: skip
    days = list(rhythm.days(date(2026, 11, 1), date(2026, 12, 31)))
    assert [day.day for day in days] == [4, 9, 20, 23, 25, 27, 30]


def test_a_pause_without_an_end_lasts():
    rhythm = Rhythm(frozenset(range(7)), time(8), date(2026, 11, 1), paused_from=date(2026, 11, 3))
    assert [day.day for day in rhythm.days(date(2026, 11, 1), date(2026, 11, 30))] == [1, 2]


@pytest.mark.parametrize(
    ("day", "at", "expected"),
    [
        (date(2026, 3, 28), time(7, 30), datetime(2026, 3, 28, 6, 30, tzinfo=UTC)),
        (
            date(2026, 3, 29),
            time(7, 30),
            datetime(2026, 3, 29, 5, 30, tzinfo=UTC),
        ),  # summer time
        (date(2026, 3, 29), time(2, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),  # there is no half past two
        (date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # the first of two
        (date(2026, 10, 26), time(7, 30), datetime(2026, 10, 26, 6, 30, tzinfo=UTC)),
    ],
)
def test_half_past_seven_is_half_past_seven_by_the_offices_clock(day, at, expected):
    assert recurring.moment(day, at, WARSAW) == expected


@pytest.fixture
def recurrence(anna, by_vera) -> Recurrence:
    pattern = placed(anna, by_vera, pickup_at=in_hours(1), options=["pet"], office_note="VIP")
    pattern.stops.create(place=1, address="Аптека")
    lifecycle.move(order_id=pattern.pk, name="cancel", actor=by_vera, reason="только образец")
    Order.objects.filter(pk=pattern.pk).update(pickup_at=in_hours(-48))
    return recurrences.begin(order_id=pattern.pk, plan=ALL_WEEK, actor=by_vera)


def coming(recurrence: Recurrence) -> list[Order]:
    found = recurrence.orders.filter(state=State.SCHEDULED, recurs_on__isnull=False).order_by("pickup_at")
    return list(found.filter(pickup_at__gt=timezone.now()))


def test_the_next_days_are_planned_once_each_with_all_that_the_pattern_has(recurrence):
    orders = coming(recurrence)
    assert len(orders) in (2, 3)  # today's half past seven may be over
    assert plan_recurring() == 0
    assert [timezone.localtime(order.pickup_at).strftime("%H:%M") for order in orders] == ["07:30"] * len(orders)
    order = orders[-1]
    assert (order.options, order.office_note, order.channel) == (["pet"], "VIP", "recurring")
    assert [stop.address for stop in order.stops.all()] == ["Аптека"]
    assert order.client == recurrence.client


def test_a_skipped_day_is_cancelled_and_comes_back(recurrence, by_vera):
    last = coming(recurrence)[-1]
    recurrences.skip(recurrence_id=recurrence.pk, day=last.recurs_on, actor=by_vera)
    assert last.pk not in {order.pk for order in coming(recurrence)}
    assert Order.objects.get(pk=last.pk).state == State.CANCELLED
    assert plan_recurring() == 0
    day = last.recurs_on
    recurrences.unskip(recurrence_id=recurrence.pk, day=day, actor=by_vera)
    assert day in {order.recurs_on for order in coming(recurrence)}


def test_an_order_that_the_client_cancelled_himself_does_not_come_again(recurrence, by_vera):
    last = coming(recurrence)[-1]
    lifecycle.move(order_id=last.pk, name="cancel", actor=by_vera, reason="не едет")
    assert plan_recurring() == 0


def test_a_pause_an_end_and_another_time(recurrence, by_vera):
    recurrences.reschedule(recurrence_id=recurrence.pk, plan=Plan(range(7), time(9), date(2026, 1, 1)), actor=by_vera)
    assert {timezone.localtime(order.pickup_at).hour for order in coming(recurrence)} == {9}
    recurrences.pause(recurrence_id=recurrence.pk, first=timezone.localdate(), last=None, actor=by_vera)
    assert coming(recurrence) == []
    recurrences.resume(recurrence_id=recurrence.pk, actor=by_vera)
    assert len(coming(recurrence)) >= 2
    recurrences.end(recurrence_id=recurrence.pk, actor=by_vera)
    assert coming(recurrence) == []
    with pytest.raises(Refused, match="has ended"):
        recurrences.skip(recurrence_id=recurrence.pk, day=timezone.localdate(), actor=by_vera)


def test_the_next_ones_follow_the_order_that_was_changed(recurrence, by_vera):
    first, *_ = orders = coming(recurrence)
    Order.objects.filter(pk=first.pk).update(pickup="Новая, 1")
    recurrences.follow(recurrence_id=recurrence.pk, order_id=first.pk, actor=by_vera)
    last = orders[-1]
    recurrences.skip(recurrence_id=recurrence.pk, day=last.recurs_on, actor=by_vera)
    recurrences.unskip(recurrence_id=recurrence.pk, day=last.recurs_on, actor=by_vera)
    assert coming(recurrence)[-1].pickup == "Новая, 1"


def test_the_stops_of_the_pattern_are_in_the_price_too(recurrence):
    fleet = Fleet.objects.create(name="Рассвет", is_default=True)
    tariff(fleet, RATES)
    order = coming(recurrence)[-1]
    recurrences.skip(recurrence_id=recurrence.pk, day=order.recurs_on, actor=SYSTEM)
    recurrences.unskip(recurrence_id=recurrence.pk, day=order.recurs_on, actor=SYSTEM)
    priced = coming(recurrence)[-1]
    assert "stop" in [line["code"] for line in priced.price_lines]


def test_nothing_is_planned_for_who_is_on_the_black_list(recurrence):
    recurrence.orders.filter(state=State.SCHEDULED).update(recurs_on=None)
    type(recurrence.client).objects.update(mark="blacklisted", mark_until=None)
    assert plan_recurring() == 0
    type(recurrence.client).objects.update(mark_until=in_hours(-1))  # a ban that is over bans nobody
    assert plan_recurring() >= 2


def test_vera_makes_an_order_a_recurring_one(anna, vera, by_vera, signed_in):
    order = placed(anna, by_vera, pickup_at=in_hours(30))
    browser = signed_in(vera)
    form = browser.get(reverse("orders:recurring-begin", args=[order.pk])).content.decode()
    assert timezone.localtime(order.pickup_at).strftime("%H:%M") in form
    typed = {"weekdays": ["0", "4"], "at": "07:30", "starts_on": timezone.localdate().isoformat()}
    empty = browser.post(reverse("orders:recurring-begin", args=[order.pk]), typed | {"weekdays": []})
    assert (empty.status_code, "Choose at least one weekday." in empty.content.decode()) == (422, True)
    answer = browser.post(reverse("orders:recurring-begin", args=[order.pk]), typed)
    made = Recurrence.objects.get()
    assert answer["Location"] == reverse("orders:recurrence", args=[made.pk])
    assert sorted(made.weekdays) == [0, 4]
    assert "Mon, Fri" in browser.get(reverse("orders:recurring")).content.decode()


def test_the_pages_take_the_same_number_of_queries_however_much_there_is(recurrence, anna, by_vera):
    def cost() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as of_list:
            selectors.running()
        with CaptureQueriesContext(connection) as of_one:
            selectors.schedule(recurrence.pk)
        return len(of_list), len(of_one)

    before = cost()
    for pickup in ("Мира, 1", "Мира, 2"):
        order = placed(anna, by_vera, pickup, pickup_at=in_hours(30))
        recurrences.begin(order_id=order.pk, plan=ALL_WEEK, actor=by_vera)
    assert cost() == before == (2, 2)
