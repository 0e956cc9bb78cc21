"""What the pages of tariffs show. A fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch

from orders import rate_words
from orders.models import Tariff, TariffVersion
from orders.rate_words import Said
from places.models import Zone


@dataclass(frozen=True)
class Listed:
    """`now`: the version that is valid; `next`: the first that is planned."""

    tariff: Tariff
    now: TariffVersion | None
    next: TariffVersion | None


@dataclass(frozen=True)
class Era:
    """A version on the time line. `place` is past, now or planned."""

    version: TariffVersion
    place: str
    lines: Sequence[Said]


def listed(now: datetime) -> list[Listed]:
    """By fleet, then class; two queries."""
    alive = TariffVersion.objects.exclude(valid_to__lte=now).order_by("valid_from")
    tariffs = Tariff.objects.select_related("fleet").prefetch_related(Prefetch("versions", alive, to_attr="alive"))
    return [_listed(tariff, now) for tariff in tariffs.order_by("-is_active", "fleet__name", "service_class", "name")]


def find(pk: int) -> Tariff:
    """Raises Tariff.DoesNotExist."""
    return Tariff.objects.select_related("fleet").get(pk=pk)


def eras(tariff: Tariff, now: datetime) -> list[Era]:
    """The newest first; two queries."""
    names = zone_names()
    versions = tariff.versions.select_related("created_by").order_by("-valid_from")
    return [Era(version, _place(version, now), rate_words.words(version.read_rates(), names)) for version in versions]


def zone_names() -> dict[int, str]:
    return dict(Zone.objects.order_by("name").values_list("pk", "name"))


def _listed(tariff: Tariff, now: datetime) -> Listed:
    alive: Sequence[TariffVersion] = tariff.alive  # type: ignore[attr-defined]
    current = next((version for version in alive if version.valid_from <= now), None)
    return Listed(tariff, current, next((version for version in alive if version.valid_from > now), None))


def _place(version: TariffVersion, now: datetime) -> str:
    if version.valid_from > now:
        return "planned"
    return "now" if version.valid_to is None or version.valid_to > now else "past"
