from datetime import datetime

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ClientMark(models.TextChoices):
    NONE = "", _("no mark")
    VIP = "vip", _("VIP")
    BLACKLISTED = "blacklisted", _("blacklisted")


class Instead(models.TextChoices):
    """Where an own client's call goes on when his person does not answer. In the end the queue has it."""

    QUEUE = "", _("the queue")
    MOBILE = "mobile", _("that person's mobile telephone")
    EXTENSION = "extension", _("that person's own extension")
    NUMBER = "number", _("another number")


class ClientQuerySet(models.QuerySet["Client"]):
    def known(self) -> "ClientQuerySet":
        """Without the shells of merged cards."""
        return self.filter(merged_into=None)

    def marked(self, mark: ClientMark, now: datetime) -> "ClientQuerySet":
        """Those whose mark counts at that moment."""
        return self.filter(models.Q(mark_until=None) | models.Q(mark_until__gt=now), mark=mark)


class Client(models.Model):
    """`mark` counts until `mark_until` (null: for good): ask `mark_now`, never the column."""

    name = models.CharField(_("name"), max_length=120, blank=True)
    mark = models.CharField(_("mark"), max_length=12, choices=ClientMark.choices, default=ClientMark.NONE, blank=True)
    mark_reason = models.CharField(_("reason"), max_length=200, blank=True)
    mark_until = models.DateTimeField(_("counts until"), null=True, blank=True)
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    marked_at = models.DateTimeField(null=True)
    notes = models.TextField(_("notes"), blank=True)
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("responsible"),
    )  # rings first when he calls, if that person wants it and is at the desk
    own_seconds = models.PositiveSmallIntegerField(
        _("rings there for, in seconds"), default=20, validators=[MinValueValidator(5), MaxValueValidator(60)]
    )
    own_then = models.CharField(_("and then at"), max_length=9, choices=Instead.choices, blank=True)
    own_instead = models.CharField(_("the other number"), max_length=16, blank=True)  # extension or E.164
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="earlier_cards"
    )  # an empty shell that leads on: what points here by chance is never lost
    anonymised_at = models.DateTimeField(null=True)  # what was known of the person was erased then
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ClientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(own_then=Instead.NUMBER) ^ models.Q(own_instead=""), name="client_own_instead"
            ),
        ]
        indexes = [
            models.Index(fields=["name"], name="client_name"),
            # A month of orders sorted by client takes each name from here, and opens no card for it.
            models.Index(fields=["id"], include=["name"], name="client_name_of"),
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="client_name_parts"),
            models.Index(fields=["mark", "-id"], condition=~models.Q(mark=""), name="client_marked"),
            models.Index(fields=["mark_until"], condition=models.Q(mark_until__isnull=False), name="client_mark_ends"),
        ]

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"

    def mark_at(self, now: datetime) -> ClientMark:
        counts = self.mark_until is None or self.mark_until > now
        return ClientMark(self.mark) if counts else ClientMark.NONE

    @property
    def mark_now(self) -> ClientMark:
        return self.mark_at(timezone.now())


class ClientPhone(models.Model):
    """A number may belong to several clients (a family, an office): recognition then offers the choice."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="phones")
    e164 = models.CharField(_("number"), max_length=16, db_index=True)
    raw = models.CharField(max_length=40)  # as it was first written or heard
    is_main = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "e164"], name="client_phone_once"),
            models.UniqueConstraint(fields=["client"], condition=models.Q(is_main=True), name="client_one_main_phone"),
        ]

    def __str__(self) -> str:
        return self.e164


class ClientAddress(models.Model):
    """Where a client is often taken from or to. Coordinates are degrees (WGS 84), null where nobody knows them."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="addresses")
    label = models.CharField(_("what it is called"), max_length=40, blank=True)  # "home", "work", "mother"
    address = models.CharField(_("address"), max_length=250)
    entrance = models.CharField(_("entrance"), max_length=20, blank=True)
    flat = models.CharField(_("flat"), max_length=20, blank=True)
    comment = models.CharField(_("comment"), max_length=200, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint("client", Upper("address"), name="client_address_once")]
        indexes = [models.Index(Upper("address"), name="client_address")]

    def __str__(self) -> str:
        return self.address


class MarkProposal(models.Model):
    """A dispatcher asks for a client to be put on the black list; a supervisor or a manager decides."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="proposals")
    reason = models.CharField(_("reason"), max_length=200)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    is_confirmed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client"], condition=models.Q(decided_at=None), name="client_one_open_proposal"
            )
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.reason}"
