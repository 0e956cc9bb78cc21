"""What upper rooms may listen to. Sent inside the transaction of the change."""

from django.dispatch import Signal

shift_changed = Signal()  # sender=Shift; shift (open, or just ended), actor
