"""What the worker does for other systems, by the timetable in settings."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from dispatch.api.hooks import alarms, sending
from dispatch.api.models import Delivery, KeptAnswer


@shared_task
def forget_old_answers() -> int:
    """Answers that nobody may ask for again. Returns how many."""
    limit = timezone.now() - timedelta(hours=settings.API_ANSWER_HOURS)
    return KeptAnswer.objects.filter(at__lt=limit).delete()[0]


@shared_task
def send_webhooks() -> int:
    """Hand each receiver with something to hear to a sender of its own. Returns how many."""
    found = sending.ready(timezone.now())
    for subscription_id in found:
        send_to.apply_async((subscription_id,), expires=settings.WEBHOOK_LEASE_SECONDS)
    return len(found)


@shared_task
def send_to(subscription_id: int) -> int:
    return sending.send(subscription_id)


@shared_task
def tell_of_stopped() -> int:
    """Write to the administrators, where they can be written to. Returns of how many webhooks they were told."""
    return alarms.tell_of_stopped()


@shared_task
def forget_old_messages() -> int:
    """Messages that have arrived or were given up some days ago, and those that nobody waits for. Returns how many."""
    limit = timezone.now() - timedelta(days=settings.WEBHOOK_KEPT_DAYS)
    return Delivery.objects.filter(created_at__lt=limit).delete()[0]
