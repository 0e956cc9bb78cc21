"""The call machine: it is told what the PBX reports and returns facts. It calls nobody and reads no clock."""

from collections.abc import Mapping
from types import MappingProxyType

from telephony.core import pbx
from telephony.core.call import Call
from telephony.core.facts import Booted, Fact, MemberChanged, Said, ShuttingDown


class Board:
    """All live calls of one PBX.

    `internal`: a regular expression that tells numbers of staff from outside numbers.
    """

    def __init__(self, internal: str = r"^\d{2,4}$") -> None:
        self._calls: dict[str, Call] = {}

    @property
    def calls(self) -> Mapping[str, Call]:
        """The live calls by key, as they are now. An ended call is only in its last fact."""
        return MappingProxyType(self._calls)

    def apply(self, report: pbx.Report) -> tuple[Fact, ...]:
        """Take one report; return what changed, in order. Never raises for a strange report."""
        if isinstance(report, pbx.UserSaid):
            return (Said(report.name, report.fields, report.at),)
        if isinstance(report, pbx.QueueMemberSeen):
            return (
                MemberChanged(
                    report.queue,
                    report.interface,
                    report.name,
                    report.status,
                    report.paused,
                    report.reason,
                    report.gone,
                    report.at,
                ),
            )
        if isinstance(report, pbx.BootFinished):
            return (Booted(report.at),)
        if isinstance(report, pbx.ShutdownBegun):
            return (ShuttingDown(report.at),)
        return ()

    def resync(self, snapshot: pbx.Snapshot, at: float) -> tuple[Fact, ...]:
        """Compare with what the PBX has now: calls that are gone end as lost, unknown ones appear."""
        return ()

    def forget(self, key: str) -> None:
        """Drop a live call without a fact."""
        self._calls.pop(key, None)
