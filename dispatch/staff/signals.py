"""What upper rooms may listen to. Sent inside the transaction of the change."""

from django.dispatch import Signal

shift_ending = Signal()  # sender=Shift; shift, actor; before the change: a receiver that holds it back raises Refused
shift_changed = Signal()  # sender=Shift; shift (open, or just ended), actor
shift_paused = Signal()  # sender=Shift; shift: a break or wrap-up was asked for, began or ended
