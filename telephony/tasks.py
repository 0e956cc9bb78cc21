"""What the worker does for telephony, by the timetable in settings."""

from celery import shared_task

from dispatch.staff.services import breaks
from telephony.services import after_call, recordings


@shared_task
def measure_recordings() -> int:
    """Fill in length and size of the segments that are complete."""
    return recordings.measure_finished()


@shared_task
def end_wrap_ups() -> int:
    """The net below the link: wrap-ups whose time is over, and breaks whose call is."""
    return breaks.end_due() + after_call.begin_waiting_breaks()
