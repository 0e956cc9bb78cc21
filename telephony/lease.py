"""Who is the one active link. Row 1 of `Lease`, judged by the database's clock; the epoch counts the holders."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import InterfaceError, InternalError, OperationalError, connection, transaction

from telephony.models import Lease

ROW = 1
# The database is away, or has cut a transaction that took too long (which it tells as an InternalError).
AWAY = (OperationalError, InterfaceError, InternalError)


class LeaseLost(Exception):
    """Another link has taken over: this process may neither write nor send."""


@dataclass(frozen=True)
class PbxState:
    """What the holder tells of the PBX with each renewal. `seen_ago`: seconds since its last byte; None: never."""

    state: Lease.Pbx = Lease.Pbx.DOWN
    note: str = ""
    seen_ago: float | None = None
    started_at: datetime | None = None


class Tenure:
    """One holding of the lease, seen from inside the process: never believed longer than the database would."""

    def __init__(
        self,
        epoch: int,
        *,
        since: float,
        pbx_seen_at: datetime | None = None,
        pbx_started_at: datetime | None = None,
    ) -> None:
        self.epoch = epoch
        self.renewed = since
        self.pbx_seen_before = pbx_seen_at  # by the holder before us
        self.pbx_started_before = pbx_started_at

    def fresh(self) -> bool:
        """Whether nobody else can have taken over yet. A process that was frozen learns it here, before it acts."""
        return time.monotonic() - self.renewed < settings.LINK_LEASE_SECONDS

    def renew(self, pbx: PbxState) -> None:
        """Raises LeaseLost; a database that is away raises its own error, and the lease stays as old as it is."""
        asked = time.monotonic()  # before the database stamps the row: here the lease ends first
        with connection.cursor() as cursor:
            cursor.execute(
                "update telephony_lease set renewed_at = clock_timestamp(), pbx = %s, note = %s,"
                " pbx_started_at = coalesce(%s, pbx_started_at),"
                " pbx_seen_at = coalesce(clock_timestamp() - make_interval(secs => %s), pbx_seen_at)"
                " where id = %s and epoch = %s",
                [pbx.state, pbx.note, pbx.started_at, pbx.seen_ago, ROW, self.epoch],
            )
            if cursor.rowcount == 0:
                raise LeaseLost(f"epoch {self.epoch} is over")
        self.renewed = asked

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction in which this epoch is the last one until the commit. Raises LeaseLost."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select epoch from telephony_lease where id = %s for share", [ROW])
            row = cursor.fetchone()
            if row is None or row[0] != self.epoch:
                raise LeaseLost(f"epoch {self.epoch} is over")
            yield

    def release(self) -> None:
        """Leave at once to whoever stands by."""
        Lease.objects.filter(id=ROW, epoch=self.epoch).update(renewed_at=None, pbx=Lease.Pbx.DOWN, note="stopped")


def take(holder: str) -> Tenure | None:
    """Become the active link, or None while another one is. Two at the same instant: one gets it."""
    Lease.objects.bulk_create([Lease(id=ROW)], ignore_conflicts=True)
    asked = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(
            "update telephony_lease set epoch = epoch + 1, holder = %s, renewed_at = clock_timestamp(), pbx = %s,"
            " note = ''"
            " where id = %s and (renewed_at is null or renewed_at < clock_timestamp() - make_interval(secs => %s))"
            " returning epoch, pbx_seen_at, pbx_started_at",
            [holder[:80], Lease.Pbx.DOWN, ROW, settings.LINK_LEASE_SECONDS],
        )
        row = cursor.fetchone()
    return Tenure(row[0], since=asked, pbx_seen_at=row[1], pbx_started_at=row[2]) if row else None


def holder() -> str:
    """Who is the active link now; "" where none is. One query."""
    since = datetime.now(UTC) - timedelta(seconds=settings.LINK_LEASE_SECONDS)
    return Lease.objects.filter(id=ROW, renewed_at__gt=since).values_list("holder", flat=True).first() or ""
