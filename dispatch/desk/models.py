"""What one dispatcher leaves to the next: the handover of a shift, and calls that were promised."""

from django.conf import settings
from django.db import models

from dispatch.staff.models import Shift
from orders.models import Client, Order


class Handover(models.Model):
    """What was open when a shift ended, as it was then, and who took it on. It waits until somebody does."""

    shift = models.OneToOneField(Shift, on_delete=models.PROTECT, related_name="handover")
    note = models.TextField(blank=True)
    items = models.JSONField(default=list)  # [{"kind": "unassigned"|"problem"|"call_back"|…, "key": 5, "text": "…"}]
    made_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["made_at"], condition=models.Q(accepted_at=None), name="handover_waiting")]

    def __str__(self) -> str:
        return f"{self.shift} → {self.accepted_by or '…'}"


class CallBack(models.Model):
    """A call that somebody promised; it is everybody's until it is done."""

    phone = models.CharField(max_length=16)  # E.164
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, related_name="+")
    client = models.ForeignKey(Client, on_delete=models.SET_NULL, null=True, related_name="+")
    due_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=models.Q(done_at=None), name="call_back_open")]

    def __str__(self) -> str:
        return f"{self.phone} {self.due_at:%H:%M}"
