"""What comes in from a spreadsheet: one row for each file, with how far it is and what was wrong on which line."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SheetKind(models.TextChoices):
    CLIENTS = "clients", _("clients")
    ADDRESSES = "addresses", _("addresses of clients")
    DRIVERS = "drivers", _("drivers")
    VEHICLES = "vehicles", _("vehicles")


class Import(models.Model):
    class State(models.TextChoices):
        UPLOADED = "uploaded", _("waits for its columns")
        CHECKING = "checking", _("is being checked")
        CHECKED = "checked", _("checked")
        TAKING = "taking", _("is being taken over")
        DONE = "done", _("taken over")
        FAILED = "failed", _("cannot be read")

    RUNNING = (State.CHECKING, State.TAKING)

    kind = models.CharField(_("what it holds"), max_length=12, choices=SheetKind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    file_name = models.CharField(_("file"), max_length=120)
    columns = models.JSONField(default=dict)  # {field: place of its column, from 0}
    language = models.CharField(max_length=8)  # of whoever reads what was wrong
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField(auto_now_add=True)  # last sign of life of the worker
    finished_at = models.DateTimeField(null=True)
    total = models.PositiveIntegerField(default=0)  # lines below the heading
    done = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)  # known already, and nothing new
    faulty = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["touched_at"], condition=models.Q(state__in=["checking", "taking"]), name="import_running"
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_running(self) -> bool:
        return self.state in self.RUNNING


class ImportFile(models.Model):
    """The file itself: web and worker need not share a disk. Deleted when it was taken over."""

    of = models.OneToOneField(Import, on_delete=models.CASCADE, primary_key=True, related_name="file")
    content = models.BinaryField()

    def __str__(self) -> str:
        return str(self.of_id)


class ImportFault(models.Model):
    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="faults")
    line = models.PositiveIntegerField()  # as the spreadsheet counts: the heading is 1
    sentence = models.CharField(max_length=250)

    class Meta:
        ordering = ["line", "pk"]

    def __str__(self) -> str:
        return f"{self.line}: {self.sentence}"
