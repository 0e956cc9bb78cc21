from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from orders.models.order import Order


class PresenceQuerySet(models.QuerySet["Presence"]):
    def there(self, now: datetime) -> "PresenceQuerySet":
        return self.filter(seen_at__gt=now - Presence.TIMEOUT)

    def gone(self, now: datetime) -> "PresenceQuerySet":
        return self.filter(seen_at__lte=now - Presence.TIMEOUT)


class Presence(models.Model):
    """A tab in which an order is open. Its web process renews `seen_at` as long as the tab listens."""

    TIMEOUT = timedelta(seconds=15)  # three rounds of `dispatch.live.attendance`

    tab = models.CharField(max_length=32, primary_key=True)  # made by the page; nobody else knows it
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="presences")
    is_changing = models.BooleanField(default=False)  # has the form of changes before her
    seen_at = models.DateTimeField(default=timezone.now)

    objects = PresenceQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.person} {self.order_id}"
