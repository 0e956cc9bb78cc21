"""The music that callers hear who wait, are held or are parked: a class of the PBX, which keeps the choice itself."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch.audit import journal, verbs
from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused
from telephony import bell
from telephony.doctor import findings as f
from telephony.lease import Tenure
from telephony.models import Examination, HoldMusic

FAMILY, KEY = "desk-music", "class"  # in AstDB; dialplan/music.conf reads it

verbs.register(
    {
        "holdmusic": gettext_lazy("music for callers who wait"),
        "music.chosen": gettext_lazy("chose the music for callers who wait"),
    }
)


@dataclass(frozen=True)
class Classes:
    """Those that played when the PBX was examined last, and when that was; None: it never was."""

    names: tuple[str, ...]
    seen: Examination | None


def current() -> HoldMusic:
    """One query."""
    return HoldMusic.objects.first() or HoldMusic()


def classes() -> Classes:
    """One query."""
    for visit in Examination.objects.filter(listen="").exclude(finished_at=None).order_by("-pk")[:1]:
        said = [one for each in visit.found if each["check"] == f.MUSIC for one in each["findings"]]
        names = next((tuple(one["args"]["classes"]) for one in said if one["said"] == "music"), ())
        return Classes(names, visit)
    return Classes((), None)


def choose(*, name: str, actor: Person) -> None:
    """`name`: a class that plays, or "" for what the PBX is set up for. Raises Refused. The link tells the PBX."""
    with transaction.atomic():
        HoldMusic.objects.get_or_create(pk=1)
        music = HoldMusic.objects.select_for_update().get(pk=1)
        if name and name != music.chosen and name not in classes().names:
            raise Refused(_("The PBX does not play “%(name)s”. Have it examined again.") % {"name": name[:40]})
        if name != music.chosen:
            journal.record(actor, "music.chosen", music, changes={"chosen": [music.chosen, name]})
            music.chosen = name
            music.save(update_fields=["chosen"])
            bell.ring()


def wanted() -> str:
    return current().chosen


def kept(tenure: Tenure, name: str) -> None:
    """The PBX said that this is what it keeps now."""
    with tenure.writing():
        HoldMusic.objects.update_or_create(pk=1, defaults={"kept": name, "kept_at": timezone.now()})
