"""The two brands of the demo town, each with its city number and its prices."""

from datetime import datetime, timedelta
from decimal import Decimal as D

from django.conf import settings

from orders import numbers
from orders.models import Fleet, FleetNumber, ServiceClass, Tariff
from orders.pricing import (
    Holidays,
    Night,
    PerKm,
    Rates,
    Rounding,
    Weekend,
    ZonePair,
    ZoneSurcharge,
)
from orders.services import tariffs
from places.models import Zone
from telephony.sim.simulator import CITY, SECOND_CITY

WIDE_M = 8000  # few cars at night
LONG_AGO = timedelta(days=30)
NEW_YEAR = frozenset({(1, 1), (1, 2), (1, 7), (2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)})
AIRPORTS = ("Шереметьево", "Внуково", "Домодедово")


def lay_out(now: datetime) -> None:
    """Where there is no fleet yet."""
    if Fleet.objects.exists():
        return
    daisy = _fleet("Такси «Ромашка»", "Такси «Ромашка», здравствуйте!", CITY, is_default=True)
    night = _fleet("Ночной экспресс", "«Ночной экспресс», слушаю вас.", SECOND_CITY)
    night.searches_by_itself, night.radius_m = True, WIDE_M
    night.save(update_fields=["searches_by_itself", "radius_m"])
    _tariff(daisy, "Эконом", ServiceClass.ECONOMY, D(1), now)
    _tariff(daisy, "Комфорт", ServiceClass.COMFORT, D("1.4"), now)
    _tariff(daisy, "Бизнес", ServiceClass.BUSINESS, D("2.2"), now)
    _tariff(daisy, "Минивэн", ServiceClass.MINIVAN, D("1.8"), now)
    _tariff(night, "Экспресс", ServiceClass.ECONOMY, D("1.1"), now)
    _tariff(night, "Экспресс-комфорт", ServiceClass.COMFORT, D("1.5"), now)


def _fleet(name: str, greeting: str, number: str, *, is_default: bool = False) -> Fleet:
    fleet = Fleet.objects.create(name=name, greeting=greeting, is_default=is_default)
    FleetNumber.objects.create(fleet=fleet, e164=numbers.e164(number), raw=number)
    return fleet


def _tariff(fleet: Fleet, name: str, service_class: ServiceClass, times: D, now: datetime) -> None:
    tariff = Tariff.objects.create(fleet=fleet, name=name, service_class=service_class)
    past = now - LONG_AGO
    tariffs.add_version(tariff_id=tariff.pk, rates=_rates(times), valid_from=past, actor=None, now=past)


def _rates(times: D) -> Rates:
    """`times` as dear as the plainest class."""

    def roubles(amount: int) -> D:
        return (D(amount) * times).quantize(D(1))

    zones = dict(Zone.objects.values_list("name", "pk"))
    centre, airports = zones.get("Центр"), [zones[name] for name in AIRPORTS if name in zones]
    return Rates(
        currency=settings.OFFICE_CURRENCY,
        minimum=roubles(250),
        start=roubles(150),
        included_km=D(2),
        per_km=(PerKm(D(0), roubles(24)), PerKm(D(20), roubles(19))),
        per_minute=roubles(6),
        free_waiting_minutes=D(5),
        per_waiting_minute=roubles(9),
        per_stop=roubles(60),
        per_passenger=roubles(80),
        options={"child_seat": D(150), "booster": D(100), "pet": D(120), "luggage": D(80), "meeting": D(200)},
        zone_pairs=tuple(
            ZonePair(roubles(1400), both_ways=True, from_zone=centre, to_zone=airport)
            for airport in airports
            if centre is not None
        ),
        zones=tuple(ZoneSurcharge(amount=D(100), zone=airport) for airport in airports),
        night=Night(percent=D(15)),
        weekend=Weekend(percent=D(5)),
        holidays=Holidays(percent=D(25), yearly=NEW_YEAR),
        rounding_step=D(10),
        rounding=Rounding.NEAREST,
    )
