"""The journal of the office: who did what to what, and when. Rows are never changed; the database refuses it."""

from django.conf import settings
from django.db import models


class Entry(models.Model):
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(max_length=150)  # as it was then; "system" when nobody
    verb = models.CharField(max_length=60)  # "shift.started", "recording.played", "access.refused" …
    target_kind = models.CharField(max_length=40, blank=True)
    target_id = models.CharField(max_length=64, blank=True)
    details = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        verbose_name_plural = "entries"
        indexes = [
            models.Index(fields=["-at"], name="audit_at"),
            models.Index(fields=["actor", "-at"], name="audit_actor_at"),
            models.Index(fields=["target_kind", "target_id", "-at"], name="audit_target"),
            models.Index(fields=["verb", "-at"], name="audit_verb"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.actor_name} {self.verb} {self.target_kind} {self.target_id}"
