"""The order's state machine. No Django: states, transitions, guards and who may make them, as plain data.

A guard is a fact that must hold. `legal` says what may be done now, `refusal` why something may not.
"""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    SEARCHING = "searching"
    OFFERED = "offered"
    ASSIGNED = "assigned"
    EN_ROUTE = "en_route"
    ARRIVED = "arrived"
    ON_BOARD = "on_board"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    UNFULFILLED = "unfulfilled"


BUSY_STATES = frozenset({State.ASSIGNED, State.EN_ROUTE, State.ARRIVED, State.ON_BOARD})
OPEN_STATES = BUSY_STATES | {State.SCHEDULED, State.SEARCHING, State.OFFERED}
FINAL_STATES = frozenset({State.COMPLETED, State.CANCELLED, State.NO_SHOW, State.UNFULFILLED})


class ActorKind(StrEnum):
    DISPATCHER = "dispatcher"
    SUPERVISOR = "supervisor"
    DRIVER = "driver"
    CLIENT = "client"
    SYSTEM = "system"
    INTEGRATION = "integration"  # another system, by the API: does what the desk does, but corrects nothing


class Guard(StrEnum):
    """What must be true besides state and actor. The value is also the id of the refusal."""

    NEEDS_PICKUP_TIME = "needs_pickup_time"  # a pre-order says when
    NEEDS_DRIVER = "needs_driver"  # a driver is named
    DRIVER_BUSY = "driver_busy"  # he performs no other order
    SAME_DRIVER = "same_driver"  # another than the present one is named
    NEEDS_REASON = "needs_reason"
    CLIENT_NOT_CALLED = "client_not_called"  # since the car arrived somebody tried to ring the client
    CLIENT_NOT_ASKED = "client_not_asked"  # since the search began the client was asked whether he still waits


class Refusal(StrEnum):
    """Why a transition is not made. The guards' ids are refusals too."""

    UNKNOWN = "unknown"  # no such transition
    WRONG_STATE = "wrong_state"
    NOT_FOR_YOU = "not_for_you"  # this kind of actor never makes it
    NOT_YOUR_ORDER = "not_your_order"  # a driver, and the order is another's


class DriverEffect(StrEnum):
    KEEP = "keep"
    TAKE = "take"  # the named driver becomes the order's
    DROP = "drop"
    CONFIRM = "confirm"  # the named driver, else the one who was asked


@dataclass(frozen=True)
class Facts:
    """What is known of the order and of the command when a transition is asked for."""

    pickup_time: bool = False
    driver_named: bool = False
    driver_free: bool = False
    another_driver: bool = False
    reason: bool = False
    client_called: bool = False
    client_asked: bool = False
    own: bool = False  # for a driver: the order is his, or he is asked about it

    def meets(self, guard: Guard) -> bool:
        return {
            Guard.NEEDS_PICKUP_TIME: self.pickup_time,
            Guard.NEEDS_DRIVER: self.driver_named,
            Guard.DRIVER_BUSY: self.driver_free,
            Guard.SAME_DRIVER: self.another_driver,
            Guard.NEEDS_REASON: self.reason,
            Guard.CLIENT_NOT_CALLED: self.client_called,
            Guard.CLIENT_NOT_ASKED: self.client_asked,
        }[guard]


@dataclass(frozen=True)
class Transition:
    name: str
    sources: frozenset[State]
    target: State
    actors: frozenset[ActorKind]
    guards: tuple[Guard, ...] = ()
    driver: DriverEffect = DriverEffect.KEEP

    @property
    def needs_reason(self) -> bool:
        return Guard.NEEDS_REASON in self.guards

    @property
    def needs_driver(self) -> bool:
        return self.driver is DriverEffect.TAKE and Guard.NEEDS_DRIVER in self.guards


S = State
DISPATCHER, SUPERVISOR, DRIVER, CLIENT, SYSTEM, INTEGRATION = ActorKind
STAFF = frozenset({DISPATCHER, SUPERVISOR, INTEGRATION})
NEW_DRIVER = (Guard.NEEDS_DRIVER, Guard.DRIVER_BUSY)


def _t(
    name: str,
    sources: frozenset[State] | set[State],
    target: State,
    actors: frozenset[ActorKind],
    *guards: Guard,
    driver: DriverEffect = DriverEffect.KEEP,
) -> Transition:
    return Transition(name, frozenset(sources), target, actors, guards, driver)


KEEP, TAKE, DROP, CONFIRM = DriverEffect

_TABLE = (
    # the order comes in
    _t("place", {S.DRAFT}, S.SEARCHING, STAFF | {CLIENT, SYSTEM}),
    _t("schedule", {S.DRAFT}, S.SCHEDULED, STAFF | {CLIENT, SYSTEM}, Guard.NEEDS_PICKUP_TIME),
    _t("release", {S.SCHEDULED}, S.SEARCHING, STAFF | {SYSTEM}),
    _t("postpone", {S.SEARCHING}, S.SCHEDULED, STAFF, Guard.NEEDS_PICKUP_TIME),
    # a driver is found
    # one who sets his client down may be asked about the next order: "offer" minds no other order, "accept" does
    _t("offer", {S.SEARCHING}, S.OFFERED, STAFF | {SYSTEM}, Guard.NEEDS_DRIVER, driver=TAKE),
    _t("broadcast", {S.SEARCHING}, S.OFFERED, STAFF | {SYSTEM}),  # to all who fit; the first one has it
    _t("accept", {S.OFFERED}, S.ASSIGNED, STAFF | {DRIVER, SYSTEM}, *NEW_DRIVER, driver=CONFIRM),
    _t("refuse", {S.OFFERED}, S.SEARCHING, STAFF | {DRIVER}, Guard.NEEDS_REASON, driver=DROP),
    _t("expire", {S.OFFERED}, S.SEARCHING, frozenset({SYSTEM}), driver=DROP),
    _t("recall", {S.OFFERED}, S.SEARCHING, STAFF | {SYSTEM}, driver=DROP),
    _t("assign", {S.SCHEDULED, S.SEARCHING, S.OFFERED}, S.ASSIGNED, STAFF | {SYSTEM}, *NEW_DRIVER, driver=TAKE),
    _t(
        "reassign",
        {S.ASSIGNED, S.EN_ROUTE, S.ARRIVED},
        S.ASSIGNED,
        STAFF,
        Guard.NEEDS_DRIVER,
        Guard.SAME_DRIVER,
        Guard.DRIVER_BUSY,
        driver=TAKE,
    ),
    _t(
        "unassign",
        {S.ASSIGNED, S.EN_ROUTE, S.ARRIVED},
        S.SEARCHING,
        STAFF | {SYSTEM},
        Guard.NEEDS_REASON,
        driver=DROP,
    ),
    _t("hand_back", {S.ASSIGNED, S.EN_ROUTE}, S.SEARCHING, frozenset({DRIVER}), Guard.NEEDS_REASON, driver=DROP),
    # the trip
    _t("set_off", {S.ASSIGNED}, S.EN_ROUTE, STAFF | {DRIVER, SYSTEM}, Guard.NEEDS_DRIVER),
    _t("arrive", {S.EN_ROUTE}, S.ARRIVED, STAFF | {DRIVER, SYSTEM}, Guard.NEEDS_DRIVER),
    _t("board", {S.ARRIVED}, S.ON_BOARD, STAFF | {DRIVER}, Guard.NEEDS_DRIVER),
    _t("complete", {S.ON_BOARD}, S.COMPLETED, STAFF | {DRIVER}, Guard.NEEDS_DRIVER),
    # other ends
    _t("no_show", {S.ARRIVED}, S.NO_SHOW, STAFF, Guard.CLIENT_NOT_CALLED),
    _t("give_up", {S.SEARCHING}, S.UNFULFILLED, STAFF | {SYSTEM}, Guard.CLIENT_NOT_ASKED),
    _t("cancel", OPEN_STATES - {S.ON_BOARD}, S.CANCELLED, STAFF | {CLIENT, SYSTEM}, Guard.NEEDS_REASON),
    _t("break_off", {S.ON_BOARD}, S.CANCELLED, STAFF, Guard.NEEDS_REASON),
    _t("reopen", FINAL_STATES, S.SEARCHING, frozenset({SUPERVISOR}), Guard.NEEDS_REASON, driver=DROP),
)

TRANSITIONS: dict[str, Transition] = {transition.name: transition for transition in _TABLE}


def legal(state: State, actor: ActorKind, facts: Facts) -> tuple[Transition, ...]:
    """Every transition that `actor` may make now, in the order of an order's life."""
    return tuple(t for t in _TABLE if refusal(state, t.name, actor, facts) is None)


def refusal(state: State, name: str, actor: ActorKind, facts: Facts) -> Refusal | Guard | None:
    """Why `actor` may not make the transition `name` of an order in `state`; None when he may."""
    transition = TRANSITIONS.get(name)
    if transition is None:
        return Refusal.UNKNOWN
    if actor not in transition.actors:
        return Refusal.NOT_FOR_YOU
    if actor is ActorKind.DRIVER and not facts.own:
        return Refusal.NOT_YOUR_ORDER
    if state not in transition.sources:
        return Refusal.WRONG_STATE
    return next((guard for guard in transition.guards if not facts.meets(guard)), None)


def driver_effect(transition: Transition, state: State) -> DriverEffect:
    """What becomes of the order's driver. Who was only offered an order that ends has never had it."""
    if state is State.OFFERED and transition.target in FINAL_STATES:
        return DriverEffect.DROP
    return transition.driver
