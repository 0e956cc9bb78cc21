"""What other rooms may listen to. Sent inside the transaction of the change."""

from django.dispatch import Signal

order_placed = Signal()  # sender=Order; order, source ("call:731" or ""), actor
order_moved = Signal()  # sender=Order; order, event (OrderEvent), source, actor
