import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from orders.flow import BUSY_STATES, OPEN_STATES, State
from orders.models.client import Client
from orders.models.driver import Driver


class OrderQuerySet(models.QuerySet["Order"]):
    def open(self) -> "OrderQuerySet":
        return self.filter(state__in=OPEN_STATES)


class Order(models.Model):
    """One trip that somebody asked for. Its state changes only through `orders.services.lifecycle`."""

    state = models.CharField(_("state"), max_length=16, choices=[(s.value, s.value) for s in State])
    state_since = models.DateTimeField()
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, related_name="orders")
    driver = models.ForeignKey(Driver, on_delete=models.PROTECT, null=True, blank=True, related_name="orders")
    phone = models.CharField(_("phone"), max_length=16, db_index=True, blank=True)  # E.164
    phone_raw = models.CharField(max_length=40, blank=True)
    pickup = models.CharField(_("pick-up"), max_length=250)
    destination = models.CharField(_("destination"), max_length=250, blank=True)
    pickup_at = models.DateTimeField(_("time"), null=True, blank=True)  # null: as soon as possible
    comment = models.TextField(_("comment"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
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
        ]
        indexes = [
            models.Index(fields=["-id"], condition=models.Q(state__in=sorted(OPEN_STATES)), name="order_open"),
            models.Index(fields=["state", "-id"], name="order_state"),
            models.Index(fields=["client", "-id"], name="order_client"),
            models.Index(fields=["driver", "-id"], name="order_driver"),
            models.Index(fields=["phone", "-id"], name="order_phone"),
            models.Index(fields=["pickup_at"], condition=models.Q(state="scheduled"), name="order_scheduled"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class OrderEvent(models.Model):
    """One line of an order's history: a transition or an edit. Append-only; the database refuses anything else."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    transition = models.CharField(max_length=24)  # name in orders.flow, or "edit"
    from_state = models.CharField(max_length=16, blank=True)
    to_state = models.CharField(max_length=16, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    actor_kind = models.CharField(max_length=12)  # dispatcher, supervisor, driver, client, system
    driver = models.ForeignKey(Driver, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
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
