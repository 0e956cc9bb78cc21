"""The journal as a person may read it, page by page."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.apps import apps
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext as _

from dispatch.audit import verbs
from dispatch.audit.models import Entry
from dispatch.staff import access
from dispatch.staff.models import Person, Role, Shift

PAGE = 100
UNSAID = {"intent"}  # the key of a click: for who searches the table, no word for a person


@dataclass(frozen=True)
class Filter:
    person_id: int | None = None
    verb: str = ""
    since: date | None = None  # days of the office's time zone, both included
    until: date | None = None
    before: int | None = None  # the last entry of the page before


@dataclass(frozen=True)
class Line:
    id: int
    at: datetime
    who: str
    did: str
    target: str
    details: tuple[str, ...]
    address: str


@dataclass(frozen=True)
class Page:
    lines: tuple[Line, ...]
    next_before: int | None  # None: this is the last page


def read(*, reader: Person, wanted: Filter) -> Page:
    """Newest first. One query; one more when a page before is named."""
    entries = visible_to(reader)
    if wanted.person_id is not None:
        entries = entries.filter(actor_id=wanted.person_id)
    if wanted.verb:
        entries = entries.filter(verb=wanted.verb)
    if wanted.since is not None:
        entries = entries.filter(at__gte=_midnight(wanted.since))
    if wanted.until is not None:
        entries = entries.filter(at__lt=_midnight(wanted.until + timedelta(days=1)))
    if wanted.before is not None:
        last = Entry.objects.filter(pk=wanted.before).values_list("at", flat=True).first()
        entries = entries.filter(Q(at__lt=last) | Q(at=last, pk__lt=wanted.before)) if last else entries.none()
    found = list(entries.order_by("-at", "-pk")[: PAGE + 1])
    shown = found[:PAGE]
    is_whole = access.may(reader, "numbers.whole")
    return Page(tuple(_line(entry, is_whole=is_whole) for entry in shown), shown[-1].pk if len(found) > PAGE else None)


def visible_to(reader: Person) -> QuerySet[Entry]:
    """All of it to managers and administrators; to a supervisor what happened during his own shifts, and to them."""
    if not access.may(reader, "journal.see"):
        return Entry.objects.none()
    if {Role.MANAGER, Role.ADMINISTRATOR} & set(reader.roles):
        return Entry.objects.all()
    own = Shift.objects.filter(person=reader)
    during = own.filter(Q(ended_at=None) | Q(ended_at__gte=OuterRef("at")), started_at__lte=OuterRef("at"))
    about = own.annotate(text=Cast("pk", CharField())).filter(text=OuterRef("target_id"))
    return Entry.objects.filter(Exists(during) | Q(Exists(about), target_kind="shift"))


def _line(entry: Entry, *, is_whole: bool) -> Line:
    details = _details(entry)
    return Line(
        id=entry.pk,
        at=entry.at,
        who=entry.actor_name if entry.actor_id else entry.details.get("username") or _("system"),
        did=verbs.say(entry.verb),
        target=f"{verbs.say(entry.target_kind)} {entry.target_id}".strip(),
        details=tuple(details if is_whole else map(verbs.veiled, details)),
        address=entry.address or "",
    )


def _details(entry: Entry) -> list[str]:
    labels = _labels(entry.target_kind)
    said = []
    for name, value in entry.details.items():
        if name in UNSAID:
            continue
        if name == "changes" and isinstance(value, dict):
            said += [f"{labels.get(field, field)}: {_change(change)}" for field, change in value.items()]
        elif name in labels:
            said.append(f"{verbs.say(labels[name])}: {_change(value)}")
        elif isinstance(value, list):
            said.append(f"{verbs.say(name)}: {_value([labels.get(one, one) for one in value])}")
        else:
            said.append(f"{verbs.say(name)}: {_value(value)}")
    return said


def _labels(kind: str) -> dict[str, str]:
    """What the fields of a thing are called on the screen."""
    model = next((model for model in apps.get_models() if model._meta.model_name == kind), None)
    return {field.name: str(field.verbose_name) for field in model._meta.fields} if model else {}


def _change(change: Any) -> str:
    """[before, after], or a list of what was added or removed."""
    if isinstance(change, list) and len(change) == 2:
        return _("%(before)s → %(after)s") % {"before": _value(change[0]), "after": _value(change[1])}
    return _value(change)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(_value(one) for one in value) or "–"
    return "–" if value in (None, "") else verbs.say(str(localize(value)))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
