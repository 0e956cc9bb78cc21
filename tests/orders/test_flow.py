"""The state machine against a table that was written by hand, not derived from the code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.flow import (
    BUSY_STATES,
    FINAL_STATES,
    OPEN_STATES,
    TRANSITIONS,
    ActorKind,
    DriverEffect,
    Facts,
    Guard,
    Refusal,
    State,
    driver_effect,
    legal,
    refusal,
)

ALL_FACTS = Facts(
    pickup_time=True,
    driver_named=True,
    driver_free=True,
    another_driver=True,
    reason=True,
    client_called=True,
    client_asked=True,
    own=True,
)
FACT_NAMES = list(Facts.__dataclass_fields__)

# state: {transition: (state after, letters of who may: (D)ispatcher, (S)upervisor, d(R)iver, (C)lient, s(Y)stem)}
TABLE = {
    "draft": {"place": ("searching", "DSCY"), "schedule": ("scheduled", "DSCY")},
    "scheduled": {
        "release": ("searching", "DSY"),
        "assign": ("assigned", "DSY"),
        "cancel": ("cancelled", "DSCY"),
    },
    "searching": {
        "postpone": ("scheduled", "DS"),
        "offer": ("offered", "DSY"),
        "broadcast": ("offered", "DSY"),
        "assign": ("assigned", "DSY"),
        "give_up": ("unfulfilled", "DSY"),
        "cancel": ("cancelled", "DSCY"),
    },
    "offered": {
        "accept": ("assigned", "DSRY"),
        "refuse": ("searching", "DSR"),
        "expire": ("searching", "Y"),
        "recall": ("searching", "DSY"),
        "assign": ("assigned", "DSY"),
        "cancel": ("cancelled", "DSCY"),
    },
    "assigned": {
        "set_off": ("en_route", "DSRY"),
        "reassign": ("assigned", "DS"),
        "unassign": ("searching", "DSY"),
        "hand_back": ("searching", "R"),
        "cancel": ("cancelled", "DSCY"),
    },
    "en_route": {
        "arrive": ("arrived", "DSRY"),
        "reassign": ("assigned", "DS"),
        "unassign": ("searching", "DSY"),
        "hand_back": ("searching", "R"),
        "cancel": ("cancelled", "DSCY"),
    },
    "arrived": {
        "board": ("on_board", "DSR"),
        "no_show": ("no_show", "DS"),
        "reassign": ("assigned", "DS"),
        "unassign": ("searching", "DSY"),
        "cancel": ("cancelled", "DSCY"),
    },
    "on_board": {"complete": ("completed", "DSR"), "break_off": ("cancelled", "DS")},
    "completed": {"reopen": ("searching", "S")},
    "cancelled": {"reopen": ("searching", "S")},
    "no_show": {"reopen": ("searching", "S")},
    "unfulfilled": {"reopen": ("searching", "S")},
}
LETTERS = {"D": "dispatcher", "S": "supervisor", "R": "driver", "C": "client", "Y": "system"}

# transition: what must hold, and what is said when it does not
GUARDS = {
    "schedule": {"pickup_time": "needs_pickup_time"},
    "postpone": {"pickup_time": "needs_pickup_time"},
    "offer": {"driver_named": "needs_driver"},
    "accept": {"driver_named": "needs_driver", "driver_free": "driver_busy"},
    "assign": {"driver_named": "needs_driver", "driver_free": "driver_busy"},
    "reassign": {"driver_named": "needs_driver", "driver_free": "driver_busy", "another_driver": "same_driver"},
    "refuse": {"reason": "needs_reason"},
    "unassign": {"reason": "needs_reason"},
    "hand_back": {"reason": "needs_reason"},
    "set_off": {"driver_named": "needs_driver"},
    "arrive": {"driver_named": "needs_driver"},
    "board": {"driver_named": "needs_driver"},
    "complete": {"driver_named": "needs_driver"},
    "no_show": {"client_called": "client_not_called"},
    "give_up": {"client_asked": "client_not_asked"},
    "cancel": {"reason": "needs_reason"},
    "break_off": {"reason": "needs_reason"},
    "reopen": {"reason": "needs_reason"},
}
CELLS = [(s, name, actor) for s in State for name in TRANSITIONS for actor in ActorKind]


@pytest.mark.feature("C6")
@pytest.mark.parametrize(("state", "name", "actor"), CELLS)
def test_every_cell_of_the_table(state: State, name: str, actor: ActorKind) -> None:
    after, letters = TABLE[state].get(name, ("", ""))
    allowed = actor in {LETTERS[letter] for letter in letters} or (actor == "integration" and "D" in letters)
    assert (refusal(state, name, actor, ALL_FACTS) is None) == allowed
    if allowed:
        assert TRANSITIONS[name].target == after


def test_the_table_names_every_transition_and_no_other() -> None:
    assert {name for row in TABLE.values() for name in row} == set(TRANSITIONS)
    assert set(TABLE) == set(State)


@pytest.mark.feature("C6")
@pytest.mark.parametrize("name", sorted(TRANSITIONS))
def test_each_guard_refuses_by_itself(name: str) -> None:
    transition = TRANSITIONS[name]
    state, actor = min(transition.sources), min(transition.actors)
    for fact, said in GUARDS.get(name, {}).items():
        without = Facts(**{n: n != fact for n in FACT_NAMES})
        assert refusal(state, name, actor, without) == said
    needless = set(FACT_NAMES) - set(GUARDS.get(name, {})) - {"own"}
    only_needed = Facts(**{n: n not in needless for n in FACT_NAMES})
    assert refusal(state, name, actor, only_needed) is None


def test_a_driver_may_touch_only_his_own_order() -> None:
    strangers = Facts(**{n: n != "own" for n in FACT_NAMES})
    for state in State:
        assert legal(state, ActorKind.DRIVER, strangers) == ()
    assert refusal(State.ASSIGNED, "set_off", ActorKind.DRIVER, strangers) is Refusal.NOT_YOUR_ORDER


def test_an_unknown_transition_is_refused_not_raised() -> None:
    assert refusal(State.ASSIGNED, "teleport", ActorKind.SUPERVISOR, ALL_FACTS) is Refusal.UNKNOWN


def test_a_client_who_cancels_an_offer_leaves_no_driver_behind() -> None:
    assert driver_effect(TRANSITIONS["cancel"], State.OFFERED) is DriverEffect.DROP
    assert driver_effect(TRANSITIONS["cancel"], State.EN_ROUTE) is DriverEffect.KEEP  # history says who drove


facts = st.builds(Facts, **{name: st.booleans() for name in FACT_NAMES})
walk = st.lists(st.tuples(st.sampled_from(sorted(TRANSITIONS)), st.sampled_from(ActorKind), facts), max_size=60)


@pytest.mark.feature("C6")
@given(walk)
def test_whatever_is_asked_an_order_stays_on_the_map(steps: list) -> None:
    state, has_driver = State.DRAFT, False
    for name, actor, known in steps:
        said = refusal(state, name, actor, known)
        assert (TRANSITIONS[name] in legal(state, actor, known)) == (said is None)
        if said is not None:
            continue
        if state in FINAL_STATES:
            assert (name, actor) == ("reopen", ActorKind.SUPERVISOR)
        effect = driver_effect(TRANSITIONS[name], state)
        if effect is not DriverEffect.KEEP:
            has_driver = effect is not DriverEffect.DROP
        state = TRANSITIONS[name].target
        assert state is not State.DRAFT
        if state in BUSY_STATES:
            assert has_driver  # nobody is under way without a car
        if state in {State.SEARCHING, State.SCHEDULED}:
            assert not has_driver


def test_from_every_open_state_there_is_a_way_to_the_end() -> None:
    for state in OPEN_STATES:
        assert any(t.target in FINAL_STATES or t.target != state for t in legal(state, ActorKind.DISPATCHER, ALL_FACTS))
        assert legal(state, ActorKind.DISPATCHER, ALL_FACTS)


def test_the_guards_that_are_asked_are_the_guards_that_exist() -> None:
    assert {said for row in GUARDS.values() for said in row.values()} == set(Guard)
