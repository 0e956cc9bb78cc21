import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from orders.flow import BUSY_STATES, FINAL_STATES, OPEN_STATES, State
from orders.models.account import Account
from orders.models.choices import Alarm, CalledOffBy, Channel, Payment, ServiceClass, TripOption
from orders.models.client import Client
from orders.models.driver import Driver
from orders.models.fleet import Fleet
from orders.models.recurrence import Recurrence
from orders.models.tariff import TariffVersion
from places import folding
from places.models import Stand, Zone

SEARCHED = frozenset({"phone", "callback_phone", "pickup", "destination", "passenger_name", "client"})


class OrderQuerySet(models.QuerySet["Order"]):
    def open(self) -> "OrderQuerySet":
        return self.filter(state__in=OPEN_STATES)


class Order(models.Model):
    """One trip that somebody asked for. Its state changes only through `orders.services.lifecycle`.

    Coordinates are degrees (WGS 84), null where the address is not one of the directory. `pickup` and `destination` are
    the first and the last stop as people say them; what lies between is in `OrderStop`.
    """

    state = models.CharField(_("state"), max_length=16, choices=[(s.value, s.value) for s in State])
    state_since = models.DateTimeField()
    # No index of their own where one below begins with the same column.
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, related_name="orders", db_index=False)
    driver = models.ForeignKey(
        Driver, on_delete=models.PROTECT, null=True, blank=True, related_name="orders", db_index=False
    )
    phone = models.CharField(_("phone"), max_length=16, blank=True)  # E.164
    phone_raw = models.CharField(max_length=40, blank=True)
    pickup = models.CharField(_("pick-up"), max_length=250)
    destination = models.CharField(_("destination"), max_length=250, blank=True)
    pickup_at = models.DateTimeField(_("time"), null=True, blank=True)  # null: as soon as possible
    due_at = models.GeneratedField(
        expression=Coalesce("pickup_at", "created_at"), output_field=models.DateTimeField(), db_persist=True
    )
    comment = models.TextField(_("note for the driver"), blank=True)
    office_note = models.TextField(_("note for the office"), blank=True)

    fleet = models.ForeignKey(Fleet, on_delete=models.PROTECT, null=True, related_name="orders")
    zone = models.ForeignKey(
        Zone, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )  # of the pick-up
    stand = models.ForeignKey(Stand, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    pickup_latitude = models.FloatField(null=True, blank=True)
    pickup_longitude = models.FloatField(null=True, blank=True)
    pickup_entrance = models.CharField(_("entrance"), max_length=20, blank=True)
    pickup_flat = models.CharField(_("flat"), max_length=20, blank=True)
    destination_latitude = models.FloatField(null=True, blank=True)
    destination_longitude = models.FloatField(null=True, blank=True)

    passengers = models.PositiveSmallIntegerField(_("passengers"), default=1)
    passenger_name = models.CharField(_("passenger"), max_length=120, blank=True)  # where it is not the caller
    callback_phone = models.CharField(_("number to call back"), max_length=16, blank=True)  # E.164
    flight = models.CharField(_("flight"), max_length=12, blank=True)
    service_class = models.CharField(
        _("class"), max_length=12, choices=ServiceClass.choices, default=ServiceClass.ECONOMY
    )
    options = ArrayField(models.CharField(max_length=12, choices=TripOption.choices), default=list, blank=True)
    waits_and_returns = models.BooleanField(_("wait and return"), default=False)
    series = models.UUIDField(null=True, blank=True)  # several cars asked for together, or a way there and back

    tariff_version = models.ForeignKey(
        TariffVersion, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    payment = models.CharField(_("payment"), max_length=8, choices=Payment.choices, default=Payment.CASH)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, related_name="orders", db_index=False
    )
    price = models.DecimalField(_("price"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)  # ISO 4217
    price_lines = models.JSONField(default=list, blank=True)  # the breakdown, as `orders.pricing` made it
    distance_m = models.PositiveIntegerField(null=True, blank=True)  # as estimated when it was priced
    duration_s = models.PositiveIntegerField(null=True, blank=True)

    release_minutes = models.PositiveSmallIntegerField(
        _("minutes before pick-up"), null=True, blank=True
    )  # null: as the zone, the fleet or the office does
    release_at = models.DateTimeField(null=True, blank=True)  # when a pre-order enters the search
    reserved_for = models.ForeignKey(Driver, on_delete=models.PROTECT, null=True, blank=True, related_name="reserved")
    confirm_by = models.DateTimeField(null=True, blank=True)  # until when that driver has to say that he will come
    confirmed_at = models.DateTimeField(null=True, blank=True)
    recurrence = models.ForeignKey(Recurrence, on_delete=models.PROTECT, null=True, blank=True, related_name="orders")
    recurs_on = models.DateField(null=True, blank=True)
    is_on_hold = models.BooleanField(_("on hold"), default=False)  # booked, but not to be offered yet
    held_until = models.DateTimeField(_("on hold until"), null=True, blank=True)  # null: until somebody says so
    problem = models.CharField(_("problem"), max_length=200, blank=True)  # what somebody must look after
    alarm = models.CharField(_("alarm"), max_length=16, choices=Alarm.choices, blank=True)  # the house's own watch
    channel = models.CharField(_("came by"), max_length=10, choices=Channel.choices, default=Channel.DESK)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    search_key = models.TextField(default="", editable=False)  # what free text is looked for in: `places.folding`
    source = models.CharField(max_length=64, blank=True)  # what it came from, opaque here: "call:731"
    version = models.PositiveIntegerField(default=1)  # of the fields and the state; a save names the one it saw

    objects = OrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["driver"],
                condition=models.Q(state__in=sorted(BUSY_STATES)),
                name="one_order_a_driver",
            ),
            models.CheckConstraint(
                condition=models.Q(is_on_hold=True) | models.Q(held_until=None), name="held_until_of_hold"
            ),
            models.UniqueConstraint(fields=["recurrence", "recurs_on"], name="recurring_order_once_a_day"),
        ]
        indexes = [
            models.Index(fields=["held_until"], condition=models.Q(held_until__isnull=False), name="order_held_until"),
            models.Index(fields=["due_at", "id"], condition=models.Q(state__in=sorted(OPEN_STATES)), name="order_open"),
            models.Index(fields=["-due_at", "-id"], name="order_newest"),
            models.Index(fields=["state", "-due_at", "-id"], name="order_state"),
            models.Index(fields=["client", "-id"], name="order_client"),
            models.Index(fields=["driver", "-id"], name="order_driver"),
            models.Index(fields=["driver", "-due_at", "-id"], name="order_driver_due"),
            models.Index(fields=["phone", "-id"], name="order_phone"),
            models.Index(fields=["zone", "-due_at", "-id"], name="order_zone"),
            models.Index(fields=["tariff_version", "-due_at", "-id"], name="order_tariff"),
            models.Index(fields=["created_by", "-due_at", "-id"], name="order_taker"),
            models.Index(fields=["service_class", "-due_at", "-id"], name="order_class"),
            models.Index(fields=["channel", "-due_at", "-id"], name="order_channel"),
            models.Index(fields=["account", "due_at"], condition=models.Q(account__isnull=False), name="order_account"),
            models.Index(fields=["pickup_at"], condition=models.Q(state="scheduled"), name="order_scheduled"),
            models.Index(fields=["release_at"], condition=models.Q(state="scheduled"), name="order_release"),
            GinIndex(OpClass("search_key", name="gin_trgm_ops"), name="order_search"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def release_moment(self) -> datetime | None:
        """When it enters the search, by its own rule, its zone's, its fleet's or the office's; None: at once."""
        if self.pickup_at is None:
            return None
        rules = [self.release_minutes, *(part.release_minutes for part in (self.zone, self.fleet) if part)]
        minutes = next((rule for rule in rules if rule is not None), settings.ORDER_RELEASE_MINUTES)
        return self.pickup_at - timedelta(minutes=minutes)

    def is_for_later(self, now: datetime) -> bool:
        """Whether the pick-up is so far off that the search need not begin yet."""
        return self.release_at is not None and self.release_at > now

    def confirm_moment(self, now: datetime) -> datetime:
        """By when a driver for whom it is kept from `now` on has to say that he will come."""
        margin, search = timedelta(minutes=settings.ORDER_CONFIRM_MINUTES), self.release_at or now
        return max(search - margin, min(now + margin, search))

    @property
    def remind_at(self) -> datetime | None:
        """From when on that driver is reminded; None: he has confirmed, or there is none."""
        if self.confirm_by is None or self.confirmed_at is not None:
            return None
        return self.confirm_by - timedelta(minutes=settings.ORDER_REMIND_MINUTES)

    @property
    def is_closed(self) -> bool:
        return self.state in FINAL_STATES

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        if update_fields is None or not SEARCHED.isdisjoint(update_fields := set(update_fields)):
            self.search_key = self.found_by()
            update_fields = None if update_fields is None else {*update_fields, "search_key"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def found_by(self) -> str:
        """What free text is looked for in: digits of the phones, addresses and names in letters that all can type.

        Between blanks, so that a word's beginning can be asked for.
        """
        phones = (self.phone.lstrip("+"), self.callback_phone.lstrip("+"))
        name = self.client.name if self.client else ""
        said = (folding.key(text) for text in (self.pickup, self.destination, name, self.passenger_name))
        return f" {' '.join(part for part in (*phones, *said) if part)} "


class OrderStop(models.Model):
    """A stop between pick-up and destination; `place` counts from 1."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="stops")
    place = models.PositiveSmallIntegerField()
    address = models.CharField(_("address"), max_length=250)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["order", "place"], name="order_stop_once")]

    def __str__(self) -> str:
        return self.address


class OrderEvent(models.Model):
    """One line of an order's history: a transition or an edit. Append-only; the database refuses anything else."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    transition = models.CharField(max_length=24)  # name in orders.flow, or "edit"
    from_state = models.CharField(max_length=16, blank=True)
    to_state = models.CharField(max_length=16, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    actor_kind = models.CharField(max_length=12)  # of orders.flow.ActorKind
    driver = models.ForeignKey(Driver, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    by_whom = models.CharField(max_length=8, choices=CalledOffBy.choices, blank=True)  # of an end without a trip
    source = models.CharField(max_length=64, blank=True)  # "call:731" when a call was the occasion
    changes = models.JSONField(default=dict)  # an edit: {field: [before, after]}

    class Meta:
        indexes = [
            models.Index(fields=["order", "id"], name="event_order"),
            models.Index(fields=["source"], name="event_source"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.transition}"


class Draft(models.Model):
    """A half-filled intake form. Kept on the server with each pause in typing, so that nothing typed is lost."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    source = models.CharField(max_length=64, blank=True)  # "call:731", or empty for one opened by hand
    fields = models.JSONField(default=dict)  # {name: text} as typed, not yet valid
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    order = models.ForeignKey(Order, on_delete=models.SET_NULL, null=True, related_name="+")  # once it became one

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "source"],
                condition=~models.Q(source="") & models.Q(order=None),
                name="one_draft_a_source",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)
