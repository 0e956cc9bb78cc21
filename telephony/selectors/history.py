"""What was called: the history, one call's breakdown, and an order's calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from dispatch.staff.access import may
from orders import numbers
from telephony.models import Call, Leg, Recording, Transfer
from telephony.selectors import privacy, who
from telephony.selectors.who import Who

PAGE = 50


@dataclass(frozen=True)
class Row:
    """One call as one person may see it. `answerers`: everybody of the house who spoke in it, in order."""

    call: Call
    who: Who
    whole: bool  # the number may be shown whole
    can_reveal: bool  # … or may be, on a journalled request
    answerers: tuple[str, ...]
    recordings: tuple[Recording, ...]  # those that the viewer may play
    can_download: bool

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


@dataclass(frozen=True)
class LegLine:
    """One telephone in a call; `name` is a person's, or the number as the viewer may see it."""

    leg: Leg
    name: str


@dataclass(frozen=True)
class TransferLine:
    transfer: Transfer
    by: str
    to: tuple[str, ...]


@dataclass(frozen=True)
class Breakdown:
    row: Row
    legs: tuple[LegLine, ...]
    transfers: tuple[TransferLine, ...]


def page(calls: QuerySet[Call], viewer: Any, *, after: str = "") -> Page:
    """The newest of `calls`, or those before the place `after`. A fixed number of queries."""
    place = _place(after)
    if place:
        at, pk = place
        calls = calls.filter(Q(started_at__lt=at) | Q(started_at=at, pk__lt=pk))
    found = list(_with_all(calls).order_by("-started_at", "-id")[: PAGE + 1])
    shown = found[:PAGE]
    older = f"{shown[-1].started_at.isoformat()}_{shown[-1].pk}" if len(found) > PAGE else ""
    return Page(tuple(_rows(shown, viewer)), older)


def of_order(order_id: int, viewer: Any) -> list[Row]:
    """The calls of an order, the oldest first. A fixed number of queries."""
    calls = _with_all(Call.objects.filter(order=order_id)).order_by("started_at", "id")[:PAGE]
    return _rows(list(calls), viewer)


def breakdown(call_id: int, viewer: Any) -> Breakdown | None:
    """Every telephone and every transfer of a call; None: there is no such call. Ask `privacy` first."""
    call = _with_all(Call.objects.filter(pk=call_id)).first()
    if call is None:
        return None
    row = _rows([call], viewer)[0]
    legs = sorted(call.legs.all(), key=lambda leg: (leg.started_at, leg.pk))
    names = {leg.party: leg.person.full_name for leg in legs if leg.person}
    parties = {leg.party for leg in legs}
    transfers = list(call.transfers.order_by("place"))
    parties |= {party for transfer in transfers for party in (transfer.by, *transfer.to)}
    open_book = (
        "" if row.who.is_outsider else numbers.e164(row.who.number)
    )  # a driver's number is no secret: the head shows it, too
    shown = {
        party: names.get(party) or privacy.shown_party(party, whole=row.whole or numbers.e164(party) == open_book)
        for party in parties
    }
    return Breakdown(
        row,
        tuple(LegLine(leg, shown[leg.party]) for leg in legs),
        tuple(TransferLine(t, shown[t.by], tuple(shown[party] for party in t.to)) for t in transfers),
    )


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
    around = ("client", "driver", "colleague", "answered_by", "order__client", "order__driver", "fleet__logo")
    return calls.select_related(*around).defer("fleet__logo__content").prefetch_related(legs, recordings)


def _rows(calls: Sequence[Call], viewer: Any) -> list[Row]:
    people = who.of_calls(calls)
    can_download = may(viewer, "recordings.download")
    rows = []
    for call in calls:
        whole = privacy.sees_whole_number(viewer, call)
        plays = privacy.may_play(viewer, call, is_own=_is_own(call, viewer))
        rows.append(
            Row(
                call,
                people[call.pk],
                whole=whole,
                can_reveal=not whole and may(viewer, "numbers.reveal"),
                answerers=_answerers(call, whole=whole),
                recordings=tuple(call.recordings.all()) if plays else (),
                can_download=can_download,
            )
        )
    return rows


def _is_own(call: Call, viewer: Any) -> bool:
    """As `privacy.own`, for a call whose legs are at hand."""
    spoke = (leg for leg in call.legs.all() if leg.person_id == viewer.pk)
    return call.answered_by_id == viewer.pk or any(leg.role == "caller" or leg.answered_at for leg in spoke)


def _answerers(call: Call, *, whole: bool) -> tuple[str, ...]:
    answers = [(leg.answered_at, leg) for leg in call.legs.all() if leg.role != "caller" and leg.answered_at]
    names = [
        leg.person.full_name if leg.person else privacy.shown_party(leg.party, whole=whole)
        for _, leg in sorted(answers, key=lambda answer: answer[0])
    ]
    if not names and call.answered_by:
        names = [call.answered_by.full_name]
    return tuple(dict.fromkeys(names))
