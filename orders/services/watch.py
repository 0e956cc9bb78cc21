"""The watchdogs: what stays in one state for too long is shown as a problem, and stops being one by itself."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import DateTimeField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from orders.facts import SEARCHED_AGAIN
from orders.flow import OPEN_STATES, State
from orders.models import Alarm, Offer, OfferState, Order, OrderEvent
from orders.services import lifecycle


def look(now: datetime) -> int:
    """Raise and clear the alarms of open orders. Returns how many changed. Three queries where nothing does."""
    wanted = {pk: alarm for alarm, rows in _rules(now) for pk in rows.values_list("pk", flat=True)}
    shown = dict(
        Order.objects.filter(state__in=OPEN_STATES).exclude(alarm__in=("", Alarm.NOBODY)).values_list("pk", "alarm")
    )
    changed = {pk for pk in wanted.keys() | shown.keys() if wanted.get(pk, "") != shown.get(pk, "")}
    return sum(_set(pk, wanted.get(pk, ""), now) for pk in sorted(changed))


def _set(order_id: int, alarm: str, now: datetime) -> bool:
    """Compared once more under the lock: whoever moved the order meanwhile has cleared it."""
    with transaction.atomic():
        order = Order.objects.select_for_update(skip_locked=True).filter(pk=order_id).first()
        if order is None or order.alarm in (alarm, Alarm.NOBODY):
            return False
        if alarm and not dict(_rules(now))[Alarm(alarm)].filter(pk=order_id).exists():
            return False
        order.alarm = alarm
        order.save(update_fields=["alarm"])
        lifecycle.publish_change(order)
    return True


def _rules(now: datetime) -> list[tuple[Alarm, QuerySet[Order]]]:
    """Which open orders are late, and in what. Nothing is late before its pick-up is near."""
    ago = {name: now - timedelta(minutes=minutes) for name, minutes in settings.WATCH_MINUTES.items()}
    lead = timedelta(minutes=settings.ORDER_RELEASE_MINUTES)
    entered = Q(to_state=State.SEARCHING) & ~Q(from_state=State.OFFERED) | Q(transition=SEARCHED_AGAIN)
    began = OrderEvent.objects.filter(entered, order=OuterRef("pk")).order_by("-id").values("at")[:1]
    reserved = Offer.objects.filter(order=OuterRef("pk"), state=OfferState.RESERVED)
    to_go = Greatest(F("state_since"), F("pickup_at") - lead, output_field=DateTimeField())  # nulls are passed over
    to_wait = Greatest(F("state_since"), F("pickup_at"))
    in_state = Order.objects.filter
    remind = now + timedelta(minutes=settings.ORDER_REMIND_MINUTES)
    return [
        (
            Alarm.UNCONFIRMED,
            in_state(state=State.SCHEDULED, confirmed_at=None, confirm_by__lte=remind).exclude(reserved_for=None),
        ),
        (
            Alarm.UNASSIGNED,
            in_state(state=State.SEARCHING, is_on_hold=False)
            .exclude(alarm=Alarm.NOBODY)
            .annotate(began=Coalesce(Subquery(began), F("created_at")))
            .filter(began__lte=ago["unassigned"]),
        ),
        (Alarm.OFFERED, in_state(~Exists(reserved), state=State.OFFERED, state_since__lte=ago["offered"])),
        (Alarm.NOT_SET_OFF, in_state(state=State.ASSIGNED).annotate(since=to_go).filter(since__lte=ago["not_set_off"])),
        (Alarm.NOT_OUT, in_state(state=State.ARRIVED).annotate(since=to_wait).filter(since__lte=ago["not_out"])),
        (Alarm.ON_BOARD, in_state(state=State.ON_BOARD, state_since__lte=ago["on_board"])),
    ]
