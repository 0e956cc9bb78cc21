"""`bin/bench reports`: how long a manager waits for a month of 25 000 orders and 30 000 calls a day."""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench._figures import Figure, finish

DAYS, ORDERS, CALLS = 31, 25_000, 30_000
WRITE_ORDERS = """
insert into reports_orderfact (order_id, placed_at, state, is_preorder, fleet_id, tariff_id, channel, dispatcher_id,
    driver_id, end_kind, end_reason, assign_s, arrive_s, late_s, seconds, keys)
select n, %(since)s::timestamptz + n * (%(days)s * interval '1 day' / %(many)s),
    (array['completed', 'completed', 'completed', 'completed', 'cancelled', 'no_show', 'unfulfilled'])[1 + n %% 7],
    n %% 9 = 0, n %% 3, n %% 8, 'phone', n %% 15, n %% 500, case n %% 7 when 4 then 'client' when 5 then 'dispatcher'
    else '' end, case n %% 7 when 4 then 'reason ' || n %% 12 else '' end, n %% 300, n %% 900, n %% 1500 - 100,
    n %% 90, n %% 60
from generate_series(1, %(many)s) n
"""
WRITE_CALLS = """
insert into telephony_call (key, direction, state, result, caller_raw, caller_e164, caller_name, dialled, queue,
    ringing, talking_to, answered_extension, answered_by_id, ended_by, started_at, answered_at, ended_at, recognised,
    choices)
select n::text, 'in', 'ended', 'answered', '', '', '', '', 'dispatch', '[]', '[]', '', null, '', t,
    t + n %% 60 * interval '1 s', t + interval '3 min', 'known', '[]'
from (
    select n, %(since)s::timestamptz + n * (%(days)s * interval '1 day' / %(many)s) t
    from generate_series(1, %(many)s) n
) x
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench reports")
    parser.add_argument("--quick", action="store_true", help="a tenth of the orders and calls")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="taxi-bench-") as folder:
        path = Path(folder)
        path.chmod(0o755)
        from dispatch.embedded import process, servers

        database = servers.postgres(path, port=process.free_port(34000), durable=False)
        try:
            os.environ |= {"DATABASE_URL": database.url, "SECRET_KEY": "bench" * 12, "HTTPS": "false"}
            finish(measure(10 if chosen.quick else 1))
        finally:
            database.stop()


def measure(part: int) -> list[Figure]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dispatch.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from datetime import date
    from zoneinfo import ZoneInfo

    from django.conf import settings
    from django.db import connection

    from dispatch.reports import figures, periods, sums

    month = periods.of_days(date(2026, 10, 1), date(2026, 10, DAYS), begins=8, zone=ZoneInfo(settings.TIME_ZONE))
    with connection.cursor() as cursor:
        for statement, a_day in ((WRITE_ORDERS, ORDERS), (WRITE_CALLS, CALLS)):
            cursor.execute(statement, {"since": month.since, "days": DAYS, "many": DAYS * a_day // part})
        hours = "select distinct date_trunc('hour', placed_at) from reports_orderfact"
        cursor.execute(f"insert into reports_touched (hour) {hours}")
        cursor.execute("vacuum analyze")
    began = time.perf_counter()
    sums.refresh()
    sums.refresh_calls(month.since, month.until)
    summed = time.perf_counter() - began
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
    one = periods.of_days(date(2026, 10, 9), date(2026, 10, 9), begins=8, zone=ZoneInfo(settings.TIME_ZONE))
    found = figures.of(month)
    sys.stdout.write(f"{found.all.orders} orders, {found.calls.calls} calls\n")
    return [
        Figure("summing a whole month, once", summed, "s"),
        Figure("a month of the office", best(lambda: figures.of(month)), "s", 1),
        Figure("a day of the office", best(lambda: figures.of(one)), "s", 1),
        Figure("a month of one dispatcher", best(lambda: figures.of(month, dispatcher_id=3)), "s", 1),
    ]


def best(ask: Callable[[], object]) -> float:
    """The middle of five."""
    times = []
    for _ in range(5):
        began = time.perf_counter()
        ask()
        times.append(time.perf_counter() - began)
    return sorted(times)[2]


if __name__ == "__main__":
    main()
