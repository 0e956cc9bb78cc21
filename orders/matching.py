"""Which driver fits an order, why, and why not. No Django: facts come in, sentences are made elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

DETOUR = 1.35  # streets are longer than the straight line
METRES_A_MINUTE = 420  # 25 km/h, in a town
TRIP_AND_A_BIT = timedelta(minutes=30)  # he must still have so long, besides the way to the client


class Concern(StrEnum):
    """Why not this driver."""

    BUSY = "busy"
    OFF_SHIFT = "off_shift"
    ON_BREAK = "on_break"
    HAS_OFFER = "has_offer"
    BLOCKED = "blocked"
    WRONG_FLEET = "wrong_fleet"
    WRONG_CLASS = "wrong_class"
    NO_OPTIONS = "no_options"
    FEW_SEATS = "few_seats"
    SHIFT_ENDS = "shift_ends"
    STALE = "stale"
    REFUSED = "refused"  # he has refused this order, or let it run out, or handed it back
    NO_VEHICLE = "no_vehicle"
    NO_POSITION = "no_position"


NEVER = frozenset({Concern.BUSY})  # a person cannot insist either
UNSAID = frozenset({Concern.NO_VEHICLE, Concern.NO_POSITION})  # a person is not asked about these


@dataclass(frozen=True)
class Doubt:
    """`words`: what the sentence names."""

    concern: Concern
    words: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Wanted:
    """What the order asks for. `is_now`: it is to be driven at once, not booked ahead."""

    service_class: str
    options: frozenset[str]
    seats: int
    fleet_id: int | None
    position_minutes: int
    is_now: bool = True


@dataclass(frozen=True)
class Candidate:
    """A driver as he is at `now`. `classes` None: his car is not known. `metres`: to the pick-up, straight."""

    driver_id: int
    call_sign: str
    on_shift: bool = True
    on_break: bool = False
    busy_with: int | None = None  # the order that he performs
    is_last_mile: bool = False  # of it he only has to set the client down
    takes_next: bool = False
    holds_offer_of: int | None = None  # another order that he is being asked about
    fleet_id: int | None = None  # None: drives for all
    classes: frozenset[str] | None = None
    options: frozenset[str] = frozenset()
    seats: int = 0
    blocked: str | None = None  # the reason, "" when none was said
    refused: bool = False
    seen_at: datetime | None = None
    metres: int | None = None
    stand_id: int | None = None
    place: int | None = None  # in the queue of the stand, from 1
    shift_ends_at: datetime | None = None

    @property
    def minutes(self) -> int | None:
        """To the pick-up, by car."""
        return None if self.metres is None else max(1, ceil(self.metres * DETOUR / METRES_A_MINUTE))


def doubts(wanted: Wanted, one: Candidate, now: datetime) -> tuple[Doubt, ...]:
    """Everything that speaks against this driver, the gravest first."""
    return tuple(_doubts(wanted, one, now))


def _doubts(wanted: Wanted, one: Candidate, now: datetime) -> Iterable[Doubt]:
    if one.busy_with is not None:
        yield Doubt(Concern.BUSY, {"order": str(one.busy_with)})
    if not one.on_shift:
        yield Doubt(Concern.OFF_SHIFT)
    if one.on_break:
        yield Doubt(Concern.ON_BREAK)
    if one.holds_offer_of is not None:
        yield Doubt(Concern.HAS_OFFER, {"order": str(one.holds_offer_of)})
    if one.blocked is not None:
        yield Doubt(Concern.BLOCKED, {"reason": one.blocked})
    if one.refused:
        yield Doubt(Concern.REFUSED)
    yield from _of_the_car(wanted, one)
    yield from _of_place_and_time(wanted, one, now)


def _of_the_car(wanted: Wanted, one: Candidate) -> Iterable[Doubt]:
    if None not in (one.fleet_id, wanted.fleet_id) and one.fleet_id != wanted.fleet_id:
        yield Doubt(Concern.WRONG_FLEET)
    if one.classes is None:
        yield Doubt(Concern.NO_VEHICLE)
        return
    if wanted.service_class not in one.classes:
        yield Doubt(Concern.WRONG_CLASS, {"class": wanted.service_class})
    if missing := sorted(wanted.options - one.options):
        yield Doubt(Concern.NO_OPTIONS, {"options": ",".join(missing)})
    if one.seats < wanted.seats:
        yield Doubt(Concern.FEW_SEATS, {"seats": str(one.seats)})


def _of_place_and_time(wanted: Wanted, one: Candidate, now: datetime) -> Iterable[Doubt]:
    if not wanted.is_now:
        return
    needed = timedelta(minutes=one.minutes or 0) + TRIP_AND_A_BIT
    if one.shift_ends_at is not None and now + needed > one.shift_ends_at:
        yield Doubt(Concern.SHIFT_ENDS, {"at": one.shift_ends_at.isoformat()})
    if one.seen_at is None:
        yield Doubt(Concern.NO_POSITION)
    elif now - one.seen_at > timedelta(minutes=wanted.position_minutes):
        yield Doubt(Concern.STALE, {"minutes": str(int((now - one.seen_at).total_seconds() // 60))})


def may_be_next(one: Candidate) -> bool:
    """Whether he may be asked to come afterwards: he sets his client down and wants the next order."""
    return one.busy_with is not None and one.is_last_mile and one.takes_next


def fits(wanted: Wanted, one: Candidate, now: datetime) -> bool:
    """Whether the house may offer him the order by itself."""
    against = {doubt.concern for doubt in doubts(wanted, one, now)}
    return not against - ({Concern.BUSY} if may_be_next(one) else set())


def by_queue(stand_id: int, candidates: Iterable[Candidate]) -> list[Candidate]:
    """Who waits at the stand, the longest first."""
    return sorted((c for c in candidates if c.stand_id == stand_id and c.place), key=lambda c: c.place or 0)


def by_distance(radius_m: int, candidates: Iterable[Candidate]) -> list[Candidate]:
    """Who is near, the free ones first, then the nearest."""
    near = (c for c in candidates if c.metres is not None and c.metres <= radius_m)
    return sorted(near, key=lambda c: (c.busy_with is not None, c.metres, c.call_sign))


def why(one: Candidate, rank: int, *, is_queue: bool) -> dict[str, int | str]:
    """Why this one, as data: the sentence is written in the reader's language. `rank`: his place of those who fit."""
    if is_queue:
        return {"kind": "queue", "place": one.place or 0}
    if one.metres is None:
        return {"kind": "chosen"}
    kind = "next" if one.busy_with is not None else "nearest" if rank == 1 else "near"
    return {"kind": kind, "metres": one.metres, "minutes": one.minutes or 0, "rank": rank}
