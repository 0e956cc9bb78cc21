from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from orders.models.client import Client
from orders.models.fleet import Fleet
from orders.models.order import Order
from orders.models.tariff import TariffVersion


class KeptQuote(models.Model):
    """A price that was said to a client who did not order. It holds for some days, and may still become an order."""

    phone = models.CharField(_("phone"), max_length=16, blank=True)  # E.164
    client = models.ForeignKey(Client, on_delete=models.CASCADE, null=True, related_name="quotes")
    fleet = models.ForeignKey(Fleet, on_delete=models.PROTECT, null=True, related_name="+")
    pickup = models.CharField(_("pick-up"), max_length=250)
    destination = models.CharField(_("destination"), max_length=250, blank=True)
    fields = models.JSONField(default=dict)  # {name: text} of the intake form as it was filled in
    tariff_version = models.ForeignKey(TariffVersion, on_delete=models.PROTECT, related_name="+")
    price = models.DecimalField(_("price"), max_digits=14, decimal_places=2)
    is_least = models.BooleanField(default=False)  # the way was not known: the price is the least that it costs
    currency = models.CharField(max_length=3)  # ISO 4217
    price_lines = models.JSONField(default=list)
    distance_m = models.PositiveIntegerField(null=True)
    duration_s = models.PositiveIntegerField(null=True)
    reason = models.CharField(_("why not"), max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    order = models.OneToOneField(
        Order, on_delete=models.SET_NULL, null=True, related_name="quote"
    )  # once it became one

    class Meta:
        indexes = [models.Index(fields=["phone", "-created_at"], name="quote_phone")]

    def __str__(self) -> str:
        return f"{self.price} {self.currency}"
