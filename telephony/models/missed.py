from django.conf import settings
from django.db import models

from telephony.models.call import Call


class MissedCaller(models.Model):
    """One who called in vain, until somebody has reached him: one open row for a number, however often he tried."""

    class Reached(models.TextChoices):
        CALLED_BACK = "called_back"  # and he answered himself: our own telephone's answer is none
        CALLED_AGAIN = "called_again"  # and was answered
        ORDERED = "ordered"

    number = models.CharField(max_length=16)  # E.164
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="+")  # the last that nobody answered
    times = models.PositiveIntegerField(default=1)  # he called
    tries = models.PositiveIntegerField(default=0)  # we called, and did not reach him
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    calling = models.ForeignKey(Call, on_delete=models.SET_NULL, null=True, related_name="+")  # rings at him now
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    reached_at = models.DateTimeField(null=True)
    reached_how = models.CharField(max_length=12, choices=Reached.choices, blank=True)
    reached_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=models.Q(reached_at=None), name="missed_caller_once")
        ]
        indexes = [
            models.Index(fields=["-last_at", "-id"], name="missed_caller_last"),
            models.Index(fields=["-last_at", "-id"], condition=models.Q(reached_at=None), name="missed_caller_open"),
            models.Index(
                fields=["-last_at", "-id"], condition=models.Q(reached_at__isnull=False), name="missed_caller_reached"
            ),
            models.Index(fields=["number", "-last_at"], name="missed_caller_number"),
        ]

    def __str__(self) -> str:
        return f"{self.number} × {self.times}"
