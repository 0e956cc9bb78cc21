from django.contrib.postgres.fields import ArrayField
from django.db import models

from telephony import dialling


class DialPlan(models.Model):
    """The office's dialling rules: one row, or none as long as nobody has set them."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    outside = models.CharField(max_length=6, blank=True)
    beginnings = models.JSONField(default=list, blank=True)  # [["+7", "8"], …]
    untouched = ArrayField(models.CharField(max_length=12), default=list, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_dial_plan")]

    def __str__(self) -> str:
        return ", ".join(f"{number} → {dialled}" for number, dialled in self.beginnings)

    @property
    def rules(self) -> dialling.Rules:
        beginnings = tuple(dialling.Beginning(number, dialled) for number, dialled in self.beginnings)
        return dialling.Rules(self.outside, beginnings, frozenset(self.untouched))
