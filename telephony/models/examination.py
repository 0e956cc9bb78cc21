from django.conf import settings
from django.db import models


class Examination(models.Model):
    """A doctor's visit to the PBX: asked for on the page, made by the link, told check by check."""

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    listen = models.CharField(max_length=40, blank=True)  # to this music, at the telephone of `ring`
    ring = models.JSONField(default=list)  # extensions that may be rung
    found = models.JSONField(default=list)  # [{"check": …, "findings": [{"state": …, "said": …, "args": …}]}]
    begun_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["asked_at"], condition=models.Q(begun_at=None), name="examination_asked")]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M:%S}"
