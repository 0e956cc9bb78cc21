"""What of a call a person may see or hear: the rows of the table of roles that speak of calls."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from dispatch.staff.access import may
from orders import numbers, phones
from orders.flow import OPEN_STATES
from telephony.models import Call, Leg


def visible_to(person: Any) -> QuerySet[Call]:
    """All calls for who may see all; for a dispatcher his own and the missed ones."""
    calls = Call.objects.all()
    return calls if may(person, "history.all") else calls.filter(own(person) | missed())


def own(person: Any) -> Q:
    """Calls that he answered, spoke in, made, or had made between two others."""
    took_part = Leg.objects.filter(Q(role="caller") | Q(answered_at__isnull=False), call=OuterRef("pk"), person=person)
    return Q(answered_by=person) | Q(colleague=person) | Q(Exists(took_part))


def missed() -> Q:
    """Calls that came in and ended without an answer."""
    return Q(direction=Call.Direction.IN, state=Call.State.ENDED, answered_at=None)


def sees_whole_number(person: Any, call: Call) -> bool:
    """Needs the call's `order` at hand."""
    if may(person, "numbers.whole"):
        return True
    order_is_live = call.order is not None and call.order.state in OPEN_STATES
    return may(person, "numbers.whole_while_live") and (call.state != Call.State.ENDED or order_is_live)


def may_play(person: Any, call: Call, *, is_own: bool) -> bool:
    """Needs the call's `order` at hand; `is_own`: the call is one of `own(person)`."""
    if may(person, "recordings.play_all"):
        return True
    order_is_live = call.order is not None and call.order.state in OPEN_STATES
    return may(person, "recordings.play") and (is_own or order_is_live)


def shown_party(party: str, *, whole: bool) -> str:
    """A party of a call on the screen: an outside number masked unless `whole`; an extension or a name as it is."""
    number = numbers.e164(party)
    if not number:
        return party
    return numbers.national(number) if whole else phones.masked(number)
