"""What a report says of a period: sums by each dimension, and what follows from them. A fixed number of queries."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from dispatch.reports import sums
from dispatch.reports.periods import Period

SHORT = timedelta(hours=49)  # counted from the orders themselves; a longer one from the sums


@dataclass(frozen=True)
class Orders:
    orders: int = 0
    completed: int = 0
    cancelled: int = 0
    no_show: int = 0
    unfulfilled: int = 0
    assigned: int = 0
    assign_s: int = 0
    arrived: int = 0
    arrive_s: int = 0
    on_time: int = 0
    typed: int = 0
    seconds: int = 0
    keyed: int = 0
    keys: int = 0

    @property
    def to_assign(self) -> float | None:
        """Seconds on average."""
        return ratio(self.assign_s, self.assigned)

    @property
    def to_arrive(self) -> float | None:
        return ratio(self.arrive_s, self.arrived)

    @property
    def on_time_share(self) -> float | None:
        return ratio(self.on_time, self.arrived)

    @property
    def no_show_share(self) -> float | None:
        return ratio(self.no_show, self.orders)

    @property
    def cancelled_share(self) -> float | None:
        return ratio(self.cancelled, self.orders)

    @property
    def seconds_each(self) -> float | None:
        return ratio(self.seconds, self.typed)

    @property
    def keys_each(self) -> float | None:
        return ratio(self.keys, self.keyed)


@dataclass(frozen=True)
class Calls:
    calls: int = 0
    answered: int = 0
    quickly: int = 0
    waited_s: int = 0
    talked_s: int = 0

    @property
    def answered_share(self) -> float | None:
        return ratio(self.answered, self.calls)

    @property
    def quick_share(self) -> float | None:
        """Of all that came in: one who gave up was not answered quickly."""
        return ratio(self.quickly, self.calls)

    @property
    def to_answer(self) -> float | None:
        return ratio(self.waited_s, self.answered)

    @property
    def talk(self) -> float | None:
        return ratio(self.talked_s, self.answered)


@dataclass(frozen=True)
class Figures:
    """`by[dimension][key]`; dimensions: hour, state, channel, fleet, tariff, dispatcher, driver, end ("who:why")."""

    all: Orders = Orders()
    by: Mapping[str, Mapping[str, Orders]] = field(default_factory=dict)
    calls: Calls = Calls()
    calls_by: Mapping[int, Calls] = field(default_factory=dict)  # who answered
    calls_by_hour: Mapping[str, Calls] = field(default_factory=dict)


def of(period: Period, *, dispatcher_id: int | None = None) -> Figures:
    """All of the office, or what one dispatcher took and answered."""
    straight = dispatcher_id is not None or not period.is_whole_hours or period.until - period.since <= SHORT
    rows = _counted(period, dispatcher_id) if straight else _summed(period)
    by: dict[str, dict[str, Orders]] = {}
    for dimension, key, *counts in rows:
        by.setdefault(dimension, {})[key] = Orders(*(int(count) for count in counts))
    every = by.pop("all", {}).get("", Orders())
    calls = _counted_calls(period, dispatcher_id) if straight else _summed_calls(period)
    by_hour = {key: one for kind, key, one in calls if kind == "hour"}
    people = {int(key): one for kind, key, one in calls if kind == "person"}
    total = next((one for kind, _, one in calls if kind == "all"), Calls())
    return Figures(every, by, total, people, by_hour)


def ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _counted(period: Period, dispatcher_id: int | None) -> list[tuple]:
    whose = " and dispatcher_id = %(dispatcher)s" if dispatcher_id is not None else ""
    hour = "('hour', to_char(placed_at at time zone %(zone)s, 'HH24')), ('all', ''),"
    dimensions = sums.DIMENSIONS.replace("('all', ''),", hour, 1)
    return _ask(
        f"select d.dimension, d.key, {sums.COUNTED} from reports_orderfact cross join lateral {dimensions}"  # noqa: S608
        f" where placed_at >= %(since)s and placed_at < %(until)s{whose} and d.key is not null group by 1, 2",
        period,
        dispatcher=dispatcher_id,
    )


def _summed(period: Period) -> list[tuple]:
    sums.refresh()
    added = ", ".join(f"sum({name})" for name in sums.MEASURES)
    within = "from reports_orderhour where hour >= %(since)s and hour < %(until)s"
    return _ask(
        f"select dimension, key, {added} {within} group by 1, 2"
        f" union all select 'hour', to_char(hour at time zone %(zone)s, 'HH24'), {added} {within}"
        " and dimension = 'all' group by 2",
        period,
    )


def _counted_calls(period: Period, dispatcher_id: int | None) -> list[tuple[str, str, Calls]]:
    whose = " and answered_by_id = %(dispatcher)s" if dispatcher_id is not None else ""
    rows = _ask(
        f"select d.kind, d.key, {sums.CALLS} from telephony_call cross join lateral (values ('all', ''),"  # noqa: S608
        " ('hour', to_char(started_at at time zone %(zone)s, 'HH24')), ('person', answered_by_id::text)"
        ") as d (kind, key)"
        f" where direction = 'in' and started_at >= %(since)s and started_at < %(until)s{whose}"
        " and d.key is not null group by 1, 2",
        period,
        dispatcher=dispatcher_id,
    )
    return [(kind, key, Calls(*(int(count) for count in counts))) for kind, key, *counts in rows]


def _summed_calls(period: Period) -> list[tuple[str, str, Calls]]:
    """Hours that are over from the sums, the last ones from the calls themselves."""
    hour = timezone.localtime(timezone.now() - sums.OVER).replace(minute=0, second=0, microsecond=0)
    over = min(max(hour, period.since), period.until)
    sums.refresh_calls(period.since, over)
    names = [one.name for one in fields(Calls)]
    added = ", ".join(f"sum({name})" for name in names)
    within = "from reports_callhour where hour >= %(since)s and hour < %(over)s"
    rows = _ask(
        f"select 'all', '', {added} {within} and person_id = 0 having count(*) > 0"
        f" union all select 'person', person_id::text, {added} {within} and person_id <> 0 group by 2"
        f" union all select 'hour', to_char(hour at time zone %(zone)s, 'HH24'), {added} {within} and person_id = 0"
        " group by 2",
        period,
        over=over,
    )
    found = [(kind, key, Calls(*(int(count) for count in counts))) for kind, key, *counts in rows]
    if over < period.until:
        found += _counted_calls(Period(over, period.until), None)
    together: dict[tuple[str, str], Calls] = {}
    for kind, key, one in found:
        before = together.get((kind, key), Calls())
        together[kind, key] = Calls(*(getattr(before, name) + getattr(one, name) for name in names))
    return [(kind, key, one) for (kind, key), one in together.items()]


def _ask(statement: str, period: Period, **others: Any) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, sums.limits() | {"since": period.since, "until": period.until} | others)
        return cursor.fetchall()
