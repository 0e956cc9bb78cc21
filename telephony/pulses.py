"""How fresh the link and the PBX are, for the desk's footer. Both are read from the lease row with one query."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import DurationField, ExpressionWrapper, F
from django.db.models.functions import Now
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dispatch.live.registry import Pulse, pulse
from telephony.lease import ROW
from telephony.models import Lease

SENTENCES: dict[str, str | Promise] = {
    "": "",
    "stopped": _("The link to the telephone exchange was stopped."),
    "never": _("The link to the telephone exchange has not run yet."),
    "late": _("The link to the telephone exchange does not answer."),
    "no-pbx": _("No telephone exchange is configured."),
    "unreachable": _("The telephone exchange cannot be reached."),
    "silent": _("The telephone exchange does not answer."),
    "wrong-password": _("The telephone exchange refuses our name or password."),
    "not-ami": _("At that address is no Asterisk Manager."),
    "lost": _("The connection to the telephone exchange was lost."),
    "syncing": _("The state of the telephone exchange is being read."),
}
RENEWAL = 1.0  # seconds between two renewals: so old may a healthy row be
SILENT = 2.0  # seconds without a renewal: said before the lease is over, since nobody else acts meanwhile
SHARED = 0.2  # seconds for which one reading serves both pulses


@dataclass(frozen=True)
class Health:
    """Ages in seconds by the database's clock; None: never. `note`: a key of SENTENCES."""

    link_age: float | None
    pbx_age: float | None
    pbx: str
    note: str

    @property
    def link_ok(self) -> bool:
        return self.link_age is not None and self.link_age <= SILENT

    @property
    def pbx_ok(self) -> bool:
        limit = settings.AMI_STALE_SECONDS + RENEWAL
        return self.link_ok and self.pbx == Lease.Pbx.UP and self.pbx_age is not None and self.pbx_age <= limit


def health() -> Health:
    """One query."""
    row = (
        Lease.objects.filter(id=ROW)
        .annotate(link_age=_age("renewed_at"), pbx_age=_age("pbx_seen_at"))
        .values_list("link_age", "pbx_age", "pbx", "note")
        .first()
    )
    if row is None:
        return Health(None, None, Lease.Pbx.NONE, "never")
    link_age, pbx_age, pbx, note = row
    return Health(_seconds(link_age), _seconds(pbx_age), pbx, note)


@pulse("link")
def link_pulse() -> Pulse:
    now = _shared()
    note = "" if now.link_ok else "stopped" if now.note == "stopped" else "late"
    return Pulse(now.link_ok, _at(now.link_age), SENTENCES[note])


@pulse("pbx")
def pbx_pulse() -> Pulse:
    now = _shared()
    note = "" if now.pbx_ok else now.note or "late"
    return Pulse(now.pbx_ok, _at(now.pbx_age), SENTENCES.get(note, note))


_last: tuple[float, Health] | None = None


def _shared() -> Health:
    global _last
    now = time.monotonic()
    if _last is None or now - _last[0] > SHARED:
        _last = (now, health())
    return _last[1]


def _age(field: str) -> ExpressionWrapper:
    return ExpressionWrapper(Now() - F(field), output_field=DurationField())


def _seconds(age: timedelta | None) -> float | None:
    return None if age is None else max(0.0, age.total_seconds())


def _at(age: float | None) -> datetime | None:
    return None if age is None else datetime.now(UTC) - timedelta(seconds=age)
