"""The office's closed lists: what a trip may ask for, how it is paid, where it came from."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ServiceClass(models.TextChoices):
    ECONOMY = "economy", _("economy")
    COMFORT = "comfort", _("comfort")
    BUSINESS = "business", _("business")
    MINIVAN = "minivan", _("minivan")


class TripOption(models.TextChoices):
    """What the car or its driver must offer."""

    CHILD_SEAT = "child_seat", _("child seat")
    BOOSTER = "booster", _("booster seat")
    PET = "pet", _("pet")
    LUGGAGE = "luggage", _("large luggage")
    WHEELCHAIR = "wheelchair", _("wheelchair")
    NON_SMOKING = "non_smoking", _("non-smoking")
    MEETING = "meeting", _("meet with a name sign")
    RECEIPT = "receipt", _("receipt")


class Payment(models.TextChoices):
    CASH = "cash", _("cash")
    CARD = "card", pgettext_lazy("payment", "card")
    ACCOUNT = "account", _("company account")


class Channel(models.TextChoices):
    """How the order reached the office."""

    PHONE = "phone", _("telephone")
    DESK = "desk", _("at the desk")
    RECURRING = "recurring", _("recurring order")
    API = "api", _("other system")


class CalledOffBy(models.TextChoices):
    """Whose doing it is that an order ends without a trip; not who pressed the button."""

    CLIENT = "client", _("the client")
    DRIVER = "driver", _("the driver")
    OFFICE = "office", _("the office")
    OTHER = "other", _("somebody else")


class Alarm(models.TextChoices):
    """What the watchdogs found too long. It goes by itself when the order moves on."""

    UNCONFIRMED = "unconfirmed", _("the driver has not confirmed")
    UNASSIGNED = "unassigned", _("without a driver for too long")
    NOBODY = "nobody", _("nobody accepted")
    OFFERED = "offered", _("offered for too long")
    NOT_SET_OFF = "not_set_off", _("the driver has not set off")
    NOT_OUT = "not_out", _("the client does not come out")
    ON_BOARD = "on_board", _("on board for too long")
