"""Cards that are likely of one person."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Prefetch, Q
from django.db.models.functions import Upper

from orders.models import Client, ClientAddress, ClientPhone

PAGE = 50


@dataclass(frozen=True)
class Likely:
    """`number`: the one that they share, or empty: they share name and address."""

    clients: Sequence[Client]
    number: str = ""
    address: str = ""
    key: int = 0


def by_number(after: int | None = None) -> Sequence[Likely]:
    """Several cards with one number, a page and one more, by number; `after`: the key of a card's number, so that no
    address on the screen holds a whole one. Two queries."""
    phones = ClientPhone.objects.all()
    if after is not None:
        phones = phones.filter(e164__gt=ClientPhone.objects.filter(pk=after).values("e164")[:1])
    shared = phones.values("e164").annotate(cards=Count("pk")).filter(cards__gt=1).order_by("e164")
    numbers = list(shared.values_list("e164", flat=True)[: PAGE + 1])
    owners: dict[str, list[ClientPhone]] = {number: [] for number in numbers}
    for phone in ClientPhone.objects.filter(e164__in=numbers).select_related("client").order_by("client"):
        owners[phone.e164].append(phone)
    return [
        Likely([phone.client for phone in theirs], number=number, key=theirs[0].pk) for number, theirs in owners.items()
    ]


def by_name_and_address() -> Sequence[Likely]:
    """The same name and the same saved address. Two queries."""
    pairs = list(
        ClientAddress.objects.exclude(client__name="")
        .annotate(name=Upper("client__name"), key=Upper("address"))
        .values("name", "key")
        .annotate(cards=Count("client", distinct=True), ids=ArrayAgg("client", distinct=True))
        .filter(cards__gt=1)
        .order_by("name", "key")[:PAGE]
    )
    clients = Client.objects.in_bulk([pk for pair in pairs for pk in pair["ids"]])
    return [Likely([clients[pk] for pk in sorted(pair["ids"])], address=pair["key"]) for pair in pairs]


def of(client: Client) -> Sequence[Client]:
    """Other cards with one of this client's numbers, or the same name and one of the same addresses. Two queries."""
    numbers = Q(phones__e164__in=client.phones.values("e164"))
    addresses = ClientAddress.objects.filter(client=client).annotate(key=Upper("address")).values("key")
    same_place = ClientAddress.objects.annotate(key=Upper("address")).filter(key__in=addresses).values("client")
    same = Q(pk__in=same_place, name__iexact=client.name) if client.name else Q(pk__in=[])
    others = Client.objects.known().filter(numbers | same).exclude(pk=client.pk).distinct()
    phones = Prefetch("phones", ClientPhone.objects.order_by("-is_main", "pk"))
    return list(others.prefetch_related(phones).order_by("pk")[:PAGE])
