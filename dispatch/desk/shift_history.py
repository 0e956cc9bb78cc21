"""Shifts for the eye of who may see them: those of this moment, and the history with what was done in each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, DurationField, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Now
from django.utils import timezone, translation

from dispatch.live.registry import Viewer
from dispatch.reports.models import OrderFact
from dispatch.staff.access import may
from dispatch.staff.models import Person, Shift, ShiftBreak, Status
from dispatch.staff.selectors import roster
from telephony.models import Call, Extension
from telephony.selectors import panel, phonebook
from telephony.selectors.panel import Card

PAGE = 50


@dataclass(frozen=True)
class Seat:
    """One who is on shift now. `cards`: the calls at that telephone; with whom is for who may know."""

    shift: Shift
    queue: str  # what the PBX says: telephony.Extension.Queue
    refuses: bool  # the PBX, too
    talking: tuple[Card, ...]
    rings: bool
    knows_who: bool
    is_stale: bool

    @property
    def status(self) -> str:
        return phonebook.shown_status(self.shift.person, self.refuses)

    @property
    def disagrees(self) -> bool:
        """Ours says one thing, the PBX another."""
        pause = self.shift.pause
        rests = (pause is not None and not pause.is_waiting) or self.shift.person.status == Status.DND
        return (self.queue == Extension.Queue.RINGS) == rests


@dataclass(frozen=True)
class Line:
    """A shift of the history. `rested`: all its breaks together, without wrap-ups."""

    shift: Shift
    orders: int
    calls: int
    rested: timedelta
    lasted: timedelta


@dataclass(frozen=True)
class Page:
    lines: tuple[Line, ...]
    older: str  # where the next page begins; "" on the last one


def seats(viewer: Person) -> list[Seat]:
    """Who is on shift now. A fixed number of queries."""
    shifts = list(roster.on_shift())
    forgotten = set(Shift.objects.filter(roster.stale()).values_list("pk", flat=True))
    telephones = {each.number: each for each in Extension.objects.only("number", "queue", "refuses")}
    cards = panel.live_calls(Viewer(translation.get_language(), "supervisor"))
    knows = may(viewer, "calls.who_talks")
    return [
        Seat(
            shift,
            said.queue,
            said.refuses,
            tuple(card for card in cards if shift.extension in _talkers(card)),
            any(shift.extension in card.call.ringing for card in cards),
            knows,
            shift.pk in forgotten,
        )
        for shift, said in ((shift, telephones.get(shift.extension, Extension())) for shift in shifts)
    ]


def visible_to(person: Person) -> QuerySet[Shift]:
    return Shift.objects.all() if may(person, "shifts.see_all") else Shift.objects.filter(person=person)


def page(shifts: QuerySet[Shift], *, after: str = "") -> Page:
    """The newest of `shifts`, or those before the place `after`. One query, with the counts in it."""
    place = _place(after)
    if place:
        at, pk = place
        shifts = shifts.filter(Q(started_at__lt=at) | Q(started_at=at, pk__lt=pk))
    found = list(_counted(shifts.select_related("person", "ended_by")).order_by("-started_at", "-id")[: PAGE + 1])
    shown = found[:PAGE]
    older = f"{shown[-1].started_at.isoformat()}_{shown[-1].pk}" if len(found) > PAGE else ""
    return Page(tuple(_line(shift) for shift in shown), older)


def _counted(shifts: QuerySet[Shift]) -> QuerySet[Shift]:
    until = Coalesce(OuterRef("ended_at"), Now())
    orders = OrderFact.objects.filter(
        dispatcher_id=OuterRef("person_id"), placed_at__gte=OuterRef("started_at"), placed_at__lt=until
    )
    calls = Call.objects.filter(
        answered_by=OuterRef("person"), started_at__gte=OuterRef("started_at"), started_at__lt=until
    )
    length = ExpressionWrapper(Coalesce(F("ended_at"), Now()) - F("started_at"), output_field=DurationField())
    breaks = ShiftBreak.objects.filter(shift=OuterRef("pk"), kind=ShiftBreak.Kind.BREAK, started_at__isnull=False)
    return shifts.annotate(
        orders=Subquery(_number(orders, "dispatcher_id")),
        calls=Subquery(_number(calls, "answered_by")),
        rested=Subquery(breaks.order_by().values("shift").annotate(sum=Sum(length)).values("sum")),
    )


def _number(rows: QuerySet, group: str) -> QuerySet:
    return rows.order_by().values(group).annotate(number=Count("pk")).values("number")


def _line(shift: Shift) -> Line:
    counted = {name: getattr(shift, name) for name in ("orders", "calls", "rested")}
    until = shift.ended_at or timezone.now()
    return Line(
        shift, counted["orders"] or 0, counted["calls"] or 0, counted["rested"] or timedelta(), until - shift.started_at
    )


def _talkers(card: Card) -> Sequence[str]:
    call = card.call
    if call.state != Call.State.TALKING:
        return ()
    return [*call.talking_to, *([] if call.direction == Call.Direction.IN else [call.caller_raw])]


def _place(after: str) -> tuple[datetime, int] | None:
    """A place in the list out of the URL; anything else is the beginning."""
    moment, _, pk = after.partition("_")
    try:
        at = datetime.fromisoformat(moment)
        return (at, int(pk)) if at.tzinfo and 0 < int(pk) < 2**62 else None
    except (ValueError, OverflowError):
        return None
