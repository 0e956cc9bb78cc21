"""What the intake form says so far, as a trip to be priced. What makes no sense yet is left out, not complained of."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.http import QueryDict
from django.utils import timezone

from orders import spots, when
from orders.models import ServiceClass, TripOption
from orders.selectors.pricing import Sketch
from orders.spots import Spot

MOST_STOPS = 12
MOST_PASSENGERS = 60


def read(said: QueryDict) -> Sketch:
    """At most two queries for each address that was not chosen from the directory."""
    options = frozenset(said.getlist("options")) & frozenset(TripOption.values)
    service_class = said.get("service_class", "")
    return Sketch(
        pickup=_spot(said.get("pickup", ""), said.get("pickup_point", "")),
        destination=_spot(said.get("destination", ""), said.get("destination_point", "")),
        stops=tuple(_stops(said.getlist("stop"), said.getlist("stop_point"))),
        fleet_id=_number(said.get("fleet", ""), 2**62),
        service_class=service_class if service_class in ServiceClass.values else ServiceClass.ECONOMY,
        pickup_at=_time(said.get("when", "")),
        options=options,
        passengers=_number(said.get("passengers", ""), MOST_PASSENGERS) or 1,
        waits_and_returns=bool(said.get("waits_and_returns")),
    )


def is_same_trip(one: QueryDict, other: QueryDict) -> bool:
    """But for the time."""
    return replace(read(one), pickup_at=None) == replace(read(other), pickup_at=None)


def _stops(texts: Sequence[str], marks: Sequence[str]) -> list[Spot]:
    padded = [*marks, *[""] * len(texts)]
    return [_spot(text, mark) for text, mark in zip(texts[:MOST_STOPS], padded) if text.strip()]


def _spot(text: str, mark: str) -> Spot:
    return spots.located(spots.read(text.replace("\x00", "")[: spots.LONGEST], mark))


def _number(text: str, most: int) -> int | None:
    fits = text.isascii() and text.isdigit() and len(text) < 19
    return int(text) if fits and int(text) <= most else None


def _time(text: str) -> datetime | None:
    try:
        return when.read(text, timezone.localtime())
    except ValueError:
        return None
