"""How an order looks for its driver: the search, and each offer as a row of its own."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.models.client import Client
from orders.models.driver import Driver
from orders.models.order import Order


class OfferPhase(models.TextChoices):
    MANUAL = "manual", _("by hand")
    QUEUE = "queue", _("by the queue")
    RADIUS = "radius", _("by distance")
    BROADCAST = "broadcast", _("to all")


class OfferState(models.TextChoices):
    SENT = "sent", pgettext_lazy("offer", "sent")
    SEEN = "seen", pgettext_lazy("offer", "seen")
    RESERVED = "reserved", pgettext_lazy("offer", "taken as the next one")  # he finishes another order first
    ACCEPTED = "accepted", pgettext_lazy("offer", "accepted")
    REFUSED = "refused", pgettext_lazy("offer", "refused")
    EXPIRED = "expired", pgettext_lazy("offer", "ran out")
    RECALLED = "recalled", pgettext_lazy("offer", "taken back")


LIVE = (OfferState.SENT, OfferState.SEEN, OfferState.RESERVED)
ASKED = (OfferState.SENT, OfferState.SEEN)  # he has not answered yet


class OfferQuerySet(models.QuerySet["Offer"]):
    def live(self) -> "OfferQuerySet":
        return self.filter(state__in=LIVE)

    def close(self, state: OfferState, now: datetime, reason: str = "") -> int:
        """End those of them that are live. Call it with the order's row locked."""
        return self.live().update(state=state, ended_at=now, reason=reason)


class Offer(models.Model):
    """`why`: why this driver, as `orders.matching` said it: {"kind": "nearest", "metres": 1200}."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="offers")
    driver = models.ForeignKey(Driver, on_delete=models.PROTECT, related_name="offers")
    phase = models.CharField(max_length=10, choices=OfferPhase.choices)
    state = models.CharField(max_length=10, choices=OfferState.choices, default=OfferState.SENT)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    why = models.JSONField(default=dict)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = OfferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["driver"], condition=Q(state__in=LIVE), name="one_live_offer_a_driver"),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(state__in=LIVE) & ~Q(phase=OfferPhase.BROADCAST),
                name="one_live_offer_an_order",
            ),
        ]
        indexes = [
            models.Index(fields=["order", "id"], name="offer_order"),
            models.Index(fields=["driver", "-id"], name="offer_driver"),
            models.Index(fields=["expires_at"], condition=Q(state__in=LIVE), name="offer_due"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} → {self.driver_id}"

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def closes_at(self) -> datetime:
        """Until then an answer is taken; the driver's countdown ends a little earlier, for the way of his answer."""
        return self.expires_at + timedelta(seconds=settings.OFFER_GRACE_SECONDS)

    def is_over(self, now: datetime | None = None) -> bool:
        return not self.is_live or self.closes_at <= (now or timezone.now())


# which end of its offers a transition of the order means; any other that leaves "offered" recalls them
ENDS: Mapping[str, OfferState] = {
    "accept": OfferState.ACCEPTED,
    "refuse": OfferState.REFUSED,
    "expire": OfferState.EXPIRED,
}


class Search(models.Model):
    """How the house itself looks for a driver. It goes when the order begins to be searched for anew, and with it who
    refused; everything that a timer must know is here, so that any worker goes on where another stopped."""

    order = models.OneToOneField(Order, on_delete=models.CASCADE, primary_key=True, related_name="search")
    phase = models.CharField(max_length=10, choices=OfferPhase.choices)
    began_at = models.DateTimeField()
    phase_ends_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)  # when to look again; null: it has ended, nobody accepted

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=~Q(due_at=None), name="search_due")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.phase}"


class ClientDriverBlock(models.Model):
    """These two are not brought together again."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="blocks")
    driver = models.ForeignKey(Driver, on_delete=models.CASCADE, related_name="blocks")
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "driver"], name="block_once")]

    def __str__(self) -> str:
        return f"{self.client_id} × {self.driver_id}"
