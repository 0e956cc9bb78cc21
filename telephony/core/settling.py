"""How a transfer ends: completed, or why not. Told from dials, bridges and who hung up."""

from telephony.core.channel import CANCELLED, FAILED, NOANSWER, Channel, Dial
from telephony.core.party import Parties
from telephony.core.track import ATTENDED, BLIND, PARK, TAKEN, Handover, Track
from telephony.core.wires import Wires

CALLER_GONE, TARGET_GONE = "caller_gone", "target_gone"


class Settling:
    def __init__(self, wires: Wires, parties: Parties) -> None:
        self._wires = wires
        self._parties = parties

    def settle(self, track: Track) -> None:
        for handover in track.handovers:
            if not handover.ended:
                if handover.kind == ATTENDED:
                    self._settle_attended(handover)
                elif handover.kind == BLIND:
                    self._settle_blind(handover)
                elif handover.kind == TAKEN and handover.taken_by in self._company(handover):
                    handover.end("")
                elif handover.kind == TAKEN and handover.taken_by and handover.taken_by.gone:
                    handover.end(FAILED)
                elif all(each.gone for each in handover.held):
                    handover.end(CALLER_GONE)
                if not track.live and not handover.ended:
                    handover.end(self.outcome(handover) or CALLER_GONE)
                if handover.completed:
                    track.closer = None if track.closer in handover.movers else track.closer
                    track.breaker = None if track.breaker in handover.movers else track.breaker

    def _company(self, handover: Handover) -> list[Channel]:
        return [person for each in handover.held for person in self._wires.talking(each)]

    def _settle_attended(self, handover: Handover) -> None:
        held = [each for each in handover.held if not each.gone]
        movers = [each for each in handover.movers if not each.gone]
        targets = self.answerers(handover)
        here = [each for each in targets if not each.gone]
        together = {person for each in held for person in self._wires.talking(each)}
        alone = not any(each in together for each in handover.movers)
        if (alone and any(each in together for each in here)) or (handover.confirmed and here):
            handover.end("")
        elif handover.held and not held:
            handover.end(self._nobody_held(handover))
        elif handover.confirmed and not handover.dials and any(each.up for each in handover.sources):
            handover.end("")  # handed to an application
        elif here or self._rings(handover):
            return
        elif targets:
            handover.end(TARGET_GONE if any(each.asked for each in targets) else CANCELLED)
        elif handover.confirmed:
            if handover.dials:
                outcome = self.outcome(handover)
                handover.end(NOANSWER if outcome == CANCELLED else outcome)
        elif handover.dials:
            if self._over(handover, held, movers):
                handover.end(self.outcome(handover))
        elif self._over(handover, held, movers):
            handover.end(CANCELLED)

    def _nobody_held(self, handover: Handover) -> str:
        if not self._rings(handover) and not self.answerers(handover) and self.outcome(handover):
            return self.outcome(handover)  # it had come to nothing before
        dropped = any(each.asked for each in handover.movers) and not any(each.asked for each in handover.held)
        return CANCELLED if dropped and not handover.confirmed else CALLER_GONE

    def _over(self, handover: Handover, held: list[Channel], movers: list[Channel]) -> bool:
        """The consultation came to nothing: they talk again, or whoever called the third party is gone."""
        if not movers or all(each.gone for each in handover.sources):
            return True
        if len(handover.movers) > 1 and any(each.gone for each in handover.movers if each in handover.sources):
            return True
        if handover.sources & handover.movers and not handover.redirected:
            return False
        return any(mover in self._wires.talking(each) for each in held for mover in movers)

    def _settle_blind(self, handover: Handover) -> None:
        held = [each for each in handover.held if not each.gone]
        if self.answerers(handover):
            handover.end("")
        elif handover.returned:
            handover.end(self.outcome(handover) or FAILED)
        elif not held:
            outcome = self.outcome(handover)
            asked = any(each.asked for each in handover.held)
            if asked and (not outcome or outcome == CANCELLED or self._rings(handover)):
                outcome = CALLER_GONE
            handover.end(outcome or FAILED)
        elif not self._rings(handover):
            together = [person for each in held for person in self._wires.talking(each)]
            if any(self._parties.of(each) == handover.by for each in together):
                if not any(mover in together for mover in handover.movers):
                    handover.end(self.outcome(handover) or FAILED)
            elif together and not handover.dials:
                handover.end("")  # into a conference

    def _rings(self, handover: Handover) -> bool:
        return any(each.rings and not self._is_wire(each.target) for each in handover.dials)

    def _is_wire(self, channel: Channel) -> bool:
        """A Local channel with phones rung behind it: they count, not it."""
        if not channel.local:
            return False
        half = self._wires.other_half(channel)
        return bool(half and half.dials)

    def answerers(self, handover: Handover) -> list[Channel]:
        return [e.target for e in handover.dials if e.answered and not self._behind(e, handover)]

    def _behind(self, dial: Dial, handover: Handover) -> bool:
        """This dial only led to another one of the same transfer."""
        base = dial.target.name[:-1]
        return dial.target.local and any(
            each.source is not None and each.source.name[:-1] == base for each in handover.dials
        )

    def outcome(self, handover: Handover) -> str:
        """How the last of its dials ended, "" where there was none or one still rings."""
        outcomes = [e.outcome for e in handover.dials if not self._behind(e, handover)]
        real = [each for each in outcomes if each and each != CANCELLED]
        return real[-1] if real else (outcomes[-1] if outcomes else "")

    def targets(self, handover: Handover) -> tuple[str, ...]:
        """To whom: who answered, else who was rung, else where it was sent."""
        if handover.kind == PARK:
            return (handover.space,) if handover.space else ()
        rung = [each for each in handover.dials if not self._behind(each, handover)]
        chosen = [each for each in rung if each.answered] or rung
        parties = [self._parties.of(each.target) for each in chosen]
        return tuple(dict.fromkeys(each for each in parties if each)) or ((handover.exten,) if handover.exten else ())
