from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class UploadState(models.TextChoices):
    WAITING = "waiting", _("waits to be read")
    READING = "reading", _("is being read")
    READ = "read", _("read; look at it and take it")
    ASKED = "asked", _("waits to be taken")
    TAKING = "taking", _("is being taken")
    TAKEN = "taken", pgettext_lazy("a file of addresses", "taken")
    FAILED = "failed", _("broke off")


AT_WORK = (UploadState.WAITING, UploadState.READING, UploadState.ASKED, UploadState.TAKING)


class Upload(models.Model):
    """A file of addresses that somebody handed over: read for a preview first, taken when he says so."""

    name = models.CharField(_("file"), max_length=200)
    town = models.CharField(_("own town"), max_length=80, blank=True)
    data = models.BinaryField()  # in the database, since web and worker need not share a disk; empty once it is taken
    state = models.CharField(max_length=8, choices=UploadState.choices, default=UploadState.WAITING)
    done = models.PositiveIntegerField(default=0)  # records so far
    counts = models.JSONField(default=dict)  # {"added": {"house": 3}, "changed": …, "same": …, "faulty": 2}
    faults = models.JSONField(default=list)  # [[line, reason, value], …], the first of them
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_at_work(self) -> bool:
        return self.state in AT_WORK
