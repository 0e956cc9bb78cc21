"""A driver at work: his shift and its breaks, where he is, and what he pressed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.models.driver import Driver, Vehicle
from places.models import Stand


class DriverShift(models.Model):
    """`Driver.on_shift` is true exactly while one is open; both are written by `orders.services.driver_shifts`."""

    driver = models.ForeignKey(Driver, on_delete=models.CASCADE, related_name="shifts")
    vehicle = models.ForeignKey(
        Vehicle, verbose_name=_("vehicle"), on_delete=models.PROTECT, null=True, related_name="shifts"
    )
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField(_("drives until"), null=True, blank=True)  # as he means to; null: not said
    ended_at = models.DateTimeField(null=True)
    takes_next = models.BooleanField(default=False)  # may be offered an order while he finishes the present one

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["driver"], condition=Q(ended_at=None), name="one_shift_a_driver"),
            models.UniqueConstraint(fields=["vehicle"], condition=Q(ended_at=None), name="one_driver_a_vehicle"),
        ]
        indexes = [models.Index(fields=["driver", "-started_at"], name="driver_shifts")]

    def __str__(self) -> str:
        return f"{self.driver_id} {self.started_at:%Y-%m-%d %H:%M}"


class DriverBreak(models.Model):
    shift = models.ForeignKey(DriverShift, on_delete=models.CASCADE, related_name="breaks")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(_("reason"), max_length=80, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shift"], condition=Q(ended_at=None), name="one_break_a_shift")]

    def __str__(self) -> str:
        return f"{self.began_at:%H:%M} {self.reason}".strip()


class DriverPosition(models.Model):
    """Where a driver was last seen. `stand`: he waits there in the queue, by `stand_since`."""

    driver = models.OneToOneField(Driver, on_delete=models.CASCADE, related_name="position")
    latitude = models.FloatField()  # degrees, WGS 84
    longitude = models.FloatField()
    accuracy_m = models.PositiveIntegerField(null=True)
    at = models.DateTimeField()
    stand = models.ForeignKey(Stand, on_delete=models.SET_NULL, null=True, related_name="queue")
    stand_since = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["stand", "stand_since"], condition=~Q(stand=None), name="stand_queue")]

    def __str__(self) -> str:
        return f"{self.latitude:.5f} {self.longitude:.5f}"


class DriverAct(models.Model):
    """A press in the driver's page, kept so that one that is sent again after a tunnel is done once."""

    key = models.UUIDField(primary_key=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    pressed_at = models.DateTimeField()  # by his telephone
    received_at = models.DateTimeField()
    sentence = models.CharField(max_length=300, blank=True)  # why it was refused; empty: it was done

    class Meta:
        indexes = [models.Index(fields=["received_at"], name="driver_act_age")]

    def __str__(self) -> str:
        return self.name
