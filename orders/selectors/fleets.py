"""Fleets: their pages, and whom a city number calls."""

from collections.abc import Iterable

from django.db.models import Count, Prefetch, Q, QuerySet

from orders.models import Fleet, FleetLogo, FleetNumber, Tariff


def all_fleets() -> QuerySet[Fleet]:
    """Three queries."""
    return (
        _with_logo()
        .prefetch_related("numbers")
        .annotate(
            driver_count=Count("drivers", distinct=True),
            tariff_count=Count("tariffs", filter=Q(tariffs__is_active=True), distinct=True),
        )
        .order_by("-is_active", "-is_default", "name")
    )


def find(pk: int) -> Fleet:
    """With its numbers, tariffs and drivers. Raises Fleet.DoesNotExist; four queries."""
    tariffs = Tariff.objects.order_by("-is_active", "service_class", "name")
    return _with_logo().prefetch_related("numbers", Prefetch("tariffs", tariffs), "drivers__vehicle").get(pk=pk)


def by_numbers(called: Iterable[str]) -> dict[str, Fleet]:
    """The fleet of each city number (E.164) that is one's; one query."""
    wanted = {number for number in called if number}
    if not wanted:
        return {}
    found = FleetNumber.objects.filter(e164__in=wanted, fleet__is_active=True).select_related("fleet__logo")
    return {number.e164: number.fleet for number in found.defer("fleet__logo__content")}


def _with_logo() -> QuerySet[Fleet]:
    return Fleet.objects.select_related("logo").defer("logo__content")


def logo(fleet_id: int, digest: str) -> FleetLogo:
    """Raises FleetLogo.DoesNotExist."""
    return FleetLogo.objects.get(fleet=fleet_id, digest=digest)
