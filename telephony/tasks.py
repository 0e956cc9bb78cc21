"""What the worker does for telephony, by the timetable in settings."""

from celery import shared_task

from telephony.services import recordings


@shared_task
def measure_recordings() -> int:
    """Fill in length and size of the segments that are complete."""
    return recordings.measure_finished()
