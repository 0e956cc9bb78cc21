"""The list of orders: filtered, most urgent first or by any column, page by page.

Which orders is asked narrowly, then the rows are fetched with all that is drawn of them: two queries for a page.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from orders import urgency
from orders.columns import COLUMNS
from orders.filters import LATEST_DAYS, Filter
from orders.flow import BUSY_STATES, State
from orders.models import Order
from orders.selectors import keyset, matching, searching
from orders.selectors.keyset import Place
from orders.urgency import NOBODY_YET, ON_THE_WAY, RANKS, Patience, Reason

PAGE = 100
DRAWN = (
    "client", "driver__vehicle", "fleet", "zone", "tariff_version__tariff", "account", "created_by",
)  # fmt: skip


@dataclass(frozen=True)
class Page:
    """`after`: the key to go on with, empty when this was the last page. `back_to`: the history was looked through to
    this moment only, and there may be more; None: to its end, or a full page was found before."""

    orders: Sequence[Order]
    filter: Filter
    after: str = ""
    back_to: datetime | None = None

    @property
    def next_query(self) -> str:
        return "&".join(part for part in (self.filter.query, f"after={self.after}") if part)


def page(
    wanted: Filter, *, person_id: int | None = None, after: str = "", size: int = PAGE, now: datetime | None = None
) -> Page:
    """One page. `person_id` is who asks: "me" in a filter.

    Two queries, with a text three; the history is looked through in at most three steps of three queries, for a text in
    four.
    """
    now = now or timezone.localtime()
    if wanted.column and not getattr(COLUMNS.get(wanted.column), "field", ""):
        wanted = replace(wanted, sort="")
    if wanted.is_live and not wanted.sort:
        return _by_urgency(wanted, person_id, after, size, now)
    is_upwards = wanted.sort == "time" and bool(wanted.text) and not wanted.is_live
    if is_upwards or (wanted.sort and wanted.column != "time"):
        return _by_column(wanted, person_id, after, size, now)
    return _by_time(wanted, person_id, after, size, now)


def by_keys(keys: Sequence[int]) -> dict[int, Order]:
    """Orders by primary key, ready to be drawn; one query."""
    return Order.objects.select_related(*DRAWN).in_bulk(keys)


def patience() -> Patience:
    return Patience(**{name: timedelta(minutes=wait) for name, wait in settings.LIST_URGENCY_MINUTES.items()})


def reason_of(order: Order, now: datetime) -> Reason:
    """Why an open order stands where it does."""
    return urgency.reason(
        state=order.state,
        due_at=order.pickup_at or order.created_at,
        since=order.state_since,
        is_later=order.pickup_at is not None,
        is_on_hold=order.is_on_hold,
        now=now,
        patience=patience(),
    )


def _by_urgency(wanted: Filter, person_id: int | None, after: str, size: int, now: datetime) -> Page:
    place = keyset.read(after, kinds=(int, datetime, int, datetime))
    at = place[3] if place else now  # every page by the ranks of one moment
    rows = searching.apply(matching.orders(wanted, person_id, now), wanted.text)
    rows = rows.annotate(rank=_rank(at))
    if place:
        rank, due, pk, _at = place
        rows = rows.filter(Q(rank__gt=rank) | Q(rank=rank, due_at__gt=due) | Q(rank=rank, due_at=due, pk__gt=pk))
    found = list(rows.order_by("rank", "due_at", "pk").values_list("rank", "due_at", "pk")[: size + 1])
    key = keyset.write((*found[size - 1], at)) if len(found) > size else ""
    return Page(_rows([pk for _rank, _due, pk in found[:size]]), wanted, key)


def _rank(now: datetime) -> Case:
    """`urgency.reason` in SQL."""
    patient = patience()

    def rank(reason: Reason) -> Value:
        return Value(RANKS[reason])

    return Case(
        When(is_on_hold=True, then=rank(Reason.LATER)),
        When(state__in=NOBODY_YET, due_at__lt=now - patient.unassigned, then=rank(Reason.OVERDUE)),
        When(state__in=NOBODY_YET, then=rank(Reason.SOON)),
        When(state=State.ARRIVED, state_since__lt=now - patient.waiting, then=rank(Reason.WAITING)),
        When(state__in=ON_THE_WAY, pickup_at=None, due_at__lt=now - patient.on_the_way, then=rank(Reason.LATE)),
        When(state__in=ON_THE_WAY, pickup_at__lt=now, then=rank(Reason.LATE)),
        When(state=State.SCHEDULED, due_at__lt=now + patient.near, then=rank(Reason.SOON)),
        When(state__in=BUSY_STATES, then=rank(Reason.CALM)),
        default=rank(Reason.LATER),
        output_field=IntegerField(),
    )


def _by_column(wanted: Filter, person_id: int | None, after: str, size: int, now: datetime) -> Page:
    """A sort sees every row that fits: of the history those of a month, and the page says so."""
    field = COLUMNS[wanted.column].field
    rows = matching.orders(wanted, person_id, now)
    back_to = None
    if not wanted.is_live:
        since, until = wanted.bounds(now)
        earliest = (until or now) - timedelta(days=LATEST_DAYS)
        if since is None or since < earliest:
            back_to = earliest
            rows = rows.filter(due_at__gte=earliest)
    rows = searching.apply(rows, wanted.text)
    order = ("-" if wanted.is_descending else "") + field
    found = keyset.page(rows, order, keyset.read_pair(after), size)
    return Page(_rows(found.keys), wanted, found.after, back_to)


def _by_time(wanted: Filter, person_id: int | None, after: str, size: int, now: datetime) -> Page:
    order = "due_at" if wanted.sort == "time" else searching.NEWEST
    rows = matching.orders(wanted, person_id, now)
    place = keyset.read_pair(after)
    if place and not isinstance(place.value, datetime):
        place = None
    if wanted.text and not wanted.is_live:
        return _searched(rows, wanted, place, size, now)
    rows = searching.apply(rows, wanted.text)
    if wanted.is_live or order != searching.NEWEST or matching.is_narrow(wanted):
        found = keyset.page(rows, order, place, size)
        return Page(_rows(found.keys), wanted, found.after)
    return _looked_back(rows, wanted, place, size, now)


def _searched(rows: QuerySet[Order], wanted: Filter, place: Place | None, size: int, now: datetime) -> Page:
    since, until = wanted.bounds(now)
    is_short = since is not None and (until or now) - since <= timedelta(days=LATEST_DAYS + 1)
    few = is_short and (matching.is_narrow(wanted) or wanted.zone is not None)  # an index leads to them, text or not
    near = since if few else searching.near(place.value if place else until)
    found = searching.history(rows, wanted.text, place, size, near, _starts(wanted, place, now))
    return Page(_rows(found.keys), wanted, found.after, found.back_to)


def _looked_back(rows: QuerySet[Order], wanted: Filter, place: Place | None, size: int, now: datetime) -> Page:
    found = searching.back(rows, place, size, _starts(wanted, place, now))
    return Page(_rows(found.keys), wanted, found.after, found.back_to)


def _starts(wanted: Filter, place: Place | None, now: datetime) -> list[datetime | None]:
    """How far back is looked, step by step: a month first, in which nearly every page is found."""
    since, until = wanted.bounds(now)
    top = place.value if place else until or now
    steps = [top - timedelta(days=days) for days in (LATEST_DAYS, 8 * LATEST_DAYS)]
    return [*(step for step in steps if since is None or step > since), since]


def _rows(keys: Sequence[int]) -> list[Order]:
    found = by_keys(keys) if keys else {}
    return [found[key] for key in keys if key in found]
