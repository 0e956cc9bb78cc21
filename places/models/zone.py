from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Zone(models.Model):
    """A part of the town. Where zones overlap, the one with the higher `rank` counts."""

    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=80, unique=True)
    area = models.JSONField(_("area"))  # a GeoJSON Polygon or MultiPolygon, [longitude, latitude] in degrees
    south = models.FloatField()  # the box around it, degrees: what lies outside is not looked at
    north = models.FloatField()
    west = models.FloatField()
    east = models.FloatField()
    rank = models.SmallIntegerField(_("rank"), default=0)
    release_minutes = models.PositiveSmallIntegerField(
        _("minutes before pick-up"), null=True, blank=True
    )  # null: as the office does
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Stand(models.Model):
    """Where taxis wait in a queue."""

    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=80, unique=True)
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, null=True, blank=True, related_name="stands")
    latitude = models.FloatField(_("latitude"))  # degrees
    longitude = models.FloatField(_("longitude"))
    radius_m = models.PositiveIntegerField(_("radius in metres"), default=150)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
