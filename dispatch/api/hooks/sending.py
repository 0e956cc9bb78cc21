"""Messages on their way: one sender for each subscription, the messages of one order in their order, each until it is
acknowledged. A sender that dies leaves nothing behind but its lease: after that the next one sends what is not known to
have arrived, with the same id."""

import http.client
import logging
import secrets
import socket
import ssl
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from dispatch.api import sealing
from dispatch.api.hooks import backoff, line, message, signing
from dispatch.api.models import Delivery, DeliveryState, Failure, Subscription
from dispatch.audit import journal

BUSY_ANSWERS = frozenset({408, 425, 429})  # of the receiver as a whole, not of this message
OF_THE_MESSAGE = range(400, 500)
GRAIN = 1000
WRITTEN = ("attempts", "last_at", "took_ms", "failure", "status", "state", "due_at", "gives_up_at")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """`failure` empty: it has arrived."""

    failure: str = ""
    status: int | None = None

    @property
    def is_of_the_receiver(self) -> bool:
        """The next message would fare no better just now."""
        refused = self.failure == Failure.STATUS and self.status in OF_THE_MESSAGE and self.status not in BUSY_ANSWERS
        return bool(self.failure) and not refused and self.failure != Failure.OURS


def ready(now: datetime) -> list[int]:
    """Subscriptions with something to send, as many as may be served at once, the longest unserved first."""
    sending = Subscription.objects.filter(sender_until__gt=now).count()
    room = settings.WEBHOOK_AT_ONCE - sending
    if room <= 0:
        return []
    due = Delivery.objects.filter(subscription=OuterRef("pk"), state=DeliveryState.WAITING, due_at__lte=now)
    free = _free(now).filter(Exists(due)).order_by(F("sender_until").asc(nulls_first=True), "pk")
    return list(free.values_list("pk", flat=True)[:room])


def send(subscription_id: int) -> int:
    """Send what is due for some seconds, or until the receiver fails. Returns how many messages arrived."""
    me, arrived = uuid4(), 0
    ends = time.monotonic() + settings.WEBHOOK_TURN_SECONDS
    if not _free(timezone.now()).filter(pk=subscription_id).update(sender=me, sender_until=_lease_end()):
        return 0
    while time.monotonic() < ends:
        delivery = _head(subscription_id)
        if delivery is None or not _mine(subscription_id, me).update(sender_until=_lease_end()):
            break
        began = time.monotonic()
        outcome = _attempt(delivery)
        if not _write_down(delivery, outcome, me, round((time.monotonic() - began) * 1000)):
            break
        arrived += not outcome.failure
        if outcome.is_of_the_receiver:
            break
    _mine(subscription_id, me).update(sender=None, sender_until=timezone.now())
    return arrived


def _free(now: datetime) -> QuerySet[Subscription]:
    rested = Q(next_at=None) | Q(next_at__lte=now)
    unclaimed = Q(sender_until=None) | Q(sender_until__lte=now)
    return Subscription.objects.filter(rested, unclaimed, is_active=True, stopped_at=None)


def _mine(subscription_id: int, me: UUID) -> QuerySet[Subscription]:
    return Subscription.objects.filter(pk=subscription_id, sender=me, is_active=True)


def _lease_end() -> datetime:
    return timezone.now() + timedelta(seconds=settings.WEBHOOK_LEASE_SECONDS)


def _head(subscription_id: int) -> Delivery | None:
    """The first that is due and has no earlier message of its order before it. One that failed stands behind those that
    did not: what makes the receiver stumble over one message holds up no other order."""
    waiting = Delivery.objects.filter(subscription=subscription_id, state=DeliveryState.WAITING)
    earlier = waiting.filter(order=OuterRef("order"), pk__lt=OuterRef("pk"))
    due = waiting.filter(~Exists(earlier), due_at__lte=timezone.now())
    return due.select_related("subscription").order_by("due_at", "pk").first()


def _attempt(delivery: Delivery) -> Outcome:
    try:
        secret = sealing.unseal(delivery.subscription.secret)
    except sealing.Unreadable:
        return Outcome(Failure.SEAL)
    try:
        body = message.body(delivery)
    except Exception:  # one message that cannot be written must not hold up all others for ever
        log.exception("message %s could not be written", delivery.uid)
        return Outcome(Failure.OURS)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "taxi-dispatch-desk",
        **signing.headers(secret, str(delivery.uid), int(time.time()), body),
    }
    try:
        status = line.post(
            delivery.subscription.url,
            body,
            headers,
            seconds=settings.WEBHOOK_SECONDS,
            loopback=settings.WEBHOOK_LOOPBACK,
        )
    except line.Forbidden:
        return Outcome(Failure.ADDRESS)
    except line.TooSlow:
        return Outcome(Failure.SLOW)
    except ssl.SSLError:
        return Outcome(Failure.TLS)
    except (OSError, socket.gaierror, http.client.HTTPException, ValueError):
        return Outcome(Failure.UNREACHABLE)
    return Outcome(status=status) if 200 <= status < 300 else Outcome(Failure.STATUS, status)


def _write_down(delivery: Delivery, outcome: Outcome, me: UUID, took_ms: int) -> bool:
    """False: another sender has taken over, who writes down his own."""
    now, chance = timezone.now(), secrets.randbelow(GRAIN) / GRAIN
    with transaction.atomic():
        mine = Subscription.objects.select_for_update(no_key=True).filter(pk=delivery.subscription_id, sender=me)
        subscription = mine.first()
        if subscription is None:
            return False
        delivery.attempts += 1
        delivery.last_at, delivery.took_ms = now, took_ms
        delivery.failure, delivery.status = outcome.failure, outcome.status
        if not outcome.failure:
            delivery.state = DeliveryState.DELIVERED
            subscription.failures, subscription.failing_since, subscription.succeeded_at = 0, None, now
        else:
            delivery.due_at = now + backoff.pause(delivery.attempts, chance)
            delivery.gives_up_at = delivery.gives_up_at or now + timedelta(hours=settings.WEBHOOK_TRIES_HOURS)
            if now >= delivery.gives_up_at:
                delivery.state = DeliveryState.GIVEN_UP
            _note_failure(subscription, outcome, now, chance)
        delivery.save(update_fields=WRITTEN)
        subscription.save(update_fields=["failures", "failing_since", "next_at", "stopped_at", "succeeded_at"])
    return True


def _note_failure(subscription: Subscription, outcome: Outcome, now: datetime, chance: float) -> None:
    subscription.failing_since = subscription.failing_since or now
    if outcome.is_of_the_receiver:
        subscription.failures += 1
        subscription.next_at = now + backoff.pause(subscription.failures, chance)
    if now - subscription.failing_since >= timedelta(hours=settings.WEBHOOK_STOP_HOURS):
        subscription.stopped_at = now
        journal.record(None, "webhook.stopped", subscription, url=subscription.url)
        log.error("the webhook to %s was stopped: it failed since %s", subscription.url, subscription.failing_since)
