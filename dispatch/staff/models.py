"""People who work here, and their shifts."""

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(models.TextChoices):
    DISPATCHER = "dispatcher", _("dispatcher")
    SUPERVISOR = "supervisor", _("supervisor")
    MANAGER = "manager", _("manager")
    ADMINISTRATOR = "administrator", _("administrator")
    DRIVER = "driver", _("driver")


class Status(models.TextChoices):
    """Where a colleague is to be had. Begins with the shift and ends with it."""

    DESK = "desk", pgettext_lazy("status", "at the desk")
    MOBILE = "mobile", pgettext_lazy("status", "on mobile")
    DND = "dnd", pgettext_lazy("status", "do not disturb")


class Person(AbstractUser):
    """One who signs in. May hold several roles; `staff.access` says what each may do."""

    first_name = models.CharField(_("first name"), max_length=80)
    last_name = models.CharField(_("surname"), max_length=80)
    call_sign = models.CharField(_("call sign"), max_length=12, blank=True)
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices), default=list, verbose_name=_("roles"))
    own_extension = models.CharField(_("own extension"), max_length=12, blank=True)
    language = models.CharField(_("language"), max_length=5, blank=True)
    wraps_up = models.BooleanField(_("time to write up after a call"), default=False)
    own_clients = models.BooleanField(_("calls of my own clients come to me"), default=False)
    mobile = models.CharField(_("mobile telephone"), max_length=24, blank=True)
    status = models.CharField(max_length=8, choices=Status.choices, blank=True)  # empty: has had no shift yet
    status_since = models.DateTimeField(null=True)
    status_chosen = models.BooleanField(default=False)  # by somebody; false: it came by itself
    is_machine = models.BooleanField(default=False)  # another system, which acts by the API and never signs in

    class Meta:
        verbose_name_plural = "people"
        indexes = [models.Index(fields=["last_name", "first_name"], name="person_name")]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.last_name} {self.first_name}".strip() or self.username

    @property
    def role_names(self) -> list[str]:
        """His roles in the reader's language."""
        return [str(Role(role).label) for role in self.roles]


class StatusChange(models.Model):
    """What was so from then on. `by` is None where it came by itself."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="status_changes")
    status = models.CharField(max_length=8, choices=Status.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["person", "-id"], name="status_person")]

    def __str__(self) -> str:
        return f"{self.person} {self.status}"


class Shift(models.Model):
    """From sign-on to sign-off at one extension. The database holds that nobody and no extension has two."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="shifts")
    extension = models.CharField(max_length=12)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    end_reason = models.CharField(max_length=200, blank=True)  # said by whoever ended another's
    seen_at = models.DateTimeField(null=True)  # when a desk of its owner last listened

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(ended_at=None), name="one_open_shift_a_person"
            ),
            models.UniqueConstraint(
                fields=["extension"], condition=models.Q(ended_at=None), name="one_open_shift_an_extension"
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-started_at"], name="shift_person_started"),
            models.Index(fields=["-started_at", "-id"], name="shift_started"),
        ]

    def __str__(self) -> str:
        return f"{self.person} at {self.extension}"

    @property
    def pause(self) -> "ShiftBreak | None":
        """The break or wrap-up of this moment, also one that waits for the end of a call. `roster` has it at hand."""
        at_hand: list[ShiftBreak] | None = getattr(self, "open_breaks", None)
        found = at_hand if at_hand is not None else list(self.breaks.filter(ended_at=None)[:1])
        return found[0] if found else None


class BreakReason(models.Model):
    """A reason for a break, as the administrator's list has it."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ShiftBreak(models.Model):
    """A time of a shift in which the queue does not ring: a break, or the wrap-up after a call.

    A shift has one at a time; the database holds it. `occasion` is opaque here ("leg:731"): once for each wrap-up.
    """

    class Kind(models.TextChoices):
        BREAK = "break", _("break")
        WRAP_UP = "wrap_up", _("wrap-up")

    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="breaks")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    reason = models.CharField(max_length=60, blank=True)  # as the list had it then
    note = models.CharField(max_length=120, blank=True)
    occasion = models.CharField(max_length=64, blank=True)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)  # null: it begins when the call is over
    until = models.DateTimeField(null=True)  # a wrap-up ends by itself
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shift"], condition=models.Q(ended_at=None), name="one_open_break_a_shift"),
            models.UniqueConstraint(
                fields=["shift", "occasion"], condition=~models.Q(occasion=""), name="one_wrap_up_an_occasion"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.why}".strip()

    @property
    def why(self) -> str:
        return ": ".join(part for part in (self.reason, self.note) if part)

    @property
    def is_waiting(self) -> bool:
        return self.started_at is None
