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
        "directory.imported": _("took addresses from a file"),
    }
)
