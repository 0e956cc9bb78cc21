from django.db import models
from django.utils.translation import gettext_lazy as _

from orders.models.choices import CalledOffBy
from orders.models.fleet import Fleet


class CancelReason(models.Model):
    """A reason that the office offers when an order is cancelled. `fleet` null: for the orders of every fleet."""

    fleet = models.ForeignKey(Fleet, verbose_name=_("fleet"), on_delete=models.CASCADE, null=True, blank=True)
    by_whom = models.CharField(_("by whom"), max_length=8, choices=CalledOffBy.choices)
    text = models.CharField(_("reason"), max_length=60)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["by_whom", "text"]
        constraints = [
            models.UniqueConstraint(
                fields=["fleet", "by_whom", "text"],
                name="cancel_reason_once",
                nulls_distinct=False,
                violation_error_message=_("The list has this reason already."),
            )
        ]

    def __str__(self) -> str:
        return self.text
