from datetime import datetime

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from orders import pricing
from orders.models.choices import ServiceClass
from orders.models.fleet import Fleet


class Tariff(models.Model):
    """What one class of a fleet costs; which price that is at a moment, its versions say."""

    fleet = models.ForeignKey(Fleet, verbose_name=_("fleet"), on_delete=models.PROTECT, related_name="tariffs")
    name = models.CharField(_("name"), max_length=80)
    service_class = models.CharField(_("class"), max_length=12, choices=ServiceClass.choices)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["fleet", "name"], name="tariff_name_once"),
            models.UniqueConstraint(
                fields=["fleet", "service_class"], condition=Q(is_active=True), name="one_tariff_a_class"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TariffVersionQuerySet(models.QuerySet["TariffVersion"]):
    def at(self, moment: datetime) -> "TariffVersionQuerySet":
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=moment), valid_from__lte=moment)


class TariffVersion(models.Model):
    """What a tariff costs from one moment to another. A new price is a new version: old orders keep theirs.

    The database refuses to change anything but the end of a version, and versions of a tariff that overlap.
    """

    tariff = models.ForeignKey(Tariff, on_delete=models.PROTECT, related_name="versions")
    valid_from = models.DateTimeField(_("valid from"))
    valid_to = models.DateTimeField(_("valid to"), null=True, blank=True)  # not included; null: until further notice
    currency = models.CharField(_("currency"), max_length=3)  # ISO 4217
    rates = models.JSONField(_("rates"))  # as `orders.pricing` reads them; amounts as decimal text
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = TariffVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-valid_from"]
        constraints = [
            ExclusionConstraint(
                name="one_version_at_a_time",
                expressions=[
                    ("tariff", RangeOperators.EQUAL),
                    (
                        Func("valid_from", "valid_to", function="tstzrange", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="version_has_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tariff} {self.valid_from:%Y-%m-%d}"

    def read_rates(self) -> pricing.Rates:
        return pricing.read(self.rates, self.currency)
