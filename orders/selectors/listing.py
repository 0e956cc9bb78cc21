"""The list of orders: filtered, most urgent first, page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from operator import or_
from urllib.parse import urlencode

from django.db.models import Case, DateTimeField, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from orders import numbers
from orders.flow import BUSY_STATES, FINAL_STATES, OPEN_STATES, State
from orders.models import Order

PAGE = 100
LONGEST_TEXT = 80
FEWEST_DIGITS = 4  # of a number that is looked for in its middle
NOBODY_YET = frozenset({State.SEARCHING, State.OFFERED})
GROUPS: dict[str, frozenset[State]] = {
    "open": OPEN_STATES,
    "unassigned": NOBODY_YET,
    "closed": FINAL_STATES,
    "all": OPEN_STATES | FINAL_STATES,
    **{state.value: frozenset({state}) for state in State if state is not State.DRAFT},
}


@dataclass(frozen=True)
class Filter:
    """`group`: a key of GROUPS. `client` and `driver`: primary keys."""

    group: str = "open"
    client: int | None = None
    driver: int | None = None
    text: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Filter":
        """From `state=`, `client=`, `driver=`, `q=` of a URL; what makes no sense is left out."""
        group = query.get("state", "")
        return cls(
            group=group if group in GROUPS else "open",
            client=_key(query.get("client", "")),
            driver=_key(query.get("driver", "")),
            text=query.get("q", "").replace("\x00", "").strip()[:LONGEST_TEXT],
        )

    @property
    def states(self) -> frozenset[State]:
        return GROUPS[self.group]

    @property
    def is_live(self) -> bool:
        """Only open orders are pushed; history is read."""
        return self.states <= OPEN_STATES

    @property
    def query(self) -> str:
        state = self.group if self.group != "open" else None
        given = {"state": state, "client": self.client, "driver": self.driver, "q": self.text or None}
        return urlencode({name: value for name, value in given.items() if value is not None})


@dataclass(frozen=True)
class Page:
    orders: Sequence[Order]
    filter: Filter
    after: str = ""  # the key to go on with; empty: this was the last page

    @property
    def next_query(self) -> str:
        return "&".join(part for part in (self.filter.query, urlencode({"after": self.after})) if part)


def page(wanted: Filter, *, after: str = "", size: int = PAGE) -> Page:
    """One page, in one query."""
    rows = _found(wanted)
    rows = _after_urgent(rows, after) if wanted.is_live else _after_newest(rows, after)
    found = list(rows[: size + 1])
    more = len(found) > size
    last = found[size - 1] if more else None
    key = (sort_key(last) if wanted.is_live else str(last.pk)) if last else ""
    return Page(found[:size], wanted, key)


def by_keys(keys: Sequence[int]) -> dict[int, Order]:
    """Orders by primary key, ready to be drawn; one query."""
    return Order.objects.select_related("client", "driver__vehicle").in_bulk(keys)


def sort_key(order: Order) -> str:
    """The place of an open order on the list, as a text that sorts as the list does: nobody yet, under way, later."""
    rank = 0 if order.state in NOBODY_YET else 1 if order.state in BUSY_STATES else 2
    due = (order.pickup_at or order.created_at).astimezone(UTC)
    return f"{rank}-{due:%Y%m%d%H%M%S%f}-{order.pk:012d}"


def _found(wanted: Filter) -> QuerySet[Order]:
    rows = Order.objects.filter(state__in=wanted.states).select_related("client", "driver__vehicle")
    if wanted.client is not None:
        rows = rows.filter(client=wanted.client)
    if wanted.driver is not None:
        rows = rows.filter(driver=wanted.driver)
    return rows.filter(_about(wanted.text)) if wanted.text else rows


def _about(text: str) -> Q:
    """Where a free text may occur: number of the order, phone, addresses, name, call sign."""
    places = [
        Q(pickup__icontains=text),
        Q(destination__icontains=text),
        Q(client__name__icontains=text),
        Q(driver__call_sign__iexact=text),
    ]
    number, digits = numbers.e164(text), "".join(c for c in text if c.isascii() and c.isdigit())
    if number:
        places.append(Q(phone=number))
    if len(digits) >= FEWEST_DIGITS:
        places.append(Q(phone__contains=digits))
    key = _key(text.removeprefix("#"))
    if key is not None:
        places.append(Q(pk=key))
    return reduce(or_, places)


def _after_urgent(rows: QuerySet[Order], after: str) -> QuerySet[Order]:
    rows = rows.annotate(
        rank=Case(
            When(state__in=NOBODY_YET, then=Value(0)),
            When(state__in=BUSY_STATES, then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        ),
        due=Coalesce(F("pickup_at"), F("created_at"), output_field=DateTimeField()),
    ).order_by("rank", "due", "pk")
    place = _place(after)
    if place is None:
        return rows
    rank, due, pk = place
    return rows.filter(Q(rank__gt=rank) | Q(rank=rank, due__gt=due) | Q(rank=rank, due=due, pk__gt=pk))


def _place(key: str) -> tuple[int, datetime, int] | None:
    try:
        rank, due, pk = key.split("-")
        return int(rank), datetime.strptime(due, "%Y%m%d%H%M%S%f").replace(tzinfo=UTC), int(pk)
    except ValueError:
        return None


def _after_newest(rows: QuerySet[Order], after: str) -> QuerySet[Order]:
    last = _key(after)
    return (rows if last is None else rows.filter(pk__lt=last)).order_by("-pk")


def _key(text: str) -> int | None:
    fits = text.isascii() and text.isdigit() and len(text) < 19  # a bigint
    return int(text) if fits else None
