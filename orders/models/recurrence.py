from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from orders.recurring import Rhythm


class RecurrenceQuerySet(models.QuerySet["Recurrence"]):
    def running(self) -> "RecurrenceQuerySet":
        return self.filter(ended_at=None)


class Recurrence(models.Model):
    """An order that comes back: the same trip on certain weekdays. `pattern` is the order that the next ones copy."""

    pattern = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="+")
    client = models.ForeignKey("orders.Client", on_delete=models.PROTECT, related_name="recurrences")
    weekdays = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("weekdays"))  # 0 is Monday
    time = models.TimeField(_("time"))  # of the office's clock
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    skipped = ArrayField(models.DateField(), verbose_name=_("skipped days"), default=list, blank=True)
    paused_from = models.DateField(_("pause from"), null=True, blank=True)
    paused_until = models.DateField(_("pause until"), null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = RecurrenceQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["id"], condition=models.Q(ended_at=None), name="recurrence_running")]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def rhythm(self) -> Rhythm:
        return Rhythm(
            weekdays=frozenset(self.weekdays),
            at=self.time,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            skipped=frozenset(self.skipped),
            paused_from=self.paused_from,
            paused_until=self.paused_until,
        )
