"""What of the orders is wanted: read from a URL, written back into one. `static/js/query.js` reads the same."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta, tzinfo
from urllib.parse import urlencode

from orders.flow import BUSY_STATES, FINAL_STATES, OPEN_STATES, State

YEARS = range(1970, 3000)  # days before and after them can be reckoned with
LONGEST_TEXT = 80
LONGEST_KEY = 18  # digits of a bigint
GROUPS: dict[str, frozenset[State]] = {
    "open": OPEN_STATES,
    "unassigned": frozenset({State.SEARCHING}),
    "offered": frozenset({State.OFFERED}),
    "assigned": frozenset({State.ASSIGNED, State.EN_ROUTE}),
    "arrived": frozenset({State.ARRIVED}),
    "on_board": frozenset({State.ON_BOARD}),
    "scheduled": frozenset({State.SCHEDULED}),
    "problem": OPEN_STATES,  # those of them in which somebody must look after something
    "closed": FINAL_STATES,
    "all": OPEN_STATES | FINAL_STATES,
    "busy": BUSY_STATES,
    **{state.value: frozenset({state}) for state in (State.SEARCHING, State.EN_ROUTE, *sorted(FINAL_STATES))},
}
TABS = ("open", "unassigned", "offered", "assigned", "arrived", "on_board", "scheduled", "problem", "closed")
PERIODS = {"today": (0, 1), "tomorrow": (1, 2), "yesterday": (-1, 0), "week": (-6, 1), "month": (-30, 1)}  # days
LATEST_DAYS = 31  # of the history, for a sort that must see every row
CLIENT_GROUPS = ("vip", "blacklisted", "corporate", "new")
ME = "me"
URGENCY = "urgency"
_WORD = re.compile(r"[a-z_]{1,20}")


@dataclass(frozen=True)
class Filter:
    """Empty: it does not matter. `state`: keys of GROUPS; `period`: of PERIODS, or `since` and `until` (both included)
    by the day of the pick-up; `by`: who took the order, a primary key or "me"; `clients`: of CLIENT_GROUPS; `sign`: a
    driver's call sign; `sort`: a column, "-" before it turns it round; the other names are primary keys or choices.
    """

    state: tuple[str, ...] = ()
    period: str = ""
    since: date | None = None
    until: date | None = None
    service_class: str = ""
    tariff: int | None = None
    zone: int | None = None
    fleet: int | None = None
    driver: int | None = None
    sign: str = ""
    client: int | None = None
    by: str = ""
    channel: str = ""
    payment: str = ""
    clients: str = ""
    text: str = ""
    sort: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Filter":
        """What makes no sense is left out."""

        def given(name: str) -> str:
            return query.get(name, "").replace("\x00", "").strip()

        period = given("period")
        by = given("by")
        return cls(
            state=_groups(given("state")),
            period=period if period in PERIODS else "",
            since=_day(given("from")) if period not in PERIODS else None,
            until=_day(given("to")) if period not in PERIODS else None,
            service_class=_word(given("class")),
            tariff=key(given("tariff")),
            zone=key(given("zone")),
            fleet=key(given("fleet")),
            driver=key(given("driver")),
            sign=given("sign")[:12],
            client=key(given("client")),
            by=by if by == ME or key(by) is not None else "",
            channel=_word(given("channel")),
            payment=_word(given("payment")),
            clients=given("clients") if given("clients") in CLIENT_GROUPS else "",
            text=given("q")[:LONGEST_TEXT],
            sort=_sort(given("sort")),
        )

    @property
    def groups(self) -> tuple[str, ...]:
        return self.state or ("open",)

    @property
    def states(self) -> frozenset[State]:
        return frozenset().union(*(GROUPS[group] for group in self.groups))

    @property
    def only_problems(self) -> bool:
        """Whether an open order is wanted only because of its problem."""
        return "problem" in self.groups

    @property
    def is_live(self) -> bool:
        """Only open orders are pushed; history is read, and so is what is asked for by days."""
        return self.states <= OPEN_STATES and not (self.period or self.since or self.until)

    @property
    def is_plain(self) -> bool:
        """Nothing but groups: what the counts of the office count."""
        return replace(self, state=(), sort="") == Filter()

    @property
    def query(self) -> str:
        given = {NAMES.get(field.name, field.name): getattr(self, field.name) for field in fields(self)}
        given["state"] = ",".join(self.state)
        return urlencode({name: value for name, value in given.items() if value not in (None, "")})

    @property
    def column(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def is_descending(self) -> bool:
        return self.sort.startswith("-")

    def bounds(self, now: datetime) -> tuple[datetime | None, datetime | None]:
        """From when (included) to when (not included) the pick-up lies, in the zone of `now`."""
        if self.period:
            first, after = PERIODS[self.period]
            return _midnight(now.date() + timedelta(first), now), _midnight(now.date() + timedelta(after), now)
        return (
            _midnight(self.since, now) if self.since else None,
            _midnight(self.until + timedelta(1), now) if self.until else None,
        )


NAMES = {"service_class": "class", "text": "q", "since": "from", "until": "to"}  # as they stand in the URL


def key(text: str) -> int | None:
    """A primary key that a database can hold."""
    fits = text.isascii() and text.isdigit() and len(text) <= LONGEST_KEY
    return int(text) if fits else None


def _groups(text: str) -> tuple[str, ...]:
    named = tuple(dict.fromkeys(name for name in text.split(",") if name in GROUPS))
    return () if named == ("open",) else named


def _word(text: str) -> str:
    return text if _WORD.fullmatch(text) else ""


def _sort(text: str) -> str:
    column = text.removeprefix("-")
    return text if _WORD.fullmatch(column) and text != URGENCY else ""


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None


def _midnight(day: date, now: datetime) -> datetime:
    zone: tzinfo | None = now.tzinfo
    return datetime.combine(day, time(), zone)
