"""What is shown of webhooks and their messages. A fixed number of queries."""

from collections.abc import Sequence

from django.db.models import Count, Q, QuerySet

from dispatch.api.models import Delivery, DeliveryState, Subscription

PAGE = 50


def subscriptions() -> QuerySet[Subscription]:
    """With how many messages wait and were given up. One query."""
    waiting, given_up = (Q(deliveries__state=state) for state in (DeliveryState.WAITING, DeliveryState.GIVEN_UP))
    counted = Subscription.objects.annotate(
        waiting=Count("deliveries", filter=waiting), given_up=Count("deliveries", filter=given_up)
    )
    return counted.select_related("person", "created_by").order_by("pk")


def stopped() -> QuerySet[Subscription]:
    """By ourselves, and nobody has started them again."""
    return Subscription.objects.filter(is_active=True).exclude(stopped_at=None).order_by("pk")


def deliveries(subscription_id: int, *, after: int | None = None, state: str = "") -> Sequence[Delivery]:
    """The newest first; a page and one more. One query."""
    found = Delivery.objects.filter(subscription=subscription_id).select_related("event")
    if state:
        found = found.filter(state=state)
    if after is not None:
        found = found.filter(pk__lt=after)
    return list(found.order_by("-pk")[: PAGE + 1])
