from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Fleet(models.Model):
    """A brand of the office: its city numbers, tariffs, drivers, and how it looks for a car."""

    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=80, unique=True)
    is_active = models.BooleanField(_("in use"), default=True)
    greeting = models.CharField(_("greeting"), max_length=200, blank=True)  # stands on the card of a call to this fleet
    is_default = models.BooleanField(_("for orders that come by no number of a fleet"), default=False)
    searches_by_itself = models.BooleanField(_("offers orders by itself"), default=False)
    queue_offer_seconds = models.PositiveSmallIntegerField(_("seconds for one offer, by queue"), default=20)
    queue_total_seconds = models.PositiveSmallIntegerField(_("seconds of search, by queue"), default=60)
    radius_m = models.PositiveIntegerField(_("radius in metres"), default=3000)
    radius_offer_seconds = models.PositiveSmallIntegerField(_("seconds for one offer, by radius"), default=20)
    radius_total_seconds = models.PositiveSmallIntegerField(_("seconds of search, by radius"), default=180)
    position_minutes = models.PositiveSmallIntegerField(_("minutes until a position is stale"), default=5)
    release_minutes = models.PositiveSmallIntegerField(_("minutes before pick-up"), null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="one_default_fleet"
            )
        ]

    def __str__(self) -> str:
        return self.name


class FleetLogo(models.Model):
    """Apart from the fleet, so that nobody reads the picture with every order."""

    fleet = models.OneToOneField(Fleet, on_delete=models.CASCADE, primary_key=True, related_name="logo")
    content = models.BinaryField()
    content_type = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)  # SHA-256 of the content: part of its address, so that it may be kept

    def __str__(self) -> str:
        return self.digest


class FleetNumber(models.Model):
    """A city number: who calls it calls this fleet."""

    fleet = models.ForeignKey(Fleet, on_delete=models.CASCADE, related_name="numbers")
    e164 = models.CharField(_("number"), max_length=16, unique=True)
    raw = models.CharField(max_length=40)

    def __str__(self) -> str:
        return self.e164
