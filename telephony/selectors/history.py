"""What was called: the history, and an order's calls."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db.models import Model, Prefetch, Q, QuerySet
from django.utils.translation import gettext

from dispatch.staff.access import may
from orders import numbers
from telephony.core import pairing
from telephony.models import Call, Leg, Recording
from telephony.recognition import Kind
from telephony.selectors import outside, privacy, who
from telephony.selectors.who import Who

PAGE = 50

T = TypeVar("T", bound=Model)


@dataclass(frozen=True)
class Row:
    """One call as one person may see it. `answerers`: everybody of the house who spoke in it, in order. `side`: "in" or
    "out", also of an internal call, which goes out for who placed it."""

    call: Call
    who: Who
    whole: bool  # the number may be shown whole
    can_reveal: bool  # … or may be, on a journalled request
    answerers: tuple[str, ...]
    recordings: tuple[Recording, ...]  # those that the viewer may play
    can_download: bool
    side: str
    can_add: bool  # the number, to a client: nobody is known by it
    can_call: bool  # back
    may_call: bool

    @property
    def seconds(self) -> float | None:
        """Of the whole recording; None as long as a part of it is not measured."""
        lengths = [recording.seconds for recording in self.recordings if not recording.covers]
        return sum(each for each in lengths if each is not None) if None not in lengths else None

    @property
    def pair(self) -> str:
        """Of two people outside who are to be connected: "first", "second" (who is called), "talk", "talked", or why it
        came to nothing; "" for any other call."""
        if not self.call.is_pair:
            return ""
        legs, ended = self.call.legs.all(), self.call.state == Call.State.ENDED
        outcome = pairing.outcome(legs, ended_by=self.call.ended_by if ended else None)
        if outcome is None:
            return "second" if any(leg.answered_at for leg in legs) else "first"
        return outcome.reason or ("talked" if ended else "talk")

    @property
    def can_end(self) -> bool:
        return self.may_call and self.call.is_pair and self.call.state != Call.State.ENDED

    @property
    def waiting(self) -> timedelta | None:
        """Until somebody answered, or until it ended without."""
        until = self.call.answered_at or self.call.ended_at
        return until - self.call.started_at if until else None

    @property
    def talking(self) -> timedelta | None:
        if self.call.answered_at is None or self.call.ended_at is None:
            return None
        return self.call.ended_at - self.call.answered_at


@dataclass(frozen=True)
class Page:
    rows: tuple[Row, ...]
    older: str  # where the next page begins; "" on the last one


def page(calls: QuerySet[Call], viewer: Any, *, after: str = "") -> Page:
    """The newest of `calls`, or those before the place `after`. A fixed number of queries."""
    found = list(before(_with_all(calls), "started_at", after)[: PAGE + 1])
    shown = found[:PAGE]
    older = place_of(shown[-1].started_at, shown[-1].pk) if len(found) > PAGE else ""
    return Page(tuple(_rows(shown, viewer)), older)


def of_order(order_id: int, viewer: Any) -> list[Row]:
    """The calls of an order, the oldest first. A fixed number of queries."""
    calls = _with_all(Call.objects.filter(order=order_id)).order_by("started_at", "id")[:PAGE]
    return _rows(list(calls), viewer)


def of_calls(call_ids: Iterable[int], viewer: Any) -> dict[int, Row]:
    """These calls by their ids. A fixed number of queries."""
    return {row.call.pk: row for row in _rows(list(_with_all(Call.objects.filter(pk__in=call_ids))), viewer)}


def one(call_id: int, viewer: Any) -> Row | None:
    """One call, with its legs at hand; None: there is no such call. Ask `privacy` first. A fixed number of queries."""
    return of_calls([call_id], viewer).get(call_id)


def before(rows: QuerySet[T], moment: str, after: str) -> QuerySet[T]:
    """The newest first by the field `moment`, or those before the place `after`."""
    place = _place(after)
    if place:
        at, pk = place
        rows = rows.filter(Q(**{f"{moment}__lt": at}) | Q(**{moment: at, "pk__lt": pk}))
    return rows.order_by(f"-{moment}", "-id")


def place_of(at: datetime, pk: int) -> str:
    """A place in a list, for the URL."""
    return f"{at.isoformat()}_{pk}"


def _place(after: str) -> tuple[datetime, int] | None:
    """A place in the list out of the URL; anything else is the beginning."""
    moment, _, pk = after.partition("_")
    try:
        at = datetime.fromisoformat(moment)
        return (at, int(pk)) if at.tzinfo and 0 < int(pk) < 2**62 else None
    except (ValueError, OverflowError):
        return None


def _with_all(calls: QuerySet[Call]) -> QuerySet[Call]:
    legs = Prefetch("legs", Leg.objects.select_related("person").order_by("started_at", "id"))
    recordings = Prefetch("recordings", Recording.objects.order_by("started_at", "id"))
    around = ("client", "driver", "colleague", "answered_by", "call_class", "order__client", "order__driver")
    with_fleet = calls.select_related(*around, "fleet__logo").defer("fleet__logo__content")
    return with_fleet.prefetch_related(legs, recordings)


def _rows(calls: Sequence[Call], viewer: Any) -> list[Row]:
    people = who.of_calls(calls)
    can_download = may(viewer, "recordings.download")
    may_edit, may_call = may(viewer, "clients.edit"), may(viewer, "calls.take")
    rows = []
    for call in calls:
        number = outside.number_of(call)
        whole = privacy.sees_whole_number(viewer, call)
        plays = privacy.may_play(viewer, call, is_own=_is_own(call, viewer))
        rows.append(
            Row(
                call,
                people[call.pk],
                whole=whole,
                can_reveal=not whole and may(viewer, "numbers.reveal"),
                answerers=_answerers(call, people[call.pk], whole=whole),
                recordings=tuple(call.recordings.all()) if plays else (),
                can_download=can_download,
                side=_side(call, viewer),
                can_add=may_edit and people[call.pk].kind == Kind.NEW and bool(number),
                can_call=may_call and bool(number) and call.state == Call.State.ENDED,
                may_call=may_call,
            )
        )
    return rows


def _is_own(call: Call, viewer: Any) -> bool:
    """As `privacy.own`, for a call whose legs are at hand."""
    spoke = (leg for leg in call.legs.all() if leg.person_id == viewer.pk)
    return viewer.pk in (call.answered_by_id, call.colleague_id) or any(
        leg.role == "caller" or leg.answered_at for leg in spoke
    )


def _side(call: Call, viewer: Any) -> str:
    if call.direction != Call.Direction.INTERNAL:
        return call.direction
    placed = any(leg.role == "caller" and leg.person_id == viewer.pk for leg in call.legs.all())
    return Call.Direction.OUT if placed else Call.Direction.IN


def parties_of_pair(call: Call, who: Who, *, whole: bool) -> dict[str, str]:
    """How the two are called who are connected; by the role of their legs."""
    first = next((leg.party for leg in call.legs.all() if leg.role == "caller"), call.caller_raw)
    driver = gettext("Driver %(sign)s") % {"sign": call.driver.call_sign} if call.driver else numbers.national(first)
    return {"caller": driver, "called": who.name or privacy.shown_party(call.dialled, whole=whole)}


def _answerers(call: Call, who: Who, *, whole: bool) -> tuple[str, ...]:
    if call.is_pair:
        names = parties_of_pair(call, who, whole=whole)
        legs = [leg for leg in call.legs.all() if leg.answered_at]
        return tuple(dict.fromkeys(names["caller" if leg.role == "caller" else "called"] for leg in legs))
    answers = [(leg.answered_at, leg) for leg in call.legs.all() if leg.role != "caller" and leg.answered_at]
    spoke = [
        leg.person.full_name if leg.person else privacy.shown_party(leg.party, whole=whole)
        for _, leg in sorted(answers, key=lambda answer: answer[0])
    ]
    if not spoke and call.answered_by:
        spoke = [call.answered_by.full_name]
    return tuple(dict.fromkeys(spoke))
