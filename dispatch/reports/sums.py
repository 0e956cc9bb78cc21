"""Sums by the hour, kept so that a month is read as fast as a day. Brought up to date before each reading."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

MEASURES = (
    "orders", "completed", "cancelled", "no_show", "unfulfilled", "assigned", "assign_s", "arrived", "arrive_s",
    "on_time", "typed", "seconds", "keyed", "keys",
)  # fmt: skip
COUNTED = """
    count(*), count(*) filter (where state = 'completed'), count(*) filter (where state = 'cancelled'),
    count(*) filter (where state = 'no_show'), count(*) filter (where state = 'unfulfilled'),
    count(assign_s), coalesce(sum(assign_s), 0), count(arrive_s), coalesce(sum(arrive_s), 0),
    count(*) filter (
        where arrive_s is not null
        and late_s <= case when is_preorder then %(preorder_late)s else %(asap_late)s end),
    count(seconds), coalesce(sum(seconds), 0), count(keys), coalesce(sum(keys), 0)
"""
DIMENSIONS = """
    (values ('all', ''), ('state', state), ('channel', channel), ('fleet', coalesce(fleet_id::text, '')),
        ('tariff', coalesce(tariff_id::text, '')), ('dispatcher', coalesce(dispatcher_id::text, '')),
        ('driver', coalesce(driver_id::text, '')),
        ('end', case when end_kind = '' then null else end_kind || ':' || end_reason end)
    ) as d (dimension, key)
"""
CALLS = """
    count(*), count(answered_at), count(*) filter (where answered_at - started_at <= %(quick)s * interval '1 s'),
    coalesce(sum(extract(epoch from answered_at - started_at)), 0)::bigint,
    coalesce(sum(extract(epoch from ended_at - answered_at)), 0)::bigint
"""
OVER = timedelta(hours=6)  # after so long no call of an hour is still going on
LOCK = "select pg_advisory_xact_lock(hashtextextended('reports.sums', 0))"


def limits() -> dict[str, Any]:
    return {
        "zone": settings.TIME_ZONE,
        "preorder_late": settings.REPORT_PREORDER_LATE_MINUTES * 60,
        "asap_late": settings.REPORT_ASAP_LATE_MINUTES * 60,
        "quick": settings.REPORT_QUICK_ANSWER_SECONDS,
    }


def refresh() -> int:
    """Sum again the hours that changed. Returns how many. Two at once do it one after the other."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK)
        cursor.execute("delete from reports_touched returning hour")
        hours = sorted({row[0] for row in cursor.fetchall()})
        if hours:
            cursor.execute("delete from reports_orderhour where hour = any(%s)", [hours])
            cursor.execute(
                f"insert into reports_orderhour (hour, dimension, key, {', '.join(MEASURES)})"  # noqa: S608
                f" select h, d.dimension, d.key, {COUNTED}"
                " from unnest(%(hours)s::timestamptz[]) h"
                " join reports_orderfact f on f.placed_at >= h and f.placed_at < h + interval '1 hour'"
                f" cross join lateral {DIMENSIONS} where d.key is not null group by 1, 2, 3",
                limits() | {"hours": hours},
            )
    return len(hours)


def refresh_calls(since: datetime, until: datetime) -> None:
    """Sum the hours between that are over and were not summed yet."""
    over = timezone.now() - OVER
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK)
        cursor.execute(
            "select h from generate_series(%(since)s::timestamptz, %(until)s::timestamptz - interval '1 hour',"
            " interval '1 hour') h where h < %(over)s"
            " and not exists (select from reports_callhour where hour = h and person_id = 0)",
            {"since": since, "until": until, "over": over},
        )
        hours = [row[0] for row in cursor.fetchall()]
        if not hours:
            return
        cursor.execute(
            "insert into reports_callhour (hour, person_id, calls, answered, quickly, waited_s, talked_s)"  # noqa: S608
            f" select h, coalesce(p.person, 0), {CALLS.replace('count(*),', 'count(c.id),', 1)}"
            " from unnest(%(hours)s::timestamptz[]) h"
            " left join telephony_call c on c.direction = 'in'"
            " and c.started_at >= h and c.started_at < h + interval '1 hour'"
            " cross join lateral (values (0), (c.answered_by_id)) p (person)"
            " where p.person is not null group by 1, 2",
            limits() | {"hours": hours},
        )
