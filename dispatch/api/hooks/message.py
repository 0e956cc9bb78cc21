"""What a message says: the event as it happened, and the order as it is when the message is sent."""

from typing import Any

from django.conf import settings
from django.utils import translation
from rest_framework.renderers import JSONRenderer

from dispatch.api.models import Delivery
from dispatch.api.shapes.orders import EventShape, OrderShape
from orders.models import Order, OrderEvent
from orders.selectors.listing import DRAWN
from orders.sight import Sight

TRIAL = "ping"


def body(delivery: Delivery) -> bytes:
    """Three queries. In the language of the office, and with whole numbers where the subscription has them."""
    said: dict[str, Any] = {"id": str(delivery.uid), "type": TRIAL, "at": delivery.created_at}
    if delivery.event_id is not None:
        eyes = {"sight": Sight.WHOLE if delivery.subscription.whole_numbers else Sight.MASKED}
        event = OrderEvent.objects.select_related("actor", "driver").get(pk=delivery.event_id)
        order = Order.objects.select_related(*DRAWN).prefetch_related("stops").get(pk=event.order_id)
        with translation.override(settings.LANGUAGE_CODE):
            said |= {
                "type": f"order.{event.transition}",
                "at": event.at,
                "event": EventShape(event, context=eyes).data,
                "order": OrderShape(order, context=eyes).data,
            }
    return JSONRenderer().render(said)
