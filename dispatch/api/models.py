"""What other systems hold of us: tokens, and the answers that are given again to whoever asks the same twice."""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dispatch.api.scopes import Scope


class TokenQuerySet(models.QuerySet["Token"]):
    def good(self, now: datetime) -> "TokenQuerySet":
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)


class Token(models.Model):
    """The key of another system. Only its digest is kept. `person`: under whose name history tells what it did; two
    tokens of one system share it, so that one may follow the other without a break."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)  # SHA-256, in hexadecimal
    hint = models.CharField(max_length=12)  # its beginning, to be told apart from others
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope.choices), verbose_name=_("scopes"))
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
    body = models.TextField()
    location = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="one_answer_a_key")]
        indexes = [models.Index(fields=["at"], name="kept_answer_age")]

    def __str__(self) -> str:
        return self.key
