from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Account(models.Model):
    """A company that pays for its people's trips."""

    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=120, unique=True)
    is_active = models.BooleanField(_("in use"), default=True)
    monthly_limit = models.DecimalField(_("limit a month"), max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    notes = models.TextField(_("notes"), blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
