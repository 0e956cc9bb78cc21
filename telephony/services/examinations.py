"""Visits of the doctor: asked for by an administrator, made by the link, kept as long as they are the latest."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch.audit import journal, verbs
from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused
from telephony import bell
from telephony.ami.guard import Address
from telephony.doctor.examination import Case
from telephony.doctor.findings import Finding
from telephony.lease import Tenure, holder
from telephony.models import Examination, Extension

KEPT = 20
PATIENCE = timedelta(seconds=20)  # nobody who has not been visited by then waits any more
LONGEST = timedelta(seconds=120)  # a visit that has not ended by then was broken off

verbs.register(
    {
        "examination": gettext_lazy("examination of the PBX"),
        "pbx.examined": gettext_lazy("had the PBX examined"),
    }
)


def telephones() -> list[tuple[str, str]]:
    """Extension and device of those in use. One query."""
    return list(Extension.objects.filter(is_active=True).order_by("number").values_list("number", "interface"))


def ask(*, actor: Person, ring: Sequence[str] = ()) -> Examination:
    """Have the link examine the PBX. Raises Refused where `ring` names what is no telephone of ours."""
    if len(ring) not in (0, 2) or len(_ours(ring)) != len(ring):
        raise Refused(_("Choose two different telephones."))
    return _asked(actor, ring, "")


def listen(*, actor: Person, name: str, at: str) -> Examination:
    """Have the link ring that telephone and play a class of music there. Raises Refused."""
    if not _ours([at]):
        raise Refused(_("Choose a telephone of the office."))
    return _asked(actor, [at], name)


def _ours(numbers: Sequence[str]) -> set[str]:
    return {number for number, _ in telephones()} & set(numbers) if numbers else set()


def _asked(actor: Person, ring: Sequence[str], listen: str) -> Examination:
    with transaction.atomic():
        going = Examination.objects.order_by("-pk").first()
        if going is not None and is_at_work(going):
            return going
        asked = Examination.objects.create(asked_by=actor, asked_at=timezone.now(), ring=list(ring), listen=listen)
        older = Examination.objects.order_by("-pk").values_list("pk", flat=True)[KEPT:]
        Examination.objects.filter(pk__in=list(older)).delete()
        if not listen:
            journal.record(actor, "pbx.examined", asked, ring=", ".join(ring))
        bell.ring()
    return asked


def latest() -> Examination | None:
    """One query."""
    return Examination.objects.filter(listen="").select_related("asked_by").order_by("-pk").first()


def is_going_on() -> bool:
    """Whether the PBX is being examined now. One query."""
    examination = Examination.objects.filter(listen="").order_by("-pk").first()
    return examination is not None and is_at_work(examination)


def latest_listening() -> Examination | None:
    """One query."""
    return Examination.objects.exclude(listen="").order_by("-pk").first()


def is_at_work(examination: Examination) -> bool:
    """Whether more of it is to come."""
    if examination.finished_at is not None:
        return False
    now = timezone.now()
    begun = examination.begun_at
    return now - begun < LONGEST if begun else now - examination.asked_at < PATIENCE


def begin(tenure: Tenure) -> Examination | None:
    """The one that somebody waits for, now ours; None where nobody does."""
    now = timezone.now()
    waiting = Examination.objects.filter(begun_at=None, asked_at__gt=now - PATIENCE).order_by("-pk").first()
    if waiting is None:
        return None
    with tenure.writing():
        waiting.begun_at = now
        waiting.save(update_fields=["begun_at"])
    return waiting


def case(address: Address | None, ring: Sequence[str], listen: str = "") -> Case:
    """Two queries."""
    return Case(address, telephones(), tuple(ring), listen, holder())


def note(tenure: Tenure, examination: Examination, check: str, findings: Sequence[Finding]) -> None:
    examination.found.append({"check": check, "findings": [asdict(finding) for finding in findings]})
    with tenure.writing():
        examination.save(update_fields=["found"])


def finish(tenure: Tenure, examination: Examination) -> None:
    with tenure.writing():
        examination.finished_at = timezone.now()
        examination.save(update_fields=["finished_at"])
