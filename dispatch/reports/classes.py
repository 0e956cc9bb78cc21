"""What the calls of a period were about: each class, day by day."""

from collections import Counter
from datetime import date

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dispatch.reports.periods import Period
from dispatch.reports.tables import Cell, Table, bars
from telephony.models import Call

WIDE = 120  # units of the drawing for one class


def table(period: Period, *, dispatcher_id: int | None = None) -> Table:
    """A column for each class, the most frequent first; a row for each day with a call of any. One query."""
    calls = Call.objects.filter(started_at__gte=period.since, started_at__lt=period.until).exclude(call_class=None)
    if dispatcher_id is not None:
        calls = calls.filter(answered_by=dispatcher_id)
    found = calls.annotate(day=TruncDate("started_at")).values_list("day", "call_class__name").annotate(Count("pk"))
    by_day: dict[date, Counter[str]] = {}
    for day, name, count in found.order_by("day"):
        by_day.setdefault(day, Counter())[name] = count
    together = sum(by_day.values(), Counter[str]())
    names = [name for name, _count in sorted(together.items(), key=lambda pair: (-pair[1], pair[0]))]
    rows: list[list[Cell]] = [
        [date_format(day, "SHORT_DATE_FORMAT"), *(counts[name] for name in names), counts.total()]
        for day, counts in by_day.items()
    ]
    head = [_("Day"), *names, _("Together")]
    drawn = bars(names, [together[name] for name in names], step=WIDE)
    return Table("classes", _("What calls were about"), head, rows, drawn, str(WIDE * len(names)))
