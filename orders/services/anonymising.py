"""A client asks to be forgotten: the person goes, the trips stay for the statistics. There is no way back.

What is erased where, and why, is in docs/decisions/0009.
"""

from django.db import connection, transaction
from django.db.models import F, Func, Q, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch.audit import journal
from dispatch.audit.models import Entry
from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused
from orders.models import Client, ClientMark, ClientPhone, Draft, Instead, Order, OrderEvent, OrderStop
from orders.services import clients
from orders.signals import client_anonymised, client_anonymising

NOWHERE = "—"
TEXTS = (
    "search_key",
    "phone",
    "phone_raw",
    "comment",
    "office_note",
    "pickup_entrance",
    "pickup_flat",
    "passenger_name",
    "callback_phone",
    "flight",
    "problem",
)
PLACES = ("pickup_latitude", "pickup_longitude", "destination_latitude", "destination_longitude")


class Blurred(Func):
    """Two decimals of a degree are left: about a kilometre."""

    template = "round((%(expressions)s)::numeric, 2)::float8"


def anonymise(*, client_id: int, typed: str, actor: Person) -> Client:
    """`typed`: the number of the card, typed by hand. Raises Refused: it is another, or an order is open, or he is in
    a call; Client.DoesNotExist."""
    if typed.strip() != str(client_id):
        raise Refused(_("Type the number of the card, %(number)s, to confirm it.") % {"number": client_id})
    with transaction.atomic():
        clients.queue_up_for(*ClientPhone.objects.filter(client=client_id).values_list("e164", flat=True))
        client = Client.objects.select_for_update().get(pk=client_id, merged_into=None)
        _check(client)
        own = _numbers_of_nobody_else(client)
        _forget_orders(client, own)
        _forget_card(client)
        client_anonymised.send(Client, client=client, numbers=own)
        _forget_journal(client)
        journal.record(actor, "client.anonymised", client)
    return client


def _check(client: Client) -> None:
    if client.anonymised_at:
        raise Refused(_("This client was anonymised already."))
    order = Order.objects.open().filter(client=client).order_by("-pk").first()
    if order:
        raise Refused(_("Order %(number)s of this client is still open.") % {"number": order.pk})
    if client.recurrences.running().exists():
        raise Refused(_("A recurring order of this client still runs. End it first."))
    client_anonymising.send(Client, client=client)


def _numbers_of_nobody_else(client: Client) -> list[str]:
    """A family's number stays with the family."""
    mine = client.phones.values_list("e164", flat=True)
    others = ClientPhone.objects.filter(e164__in=list(mine)).exclude(client=client).values_list("e164", flat=True)
    return sorted(set(mine) - set(others))


def _forget_orders(client: Client, numbers: list[str]) -> None:
    theirs = Order.objects.filter(Q(client=client) | Q(client=None, phone__in=numbers))
    _erase_changes(OrderEvent.objects.filter(order__in=theirs))
    at_stop: dict = {name: Blurred(F(name)) for name in ("latitude", "longitude")}
    OrderStop.objects.filter(order__in=theirs).update(address=NOWHERE, **at_stop)
    Draft.objects.filter(Q(order__in=theirs) | Q(fields__client=str(client.pk))).delete()
    theirs.exclude(destination="").update(destination=NOWHERE)
    blurred: dict = {name: Blurred(F(name)) for name in PLACES}
    theirs.update(pickup=NOWHERE, version=F("version") + 1, **dict.fromkeys(TEXTS, Value("")), **blurred)


def _erase_changes(events: QuerySet[OrderEvent]) -> None:
    """An edit says what stood there before. The database lets only this be emptied, only here."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('desk.erasing', 'on', true)")
        events.exclude(changes={}).update(changes={})
        cursor.execute("select set_config('desk.erasing', 'off', true)")


def _forget_card(client: Client) -> None:
    for what in (
        client.phones,
        client.addresses,
        client.proposals,
        client.employments,
        client.blocks,
        client.quotes,
    ):
        what.all().delete()
    client.name = client.notes = client.mark_reason = ""
    client.mark, client.mark_until, client.marked_by, client.marked_at = ClientMark.NONE, None, None, None
    client.responsible, client.own_then, client.own_instead = None, Instead.QUEUE, ""
    client.anonymised_at = timezone.now()
    client.save()


def _forget_journal(client: Client) -> None:
    earlier = Client.objects.filter(merged_into=client).values_list("pk", flat=True)
    journal.erase(journal.about("client", [client.pk, *earlier]))
    employers = Entry.objects.filter(verb__startswith="employee.", details__client__in=[client.pk, *earlier])
    journal.erase(employers)
