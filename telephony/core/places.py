"""What the desk does with a client, read from where the channels stand in its dialplan (deploy/asterisk/dialplan).

Events and a snapshot show the same places, so a link that comes late knows as much as one that was there.
"""

from collections.abc import Sequence

from telephony.core.call import ALL, ASIDE, CALLED, HOLD, HOME, OWN, PARK, RUNG, TRANSFER, WITH, Handling, Second
from telephony.core.channel import HIS_OWN, Channel
from telephony.core.naming import is_pair
from telephony.core.party import Parties
from telephony.core.track import PARK as PARKING
from telephony.core.track import Track
from telephony.core.wires import Wires

HELD, ASIDE_FOR, CONSULTS, TAKES = "desk-hold", "desk-hold2", "desk-consult", "desk-take"
INSTEAD = "desk-instead"
SENT, GOES_HOME, IN_ROOM = "desk-transfer", "desk-home", ("desk-all", "desk-all-client")
ELSEWHERE = ("desk-idle", "desk-join", "desk-after", "desk-end", "desk-free", "desk-queue", "desk-pick",
             "desk-fallback", "desk-park", "desk-unpark", "desk-take-over")  # fmt: skip
PLACES = frozenset({HELD, ASIDE_FOR, CONSULTS, TAKES, HIS_OWN, INSTEAD, SENT, GOES_HOME, *IN_ROOM, *ELSEWHERE})


class Places:
    def __init__(self, wires: Wires, parties: Parties) -> None:
        self._wires = wires
        self._parties = parties

    def read(self, track: Track) -> Handling | None:
        """How the client of this call is being handled; without `since`."""
        phones = [each for each in track.live.values() if not each.local]
        for phone in phones:
            found = self._handled(track, phone)
            if found is not None:
                return found
        return self._talk(track)

    def _handled(self, track: Track, client: Channel) -> Handling | None:
        if client.parked:
            return self._parked(track, client)
        others = self._wires.talking(client)
        if client.context == "desk-all-client" and len(others) > 1:
            return self._together(track, client, others)
        if client.asked or others:
            return None
        match client.context:
            case "desk-own" | "desk-instead" if not client.met:
                return self._rings_his_own(client)
            case "desk-hold":
                return self._held(client)
            case "desk-transfer" if not client.met:
                number, _, by = client.argument.partition("-")
                return Handling(
                    TRANSFER, self._parties.owner(by), client.uniqueid, "", self._parties.of(client), number
                )
            case "desk-home" if not client.met:
                return Handling(
                    HOME, self._rung_by(client), client.uniqueid, "", self._parties.of(client), client.argument
                )
        return None

    def _rings_his_own(self, client: Channel) -> Handling | None:
        by, owner = self._rung_by(client), client.argument.rpartition("-")[2]
        return Handling(OWN, by, client.uniqueid, "", self._parties.of(client), owner) if by else None

    def _held(self, client: Channel) -> Handling | None:
        leg = self._wires.channels.get(client.argument)
        if leg is None or leg.asked:
            return None  # she rang off: he is on the way home, or the call is over
        second = self._second(client, leg)
        return Handling(
            HOLD, self._parties.of(leg), client.uniqueid, leg.uniqueid, self._parties.of(client), second=second
        )

    def _second(self, client: Channel, leg: Channel) -> Second | None:
        company = next((each for each in self._wires.talking(leg) if each is not client), None)
        if company is not None:
            return Second(self._parties.of(company), company.uniqueid, WITH)
        if leg.context != CONSULTS:
            return None
        if len(leg.dials) == leg.dialled_before:
            return Second(leg.argument.partition("-")[0], "", CALLED)
        dial = leg.dials[-1]
        rings = RUNG if dial.rang or dial.answered else CALLED
        state = rings if dial.rings or dial.answered else dial.outcome
        return Second(self._parties.of(dial.target), dial.target.uniqueid, state)

    def _rung_by(self, client: Channel) -> str:
        return next((self._parties.of(dial.target) for dial in reversed(client.dials) if dial.rings), "")

    def _parked(self, track: Track, client: Channel) -> Handling:
        handover = next((each for each in reversed(track.handovers) if each.kind == PARKING), None)
        by, slot = (handover.by, handover.space) if handover else ("", "")
        return Handling(PARK, by, client.uniqueid, "", self._parties.of(client), slot)

    def _together(self, track: Track, client: Channel, others: Sequence[Channel]) -> Handling:
        before = track.handling
        desk = next((each for each in others if before and before.by == self._parties.of(each)), None)
        desk = desk or next((each for each in others if each.dial in client.dials), None)
        desk = desk or next((each for each in others if self._parties.is_staff(self._parties.of(each))), None)
        other = next((each for each in others if each is not desk), None)
        return Handling(
            ALL,
            self._parties.of(desk) if desk else "",
            client.uniqueid,
            desk.uniqueid if desk else "",
            self._parties.of(client),
            second=Second(self._parties.of(other), other.uniqueid, WITH) if other else None,
        )

    def _talk(self, track: Track) -> Handling | None:
        main = track.main()
        company = self._wires.talking(main) if main else []
        if main is None or not company or is_pair(track.key):
            return None
        leg, client = (main, company[0]) if self._is_desk(main, company[0]) else (company[0], main)
        aside = self._aside(track, leg)
        return Handling(
            "", self._parties.of(leg), client.uniqueid, leg.uniqueid, self._parties.of(client), second=aside
        )

    def _is_desk(self, one: Channel, other: Channel) -> bool:
        """Of two colleagues, who was called is the desk, and who called the client."""
        return self._parties.is_staff(self._parties.of(one)) and not self._parties.is_staff(self._parties.of(other))

    def _aside(self, track: Track, leg: Channel) -> Second | None:
        for phone in track.live.values():
            waits = phone.context == ASIDE_FOR and phone.argument == leg.uniqueid
            if waits and not self._wires.talking(phone):
                return Second(self._parties.of(phone), phone.uniqueid, ASIDE)
        return None
