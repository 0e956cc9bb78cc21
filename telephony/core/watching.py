"""A supervisor at a conversation: he listens, whispers to the dispatcher, joins both, or takes the client over.

His leg is no call and no part of one: the click makes its name, so that it is known from its first event, and by
whoever comes late. Where it stands in the dialplan (desk-watch) says what it does and to whom; once it has gone on from
there (desk-take-over) it is a leg like any other.
"""

import re
from dataclasses import dataclass

from telephony.core.call import ALL, ENDED, HOLD, Call, Watcher
from telephony.core.operations import DONE, Move, Order, Outcome, Standing, sides
from telephony.core.pbx import Chan
from telephony.core.places import PLACES
from telephony.core.rules import OVER, Refusal

LISTEN, WHISPER, JOIN, STOP, TAKE_OVER = "listen", "whisper", "join", "stop_watching", "take_over"
MODES = (LISTEN, WHISPER, JOIN)
VERBS = (*MODES, STOP, TAKE_OVER)
BESIDE = (*MODES, STOP)  # does nothing to the call: also while something is under way there
WATCHES, TAKES_OVER = "desk-watch", "desk-take-over"  # contexts of our dialplan

NOBODY_TALKS, OWN_CALL, JOINED, THREE = "nobody_talks", "own_call", "joined_by", "three"
NOT_WATCHING, NOT_LIFTED, LATE = "not_watching", "not_lifted_watch", "take_over_late"

NAMED = "watch"
NAME = re.compile(r"watch([0-9a-f]{32})-\d+\.1\Z")


def name(click: str, at: float) -> str:
    """The Uniqueid of his leg. `click`: 32 hexadecimal digits; `at`: when, in seconds since the epoch."""
    return f"{NAMED}{click}-{at:.0f}.1"


def is_watcher(seen: Chan) -> bool:
    """Whether this channel is none of a call."""
    return seen.uniqueid.startswith(NAMED) and seen.context not in PLACES and NAME.match(seen.uniqueid) is not None


def read(seen: Chan, by: str) -> Watcher | None:
    """What he does there, by where his leg stands; None: he is only being rung."""
    mode, _, of = seen.exten.partition("-")
    if seen.context != WATCHES or mode not in MODES or not of:
        return None
    return Watcher(seen.uniqueid, by, mode, of)


@dataclass(frozen=True, slots=True)
class Wish:
    """Who wants what: `desk`, the telephone of the supervisor; `of`, that of whose conversation it is."""

    verb: str
    desk: str
    of: str


def refusal(wish: Wish, call: Standing) -> Refusal | None:
    """Why not, or None."""
    if call.ended:
        return Refusal(OVER)
    mine = next((mode for by, mode in call.watchers if by == wish.desk), "")
    if wish.verb == STOP:
        return None if mine else Refusal(NOT_WATCHING)
    if wish.of == wish.desk:
        return Refusal(OWN_CALL)
    if not call.talks or call.phase not in ("", HOLD, ALL):
        return Refusal(NOBODY_TALKS)
    if wish.verb == TAKE_OVER:
        return Refusal(THREE) if call.second or call.phase == ALL else None
    if wish.verb == JOIN:
        if call.phase:
            return Refusal(THREE if call.phase == ALL else NOBODY_TALKS)
        other = next((by for by, mode in call.watchers if mode == JOIN and by != wish.desk), "")
        return Refusal(JOINED, {"by": other}) if other else None
    return None


def order(wish: Wish, call: Call, *, endpoint: str, leg: str) -> Order | None:
    """The action. `leg`: the name of his leg, should it have to be called. None: there is nobody to do it with."""
    mine = own(call, wish.desk)
    if wish.verb == STOP:
        return Order(hang_up=mine.uniqueid) if mine else None
    place = _place(wish, call, mine.uniqueid if mine else leg)
    if place is None:
        return None
    return Order(moves=(place,)) if mine else Order(call=endpoint, to=place)


def outcome(wish: Wish, call: Call | None) -> Outcome | None:
    """What the call shows of the click, or None while it shows nothing."""
    if call is None or call.state == ENDED:
        return DONE if wish.verb == STOP else Outcome(OVER)
    mine = own(call, wish.desk)
    if wish.verb == STOP:
        return None if mine else DONE
    if wish.verb == TAKE_OVER:
        handling = call.handling
        has = handling is not None and not handling.phase and wish.desk in (handling.by, handling.client_party)
        return DONE if has else None
    return DONE if mine and mine.mode == wish.verb else None


def own(call: Call, desk: str) -> Watcher | None:
    return next((each for each in call.watchers if each.by == desk), None)


def _place(wish: Wish, call: Call, leg: str) -> Move | None:
    if wish.verb == TAKE_OVER:
        if call.handling is None:
            return None
        client, theirs = sides(call.handling, wish.of)
        return Move(leg, TAKES_OVER, f"{client}_{theirs}") if client and theirs else None
    theirs = _leg_of(call, wish.of)
    return Move(leg, WATCHES, f"{wish.verb}-{theirs}") if theirs else None


def _leg_of(call: Call, party: str) -> str:
    here = [leg for leg in call.legs if leg.party == party and leg.ended_at is None]
    answered = [leg for leg in here if leg.answered_at is not None or leg.role == "caller"]
    return (answered or here)[-1].uniqueid if here else ""
