from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orders.models.choices import ServiceClass, TripOption
from orders.models.fleet import Fleet


def plain_class() -> list[str]:
    return [ServiceClass.ECONOMY.value]


class Vehicle(models.Model):
    """`description`: make and colour, as read out to the client. `classes`: the orders that it may be sent to."""

    plate = models.CharField(_("plate"), max_length=16, unique=True)
    description = models.CharField(_("make and colour"), max_length=120, blank=True)
    seats = models.PositiveSmallIntegerField(_("seats for passengers"), default=4)
    classes = ArrayField(
        models.CharField(max_length=12, choices=ServiceClass.choices), verbose_name=_("classes"), default=plain_class
    )
    options = ArrayField(
        models.CharField(max_length=12, choices=TripOption.choices), verbose_name=_("options"), default=list, blank=True
    )

    class Meta:
        ordering = ["plate"]

    def __str__(self) -> str:
        return f"{self.description} {self.plate}".strip()


class Driver(models.Model):
    call_sign = models.CharField(_("call sign"), max_length=12, unique=True)
    first_name = models.CharField(_("first name"), max_length=80)
    last_name = models.CharField(_("surname"), max_length=80)
    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="driver"
    )
    vehicle = models.ForeignKey(
        Vehicle, verbose_name=_("vehicle"), on_delete=models.SET_NULL, null=True, blank=True, related_name="drivers"
    )
    fleet = models.ForeignKey(
        Fleet, verbose_name=_("fleet"), on_delete=models.PROTECT, null=True, blank=True, related_name="drivers"
    )  # null: drives for every fleet
    on_shift = models.BooleanField(_("on shift"), default=False)

    class Meta:
        indexes = [models.Index(fields=["last_name", "first_name"], name="driver_name")]

    def __str__(self) -> str:
        return f"{self.call_sign} {self.last_name}".strip()


class DriverPhone(models.Model):
    driver = models.ForeignKey(Driver, on_delete=models.CASCADE, related_name="phones")
    e164 = models.CharField(_("number"), max_length=16, db_index=True)
    raw = models.CharField(max_length=40)
    is_main = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["driver", "e164"], name="driver_phone_once"),
            models.UniqueConstraint(fields=["driver"], condition=models.Q(is_main=True), name="driver_one_main_phone"),
        ]

    def __str__(self) -> str:
        return self.e164


class DriverDocument(models.Model):
    class Kind(models.TextChoices):
        LICENCE = "licence", _("driving licence")
        PERMIT = "permit", _("taxi permit")
        INSURANCE = "insurance", _("insurance")
        MEDICAL = "medical", _("medical certificate")
        INSPECTION = "inspection", _("technical inspection")
        OTHER = "other", _("other document")

    SOON = timedelta(days=14)

    driver = models.ForeignKey(Driver, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(_("document"), max_length=12, choices=Kind.choices)
    number = models.CharField(_("number"), max_length=60, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)  # the last good day; null: for good

    class Meta:
        ordering = ["kind", "pk"]
        indexes = [models.Index(fields=["valid_until"], name="driver_document_ends")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}".strip()

    @property
    def is_expired(self) -> bool:
        return self.valid_until is not None and self.valid_until < timezone.localdate()

    @property
    def ends_soon(self) -> bool:
        """Still good, but not for longer than `SOON`."""
        today = timezone.localdate()
        return self.valid_until is not None and today <= self.valid_until <= today + self.SOON
