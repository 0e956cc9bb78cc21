"""People who work here, and their shifts."""

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    DISPATCHER = "dispatcher", _("dispatcher")
    SUPERVISOR = "supervisor", _("supervisor")
    MANAGER = "manager", _("manager")
    ADMINISTRATOR = "administrator", _("administrator")
    DRIVER = "driver", _("driver")


class Person(AbstractUser):
    """One who signs in. May hold several roles; `staff.access` says what each may do."""

    first_name = models.CharField(_("first name"), max_length=80)
    last_name = models.CharField(_("surname"), max_length=80)
    call_sign = models.CharField(_("call sign"), max_length=12, blank=True)
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices), default=list, verbose_name=_("roles"))
    own_extension = models.CharField(_("own extension"), max_length=12, blank=True)
    language = models.CharField(_("language"), max_length=5, blank=True)

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


class Shift(models.Model):
    """From sign-on to sign-off at one extension. The database holds that nobody and no extension has two."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="shifts")
    extension = models.CharField(max_length=12)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(ended_at=None), name="one_open_shift_a_person"
            ),
            models.UniqueConstraint(
                fields=["extension"], condition=models.Q(ended_at=None), name="one_open_shift_an_extension"
            ),
        ]
        indexes = [models.Index(fields=["person", "-started_at"], name="shift_person_started")]

    def __str__(self) -> str:
        return f"{self.person} at {self.extension}"
