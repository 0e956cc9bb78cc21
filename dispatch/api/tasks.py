"""What the worker does for other systems, by the timetable in settings."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from dispatch.api.models import KeptAnswer


@shared_task
def forget_old_answers() -> int:
    """Answers that nobody may ask for again. Returns how many."""
    limit = timezone.now() - timedelta(hours=settings.API_ANSWER_HOURS)
    return KeptAnswer.objects.filter(at__lt=limit).delete()[0]
