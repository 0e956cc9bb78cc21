import uuid

from django.conf import settings
from django.db import models

from telephony.models.call import Call


class Intent(models.Model):
    """A click that asks the PBX for something. The row is the letter to the link; the PBX's event confirms it."""

    class State(models.TextChoices):
        ASKED = "asked"
        SENT = "sent"  # the PBX accepted the action: that says nothing about its outcome
        CONFIRMED = "confirmed"
        REFUSED = "refused"
        EXPIRED = "expired"
        UNKNOWN = "unknown"  # the link was lost after sending; the next snapshot resolves it

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)  # made by the page: the same click twice is one row
    verb = models.CharField(max_length=24)  # "pick"
    call = models.ForeignKey(
        Call, on_delete=models.CASCADE, null=True, related_name="intents"
    )  # null: the click places one, and the PBX has not rung anybody for it yet
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    extension = models.CharField(max_length=12)  # the actor's phone at that time
    args = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    reason = models.CharField(max_length=40, blank=True)  # message id of core.rules, translated by the view
    reason_args = models.JSONField(default=dict)
    asked_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    deadline = models.DateTimeField()
    epoch = models.BigIntegerField(null=True)  # of the link that sent it

    class Meta:
        indexes = [
            models.Index(fields=["asked_at"], condition=models.Q(state__in=["asked", "sent"]), name="intent_open"),
            models.Index(fields=["call", "-asked_at"], name="intent_call"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.about} {self.state}"

    @property
    def its_call(self) -> Call:
        """Of a click on a call. Raises Call.DoesNotExist for one that places a call."""
        if self.call is None:
            raise Call.DoesNotExist
        return self.call

    @property
    def about(self) -> str:
        """For the log."""
        return self.call.key if self.call else str(self.args.get("to", ""))
