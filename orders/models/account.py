from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.models.choices import ServiceClass
from orders.models.client import Client


class Account(models.Model):
    """A company that pays for its people's trips. Limits are of one calendar month of the office, in `currency`."""

    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=120, unique=True)
    is_active = models.BooleanField(_("in use"), default=True)
    monthly_limit = models.DecimalField(_("limit a month"), max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    forbids_cash = models.BooleanField(_("its people may not pay in cash"), default=False)
    classes = ArrayField(
        models.CharField(max_length=12, choices=ServiceClass.choices),
        verbose_name=_("classes"),
        default=list,
        blank=True,
    )  # empty: any
    notes = models.TextField(_("notes"), blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Employee(models.Model):
    """A client whose trips a company pays for. `reference`: what the company wants to read on its invoice."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="employees")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="employments")
    reference = models.CharField(_("reference"), max_length=60, blank=True)
    monthly_limit = models.DecimalField(_("own limit a month"), max_digits=12, decimal_places=2, null=True, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "client"], name="employee_once")]

    def __str__(self) -> str:
        return f"{self.client} ({self.account})"
