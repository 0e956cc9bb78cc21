"""What a click does to a call that is being talked in: whether it may be now, the one action that it is, and how its
outcome shows. Contexts and arguments are those of docs/telephony.md.

The web asks `refusal` of what its rows say, the link again of what the board says; then the link sends what `order`
makes, and `outcome` reads from the board, at each change and after a reconnect, what has become of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from telephony.core.call import ALL, ASIDE, ENDED, HOLD, HOME, PARK, QUEUE, TRANSFER, WITH, Call, Handling
from telephony.core.naming import is_pair
from telephony.core.rules import OVER, TAKEN, Refusal

HOLD_ON, BACK, CONSULT, CONNECT, SWAP, TOGETHER = "hold", "back", "consult", "connect", "swap", "together"
SEND, PARK_IT, UNPARK, HANG_UP, KEYS = "transfer", "park", "unpark", "hang_up", "keys"
VERBS = (HOLD_ON, BACK, CONSULT, CONNECT, SWAP, TOGETHER, SEND, PARK_IT, UNPARK, HANG_UP, KEYS)

NOT_NOW, NOT_DONE, NO_SECOND, HAS_SECOND = "not_now", "not_done_talk", "no_second", "has_second"
NOT_PARKED, LOT_FULL, NO_TARGET, NOT_HELD = "not_parked", "lot_full", "no_target", "not_held"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a call stands, by its row or by the board. `second`: the state of the second party, or ""."""

    ended: bool
    talks: bool  # somebody of the desk has it: talks in it, or holds, sends or parks its client
    phase: str = ""
    second: str = ""
    taken_by: str = ""
    watchers: tuple[tuple[str, str], ...] = ()  # whose telephone watches, and how


@dataclass(frozen=True, slots=True)
class Move:
    """A channel goes to a place in the dialplan."""

    channel: str
    context: str
    exten: str


@dataclass(frozen=True, slots=True)
class Order:
    """One action: a Redirect of one channel or of two, the end of one, keys for one, or a call to a telephone."""

    moves: tuple[Move, ...] = ()
    hang_up: str = ""
    keys: str = ""
    keys_for: str = ""
    call: str = ""  # an endpoint, that then goes `to`; the channel there is the name of its leg, or ""
    to: Move | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """`reason` is "" for what the PBX confirms."""

    reason: str = ""
    by: str = ""  # a party of the desk


DONE = Outcome()


def standing(call: Call | None) -> Standing:
    """As the board has it; None: it knows no such call."""
    if call is None or call.state == ENDED:
        return Standing(ended=True, talks=False)
    handling, watchers = call.handling, tuple((each.by, each.mode) for each in call.watchers)
    if handling is None:
        return Standing(ended=False, talks=False, watchers=watchers)
    second = handling.second.state if handling.second else ""
    by = next(iter(call.talking_to), "") if not handling.phase else ""
    return Standing(ended=False, talks=True, phase=handling.phase, second=second, taken_by=by, watchers=watchers)


def refusal(verb: str, call: Standing) -> Refusal | None:
    """Why not, or None."""
    if call.ended:
        return Refusal(OVER)
    if verb == HANG_UP:
        return None
    if verb == UNPARK:
        if call.phase == PARK:
            return None
        return Refusal(TAKEN, {"by": call.taken_by}) if call.taken_by else Refusal(NOT_PARKED)
    if not call.talks:
        return Refusal(NOT_NOW)
    held, talks = call.phase == HOLD, call.phase == ""
    if verb in (CONNECT, SWAP, TOGETHER):
        ready = (held and call.second == WITH) or (talks and call.second == ASIDE)
        return None if ready else Refusal(NO_SECOND)
    if verb == BACK:
        return None if held else Refusal(NOT_HELD)
    if verb == KEYS:
        return None if talks else Refusal(NOT_NOW)
    if call.second:
        return Refusal(HAS_SECOND)
    if verb == HOLD_ON:
        return None if talks else Refusal(NOT_NOW)
    return None if talks or held else Refusal(NOT_NOW)


def order(verb: str, call: Call, desk: str, *, endpoint: str, args: Mapping[str, str]) -> Order | None:
    """The action. `desk`: the party that acts, `endpoint` its telephone. None: the call has nobody to do it with."""
    handling = call.handling
    if verb == HANG_UP:
        return Order(hang_up=_to_end(call, desk))
    if handling is None:
        return None
    client, leg = sides(handling, desk)
    second = handling.second.uniqueid if handling.second else ""
    to = args.get("to", "")
    held = handling.phase == HOLD
    match verb:
        case "hold":
            return Order((Move(client, "desk-hold", leg), Move(leg, "desk-idle", client)))
        case "back":
            return Order((Move(leg, "desk-take", client),))
        case "consult":
            return Order((Move(client, "desk-hold", leg), Move(leg, "desk-consult", f"{to}-{client}")))
        case "connect":
            return Order((Move(second, "desk-join", client),))
        case "swap" if held:
            return Order((Move(second, "desk-hold2", leg), Move(leg, "desk-take", client)))
        case "swap":
            return Order((Move(client, "desk-hold", leg), Move(leg, "desk-take", second)))
        case "together":
            return Order((Move(second, "desk-all", client), Move(leg, "desk-all", client)))
        case "transfer":
            return Order((Move(client, "desk-transfer", f"{to}-{endpoint}"),))
        case "park":
            return Order((Move(client, "desk-park", endpoint),))
        case "unpark":
            return Order(call=endpoint, to=Move("", "desk-unpark", handling.to))
        case "keys":
            return Order(keys=args.get("keys", ""), keys_for=client)
    return None


def swaps_first(verb: str, call: Call) -> bool:
    """Whether the second party, who waits aside, is talked with again before it is done: both begin with the client on
    hold."""
    second = call.handling.second if call.handling else None
    return verb in (CONNECT, TOGETHER) and second is not None and second.state == ASIDE


def outcome(verb: str, call: Call | None, desk: str, args: Mapping[str, str]) -> Outcome | None:
    """What the call shows of the click, or None while it shows nothing. `args` are those of the click: `to`, and how
    the second party stood (`second`, `second_was`)."""
    if call is None or call.state == ENDED:
        return DONE if verb == HANG_UP else Outcome(OVER)
    handling = call.handling
    if verb == HANG_UP:
        if is_pair(call.key):
            return None  # nobody of ours is in it: it has ended or not
        return DONE if handling is None or _has_left(call, desk) else None
    if handling is None:
        queued = verb == SEND and args.get("to") == QUEUE and call.place is not None
        return DONE if queued else None
    if handling.phase == HOME:
        return _on_the_way_home(verb, handling)
    return DONE if _shows(verb, call, handling, desk, args) else _taken(verb, call, handling, desk)


def _on_the_way_home(verb: str, handling: Handling) -> Outcome:
    """Past where a transfer had sent him; any other click met a call that was lost just then."""
    if verb == SEND:
        return DONE
    return Outcome(LOT_FULL if handling.to == "full" else NOT_DONE)


def _shows(verb: str, call: Call, handling: Handling, desk: str, args: Mapping[str, str]) -> bool:
    second = handling.second
    state = second.state if second else ""
    if verb == HOLD_ON:
        return handling.phase == HOLD and not second
    if verb == BACK:
        return not handling.phase and not second
    if verb == CONSULT:
        return handling.phase == HOLD and second is not None and second.uniqueid != ""
    if verb == CONNECT:
        return not handling.phase and not second and desk not in (handling.by, handling.client_party)
    if verb == SWAP:
        before = args.get("second_was", WITH)
        return (not handling.phase and state == ASIDE) if before == WITH else (handling.phase == HOLD and state == WITH)
    if verb == TOGETHER:
        return handling.phase == ALL
    if verb == SEND:
        return handling.phase == TRANSFER or (not handling.phase and desk not in (handling.by, handling.client_party))
    if verb == PARK_IT:
        return handling.phase == PARK and handling.to != ""
    return verb == UNPARK and not handling.phase and desk in (handling.by, handling.client_party)


def _taken(verb: str, call: Call, handling: Handling, desk: str) -> Outcome | None:
    """Somebody else was quicker at the parked client."""
    if verb == UNPARK and not handling.phase and desk not in (handling.by, handling.client_party):
        return Outcome(TAKEN, handling.by)
    return None


def sides(handling: Handling, desk: str) -> tuple[str, str]:
    """Uniqueids of the client and of the desk's leg, seen from `desk`: of two colleagues each may hold the other."""
    if not handling.phase and handling.client_party == desk != handling.by:
        return handling.leg, handling.client
    return handling.client, handling.leg


def _to_end(call: Call, desk: str) -> str:
    """The second party ends his own conversation; in a conference the desk leaves it; else the client's call ends."""
    handling = call.handling
    if handling is None:
        mine = [leg for leg in call.legs if leg.party == desk and leg.ended_at is None]
        return mine[-1].uniqueid if mine else call.caller_uniqueid
    if handling.second and handling.second.party == desk and handling.second.uniqueid:
        return handling.second.uniqueid
    if handling.phase == ALL and handling.by == desk:
        return handling.leg
    return sides(handling, desk)[0]


def _has_left(call: Call, desk: str) -> bool:
    """No live leg of that party is in the call any more."""
    return not any(leg.party == desk and leg.ended_at is None and leg.outcome for leg in call.legs)
