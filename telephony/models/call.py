"""Calls as the screens and the history know them. Written by the link only (recorder.py), except `order`, `note` and
`call_class`."""

from django.conf import settings
from django.db import models

from orders.models import Client, Driver, Fleet, Order
from telephony.core.naming import is_pair
from telephony.models.call_class import CallClass


class Call(models.Model):
    class Direction(models.TextChoices):
        IN = "in"
        OUT = "out"
        INTERNAL = "internal"

    class State(models.TextChoices):
        RINGING = "ringing"  # waits for somebody: in a queue, or a phone rings
        TALKING = "talking"
        ENDED = "ended"

    class Result(models.TextChoices):
        ANSWERED = "answered"
        ABANDONED = "abandoned"  # rang off before anybody answered
        BUSY = "busy"
        NOANSWER = "noanswer"
        REJECTED = "rejected"
        FAILED = "failed"
        LOST_LINK = "lost_link"  # ended while we were not connected to the PBX
        LOST_PBX = "lost_pbx"  # ended by a restart of the PBX

    key = models.CharField(max_length=80, unique=True)  # of telephony.core: Uniqueid of the first channel + PBX start
    direction = models.CharField(max_length=8, choices=Direction.choices)
    state = models.CharField(max_length=8, choices=State.choices)
    result = models.CharField(max_length=12, choices=Result.choices, blank=True)

    caller_raw = models.CharField(max_length=80, blank=True)  # as on the wire
    caller_e164 = models.CharField(max_length=16, blank=True)
    caller_name = models.CharField(max_length=120, blank=True)
    dialled = models.CharField(max_length=80, blank=True)
    fleet = models.ForeignKey(
        Fleet, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )  # whose number was called, as it was then
    queue = models.CharField(max_length=80, blank=True)
    ringing = models.JSONField(default=list)  # extensions that ring now, as numbers
    talking_to = models.JSONField(default=list)  # parties in conversation with the caller now, as numbers
    # {"phase": own|hold|all|transfer|home|park or "", "by": party, "to": number|why|slot, "since": ISO,
    #  "second": {"party": …, "state": called|ringing|talking|held|busy|…} or null}; {}: they simply talk, if at all
    handling = models.JSONField(default=dict)
    # supervisors at this conversation now: [{"by": extension, "mode": listen|whisper|join, "of": whose telephone}]
    watchers = models.JSONField(default=list)
    held_by = models.JSONField(default=list)  # parties whose telephone itself holds the other side now, as numbers
    answered_extension = models.CharField(max_length=40, blank=True)  # who answered first
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_by = models.CharField(max_length=12, blank=True)  # caller, answerer, target, system

    started_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    # who calls, found on the first ring (recognition.py); the same for every desk
    recognised = models.CharField(
        max_length=12, blank=True
    )  # new, known, orders, driver, staff, blacklisted, hidden, choice
    client = models.ForeignKey(Client, on_delete=models.SET_NULL, null=True, related_name="calls", db_index=False)
    driver = models.ForeignKey(Driver, on_delete=models.SET_NULL, null=True, related_name="calls")
    colleague = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )  # who calls from an extension; or who had two people outside connected
    choices = models.JSONField(default=list)  # [{"kind": "client"|"driver"|"staff", "id": 5}] when several match
    order = models.ForeignKey(Order, on_delete=models.SET_NULL, null=True, related_name="calls", db_index=False)
    note = models.CharField(max_length=500, blank=True)  # of whoever talks, for whoever gets the call next
    call_class = models.ForeignKey(CallClass, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)

    class Meta:
        indexes = [
            models.Index(fields=["started_at"], condition=~models.Q(state="ended"), name="call_live"),
            models.Index(fields=["-started_at", "-id"], name="call_started"),
            models.Index(fields=["caller_e164", "-started_at"], name="call_caller"),
            models.Index(fields=["caller_raw", "-started_at"], name="call_caller_raw"),
            models.Index(fields=["dialled", "-started_at"], name="call_dialled"),
            models.Index(fields=["answered_by", "-started_at"], name="call_answered_by"),
            models.Index(fields=["answered_extension", "-started_at"], name="call_answered_extension"),
            models.Index(fields=["result", "-started_at"], name="call_result"),
            models.Index(fields=["direction", "-started_at", "-id"], name="call_direction"),
            models.Index(fields=["client", "-started_at", "-id"], name="call_client"),
            models.Index(fields=["order", "-started_at", "-id"], name="call_order"),
            models.Index(fields=["call_class", "-started_at", "-id"], name="call_class"),
            models.Index(
                fields=["-started_at", "-id"],
                condition=models.Q(direction="in", state="ended", answered_at=None),
                name="call_missed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.caller_raw} → {self.dialled}"

    @property
    def ending(self) -> str:
        """One of the three ways in which a call ends (answered, missed, failed); "" while it lives."""
        if self.state != self.State.ENDED:
            return ""
        if self.result == self.Result.ANSWERED:
            return "answered"
        nobody = (self.Result.ABANDONED, self.Result.NOANSWER, self.Result.REJECTED)
        return "missed" if self.result in nobody else "failed"

    @property
    def is_pair(self) -> bool:
        """Two people outside are connected: `caller_raw` is rung first; nobody of the house talks in it."""
        return is_pair(self.key)

    @property
    def phase(self) -> str:
        return str(self.handling.get("phase", ""))

    @property
    def desks(self) -> tuple[str, ...]:
        """The telephones of the house whose call this is now: who talks in it, or holds its client. One who waits on
        the line, asked by them, is not among them: `second_party`."""
        if self.is_pair:
            return ()
        if self.phase in ("hold", "all"):
            return (self.handling["by"],)
        placed = [] if self.direction == self.Direction.IN else [self.caller_raw]
        return tuple(dict.fromkeys([*self.talking_to, *placed]))

    @property
    def second_party(self) -> str:
        return str((self.handling.get("second") or {}).get("party", ""))


class Leg(models.Model):
    """One phone in a call. The two halves of a Local channel are one leg."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="legs")
    uniqueid = models.CharField(max_length=80)
    channel = models.CharField(max_length=120)
    party = models.CharField(max_length=80, blank=True)  # number, or a name where there is no number
    name = models.CharField(max_length=120, blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    role = models.CharField(max_length=10)  # caller, called, target, consult, own
    outcome = models.CharField(max_length=12, blank=True)  # answered, busy, noanswer, rejected, cancelled, failed
    started_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "uniqueid"], name="leg_once")]

    def __str__(self) -> str:
        return f"{self.role} {self.party}"


class Transfer(models.Model):
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="transfers")
    place = models.PositiveSmallIntegerField()  # first, second … of this call
    kind = models.CharField(max_length=10)  # attended, blind, park, taken
    by = models.CharField(max_length=80)
    to = models.JSONField(default=list)
    completed = models.BooleanField(default=False)
    why = models.CharField(
        max_length=12, blank=True
    )  # busy, noanswer, rejected, cancelled, caller_gone, target_gone, failed
    at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "place"], name="transfer_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.by} → {self.to}"
