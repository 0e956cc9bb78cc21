"""What the web does to calls: it tells the desks that one is to be drawn anew, and ties it to its order.

Everything else of a call is written by the link (telephony.recorder).
"""

import re
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Q

from dispatch.live import publish
from dispatch.staff.models import Shift
from orders.models import Order, OrderEvent
from telephony.core.call import HOME, TRANSFER
from telephony.models import Call, Leg
from telephony.services import phonebook

ON_THE_WAY = (TRANSFER, HOME)  # whoever is rung then has a card
SOURCE = re.compile(r"call:(\d{1,18})")


def watched_by(calls: Iterable[Call]) -> set[tuple[int, str]]:
    """Which of these are watched, and from which telephones."""
    return {(call.pk, each["by"]) for call in calls for each in call.watchers}


def on_the_way(calls: Iterable[Call]) -> set[int]:
    """Which of these are being passed to somebody, or go back."""
    return {call.pk for call in calls if call.phase in ON_THE_WAY}


def tell(
    call_ids: Iterable[int],
    parked: Iterable[int] = (),
    watched: Collection[tuple[int, str]] = (),
    passed: Collection[int] = (),
) -> None:
    """Have these calls drawn anew on every desk, and on the desks of those who talk or talked in them.

    At whom the queue only rings has no card of his own, and is not told: in a large office those are all the others.
    `parked`: those that are in the list of who is parked, or were; `watched`: from which telephones supervisors watch
    them, or did; `passed`: those that were on their way to somebody. Two queries, however many calls, a third where
    somebody watches. Call it inside the transaction of the change.
    """
    wanted = sorted(set(call_ids))
    answerers = Call.objects.filter(pk__in=wanted).exclude(answered_by=None).values_list("pk", "answered_by_id")
    has_part = Q(answered_at__isnull=False) | ~Q(role="called") | Q(call__handling__phase__in=ON_THE_WAY)
    legs = Leg.objects.filter(has_part | Q(call__in=passed), call__in=wanted).exclude(person=None)
    others = legs.values_list("call_id", "person_id")
    supervisors: list[tuple[int, int]] = []
    if watched:
        sits = dict(
            Shift.objects.filter(extension__in={by for _, by in watched}, ended_at=None).values_list(
                "extension", "person_id"
            )
        )
        supervisors = [(call_id, sits[by]) for call_id, by in watched if by in sits and call_id in wanted]
    publish.all_changed(
        [
            *(("calls", "call", call_id) for call_id in wanted),
            *(("calls", "parked", call_id) for call_id in sorted(set(parked))),
            *(
                (f"person.{person_id}", "talk", call_id)
                for call_id, person_id in sorted({*answerers.union(others), *supervisors})
            ),
        ]
    )


def tie_to_order(*, order: Order, source: str, **_: Any) -> None:
    """An order was placed: if it came from a call, the call is that order's, and its client's where nobody was known.
    Then the calls it concerns say so."""
    call = SOURCE.fullmatch(source or "")
    if call:
        his = Call.objects.filter(pk=int(call[1]))
        his.update(order=order)
        if order.client_id:
            his.filter(client=None, driver=None, colleague=None).update(client=order.client_id)
    concerned = _live_calls_about(order, order.driver_id)
    tell(concerned)
    if concerned:  # whoever talked with a stranger talks with a client now
        at_it = Leg.objects.filter(call__in=concerned, ended_at=None).exclude(answered_at=None)
        phonebook.tell(set(at_it.values_list("party", flat=True)))


def redraw_calls(*, order: Order, event: OrderEvent, **_: Any) -> None:
    """An order changed: the calls that are alive and speak of it are drawn anew."""
    tell(_live_calls_about(order, order.driver_id, event.driver_id))


def _live_calls_about(order: Order, *driver_ids: int | None) -> list[int]:
    about = Q(order=order)
    if order.client_id:
        about |= Q(client=order.client_id)
    drivers = [driver_id for driver_id in driver_ids if driver_id]
    if drivers:
        about |= Q(driver__in=drivers)
    return list(Call.objects.exclude(state=Call.State.ENDED).filter(about).values_list("pk", flat=True))
