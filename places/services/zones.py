"""Zones and stands: kept by managers, journalled."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from dispatch.audit import journal
from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused
from places import geo
from places.drawings import Drawing
from places.models import Stand, Zone
from places.selectors import zones


def save_zone(*, zone: Zone, actor: Person | None) -> Zone:
    """A new zone or a changed one; its box is taken from its area, stands follow the zones around them.

    Raises Refused: its name is another zone's.
    """
    box = geo.box(zone.area)
    zone.south, zone.north, zone.west, zone.east = box.south, box.north, box.west, box.east
    with transaction.atomic():
        verb, changes = _changes(zone)
        try:
            with transaction.atomic():
                zone.save()
        except IntegrityError:
            raise Refused(_("There is a zone of this name already.")) from None
        _move_stands()
        if verb == "added" or changes:
            journal.record(actor, f"zone.{verb}", zone, name=zone.name, changes=changes)
    return zone


def take_drawings(*, drawings: Sequence[Drawing], actor: Person) -> list[Zone]:
    """Each named area of a file becomes a zone, or the new outline of the zone of that name. Raises Refused."""
    if not all(drawing.name for drawing in drawings):
        raise Refused(_("Several areas in one file: each needs a name in its properties."))
    with transaction.atomic():
        known = {zone.name: zone for zone in Zone.objects.select_for_update()}
        taken = []
        for drawing in drawings:
            zone = known.setdefault(drawing.name, Zone(name=drawing.name))
            zone.area = drawing.area
            taken.append(save_zone(zone=zone, actor=actor))
    return taken


def save_stand(*, stand: Stand, actor: Person | None) -> Stand:
    """A new stand or a changed one; it belongs to the zone it stands in."""
    stand.zone = zones.at(geo.Point(stand.latitude, stand.longitude))
    with transaction.atomic():
        verb, changes = _changes(stand)
        stand.save()
        if verb == "added" or changes:
            journal.record(actor, f"stand.{verb}", stand, name=stand.name, changes=changes)
    return stand


def _changes(thing: Zone | Stand) -> tuple[str, dict[str, list[Any]]]:
    """Whether it is "added" or "changed", and what: {field: [before, after]}; of an outline only that it changed."""
    before = type(thing)._default_manager.select_for_update().filter(pk=thing.pk).first()
    if before is None:
        return "added", {}
    old, new = model_to_dict(before), model_to_dict(thing)
    changes = {field: [old[field], new[field]] for field in old if old[field] != new[field]}
    if "area" in changes:
        changes["area"] = ["…", "…"]
    return "changed", {field: change for field, change in changes.items() if field not in geo.Box.__slots__}


def _move_stands() -> None:
    for stand in Stand.objects.all():
        zone = zones.at(geo.Point(stand.latitude, stand.longitude))
        if stand.zone_id != (zone.pk if zone else None):
            Stand.objects.filter(pk=stand.pk).update(zone=zone)
