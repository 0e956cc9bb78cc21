"""How each person has set up the conveyor."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedFilter(models.Model):
    """A view of the list under a name. `query` is the one of `orders.filters`."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters")
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=600, blank=True)
    is_shared = models.BooleanField(_("for everyone on shift"), default=False)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="saved_filter_once")]

    def __str__(self) -> str:
        return self.name


class DeskSetup(models.Model):
    """`columns`: names of `orders.columns` in their order, empty: as the house does. `keys`: default key → own key."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="desk_setup"
    )
    columns = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    default_filter = models.ForeignKey(SavedFilter, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    keys = models.JSONField(default=dict, blank=True)

    def __str__(self) -> str:
        return str(self.person)
