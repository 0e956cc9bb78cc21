from django.db import models

from telephony.core.watching import NAMED
from telephony.models.call import Call


class Recording(models.Model):
    """One segment of a call's sound. A call has several after holds and transfers; they are played as one."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="recordings")
    file = models.CharField(max_length=250)  # name below settings.RECORDINGS_DIR
    started_at = models.DateTimeField()
    seconds = models.FloatField(null=True)  # null: still being written
    size = models.BigIntegerField(null=True)  # bytes

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file"], name="recording_file_once")]
        indexes = [models.Index(fields=["call", "started_at"], name="recording_call")]

    @property
    def covers(self) -> bool:
        """It was taken on the leg of a supervisor who had joined: it has all that another one has of its time."""
        return f"-{NAMED}" in self.file

    def __str__(self) -> str:
        return self.file
