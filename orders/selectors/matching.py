"""A filter as a question to the database; free text apart, in `searching`."""

from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from orders.filters import GROUPS, ME, Filter, key
from orders.flow import OPEN_STATES, State
from orders.models import Client, ClientMark, Driver, Order, TariffVersion

TROUBLE = ~Q(problem="") | ~Q(alarm="")  # somebody must look after it, or the house's own watch says so
NEW_CLIENT = timedelta(days=1)  # a client is new with what was ordered so soon after the first call


def orders(wanted: Filter, person_id: int | None, now: datetime) -> QuerySet[Order]:
    """The orders that fit, but for the text. Subqueries instead of joins: what is sorted stays one table."""
    rows = Order.objects.filter(_states(wanted))
    since, until = wanted.bounds(now)
    if since:
        rows = rows.filter(due_at__gte=since)
    if until:
        rows = rows.filter(due_at__lt=until)
    for field, value in _plain(wanted, person_id).items():
        rows = rows.filter(**{field: value})
    if wanted.tariff is not None:
        rows = rows.filter(tariff_version__in=list(_versions(wanted.tariff)))
    if wanted.sign:
        rows = rows.filter(driver__in=Driver.objects.filter(call_sign__iexact=wanted.sign).values("pk"))
    return rows.filter(_clients(wanted.clients, now)) if wanted.clients else rows


def is_narrow(wanted: Filter) -> bool:
    """Whether an index leads to few orders, newest first, however long the history is."""
    owners = (wanted.driver, wanted.client)
    return any(owner is not None for owner in owners) or bool(wanted.sign or wanted.by)


def _states(wanted: Filter) -> Q:
    groups = [group for group in wanted.groups if group != "problem"]
    states = frozenset[State]().union(*(GROUPS[group] for group in groups))
    fits = Q(state__in=sorted(states)) if states else Q(pk__in=[])
    if states <= OPEN_STATES and states:
        fits &= Q(state__in=sorted(OPEN_STATES))  # as the partial index has it
    if wanted.only_problems:
        trouble = Q(state__in=sorted(OPEN_STATES)) & TROUBLE
        return trouble if not states else fits | trouble
    return fits


def _plain(wanted: Filter, person_id: int | None) -> dict[str, object]:
    given: dict[str, object] = {
        "service_class": wanted.service_class,
        "zone": wanted.zone,
        "fleet": wanted.fleet,
        "driver": wanted.driver,
        "client": wanted.client,
        "channel": wanted.channel,
        "payment": wanted.payment,
        "created_by": _taker(wanted.by, person_id),
    }
    return {field: value for field, value in given.items() if value not in (None, "")}


def _taker(by: str, person_id: int | None) -> int | None:
    return person_id if by == ME else key(by)


def _versions(tariff: int) -> QuerySet[TariffVersion, int]:
    return TariffVersion.objects.filter(tariff=tariff).values_list("pk", flat=True)


def _clients(group: str, now: datetime) -> Q:
    if group == "corporate":
        return Q(account__isnull=False)
    if group == "new":
        return Q(client__created_at__gte=F("created_at") - NEW_CLIENT)
    mark = ClientMark.VIP if group == "vip" else ClientMark.BLACKLISTED
    return Q(client__in=Client.objects.marked(mark, now).values("pk"))
