"""A day counted by hand: what happened is written down here line by line, and the figures must be these.

Thursday 12 November 2026, office time (Moscow, UTC+3).
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from dispatch.reports import facts, figures, periods, sums, tables
from dispatch.reports.models import OrderFact
from dispatch.staff.models import Person, Role
from orders.flow import State
from orders.models import Channel, Driver, Fleet, Order, OrderEvent
from telephony.models import Call
from tests.telephony import office

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C12")]

MOSCOW = ZoneInfo("Europe/Moscow")
DAY = date(2026, 11, 12)


def at(clock: str, day: date = DAY) -> datetime:
    hour, minute, *second = (int(part) for part in clock.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, second[0] if second else 0, tzinfo=MOSCOW)


def order(by: Person | None, placed: str, *steps: tuple, driver=None, day: date = DAY, **fields) -> Order:
    """`steps`: (clock, state, actor kind, reason) after it was taken."""
    last = steps[-1][1] if steps else State.SEARCHING
    made = Order.objects.create(
        state=last, state_since=at(placed, day), pickup="Арбат, 1", created_by=by, driver=driver, **fields
    )
    Order.objects.filter(pk=made.pk).update(created_at=at(placed, day))
    before = State.DRAFT
    first = State.SCHEDULED if fields.get("pickup_at") else State.SEARCHING
    for clock, state, *who in ((placed, first), *steps):
        kind, reason = (*who, "", "")[:2]
        OrderEvent.objects.create(
            order=made, at=at(clock, day), transition="x", actor_kind=kind, reason=reason,
            from_state=before, to_state=state,
        )  # fmt: skip
        before = state
    facts.write([made.pk])
    return made


def call(started: str, answered: str = "", ended: str = "", by: Person | None = None, direction: str = "in") -> None:
    Call.objects.create(
        key=f"{started}-{direction}", direction=direction, state="ended", started_at=at(started),
        answered_at=at(answered) if answered else None, ended_at=at(ended or started), answered_by=by,
    )  # fmt: skip


@pytest.fixture
def day():
    vera, boris = office.person("Vera Ivanova", Role.DISPATCHER), office.person("Boris Petrov", Role.DISPATCHER)
    ivan = Driver.objects.create(call_sign="17", first_name="Иван", last_name="Соколов")
    fleet = Fleet.objects.create(name="Ласточка")
    phone, tomorrow = {"channel": Channel.PHONE}, DAY + timedelta(days=1)
    assigned, arrived, done = State.ASSIGNED, State.ARRIVED, State.COMPLETED
    # Vera: assigned after 2 min, there after 8 more (10 after the order: on time)
    order(vera, "08:00", ("08:02", assigned), ("08:10", arrived), ("08:30", done), driver=ivan, fleet=fleet, **phone)
    # Vera: assigned after 4 min, there after 16 more (20 after the order: late)
    order(vera, "08:50", ("08:54", assigned), ("09:10", arrived), ("09:40", done), driver=ivan, **phone)
    # Boris: a pre-order for 12:00; the search begins at 11:40, assigned after 6 min, there at 12:03 (on time)
    search, noon = ("11:40", State.SEARCHING), at("12:00")
    order(boris, "09:00", search, ("11:46", assigned), ("12:03", arrived), ("12:20", done), driver=ivan, pickup_at=noon)
    # Boris: the client calls it off before a car is found
    order(boris, "09:30", ("09:33", State.CANCELLED, "dispatcher", "changed his mind"), **phone)
    # Boris: the client did not come; assigned after 1 min, there after 5
    missed = ("23:50", State.NO_SHOW, "dispatcher", "")
    order(boris, "23:30", ("23:31", assigned), ("23:36", arrived), missed, driver=ivan)
    # nobody found; of another system, and it is already the 13th
    order(None, "00:10", ("00:40", State.UNFULFILLED, "system", "no car"), day=tomorrow, channel=Channel.API)
    OrderFact.objects.filter(dispatcher_id=vera.pk).update(seconds=40, keys=25)
    call("08:00:00", "08:00:10", "08:02:10", vera)  # waited 10 s, talked 120 s
    call("08:49:00", "08:49:40", "08:50:40", vera)  # waited 40 s, talked 60 s
    call("09:29:00", "09:29:10", "09:30:10", boris)  # waited 10 s, talked 60 s
    call("10:00:00", "", "10:01:00")  # rang off
    call("11:00:00", "11:00:05", "11:01:00", boris, direction="out")  # none that came in
    return vera, boris, ivan


def of(first: date, last: date, begins: int = 0) -> periods.Period:
    return periods.of_days(first, last, begins=begins, zone=MOSCOW)


@pytest.fixture(params=["counted", "summed"])
def way(request, monkeypatch):
    """A short period is counted from the orders, a long one from the sums: the figures are the same."""
    if request.param == "summed":
        monkeypatch.setattr(figures, "SHORT", timedelta())
    return request.param


def test_the_figures_are_those_counted_by_hand(day, way):
    vera, boris, ivan = day
    found = figures.of(of(DAY, DAY))
    every = found.all
    assert (every.orders, every.completed, every.cancelled, every.no_show, every.unfulfilled) == (5, 3, 1, 1, 0)
    assert every.to_assign == (120 + 240 + 360 + 60) / 4
    assert every.to_arrive == (480 + 960 + 1020 + 300) / 4
    assert every.on_time_share == 3 / 4
    assert (every.seconds_each, every.keys_each) == (40, 25)
    assert {key: one.orders for key, one in found.by["hour"].items()} == {"08": 2, "09": 2, "23": 1}
    assert {key: one.orders for key, one in found.by["state"].items()} == {"completed": 3, "cancelled": 1, "no_show": 1}
    assert {key: one.orders for key, one in found.by["dispatcher"].items()} == {str(vera.pk): 2, str(boris.pk): 3}
    assert found.by["driver"][str(ivan.pk)].completed == 3
    assert found.by["channel"]["phone"].orders == 3
    assert {key: (one.cancelled, one.no_show) for key, one in found.by["end"].items()} == {
        "dispatcher:changed his mind": (1, 0),
        "dispatcher:": (0, 1),
    }
    calls = found.calls
    assert (calls.calls, calls.answered, calls.quickly) == (4, 3, 2)
    assert (calls.to_answer, calls.talk, calls.quick_share) == (20, 80, 0.5)
    by = {key: (one.answered, one.waited_s) for key, one in found.calls_by.items()}
    assert by == {vera.pk: (2, 50), boris.pk: (1, 10)}
    assert found.calls_by_hour["08"].calls == 2


def test_a_day_from_eight_to_eight_has_what_came_after_midnight(day, way):
    found = figures.of(of(DAY, DAY, begins=8))
    assert (found.all.orders, found.all.unfulfilled) == (6, 1)
    assert figures.of(of(DAY, DAY, begins=9)).all.orders == 4
    assert figures.of(of(DAY, DAY, begins=9).before).all.orders == 2


def test_own_figures_are_what_she_took_and_answered(day):
    vera, _, _ = day
    found = figures.of(of(DAY, DAY), dispatcher_id=vera.pk)
    assert (found.all.orders, found.calls.calls, found.calls.to_answer) == (2, 2, 25)


def test_what_is_changed_afterwards_is_summed_again(day, monkeypatch):
    monkeypatch.setattr(figures, "SHORT", timedelta())
    assert figures.of(of(DAY, DAY)).all.cancelled == 1
    gone = Order.objects.get(state=State.CANCELLED)
    Order.objects.filter(pk=gone.pk).update(state=State.SEARCHING)
    facts.write([gone.pk])
    again = figures.of(of(DAY, DAY))
    assert (again.all.cancelled, again.all.orders) == (0, 5)
    assert sums.refresh() == 0


def test_all_can_be_counted_anew_from_the_orders(day):
    OrderFact.objects.exclude(seconds=None).update(state="draft", assign_s=1)
    OrderFact.objects.filter(seconds=None).delete()
    assert facts.rebuild() == 6
    assert figures.of(of(DAY, DAY)).all.to_assign == (120 + 240 + 360 + 60) / 4
    assert figures.of(of(DAY, DAY)).all.seconds_each == 40


def test_the_number_of_questions_is_fixed(day, django_assert_num_queries, django_assert_max_num_queries):
    with django_assert_num_queries(2):
        few = figures.of(of(DAY, DAY))
    with django_assert_max_num_queries(4):
        tables.tables(few)


def test_a_day_on_which_the_clocks_change_is_a_day():
    berlin = ZoneInfo("Europe/Berlin")
    spring = periods.of_days(date(2026, 3, 29), date(2026, 3, 29), begins=0, zone=berlin)
    autumn = periods.of_days(date(2026, 10, 25), date(2026, 10, 25), begins=0, zone=berlin)
    utc = ZoneInfo("UTC")
    hours = [(p.until.astimezone(utc) - p.since.astimezone(utc)) / timedelta(hours=1) for p in (spring, autumn)]
    assert hours == [23, 25]
    assert spring.is_whole_hours
    assert autumn.before.until == autumn.since
    assert autumn.before.since == datetime(2026, 10, 24, tzinfo=berlin)
    gap = periods.of_days(date(2026, 3, 29), date(2026, 3, 29), begins=2, zone=berlin)  # 02:00 does not exist
    assert gap.since == datetime(2026, 3, 29, 3, tzinfo=berlin)


def test_a_period_ends_at_any_hour_and_a_night_in_the_morning():
    morning = periods.of_days(DAY, DAY, begins=8, ends=14, zone=MOSCOW)
    assert (morning.since, morning.until) == (at("08:00"), at("14:00"))
    yesterday = DAY - timedelta(days=1)
    assert (morning.before.since, morning.before.until) == (at("08:00", yesterday), at("14:00", yesterday))
    night = periods.of_days(DAY, DAY, begins=22, ends=6, zone=MOSCOW)
    assert (night.since, night.until) == (at("22:00"), at("06:00", DAY + timedelta(days=1)))
    assert periods.of_days(DAY, DAY, begins=8, ends=8, zone=MOSCOW) == of(DAY, DAY, begins=8)


def test_the_hours_in_which_nobody_called_are_not_asked_again(day):
    sums.refresh_calls(at("00:00"), at("00:00", DAY + timedelta(days=1)))
    with connection.cursor() as cursor:
        cursor.execute("select count(*), sum(calls) from reports_callhour where person_id = 0")
        assert cursor.fetchone() == (24, 4)
