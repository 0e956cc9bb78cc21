"""What the worker does for the live push, by the timetable in settings."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from dispatch.live.models import Change

KEPT = timedelta(hours=1)  # a desk that slept longer reads the whole state anyway


@shared_task
def forget_old_changes() -> int:
    """Empty the outbox of what was told more than an hour ago; answers how many rows."""
    return Change.objects.filter(at__lt=timezone.now() - KEPT, number__isnull=False).delete()[0]
