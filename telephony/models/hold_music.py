from django.db import models


class HoldMusic(models.Model):
    """What callers who wait hear: one row, or none as long as nobody has chosen."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    chosen = models.CharField(max_length=40, blank=True)  # a class of the PBX; "": as the PBX is set up
    kept = models.CharField(max_length=40, null=True)
    kept_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_hold_music")]

    def __str__(self) -> str:
        return self.chosen
