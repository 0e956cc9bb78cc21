"""Callers whom nobody answered, and what reaches them: their call-back, their next call, or an order.

All of it follows from the calls as they are written, so that the same call twice counts once.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from dispatch.live import publish
from dispatch.staff.models import Person
from orders.models import Order
from telephony.models import Call, Leg, MissedCaller
from telephony.recognition import is_short
from telephony.selectors import outside, privacy
from telephony.services import outgoing

Reached = MissedCaller.Reached


def follow(calls: Iterable[Call]) -> None:
    """These calls changed. Inside the transaction of the change. No query for one that only rings at our desks, one
    where nobody waits to be called back."""
    concerned: dict[str, list[Call]] = {}
    for call in calls:
        if number := _of_concern(call):
            concerned.setdefault(number, []).append(call)
    if not concerned:
        return
    waiting = {row.number: row for row in _open().filter(number__in=concerned)}
    changed = False
    for number, his in concerned.items():
        for call in sorted(his, key=lambda call: call.started_at):
            caller = waiting.get(number)
            if caller is None or caller.reached_at:
                made = _missed(call)
                changed |= made is not None
                if made is not None:
                    waiting[number] = made
            elif call.direction == Call.Direction.OUT:
                changed |= _called(caller, call)
            elif call.answered_at:
                changed |= _answered(caller, call.answered_at, call.answered_by_id)
            else:
                changed |= _missed_again(caller, call)
    if changed:
        tell()


def ordered(*, order: Order, actor: Person | None, **_more: Any) -> None:
    """Whoever has an order taken down has been spoken to; one that the timetable made says nothing."""
    given = {number for number in (order.phone, order.callback_phone) if number}
    if actor is None or not given:
        return
    for caller in _open().filter(number__in=given):
        _reached(caller, Reached.ORDERED, timezone.now(), actor.pk)
        tell()


def who_calls_back(number: str, *, but: Person) -> Person | None:
    """Who else is calling the one of that number, or has just clicked to. Inside a transaction: until its end no one
    else asks."""
    caller = _open().filter(number=number).first()
    if caller is None:
        return None
    if caller.claimed_by_id:
        return caller.claimed_by if caller.claimed_by_id != but.pk else None
    click = outgoing.under_way(number).exclude(actor=but).select_related("actor").first()
    return click.actor if click else None


def forget(numbers: Iterable[str]) -> None:
    if MissedCaller.objects.filter(number__in=list(numbers)).delete()[0]:
        tell()


def tell() -> None:
    publish.changed("calls", "missed", 1)


def _open() -> Any:
    return MissedCaller.objects.select_for_update().filter(reached_at=None)


def _of_concern(call: Call) -> str:
    comes_in = call.direction == Call.Direction.IN
    if comes_in and call.answered_at is None and call.state != Call.State.ENDED:
        return ""
    return outside.number_of(call)


def _missed(call: Call) -> MissedCaller | None:
    """He rang off, or nobody answered. None: that is known, or he was answered meanwhile, or it was no such call."""
    if call.direction != Call.Direction.IN or call.answered_at or call.ended_at is None:
        return None
    number = call.caller_e164
    his = Call.objects.filter(direction=Call.Direction.IN, caller_e164=number)
    seen = MissedCaller.objects.filter(number=number, last_at__gte=call.started_at)
    if seen.exists() or his.filter(started_at__lte=call.ended_at, answered_at__gte=call.started_at).exists():
        return None
    return MissedCaller.objects.create(number=number, call=call, first_at=call.started_at, last_at=call.started_at)


def _missed_again(caller: MissedCaller, call: Call) -> bool:
    since = min(caller.first_at, call.started_at)
    times = Call.objects.filter(privacy.missed(), caller_e164=caller.number, started_at__gte=since).count()
    if (times, since) == (caller.times, caller.first_at):
        return False
    caller.times, caller.first_at = times, since
    if call.started_at > caller.last_at:
        caller.call, caller.last_at = call, call.started_at
    caller.save(update_fields=["times", "first_at", "call", "last_at"])
    return True


def _answered(caller: MissedCaller, at: datetime, by_id: int | None) -> bool:
    """He called again, and somebody spoke to him."""
    if at < caller.last_at:
        return False
    _reached(caller, Reached.CALLED_AGAIN, at, by_id)
    return True


def _called(caller: MissedCaller, call: Call) -> bool:
    """We call him. Our own telephone answers first, and that is no answer of his."""
    if call.started_at < caller.first_at:
        return False
    legs = list(Leg.objects.filter(call=call))
    placed_by = next((leg.person_id for leg in legs if leg.role == "caller" and leg.person_id), call.colleague_id)
    answered_at = min((leg.answered_at for leg in legs if leg.answered_at and _is_his(leg)), default=None)
    if answered_at is not None:
        _reached(caller, Reached.CALLED_BACK, answered_at, placed_by)
        return True
    before = (caller.calling_id, caller.claimed_by_id, caller.tries)
    if call.state != Call.State.ENDED:
        if caller.calling_id in (None, call.pk):
            caller.calling, caller.claimed_by_id = call, placed_by
    else:
        if caller.calling_id == call.pk:
            caller.calling = caller.claimed_by = None
        in_vain = Q(state=Call.State.ENDED, started_at__gte=caller.first_at)
        caller.tries = Call.objects.filter(outside.calls_to(caller.number) & in_vain).count()
    caller.save(update_fields=["calling", "claimed_by", "tries"])
    return before != (caller.calling_id, caller.claimed_by_id, caller.tries)


def _is_his(leg: Leg) -> bool:
    return leg.role != "caller" and leg.person_id is None and not is_short(leg.party)


def _reached(caller: MissedCaller, how: Reached, at: datetime, by_id: int | None) -> None:
    caller.reached_at, caller.reached_how, caller.reached_by_id = at, how, by_id
    caller.calling = caller.claimed_by = None
    caller.save(update_fields=["reached_at", "reached_how", "reached_by", "calling", "claimed_by"])
