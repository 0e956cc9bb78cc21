from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from telephony.models.phone_model import PhoneModel


class Extension(models.Model):
    """A telephone of the office as the PBX knows it."""

    class Queue(models.TextChoices):
        """What the PBX says, as the link last read it."""

        OUT = ""  # the queue does not know this telephone
        RINGS = "rings"
        PAUSED = "paused"

    number = models.CharField(_("extension"), max_length=12, unique=True)
    interface = models.CharField(_("device"), max_length=60)  # "PJSIP/101": what the queue rings
    label = models.CharField(_("place"), max_length=80, blank=True)  # "desk by the window"
    is_active = models.BooleanField(_("in use"), default=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="extensions"
    )
    queue = models.CharField(max_length=8, choices=Queue.choices, default=Queue.OUT, blank=True)  # written by the link
    phone_model = models.ForeignKey(
        PhoneModel, on_delete=models.SET_NULL, null=True, editable=False, related_name="extensions"
    )  # as it registered when a call last asked it to answer
    is_off = models.BooleanField(default=False)  # no telephone is registered there, says the PBX; written by the link
    refuses = models.BooleanField(default=False)  # the PBX rings it for nobody: do not disturb; written by the link

    def __str__(self) -> str:
        return self.number
