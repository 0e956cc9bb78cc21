"""Timers of the demo town. Scheduled only where its drivers are played (`PLAY_DRIVERS`)."""

from celery import shared_task
from django.utils import timezone

from dispatch.desk import demo_drivers


@shared_task(name="dispatch.desk.tasks.play_drivers")
def play_drivers() -> int:
    """Returns how many of them did something."""
    return demo_drivers.play(timezone.now())
