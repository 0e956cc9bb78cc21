"""Each event of an order becomes a message to each who wants to hear of it, in the transaction of the event itself."""

from typing import Any

from django.db import connection
from django.db.models.signals import post_save
from django.dispatch import receiver

from orders.models import OrderEvent

WRITE = """
insert into api_delivery (uid, subscription_id, event_id, order_id, state, created_at, due_at, attempts, failure)
select gen_random_uuid(), id, %s, %s, 'waiting', now(), now(), 0, ''
from api_subscription where is_active and (kinds = '{}' or %s = any(kinds))
"""


@receiver(post_save, sender=OrderEvent)
def write(instance: OrderEvent, created: bool, **_others: Any) -> None:
    if created:
        with connection.cursor() as cursor:
            cursor.execute(WRITE, [instance.pk, instance.order_id, instance.transition])
