"""Which address under which key: by hour, weekday and recency."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from orders import likely
from orders.models import ClientAddress, Order
from orders.selectors import addresses

WEDNESDAY_MORNING = datetime(2026, 11, 25, 8, 30).astimezone()


def days_ago(days: int, *, hour: int | None = None) -> datetime:
    then = WEDNESDAY_MORNING - timedelta(days=days)
    return then if hour is None else then.replace(hour=hour)


def test_the_same_hour_says_more_than_another():
    assert likely.score([days_ago(7)], WEDNESDAY_MORNING) > likely.score([days_ago(7, hour=20)], WEDNESDAY_MORNING)


def test_midnight_is_near_to_both_its_sides():
    midnight = WEDNESDAY_MORNING.replace(hour=0, minute=30)
    late, noon = midnight.replace(hour=23) - timedelta(days=8), midnight.replace(hour=12) - timedelta(days=7)
    assert likely.score([late], midnight) > likely.score([noon], midnight)


def test_the_same_weekday_says_more_than_a_workday_and_that_more_than_a_sunday():
    same, tuesday, sunday = days_ago(7), days_ago(8), days_ago(10)
    scores = [likely.score([trip], WEDNESDAY_MORNING) for trip in (same, tuesday, sunday)]
    assert scores == sorted(scores, reverse=True)


def test_a_month_halves_and_more_trips_add_up():
    fresh, old = likely.score([days_ago(0)], WEDNESDAY_MORNING), likely.score([days_ago(30)], WEDNESDAY_MORNING)
    assert old < fresh
    assert likely.score([days_ago(7)] * 3, WEDNESDAY_MORNING) == pytest.approx(
        3 * likely.score([days_ago(7)], WEDNESDAY_MORNING)
    )


def test_a_saved_address_is_worth_something_without_a_trip():
    assert likely.score([], WEDNESDAY_MORNING, saved=1) > likely.score([days_ago(300)], WEDNESDAY_MORNING)


@pytest.mark.django_db
@pytest.mark.feature("C5", "C10")
def test_in_the_morning_anna_goes_from_home_and_in_the_evening_from_work(anna, django_assert_num_queries):
    ClientAddress.objects.create(client=anna, label="дом", address="Ленина, 5", entrance="2", flat="17")
    ClientAddress.objects.create(client=anna, label="мама", address="Садовая, 9")
    today = timezone.localtime().replace(minute=0, second=0, microsecond=0)
    for week in (1, 2, 3):
        for hour, pickup, destination in ((8, "ленина,  5", "Завод"), (18, "Завод", "Ленина, 5")):
            at = (today - timedelta(days=7 * week)).replace(hour=hour)
            Order.objects.create(
                client=anna, state="completed", state_since=at, pickup=pickup, destination=destination, pickup_at=at
            )
    with django_assert_num_queries(2):
        morning = addresses.likely(anna.pk, today.replace(hour=8))
    home = morning[0]
    assert (home.address, home.label, home.entrance, home.flat, home.destination) == (
        "Ленина, 5", "дом", "2", "17", "Завод",
    )  # fmt: skip
    assert addresses.likely(anna.pk, today.replace(hour=18))[0].address == "Завод"
    assert {place.address for place in morning} == {"Ленина, 5", "Завод", "Садовая, 9"}
