"""Cars and who drives them."""

from collections.abc import Sequence

from django.db.models import Prefetch, Q

from orders.models import Driver, Vehicle
from orders.plates import plate

PAGE = 50


def vehicles(*, text: str = "", after: str = "") -> Sequence[Vehicle]:
    """By plate, make or a driver's call sign; a page and one more. Two queries."""
    found = Vehicle.objects.filter(plate__gt=after).order_by("plate")
    if text:
        drives = Driver.objects.filter(call_sign__iexact=text).values("vehicle")
        found = found.filter(Q(plate__contains=plate(text)) | Q(description__icontains=text) | Q(pk__in=drives))
    return list(found.prefetch_related(_drivers())[: PAGE + 1])


def card(vehicle_id: int) -> Vehicle:
    """Two queries. Raises Vehicle.DoesNotExist."""
    return Vehicle.objects.prefetch_related(_drivers()).get(pk=vehicle_id)


def plates() -> Sequence[str]:
    """For the driver's form. One query."""
    return list(Vehicle.objects.order_by("plate").values_list("plate", flat=True)[:1000])


def _drivers() -> Prefetch:
    return Prefetch("drivers", Driver.objects.order_by("call_sign"))
