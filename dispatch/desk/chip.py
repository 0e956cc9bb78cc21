"""One's own shift in the head of every page: where one sits, and the break or wrap-up, ticking."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import translation

from dispatch.live import registry
from dispatch.staff.models import BreakReason, Shift, ShiftBreak, Status
from dispatch.staff.selectors import roster
from telephony.models import Extension
from telephony.selectors import phonebook


@dataclass(frozen=True)
class Chip:
    """The shift is ours to say, whether the telephone rings is the PBX's: where the two disagree, that is shown."""

    shift: Shift
    pause: ShiftBreak | None
    queue: str  # of telephony.Extension.Queue: what the PBX said last
    refuses: bool  # the PBX, too
    reasons: Sequence[BreakReason]

    @property
    def status(self) -> str:
        """As it is shown: see `phonebook.shown_status`."""
        still_rung = self.shift.person.status == Status.DND and self.queue == Extension.Queue.RINGS
        return phonebook.shown_status(self.shift.person, self.refuses and not still_rung)

    @property
    def is_in_pause(self) -> bool:
        return self.pause is not None and not self.pause.is_waiting

    @property
    def still_rings(self) -> bool:
        return self.is_in_pause and self.queue == Extension.Queue.RINGS

    @property
    def is_silent(self) -> bool:
        rests = self.is_in_pause or self.shift.person.status == Status.DND
        return not rests and self.queue != Extension.Queue.RINGS


def of(shift: Shift) -> Chip:
    """Three queries."""
    queue, refuses = Extension.objects.filter(number=shift.extension).values_list("queue", "refuses").first() or (
        "",
        False,
    )
    return Chip(shift, shift.pause, queue, refuses, list(BreakReason.objects.filter(is_active=True)))


@registry.renderer("shift")
def render_shifts(keys: Sequence[str], viewer: registry.Viewer) -> dict[str, str | None]:
    """The viewer's own. None: it is over, or it is not his."""
    drawn: dict[str, str | None] = dict.fromkeys(keys)
    if viewer.person_id is None:
        return drawn
    mine = roster.on_shift().filter(pk__in=[int(key) for key in keys], person_id=viewer.person_id)
    with translation.override(viewer.language):
        for shift in mine:
            drawn[str(shift.pk)] = render_to_string("desk/_shift.html", {"chip": of(shift)})
    return drawn
