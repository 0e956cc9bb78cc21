"""Quotes that were kept and still hold."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from orders.models import KeptQuote


def alive() -> QuerySet[KeptQuote]:
    since = timezone.now() - timedelta(days=settings.QUOTE_DAYS)
    return KeptQuote.objects.filter(order=None, created_at__gt=since).select_related(
        "created_by", "fleet", "tariff_version__tariff"
    )


def find(quote_id: int | None) -> KeptQuote | None:
    return alive().filter(pk=quote_id).first() if quote_id is not None else None


def of_caller(*, client_id: int | None, phone: str) -> list[KeptQuote]:
    """Of this client, or of this number (E.164) before there was a client; the newest first. One query at most."""
    about = Q()
    if client_id is not None:
        about |= Q(client=client_id)
    if phone:
        about |= Q(phone=phone, client=None)
    return list(alive().filter(about).order_by("-created_at")[:5]) if about else []
