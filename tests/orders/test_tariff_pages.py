"""Marina types prices, tries them, and saves; Vera looks them up."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.urls import reverse
from django.utils import timezone

from orders import when
from orders.forms.rates import RatesForm
from orders.models import Fleet, Tariff
from orders.pricing import Holidays, Night, PerKm, Rates, Rounding, Route, Weekend, ZonePair, ZoneSurcharge, write
from orders.services import tariffs
from places.models import Zone
from tests.orders.test_quoting import HOME, square

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C9")]


@pytest.fixture
def economy(db) -> Tariff:
    town = Fleet.objects.create(name="Town", is_default=True)
    return Tariff.objects.create(fleet=town, name="Эконом", service_class="economy")


TYPED = {
    "minimum": "1 250,50",
    "per_km.0.amount": "25",
    "per_km.3.from_km": "10",
    "per_km.3.amount": "20",
    "night.added": "20",
    "night.unit": "percent",
    "night.begins": "22:00",
    "night.ends": "6:00",
    "weekend.added": "50",
    "weekend.unit": "amount",
    "weekend.days": ["6", "7"],
    "holidays.added": "30",
    "holidays.unit": "percent",
    "holidays.dates": "1.1\n28.11.2026",
    "rounding_step": "10",
    "rounding": "up",
}


def test_marina_makes_new_prices_and_sees_them_on_the_time_line(signed_in, marina, vera, economy):
    browser = signed_in(marina)
    answer = browser.post(reverse("orders:tariff-prices", args=[economy.pk]), TYPED)
    assert answer["Location"] == reverse("orders:tariff", args=[economy.pk])
    rates = economy.versions.get().read_rates()
    assert rates.minimum == D("1250.50")
    assert rates.per_km == (PerKm(D(0), D(25)), PerKm(D(10), D(20)))
    assert rates.night and rates.weekend and rates.holidays  # noqa: PT018
    assert (rates.weekend.days, rates.holidays.yearly) == (frozenset({6, 7}), frozenset({(1, 1)}))
    assert (rates.rounding_step, rates.rounding) == (D(10), Rounding.UP)
    page = signed_in(vera).get(answer["Location"]).content.decode()
    assert "RUB\xa01,250.50" in page
    assert "+20 %" in page
    assert reverse("orders:tariff-prices", args=[economy.pk]) not in page


def test_the_prices_of_a_holiday_end_and_those_of_before_come_back(signed_in, marina, economy):
    usual = Rates("RUB", minimum=D(200))
    ordinary = tariffs.add_version(tariff_id=economy.pk, rates=usual, valid_from=None, actor=marina)
    eve = timezone.localtime().replace(hour=18, minute=0, second=0, microsecond=0) + timedelta(days=30)
    browser, address = signed_in(marina), reverse("orders:tariff-prices", args=[economy.pk])
    holiday = TYPED | {"valid_from": when.write(eve), "valid_to": when.write(eve - timedelta(hours=6))}
    answer = browser.post(address, holiday)
    assert (answer.status_code, economy.versions.count()) == (422, 1)
    assert "A version ends after it begins." in answer.content.decode()

    browser.post(address, holiday | {"valid_to": when.write(eve + timedelta(days=2))})
    first, second, third = economy.versions.order_by("valid_from")
    assert first == ordinary
    assert (second.rates["minimum"], third.rates) == ("1250.50", ordinary.rates)
    assert (second.valid_from, second.valid_to) == (eve, eve + timedelta(days=2))
    assert (third.valid_from, third.valid_to) == (second.valid_to, None)


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_saved(signed_in, marina, economy):
    browser = signed_in(marina)
    wrong = TYPED | {"minimum": "much", "per_km.3.from_km": "0", "holidays.dates": "31.2", "valid_from": "1.1 0:00x"}
    answer = browser.post(reverse("orders:tariff-prices", args=[economy.pk]), wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count('role="alert"') >= 4
    for sentence in ("Write an amount like", "The first row begins at 0 km", "Write a day like"):
        assert sentence in page
    assert 'value="much"' in page
    assert not economy.versions.exists()


def test_more_rows_keep_what_was_typed(signed_in, marina, economy):
    page = (
        signed_in(marina)
        .post(reverse("orders:tariff-prices", args=[economy.pk]), TYPED | {"more": "per_km"})
        .content.decode()
    )
    assert page.count('name="per_km.') == 2 * (2 + 7)
    assert "1 250,50" in page
    assert not economy.versions.exists()


def test_the_form_shows_the_newest_prices_and_says_them_again(signed_in, economy):
    centre = Zone.objects.create(name="Centre", area={}, south=0, north=0, west=0, east=0)
    rates = Rates(
        "RUB",
        minimum=D(200),
        start=D("99.50"),
        included_km=D("2.5"),
        per_km=(PerKm(D(0), D(25)), PerKm(D(50), D(0))),
        seats=0,
        per_passenger=D(30),
        options={"pet": D(100)},
        zone_pairs=(ZonePair(D(900), True, centre.pk, centre.pk),),
        routes=(Route(D(1200), start="Аэропорт", end="Вокзал"),),
        zones=(ZoneSurcharge(percent=D(10), zone=centre.pk),),
        night=Night(amount=D(50)),
        weekend=Weekend(percent=D(5), days=frozenset({5, 6})),
        holidays=Holidays(percent=D(30), dates=frozenset({timezone.now().date()}), yearly=frozenset({(5, 9)})),
        fixed_takes_surcharges=True,
        rounding_step=D(5),
        rounding=Rounding.DOWN,
    )
    shown = RatesForm(None, currency="RUB", initial=rates)
    again = RatesForm(None, currency="RUB")
    again.data, again.is_bound = shown.data, True
    assert again.is_valid(), again.errors
    assert again.rates == rates
    assert write(again.rates) == write(rates)


def test_prices_are_tried_before_they_are_saved(signed_in, marina, economy):
    """12 km: 10 × 25 + 2 × 20 = 290, up to 1250.50; + 20 % of it = 250.10 at night; rounded up to 1510"""
    trip = {"try_km": "12", "try_minutes": "0", "try_at": "2027-03-03 23:00"}
    page = signed_in(marina).post(reverse("orders:tariff-try-typed"), TYPED | trip).content.decode()
    assert "RUB\xa01,510" in page
    assert "20 % × RUB\xa01,250.50" in page
    page = signed_in(marina).post(reverse("orders:tariff-try-typed"), TYPED | {"minimum": "?"}).content.decode()
    assert "not whole yet" in page


def test_vera_tries_a_version_by_addresses(signed_in, vera, marina, economy, monkeypatch):
    square("Centre", HOME)
    version = tariffs.add_version(
        tariff_id=economy.pk, rates=Rates("RUB", minimum=D(200)), valid_from=None, actor=marina
    )
    address = reverse("orders:tariff-try", args=[version.pk])
    assert "RUB\xa0200" in signed_in(vera).get(address, {"try_from": "x", "try_to": "y"}).content.decode()
    assert "Minutes" in signed_in(vera).get(address, {"try_minutes": "-1"}).content.decode()


def test_a_planned_version_is_withdrawn_on_the_page(signed_in, marina, economy):
    tariffs.add_version(tariff_id=economy.pk, rates=Rates("RUB"), valid_from=None, actor=marina)
    planned = tariffs.add_version(
        tariff_id=economy.pk, rates=Rates("RUB"), valid_from=timezone.now() + timedelta(days=1), actor=marina
    )
    browser = signed_in(marina)
    begun = economy.versions.exclude(pk=planned.pk).get()
    assert browser.post(reverse("orders:tariff-withdraw", args=[begun.pk])).status_code == 409
    assert browser.post(reverse("orders:tariff-withdraw", args=[planned.pk])).status_code == 302
    assert list(economy.versions.all()) == [begun]


def test_a_tariff_is_made_and_listed_with_fixed_queries(
    signed_in, marina, vera, economy, django_assert_max_num_queries
):
    browser = signed_in(marina)
    sent = {"fleet": economy.fleet_id, "name": "Бизнес", "service_class": "business", "is_active": "on"}
    assert browser.post(reverse("orders:tariff-new"), sent).status_code == 302
    assert browser.post(reverse("orders:tariff-new"), sent | {"name": "Ещё"}).status_code == 422
    for tariff in Tariff.objects.all():
        tariffs.add_version(tariff_id=tariff.pk, rates=Rates("RUB"), valid_from=None, actor=marina)
    reader = signed_in(vera)
    with django_assert_max_num_queries(5):
        page = reader.get(reverse("orders:tariffs")).content.decode()
    assert "Бизнес" in page
    assert reverse("orders:tariff-new") not in page
