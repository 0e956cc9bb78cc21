from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from places import addresses
from places.geo import Point


class PlaceKind(models.TextChoices):
    STATION = "station", _("railway station")
    UNDERGROUND = "underground", _("underground station")
    BUS = "bus", _("bus station")
    AIRPORT = "airport", _("airport")
    HOSPITAL = "hospital", _("hospital or clinic")
    PHARMACY = "pharmacy", _("pharmacy")
    HOTEL = "hotel", _("hotel")
    FOOD = "food", _("café or restaurant")
    SHOP = "shop", _("shop")
    SCHOOL = "school", _("school or university")
    OFFICE = "office", _("office or authority")
    CULTURE = "culture", _("theatre, cinema or museum")
    SPORT = "sport", _("sports ground")
    WORSHIP = "worship", _("place of worship")
    PARK = "park", _("park or cemetery")
    DISTRICT = "district", _("part of the town")
    OTHER = "other", pgettext_lazy("kind of place", "other")


class Street(models.Model):
    """A street as its sign says it, with a point about its middle. Degrees, as everywhere in this room."""

    name = models.CharField(_("name"), max_length=160)
    locality = models.CharField(_("town or village"), max_length=80, blank=True)  # empty: the office's own town
    latitude = models.FloatField(_("latitude"))
    longitude = models.FloatField(_("longitude"))

    class Meta:
        ordering = ["name", "locality"]
        constraints = [models.UniqueConstraint(fields=["name", "locality"], name="street_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def point(self) -> Point:
        return Point(self.latitude, self.longitude)


class House(models.Model):
    street = models.ForeignKey(Street, on_delete=models.CASCADE, related_name="houses")
    number = models.CharField(_("house"), max_length=20)  # as the sign says it
    search = models.CharField(max_length=24, editable=False)  # addresses.house_key
    latitude = models.FloatField(_("latitude"))
    longitude = models.FloatField(_("longitude"))
    is_closed = models.BooleanField(_("closed"), default=False)  # nobody is driven there: not found any more

    class Meta:
        ordering = ["street", "search"]
        constraints = [models.UniqueConstraint(fields=["street", "search"], name="house_once")]
        indexes = [
            models.Index("street", OpClass("search", name="varchar_pattern_ops"), name="house_by_number"),
        ]

    def __str__(self) -> str:
        return f"{self.street}, {self.number}"

    @property
    def point(self) -> Point:
        return Point(self.latitude, self.longitude)


class Place(models.Model):
    """What people name without a street: a station, a hospital, a shopping centre."""

    name = models.CharField(_("name"), max_length=160)
    kind = models.CharField(_("kind"), max_length=12, choices=PlaceKind.choices, default=PlaceKind.OTHER)
    address = models.CharField(_("address"), max_length=200, blank=True)
    locality = models.CharField(_("town or village"), max_length=80, blank=True)
    latitude = models.FloatField(_("latitude"))
    longitude = models.FloatField(_("longitude"))
    is_closed = models.BooleanField(_("closed"), default=False)

    class Meta:
        ordering = ["name", "locality", "address"]
        constraints = [models.UniqueConstraint(fields=["name", "locality", "address"], name="place_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def point(self) -> Point:
        return Point(self.latitude, self.longitude)


class Name(models.Model):
    """A name under which a street or a place is found: its own (`is_main`), one in another language, an old or a
    colloquial one. Everything that is looked for is a row here, so that one index finds it."""

    text = models.CharField(_("name"), max_length=160)
    search = models.CharField(max_length=200, editable=False)  # addresses.search_key: ASCII words, without the kind
    street = models.ForeignKey(Street, on_delete=models.CASCADE, null=True, related_name="names")
    place = models.ForeignKey(Place, on_delete=models.CASCADE, null=True, related_name="names")
    is_main = models.BooleanField(default=False)

    class Meta:
        ordering = ["-is_main", "text"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(street=None, place__isnull=False) | models.Q(street__isnull=False, place=None),
                name="name_of_one_thing",
            ),
            models.UniqueConstraint(fields=["street", "text"], name="name_of_street_once"),
            models.UniqueConstraint(fields=["place", "text"], name="name_of_place_once"),
        ]
        indexes = [
            GinIndex(OpClass("search", name="gin_trgm_ops"), name="name_trigrams"),
        ]

    def __str__(self) -> str:
        return self.text

    @classmethod
    def of_street(cls, street: Street, text: str, *, is_main: bool = False) -> "Name":
        return cls(street=street, text=text, search=addresses.search_key(text)[:200], is_main=is_main)

    @classmethod
    def of_place(cls, place: Place, text: str, *, is_main: bool = False) -> "Name":
        return cls(place=place, text=text, search=addresses.search_key(text)[:200], is_main=is_main)
