"""Companies, their people, and what they have used of their limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import DecimalField, F, Prefetch, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from orders.flow import OPEN_STATES, State
from orders.models import Account, ClientPhone, Employee, Order, Payment
from orders.selectors import cards

PAGE = 50
LAST_ORDERS = 20
PAID_FOR = (*sorted(OPEN_STATES), State.COMPLETED)  # an open order reserves its price
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Balance:
    """Of one calendar month. `limit` None: there is none."""

    used: Decimal
    limit: Decimal | None

    @property
    def left(self) -> Decimal | None:
        return None if self.limit is None else self.limit - self.used

    def holds(self, price: Decimal) -> bool:
        return self.left is None or price <= self.left


@dataclass(frozen=True)
class Line:
    account: Account
    balance: Balance


@dataclass(frozen=True)
class Member:
    employee: Employee
    balance: Balance


@dataclass(frozen=True)
class Card:
    account: Account
    balance: Balance
    members: Sequence[Member]
    orders: Sequence[Order]
    after: int | None  # where the next page of members begins


def people_of(text: str) -> QuerySet[Employee]:
    """Those whose trips a company pays for, by a part of its name. Two queries when it is read."""
    numbered = Prefetch("client__phones", ClientPhone.objects.order_by("-is_main", "pk"))
    there = Employee.objects.filter(cards.named(text, "account__name"), is_active=True, account__is_active=True)
    there = there.select_related("account", "client").order_by("account__name", "client__name", "pk")
    return there.prefetch_related(numbered)


def month_of(moment: datetime) -> tuple[datetime, datetime]:
    """The calendar month of the office that `moment` is in; the end is not included."""
    first = timezone.localtime(moment).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = (first.year + first.month // 12, first.month % 12 + 1)
    return first, first.replace(year=following[0], month=following[1])


def accounts(*, text: str = "", after: str = "") -> Sequence[Line]:
    """By name; a page and one more. Two queries."""
    found = Account.objects.filter(name__gt=after).order_by("name")
    if text:
        found = found.filter(name__icontains=text)
    page = list(found[: PAGE + 1])
    used = _used(Q(account__in=[account.pk for account in page]), "account")
    return [Line(account, Balance(used.get(account.pk, NOTHING), account.monthly_limit)) for account in page]


def card(account_id: int, *, after: int = 0) -> Card:
    """Six queries. Raises Account.DoesNotExist."""
    account = Account.objects.get(pk=account_id)
    people = account.employees.filter(pk__gt=after).select_related("client").prefetch_related("client__phones")
    page = list(people.order_by("pk")[: PAGE + 1])
    used = _used(Q(account=account), "client")
    members = [Member(one, Balance(used.get(one.client_id, NOTHING), one.monthly_limit)) for one in page[:PAGE]]
    orders = account.orders.select_related("client", "driver__vehicle").order_by("-pk")[:LAST_ORDERS]
    more = page[PAGE - 1].pk if len(page) > PAGE else None
    return Card(account, Balance(sum(used.values(), NOTHING), account.monthly_limit), members, list(orders), more)


def used(account: Account, at: datetime, *, client_id: int | None = None, but: int | None = None) -> Decimal:
    """What the company's trips of that month cost; only those of one client, and without the order `but`."""
    which = Q(account=account) & (Q() if client_id is None else Q(client=client_id))
    orders = _paid(which, at) if but is None else _paid(which, at).exclude(pk=but)
    return orders.aggregate(sum=_sum())["sum"]


def _used(which: Q, by: str) -> dict[int, Decimal]:
    """Of this month, for each company or client; one query."""
    groups = _paid(which, timezone.now()).values(by).order_by().annotate(sum=_sum())
    return {group[by]: group["sum"] for group in groups}


def _paid(which: Q, at: datetime) -> QuerySet[Order]:
    begin, end = month_of(at)
    return Order.objects.filter(
        which,
        due_at__gte=begin,
        due_at__lt=end,
        state__in=PAID_FOR,
        payment=Payment.ACCOUNT,
        currency=F("account__currency"),
    )


def _sum() -> Coalesce:
    return Coalesce(Sum("price"), Value(NOTHING), output_field=DecimalField(max_digits=14, decimal_places=2))
