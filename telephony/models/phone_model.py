from django.db import models
from django.utils.translation import gettext_lazy as _

from telephony.core import hands_free


class PhoneModel(models.Model):
    """A make of telephone that was seen at one of ours, and how it is made to answer by itself."""

    class Way(models.TextChoices):
        HEADER = hands_free.Way.HEADER, _("by itself, when the call asks for it")
        TALK = hands_free.Way.TALK, _("by itself, when it is told to while it rings")
        HAND = hands_free.Way.HAND, _("somebody lifts the handset")

    name = models.CharField(_("model"), max_length=hands_free.LONGEST, unique=True)
    way = models.CharField(_("how it answers"), max_length=8, choices=Way.choices)
    streak = models.PositiveSmallIntegerField(default=0)  # so often in a row it has shown that way
    is_fixed = models.BooleanField(default=False)  # the administrator said it: nothing is learned
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    @property
    def record(self) -> hands_free.Record:
        return hands_free.Record(hands_free.Way(self.way), self.streak, self.is_fixed)

    @property
    def is_sure(self) -> bool:
        return self.record.sure is not None
