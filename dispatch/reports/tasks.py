"""What the worker does for the reports, by the timetable in settings."""

from celery import shared_task

from dispatch.reports import sums


@shared_task
def sum_up() -> int:
    """Hours in which an order changed, so that whoever asks for a month need not wait."""
    return sums.refresh()
