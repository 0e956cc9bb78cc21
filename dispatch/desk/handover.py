"""The end of a shift hands over what is open; whoever is on shift next accepts it, in one action and on record."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch.audit import journal
from dispatch.desk.models import CallBack, Handover
from dispatch.live import publish
from dispatch.staff.models import Person, Shift
from dispatch.staff.refusal import Refused
from dispatch.staff.services.shifts import end_shift
from dispatch.staff.signals import shift_changed
from orders.flow import State
from orders.models import Order

MOST = 50  # of each kind
LONGEST_NOTE = 2000
Item = dict[str, Any]


def hand_over(*, shift: Shift, actor: Person, note: str) -> None:
    """End the shift, and leave a note beside what is open. Raises Refused: she is in a call."""
    with transaction.atomic():
        end_shift(shift=shift, actor=actor)
        if note:
            Handover.objects.update_or_create(
                shift=shift, defaults={"note": note[:LONGEST_NOTE]}, create_defaults=_made(shift, note[:LONGEST_NOTE])
            )


def accept(*, handover_id: int, person: Person) -> None:
    """Two at once: one gets it, the other is told who did."""
    with transaction.atomic():
        waiting = Handover.objects.filter(pk=handover_id, accepted_at=None)
        if waiting.update(accepted_at=timezone.now(), accepted_by=person):
            taken = Handover.objects.select_related("shift__person").get(pk=handover_id)
            journal.record(person, "handover.accepted", taken, person=str(taken.shift.person), items=len(taken.items))
            publish.changed("staff", "handover", handover_id)
            return
    by = Handover.objects.select_related("accepted_by").get(pk=handover_id).accepted_by
    raise Refused(_("%(person)s has accepted this handover already.") % {"person": by})


def waiting() -> QuerySet[Handover]:
    return Handover.objects.filter(accepted_at=None).select_related("shift__person").order_by("made_at")


@receiver(shift_changed)
def leave(shift: Shift, **_others: Any) -> None:
    """However a shift ends: what is open does not get lost."""
    if shift.ended_at is None or Handover.objects.filter(shift=shift).exists():
        return
    made = _made(shift, "")
    if made["items"]:
        handover = Handover.objects.create(shift=shift, **made)
        publish.changed("staff", "handover", handover.pk)


def open_now() -> list[Item]:
    return [item for collect in COLLECTORS for item in collect()]


def _made(shift: Shift, note: str) -> dict[str, Any]:
    return {"note": note, "items": open_now(), "made_at": shift.ended_at or timezone.now()}


def _unassigned_soon() -> list[Item]:
    soon = timezone.now() + timedelta(minutes=settings.HANDOVER_SOON_MINUTES)
    states = [State.SEARCHING, State.OFFERED]
    orders = Order.objects.filter(Q(state__in=states) | Q(state=State.SCHEDULED, driver=None), due_at__lte=soon)
    return [_order("unassigned", order) for order in orders.order_by("due_at", "pk")[:MOST]]


def _problems() -> list[Item]:
    orders = Order.objects.open().exclude(problem="").order_by("due_at", "pk")[:MOST]
    return [_order("problem", order) | {"text": f"{order.problem} · {order.pickup}"} for order in orders]


def _call_backs() -> list[Item]:
    promised = CallBack.objects.filter(done_at=None).order_by("due_at", "pk")[:MOST]
    return [{"kind": "call_back", "key": one.pk, "at": one.due_at.isoformat(), "text": one.note} for one in promised]


def _order(kind: str, order: Order) -> Item:
    return {"kind": kind, "key": order.pk, "at": order.due_at.isoformat(), "text": order.pickup}


COLLECTORS: list[Callable[[], list[Item]]] = [_unassigned_soon, _problems, _call_backs]  # later: calls on hold
