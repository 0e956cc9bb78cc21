from django.db import models


class Lease(models.Model):
    """Who is the one active link (row 1), renewed each second; every write of the link checks `epoch` in SQL."""

    class Pbx(models.TextChoices):
        NONE = "none"  # no PBX configured
        DOWN = "down"
        SYNCING = "syncing"
        UP = "up"

    epoch = models.BigIntegerField(default=0)
    holder = models.CharField(max_length=80, blank=True)
    renewed_at = models.DateTimeField(null=True)
    pbx = models.CharField(max_length=8, choices=Pbx.choices, default=Pbx.NONE)
    pbx_seen_at = models.DateTimeField(null=True)  # last byte from it
    pbx_started_at = models.DateTimeField(null=True)  # its own start, to tell a restart from a cut
    note = models.CharField(max_length=200, blank=True)  # "wrong password", "refused" …

    def __str__(self) -> str:
        return f"{self.holder} epoch {self.epoch}"
