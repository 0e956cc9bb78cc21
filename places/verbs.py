"""The words of the journal for zones, stands and the directory."""

from django.utils.translation import gettext_lazy as _

from dispatch.audit import verbs

verbs.register(
    {
        "zone": _("zone"),
        "stand": _("stand"),
        "street": _("street"),
        "place": _("place"),
        "house": _("house"),
        "file": _("file"),
        "added": _("new"),
        "changed": _("changed"),
        "faults": _("lines not taken"),
        "name": _("name"),
        "upload": _("file of addresses"),
        "directory.uploaded": _("handed over a file of addresses"),
        "alias": _("other name"),
        "zone.added": _("added a zone"),
        "zone.changed": _("changed a zone"),
        "stand.added": _("added a stand"),
        "stand.changed": _("changed a stand"),
        "street.added": _("added a street"),
        "street.changed": _("corrected a street"),
        "place.added": _("added a place"),
        "place.changed": _("corrected a place"),
        "house.added": _("added a house"),
        "house.changed": _("corrected a house"),
        "spot": _("place on the map"),
        "is_closed": _("closed"),
        "alias.added": _("added another name"),
        "alias.removed": _("removed another name"),
        "directory.imported": _("took addresses from a file"),
    }
)
