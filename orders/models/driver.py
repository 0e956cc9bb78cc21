from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Driver(models.Model):
    call_sign = models.CharField(_("call sign"), max_length=12, unique=True)
    first_name = models.CharField(_("first name"), max_length=80)
    last_name = models.CharField(_("surname"), max_length=80)
    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="driver"
    )
    vehicle = models.CharField(
        _("vehicle"), max_length=120, blank=True
    )  # make and colour, to be read out to the client
    plate = models.CharField(_("plate"), max_length=16, blank=True)
    on_shift = models.BooleanField(_("on shift"), default=False)

    class Meta:
        indexes = [models.Index(fields=["last_name", "first_name"], name="driver_name")]

    def __str__(self) -> str:
        return f"{self.call_sign} {self.last_name}".strip()


class DriverPhone(models.Model):
    driver = models.ForeignKey(Driver, on_delete=models.CASCADE, related_name="phones")
    e164 = models.CharField(_("number"), max_length=16, db_index=True)
    raw = models.CharField(max_length=40)
    is_main = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["driver", "e164"], name="driver_phone_once"),
            models.UniqueConstraint(fields=["driver"], condition=models.Q(is_main=True), name="driver_one_main_phone"),
        ]

    def __str__(self) -> str:
        return self.e164
