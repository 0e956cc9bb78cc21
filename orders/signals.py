"""What other rooms may listen to. Sent inside the transaction of the change."""

from django.dispatch import Signal

order_placed = Signal()  # sender=Order; order, source ("call:731" or ""), actor
order_typed = Signal()  # sender=Order; order, seconds from opening the form to saving it, keys pressed; None: unknown
client_merged = Signal()  # sender=Client; kept, gone: what pointed at `gone` now points at `kept`; numbers (E.164)
client_anonymising = Signal()  # sender=Client; client: a receiver may raise Refused
client_anonymised = Signal()  # sender=Client; client, numbers: E.164 that were nobody else's
order_moved = Signal()  # sender=Order; order, event (OrderEvent), source, actor
