"""The order's state machine. No Django: states, transitions, guards and who may make them, as plain data."""

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
