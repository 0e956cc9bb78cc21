"""Who rings whom, and who answers."""

from telephony.core import pbx
from telephony.core.channel import Channel, Dial
from telephony.core.register import NOWHERE, Register
from telephony.core.track import Track


class Dialling:
    def __init__(self, register: Register) -> None:
        self._register = register
        self._wires = register.wires

    def begun(self, report: pbx.DialBegun) -> None:
        source = self._register.find_or_meet(report.source, report.at)
        target = self._register.find(report.target) or self._register.meet(report.target, report.at)
        if source and report.source:
            self._register.learn(source, report.source)  # where it has come to in the dialplan
        if target is not None and target.dial is None:
            self.begin(source, target, report.dial_string, report.at)

    def begin(self, source: Channel | None, target: Channel, string: str, at: float | None) -> None:
        dial = Dial(source, target, string, at)
        track = target.track
        self._register.touch(track)
        if source is None:
            self._placed_by_pbx(track, target)
            return
        source.dials.append(dial)
        if track is not source.track and set(track.live) == {target.uniqueid}:
            self._register.join(track, source.track)
        track = source.track
        self._register.touch(track)
        if track.caller is target and not target.ringing_in:
            track.caller = None if source.local else source
        if track.originated and self._rings_the_caller(source):
            track.caller = track.caller or target
            return
        if not track.dialled:
            track.dialled = self._register.parties.of(target) if source.exten in NOWHERE else source.exten
        if track.caller in self._wires.dialling(source):
            track.resume()
        self._register.transfers.dialled(track, dial)

    def _placed_by_pbx(self, track: Track, phone: Channel) -> None:
        if phone.uniqueid != track.key or phone.ringing_in:
            return
        track.originated = True
        track.dialled = ""
        whole = self._register.transfers.recalled(self._register.parties.of(phone), self._register.tracks.values())
        if whole and whole is not track:  # nobody answers a transfer: the PBX rings the one who left it
            self._register.join(track, whole)

    def _rings_the_caller(self, source: Channel) -> bool:
        """A call that the PBX placed through a Local channel: its far end rings the phone of the caller."""
        half = self._wires.other_half(source) if source.local else None
        return bool(half and half.dial and half.dial.source is None and source.name.endswith(";2"))

    def ringing(self, report: pbx.DialRinging) -> None:
        source, target = self._register.find(report.source), self._register.find(report.target)
        if source is None or target is None:
            return
        if target.dial is None:
            self.begin(source, target, "", report.at)
        else:
            self._take_over(target.dial, source)
        if target.dial is not None and not target.dial.rang:
            target.dial.rang = True
            self._register.touch(target.track)

    def _take_over(self, dial: Dial, source: Channel) -> None:
        """Somebody else now waits for this phone: a transfer before it answered."""
        if dial.source is source:
            return
        if dial.source and dial in dial.source.dials:
            dial.source.dials.remove(dial)
        dial.source = source
        source.dials.append(dial)
        self._register.touch(source.track)

    def ended(self, report: pbx.DialEnded) -> None:
        """An answer may come from a phone that was never rung: it picked the call up."""
        answered = report.status == "ANSWER"
        find = self._register.find_or_meet if answered and report.source else lambda seen, at: self._register.find(seen)
        source = find(report.source, report.at)
        target = self._register.find(report.target)
        if target is None and answered and source:
            target = self._register.meet(report.target, report.at)
        if target is None:
            return
        if target.dial is None and answered and source:
            self.begin(source, target, "", report.at)
        if target.dial is None:
            return
        if source is not None:
            self._take_over(target.dial, source)
        if answered:
            self.answer(target.dial, report.at)
        elif not target.dial.status:
            target.dial.status = report.status
        self._register.touch(target.track)

    def answer(self, dial: Dial, at: float | None) -> None:
        if dial.answered:
            return
        dial.status = "ANSWER"
        target, source = dial.target, dial.source
        target.answered_at = at
        track = target.track
        self._register.touch(track)
        if source is None:
            return
        if track.originated and self._rings_the_caller(source):
            track.caller = target
            return
        if target.local:
            half = self._wires.other_half(target)
            if half is None or half.dials or half.room:
                return
        if target is not track.caller and self._register.transfers.claims(track, dial) is None:
            self.answered(track, target, at)

    def answered(self, track: Track, target: Channel, at: float | None) -> None:
        """The call itself is answered, not a transfer of it."""
        party = self._register.parties.of(target)
        if any(party == handover.by for handover in track.handovers):
            return  # rung back after his own transfer
        track.answerers.append(target)
        if party and party not in track.answered_by:
            track.answered_by.append(party)
        if track.answered_at is None:
            track.answered_at = at
