from django.db import models
from django.utils.translation import gettext_lazy as _


class CallClass(models.Model):
    """What a call was about ("order", "complaint", "wrong number"), in the words of the office."""

    name = models.CharField(_("class of calls"), max_length=40, unique=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
