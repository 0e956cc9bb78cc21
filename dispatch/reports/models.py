"""What the reports count: one narrow row for each order, and sums by the hour of what they add up to.

All of it follows from orders and calls and can be made anew from them (`facts.rebuild`); nothing else reads it.
"""

from django.db import models


class OrderFact(models.Model):
    """An order as a report sees it. Times in seconds; null: it did not come to that, or nobody measured it."""

    order_id = models.BigIntegerField(primary_key=True)
    placed_at = models.DateTimeField()
    state = models.CharField(max_length=16)
    is_preorder = models.BooleanField()
    fleet_id = models.BigIntegerField(null=True)
    tariff_id = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=10)
    dispatcher_id = models.BigIntegerField(null=True)  # who took it
    driver_id = models.BigIntegerField(null=True)
    end_kind = models.CharField(max_length=12, blank=True)  # whose doing it was; old ones: who wrote it
    end_reason = models.CharField(max_length=60, blank=True)
    assign_s = models.IntegerField(null=True)  # from the beginning of the search to the first driver
    arrive_s = models.IntegerField(null=True)  # from the first driver to the car at the door
    late_s = models.IntegerField(null=True)  # the car at the door after the time asked for; negative: before it
    seconds = models.IntegerField(null=True)  # from opening the form to saving it
    keys = models.IntegerField(null=True)  # pressed meanwhile

    class Meta:
        indexes = [
            models.Index(fields=["placed_at"], name="fact_placed"),
            models.Index(fields=["dispatcher_id", "placed_at"], name="fact_dispatcher"),
        ]

    def __str__(self) -> str:
        return f"#{self.order_id}"


class Touched(models.Model):
    """An hour of the office in which an order changed since it was summed. Only ever added and taken away."""

    hour = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.hour:%F %H}"


class OrderHour(models.Model):
    """The orders taken in one hour, by one `dimension` (all, state, dispatcher, driver …) and its `key`."""

    hour = models.DateTimeField()
    dimension = models.CharField(max_length=10)
    key = models.CharField(max_length=80)
    orders = models.IntegerField()
    completed = models.IntegerField()
    cancelled = models.IntegerField()
    no_show = models.IntegerField()
    unfulfilled = models.IntegerField()
    assigned = models.IntegerField()
    assign_s = models.BigIntegerField()
    arrived = models.IntegerField()
    arrive_s = models.BigIntegerField()
    on_time = models.IntegerField()
    typed = models.IntegerField()
    seconds = models.BigIntegerField()
    keyed = models.IntegerField()
    keys = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hour", "dimension", "key"], name="order_hour_once")]

    def __str__(self) -> str:
        return f"{self.hour:%F %H} {self.dimension} {self.key}"


class CallHour(models.Model):
    """The calls that came in during one hour that is over; `person_id` 0: all of them, else who answered."""

    hour = models.DateTimeField()
    person_id = models.BigIntegerField()
    calls = models.IntegerField()
    answered = models.IntegerField()
    quickly = models.IntegerField()
    waited_s = models.BigIntegerField()  # of the answered ones
    talked_s = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hour", "person_id"], name="call_hour_once")]

    def __str__(self) -> str:
        return f"{self.hour:%F %H} {self.person_id}"
