"""What other systems have of us: tokens, answers that are given again to whoever asks twice, and what they hear."""

from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from orders.wording import HAPPENED


class TokenQuerySet(models.QuerySet["Token"]):
    def good(self, now: datetime) -> "TokenQuerySet":
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)


class Token(models.Model):
    """The key of another system. Only its digest is kept. `person`: under whose name history tells what it did; two
    tokens of one system share it, so that one may follow the other without a break."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)  # SHA-256, in hexadecimal
    hint = models.CharField(max_length=12)  # its beginning, to be told apart from others
    scopes = ArrayField(models.CharField(max_length=20), verbose_name=_("scopes"))  # of `scopes.Scope`
    a_minute = models.PositiveIntegerField(_("requests a minute"))
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = TokenQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.person} {self.hint}…"

    def may(self, scope: str) -> bool:
        return scope in self.scopes


class KeptAnswer(models.Model):
    """What was answered to a request that named itself by a key, written in the transaction of what it did. Whoever
    asks again with that key gets the same answer, and nothing is done twice."""

    token = models.ForeignKey(Token, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=120)  # as long as `door.once` lets it be
    fingerprint = models.CharField(max_length=64)  # of method, address and body
    status = models.PositiveSmallIntegerField()
    media_type = models.CharField(max_length=40)
    body = models.TextField()  # sealed: it may hold numbers, and the secret of a webhook
    location = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="one_answer_a_key")]
        indexes = [models.Index(fields=["at"], name="kept_answer_age")]

    def __str__(self) -> str:
        return self.key


class Subscription(models.Model):
    """Where another system wants to hear of orders. `person`: whose it is; null: the administrator's own."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="webhooks")
    url = models.CharField(_("address"), max_length=500)
    kinds = ArrayField(models.CharField(max_length=24), verbose_name=_("events"), default=list)  # empty: all
    whole_numbers = models.BooleanField(_("whole telephone numbers"), default=False)
    secret = models.TextField()  # sealed: `dispatch.api.sealing`
    is_active = models.BooleanField(_("in use"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    failures = models.PositiveIntegerField(default=0)  # in a row, of the receiver as a whole
    failing_since = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)  # not before that; null: at once
    stopped_at = models.DateTimeField(null=True)  # by ourselves, after it failed for too long; somebody starts it again
    told_at = models.DateTimeField(null=True)  # when administrators were written to about it
    succeeded_at = models.DateTimeField(null=True)
    sender = models.UUIDField(null=True)  # who sends just now, and until when nobody else does
    sender_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.url


class DeliveryState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("webhook", "waiting")
    DELIVERED = "delivered", pgettext_lazy("webhook", "delivered")
    GIVEN_UP = "given_up", pgettext_lazy("webhook", "given up")


class Failure(models.TextChoices):
    """Why an attempt failed."""

    STATUS = "status", _("the receiver answered with an error")
    SLOW = "slow", _("the receiver did not answer in time")
    UNREACHABLE = "unreachable", _("the receiver could not be reached")
    TLS = "tls", _("the receiver's certificate is not good")
    ADDRESS = "address", _("the address is not one that may be written to")
    SEAL = "seal", _("the secret cannot be read any more: make a new one")
    OURS = "ours", _("an error of ours: the log has it")


class Delivery(models.Model):
    """One message: an event of an order on its way to one subscription, written in the event's own transaction. What it
    says is read when it is sent. `event` null: a trial."""

    uid = models.UUIDField(unique=True, default=uuid4)  # tells the receiver that he has had it already
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="deliveries")
    event = models.ForeignKey("orders.OrderEvent", on_delete=models.CASCADE, null=True, related_name="+")
    order = models.ForeignKey("orders.Order", on_delete=models.CASCADE, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    gives_up_at = models.DateTimeField(null=True)  # from the first attempt on
    attempts = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(null=True)
    took_ms = models.PositiveIntegerField(null=True)
    failure = models.CharField(max_length=12, choices=Failure.choices, blank=True)
    status = models.PositiveSmallIntegerField(null=True)  # that the receiver answered

    class Meta:
        indexes = [
            models.Index(fields=["subscription", "order", "id"], condition=Q(state="waiting"), name="delivery_waiting"),
            models.Index(fields=["subscription", "-id"], name="delivery_newest"),
            models.Index(fields=["created_at"], name="delivery_age"),
        ]

    def __str__(self) -> str:
        return str(self.uid)

    @property
    def happened(self) -> str:
        """In the words of the order's history."""
        return str(HAPPENED.get(self.event.transition, self.event.transition)) if self.event else gettext("Trial")
