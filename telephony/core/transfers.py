"""Transfers, concluded from channels, dials and bridges; the PBX's own transfer events only confirm them.

A consultation is open from the moment when somebody who was in conversation calls a third party while the other one
still waits. A blind transfer is open from the PBX's word, or from the moment when somebody who was taken out of a
conversation dials. Both end when it is known how they went.
"""

from collections.abc import Iterable

from telephony.core.call import QUEUE
from telephony.core.channel import ANSWERED, CANCELLED, Channel, Dial
from telephony.core.party import Parties
from telephony.core.places import GOES_HOME
from telephony.core.settling import Settling
from telephony.core.track import ATTENDED, BLIND, PARK, TAKEN, Handover, Track
from telephony.core.wires import Wires


class Transfers:
    def __init__(self, wires: Wires, parties: Parties, settling: Settling) -> None:
        self._wires = wires
        self._parties = parties
        self._settling = settling

    # --- what opens one -----------------------------------------------------------------------------------------

    def dialled(self, track: Track, dial: Dial) -> None:
        """Somebody is rung: by a transfer that is open, by a new one, or by none."""
        source = dial.source
        if source is None:
            return
        for handover in reversed(track.open_handovers):
            if self._rings_for(handover, dial):
                self._ring(track, handover, dial)
                return
        for phone in self._wires.dialling(source):
            if phone.track is track and phone.talked and not self._wires.talking(phone):
                if not self._has_come_back(track, phone):
                    self._infer(track, phone, dial)
                return

    def _has_come_back(self, track: Track, phone: Channel) -> bool:
        """His transfer failed and he has talked to nobody since: whoever is rung now answers the call itself."""
        return any(
            handover.returned
            and not handover.completed
            and phone in handover.held
            and handover.movers >= {*phone.talked}
            for handover in track.handovers
        )

    def _rings_for(self, handover: Handover, dial: Dial) -> bool:
        source = dial.source
        if source is None or handover.kind in (PARK, TAKEN):
            return False
        if source in handover.sources:
            return True
        if source.local:
            half = self._wires.other_half(source)
            if half and (half in handover.sources or any(each.target is half for each in handover.dials)):
                return True
        return any(phone in handover.sources for phone in self._wires.dialling(source))

    def _ring(self, track: Track, handover: Handover, dial: Dial) -> None:
        same = self._parties.of(dial.target) == handover.by
        goes_home = dial.source is not None and dial.source.context == GOES_HOME  # nobody was rung before
        if handover.kind == BLIND and same and (handover.dials or goes_home):
            handover.returned = True
            return
        failed = bool(handover.dials) and all(each.outcome not in ("", ANSWERED) for each in handover.dials)
        own_line = handover.kind == ATTENDED and handover.redirected
        if failed and own_line and dial.source in handover.movers:  # asks another one, the first was not to be had
            handover.end(self._settling.outcome(handover))
            self._consult(track, next(iter(handover.movers)), handover.held, dial.source, dial)
            return
        handover.dials.append(dial)

    def _infer(self, track: Track, phone: Channel, dial: Dial) -> None:
        partners = phone.talked
        partner = partners[0]
        party, other = self._parties.of(phone), self._parties.of(partner)
        if self._parties.of(dial.target) == other:
            return  # rung back
        if any(each.asked for each in partners):
            return  # that one hung up, the dialplan goes on
        alive = [each for each in partners if not each.gone]
        staff = self._parties.is_staff(party)
        if not alive:
            if phone.moved:
                self._redirect(track, phone, partner, dial)
        elif not staff or (phone.moved and self._parties.is_staff(other) and not partner.music):
            self._redirect(track, phone, partner, dial)
        else:
            self._consult(track, phone, set(alive), phone, dial)

    def _redirect(self, track: Track, phone: Channel, partner: Channel, dial: Dial) -> None:
        """Taken out of the conversation and sent to somebody: blind, by the one who had been talking."""
        by = self._parties.of(partner)
        handover = Handover(BLIND, by, dial.at, {partner}, {phone}, {phone}, dials=[dial], redirected=True)
        self._open(track, handover)

    def into_queue(self, track: Track, client: Channel, by: str, at: float | None) -> None:
        """Sent back into the queue: whoever answers him there has got the transfer."""
        handover = Handover(BLIND, by, at, set(client.talked), {client}, {client}, exten=QUEUE, redirected=True)
        handover.to_queue = True
        self._open(track, handover)

    def resumed(self, track: Track, client: Channel, by: str, dial: Dial) -> None:
        """A blind transfer that was under way before we connected."""
        handover = Handover(BLIND, by, dial.at, set(), {client}, {client}, dials=[dial], redirected=True)
        self._open(track, handover)

    def _consult(
        self, track: Track, mover: Channel, held: Iterable[Channel], source: Channel | None, dial: Dial | None
    ) -> Handover:
        sources = {source} if source else set()
        by = self._parties.of(mover)
        handover = Handover(ATTENDED, by, dial.at if dial else None, {mover}, set(held), sources)
        handover.redirected = source is mover
        if dial:
            handover.dials.append(dial)
        self._open(track, handover)
        return handover

    def _open(self, track: Track, handover: Handover) -> None:
        before = all(each.from_before and each is not track.caller for each in handover.movers)
        if before and handover.by and not track.answered_by:
            track.answered_by.append(handover.by)  # who hands over had answered before we connected
        track.handovers.append(handover)
        track.resume()

    def second_line(self, track: Track, mover: Channel, line: Channel) -> None:
        """Somebody with a caller on hold calls a third party on a line of his own."""
        held = self._wires.talking(mover) or [each for each in mover.talked if not each.gone]
        handover = self._consult(track, mover, held, line, None)
        handover.movers.add(line)
        handover.at, handover.exten = line.at, line.exten

    def consulted(self, track: Track, wire: Channel, at: float | None) -> None:
        """A Local channel that nobody dialled shares a bridge with a phone: a consultation by feature code."""
        half = self._wires.other_half(wire)
        if wire.dial or (half and half.dial) or wire.room is None:
            return
        if any(wire in handover.sources or half in handover.sources for handover in track.handovers):
            return
        for mover in wire.room.members.values():
            held = [each for each in mover.talked if not each.gone and each.room is not wire.room]
            if mover.local or mover.track is not track or not held:
                continue
            handover = self._consult(track, mover, held, wire, None)
            if half:
                handover.sources.add(half)
                handover.dials.extend(half.dials)
            handover.at, handover.exten = at, self._parties.of(wire)
            return

    def blind(
        self, track: Track, mover: Channel, moved: Channel | None, exten: str, at: float | None
    ) -> Handover | None:
        by = self._parties.of(mover)
        held = set(self._wires.talking(mover)) or {each for each in mover.talked if not each.gone}
        sources = {moved} if moved else set()
        if moved and not moved.local:
            held = {moved}
        for handover in reversed(track.open_handovers):
            if handover.kind == BLIND and handover.by == by:
                return None  # told twice, or concluded before the PBX said it
        for handover in track.open_handovers:
            if handover.kind == ATTENDED and mover in handover.movers:
                handover.end(self._settling.outcome(handover) or CANCELLED)
        handover = Handover(BLIND, by, at, {mover}, held, sources | held, exten=exten)
        self._open(track, handover)
        return handover

    def attended(
        self,
        track: Track,
        movers: tuple[Channel, Channel],
        held: Channel | None,
        target: Channel | None,
        at: float | None,
    ) -> None:
        first, second = movers
        if any(each.kind == PARK and first in each.movers for each in track.open_handovers):
            return  # to the parking lot: that is a park
        handover = next(
            (
                each
                for each in reversed(track.handovers)
                if each.kind == ATTENDED
                and not each.confirmed
                and (first in each.movers or second in each.movers)
                and (not each.ended or each.completed)
            ),
            None,
        )
        if handover is None:
            if any(each.confirmed and first in each.movers for each in track.handovers):
                return  # told twice
            partners = {held} if held else set(self._wires.talking(first)) or {e for e in first.talked if not e.gone}
            line = second if second is not first else None
            handover = self._consult(track, first, partners - {target}, line, None)  # type: ignore[arg-type]
            handover.redirected = False
            handover.at, handover.exten = at, second.exten if second is not first else ""
            if second is first:
                handover.dials = [each for each in first.dials if each.target is target]
        handover.confirmed = True
        handover.movers |= {first, second}
        if second is not first:
            handover.sources.add(second)
            handover.dials.extend(each for each in second.dials if each not in handover.dials)
        if target is not None:
            self._aim(handover, target, at)
        if held is not None and not held.local:
            handover.held.add(held)
            handover.sources.add(held)
        if track.closer is not held:
            track.resume()

    def _aim(self, handover: Handover, target: Channel, at: float | None) -> None:
        """The PBX names the target: make sure that the transfer knows it."""
        phones = [target] if not target.local else []
        if target.local:
            half = self._wires.other_half(target)
            handover.sources.add(target)
            if half:
                handover.sources.add(half)
                handover.dials.extend(each for each in half.dials if each not in handover.dials)
                if half.room and not half.room.conference:
                    phones = [each for each in self._wires.talking(half) if each not in handover.held | handover.movers]
        for phone in phones:
            dial = phone.dial or (Dial(None, phone, "", at) if phone.room else None)
            if dial is None or dial in handover.dials:
                continue
            if phone.room:
                dial.status = "ANSWER"
            handover.dials.append(dial)

    def parked(self, track: Track, parkee: Channel, parker: str, space: str, at: float | None) -> None:
        for handover in track.open_handovers:
            if handover.kind == PARK and parkee in handover.held:
                handover.space = handover.space or space
                return
        wire = parkee.local
        for handover in track.open_handovers:
            mine = parkee in handover.held or (wire and parkee in handover.sources)
            if mine and not handover.dials:
                handover.kind, handover.space = PARK, space
                handover.held.add(parkee)
                return
        partners = parkee.talked
        by = self._parties.of(partners[0]) if partners else parker
        if parkee.context == "desk-park":  # several may have talked with him
            by = self._parties.owner(parkee.argument) or by
        held = {parkee}
        self._open(track, Handover(PARK, by, at, set(partners), held, set(), space=space))

    def taken(self, track: Track, parkee: Channel, retriever: Channel | None) -> None:
        for handover in track.open_handovers:
            if handover.kind == PARK and parkee in handover.held:
                handover.taken_by = retriever
                handover.end("")
                track.resume()

    def taken_over(self, track: Track, mover: Channel, client: Channel, by: Channel, at: float | None) -> None:
        """A supervisor fetches the client of `mover`."""
        if any(each.kind == TAKEN and each.taken_by is by for each in track.handovers):
            return  # told twice
        exten = self._parties.of(by)
        handover = Handover(TAKEN, self._parties.of(mover), at, {mover}, {client}, set(), exten=exten, taken_by=by)
        self._open(track, handover)

    def not_taken(self, track: Track, parkee: Channel, why: str) -> None:
        for handover in track.open_handovers:
            if handover.kind == PARK and parkee in handover.held:
                handover.end(why)

    def music(self, track: Track, channel: Channel) -> bool:
        """Whoever hears music was put on hold: what looked like his transfer of the other is a consultation."""
        for handover in track.open_handovers:
            if handover.redirected and handover.kind == BLIND and channel in handover.movers:
                mover = next(iter(handover.held))
                handover.kind, handover.by = ATTENDED, self._parties.of(mover)
                handover.movers, handover.held, handover.sources = {mover}, {channel}, {mover}
                return True
        return False

    def queued(self, track: Track, channel: Channel) -> None:
        for handover in track.open_handovers:
            if handover.kind != BLIND or not (channel in handover.held or channel in handover.sources):
                continue
            if handover.dials and not handover.to_queue:
                handover.returned = True
            else:
                handover.to_queue = True

    def recalled(self, party: str, tracks: Iterable[Track]) -> Track | None:
        """The call in which this party left a transfer behind that nobody answered: the PBX rings him again."""
        for track in tracks:
            for handover in track.handovers:
                left = handover.kind == ATTENDED and handover.confirmed and not handover.completed
                if left and handover.by == party and not all(each.gone for each in handover.held):
                    return track
        return None

    def claims(self, track: Track, dial: Dial) -> Handover | None:
        return next((each for each in track.handovers if dial in each.dials), None)

    def left_by(self, track: Track, channel: Channel) -> bool:
        """It handed the call over, or is handed over: its leaving does not end the call."""
        if any(channel in each.held and each.kind != ATTENDED for each in track.open_handovers):
            return not channel.asked
        return any(
            channel in each.movers and (each.confirmed or each.kind != ATTENDED or each.completed)
            for each in track.handovers
            if each.completed or not each.ended
        )
