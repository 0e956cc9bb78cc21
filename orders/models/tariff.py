from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.models.choices import ServiceClass
from orders.models.fleet import Fleet


class Tariff(models.Model):
    fleet = models.ForeignKey(Fleet, on_delete=models.PROTECT, related_name="tariffs")
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=80)
    service_class = models.CharField(_("class"), max_length=12, choices=ServiceClass.choices)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["fleet", "name"], name="tariff_name_once")]

    def __str__(self) -> str:
        return self.name


class TariffVersion(models.Model):
    """What a tariff costs from one moment to another. A new price is a new version: old orders keep theirs."""

    tariff = models.ForeignKey(Tariff, on_delete=models.PROTECT, related_name="versions")
    valid_from = models.DateTimeField(_("valid from"))
    valid_to = models.DateTimeField(_("valid to"), null=True, blank=True)  # not included; null: until further notice
    currency = models.CharField(_("currency"), max_length=3)  # ISO 4217
    rates = models.JSONField(_("rates"))  # as `orders.pricing` reads them; amounts as decimal text
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-valid_from"]

    def __str__(self) -> str:
        return f"{self.tariff} {self.valid_from:%Y-%m-%d}"
