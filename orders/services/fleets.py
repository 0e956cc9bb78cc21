"""The brands of the office: who calls which number calls whom, and how each looks for its cars."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dispatch.audit import journal
from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused
from orders import numbers
from orders.models import Fleet, FleetLogo, FleetNumber

FIELDS = (
    "name",
    "greeting",
    "is_active",
    "is_default",
    "searches_by_itself",
    "queue_offer_seconds",
    "queue_total_seconds",
    "radius_m",
    "radius_offer_seconds",
    "radius_total_seconds",
    "position_minutes",
    "release_minutes",
)
BIGGEST_LOGO = 256 * 1024  # bytes
PICTURES = ("image/png", "image/jpeg", "image/webp")


@dataclass(frozen=True)
class Picture:
    content: bytes
    content_type: str


def save(
    *, fleet: Fleet, numbers_typed: Iterable[str], actor: Person, logo: Picture | None = None, drop_logo: bool = False
) -> Fleet:
    """Write a fleet, new or changed, with its city numbers. There is one default fleet, as soon as there is any.

    Raises Refused: its name or a number is another fleet's, a number is none, or the default fleet would end.
    """
    with transaction.atomic():
        others = list(Fleet.objects.select_for_update().exclude(pk=fleet.pk).order_by("pk"))
        before = Fleet.objects.filter(pk=fleet.pk).first() or Fleet()
        new = fleet.pk is None
        fleet.is_default = fleet.is_default or not any(other.is_default for other in others)
        if fleet.is_default and not fleet.is_active:
            raise Refused(_("The default fleet stays in use: make another one the default first."))
        if fleet.is_default:
            Fleet.objects.exclude(pk=fleet.pk).filter(is_default=True).update(is_default=False)
        _write(fleet)
        changes = {
            name: [getattr(before, name), getattr(fleet, name)]
            for name in FIELDS
            if getattr(before, name) != getattr(fleet, name)
        }
        changes |= _number(fleet, numbers_typed)
        changes |= _draw(fleet, logo, drop_logo)
        if changes:
            journal.record(actor, "fleet.added" if new else "fleet.changed", fleet, changes=changes)
    return fleet


def draw(*, fleet_id: int, logo: Picture | None, actor: Person) -> None:
    """Give a fleet its logo, or take it away. Raises Fleet.DoesNotExist."""
    with transaction.atomic():
        fleet = Fleet.objects.select_for_update().get(pk=fleet_id)
        if changes := _draw(fleet, logo, drop=logo is None):
            journal.record(actor, "fleet.changed", fleet, changes=changes)


def picture(content: bytes) -> Picture:
    """What the bytes are, whatever their name says. Raises Refused."""
    if len(content) > BIGGEST_LOGO:
        raise Refused(_("The logo is bigger than %(kb)s kB.") % {"kb": BIGGEST_LOGO // 1024})
    fits = (
        content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR",
        content.startswith(b"\xff\xd8\xff") and content.rstrip(b"\x00").endswith(b"\xff\xd9"),
        content.startswith(b"RIFF") and content[8:12] == b"WEBP",
    )
    kind = next((name for name, is_it in zip(PICTURES, fits, strict=True) if is_it), None)
    if kind is None:
        raise Refused(_("The logo is a picture: PNG, JPEG or WebP."))
    return Picture(content, kind)


def _write(fleet: Fleet) -> None:
    try:
        with transaction.atomic():
            fleet.save()
    except IntegrityError:
        raise Refused(_("There is a fleet with this name already.")) from None


def _number(fleet: Fleet, typed: Iterable[str]) -> dict[str, list[str]]:
    wanted = {}
    for raw in (raw.strip() for raw in typed):
        if raw:
            number = numbers.e164(raw)
            if not number:
                raise Refused(_("“%(number)s” is no telephone number.") % {"number": raw})
            wanted[number] = raw[:40]
    taken = FleetNumber.objects.filter(e164__in=wanted).exclude(fleet=fleet).select_related("fleet").first()
    if taken:
        words = {"number": numbers.national(taken.e164), "fleet": taken.fleet}
        raise Refused(_("%(number)s is a number of “%(fleet)s” already.") % words)
    known = set(fleet.numbers.values_list("e164", flat=True))
    fleet.numbers.exclude(e164__in=wanted).delete()
    FleetNumber.objects.bulk_create(
        FleetNumber(fleet=fleet, e164=number, raw=raw) for number, raw in wanted.items() if number not in known
    )
    changes = {"numbers_added": sorted(wanted.keys() - known), "numbers_removed": sorted(known - wanted.keys())}
    return {name: which for name, which in changes.items() if which}


def _draw(fleet: Fleet, logo: Picture | None, drop: bool) -> dict[str, list[str]]:
    if logo:
        digest = sha256(logo.content).hexdigest()
        drawn = {"content": logo.content, "content_type": logo.content_type, "digest": digest}
        FleetLogo.objects.update_or_create(fleet=fleet, defaults=drawn)
        return {"logo": ["", logo.content_type.removeprefix("image/")]}
    if drop and FleetLogo.objects.filter(fleet=fleet).delete()[0]:
        return {"logo": ["…", ""]}
    return {}
