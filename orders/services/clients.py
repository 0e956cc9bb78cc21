"""Clients and their numbers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch.audit import journal
from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused
from orders.models import Client, ClientMark, Instead, MarkProposal, Order
from orders.services import card_numbers
from orders.services.card_numbers import Phones
from orders.services.lifecycle import publish_change


@dataclass(frozen=True)
class Own:
    """Whose own client it is: at whom it rings first, for how long, and where then. `number`: of another one."""

    responsible: Person | None = None
    seconds: int = 20
    then: Instead = Instead.QUEUE
    number: str = ""

    @property
    def columns(self) -> dict[str, Any]:
        return {
            "responsible": self.responsible,
            "own_seconds": self.seconds,
            "own_then": self.then,
            "own_instead": self.number,
        }


NOBODYS = Own()


class Ambiguous(Exception):
    """The number belongs to several: the person says to whom."""

    def __init__(self, clients: tuple[Client, ...]) -> None:
        super().__init__(clients)
        self.clients = clients


def who_calls(*, number: str, raw: str, client_id: int | None, is_new: bool, name: str, actor: Person | None) -> Client:
    """The client of a new order: the chosen one, the only one with this number, or a new card. Never two new cards
    for one number, however many dispatchers save at once. Raises Ambiguous."""
    with transaction.atomic():
        queue_up_for(number)
        known = list(Client.objects.filter(phones__e164=number).order_by("pk")) if number else []
        chosen = next((client for client in known if client.pk == client_id), None)
        if chosen is None and client_id and not known:
            chosen = Client.objects.select_related("merged_into").filter(pk=client_id).first()
            chosen = chosen and (chosen.merged_into or chosen)
        if chosen is None and known and not is_new:
            if len(known) > 1:
                raise Ambiguous(tuple(known))
            chosen = known[0]
        return _named(chosen, name) if chosen else add(name=name, numbers_typed=[raw], actor=actor)


def add(
    *, name: str, numbers_typed: Iterable[str], notes: str = "", own: Own = NOBODYS, actor: Person | None
) -> Client:
    """A new card. The first number is the main one. Raises Refused for what is no number."""
    with transaction.atomic():
        client = Client.objects.create(name=name.strip(), notes=notes.strip(), **own.columns)
        card_numbers.add(client, numbers_typed)
        journal.record(actor, "client.added", client)
    return client


def change(*, client_id: int, name: str, notes: str, phones: Phones, own: Own | None = None, actor: Person) -> Client:
    """Save a card; without `own` it stays whose it is. Raises Refused, Client.DoesNotExist."""
    with transaction.atomic():
        client = Client.objects.select_for_update().get(pk=client_id)
        values = {"name": name.strip(), "notes": notes.strip(), **(own.columns if own else {})}
        changes: dict[str, Any] = {
            field: [_said(getattr(client, field)), _said(value)]
            for field, value in values.items()
            if getattr(client, field) != value
        }
        for field, value in values.items():
            setattr(client, field, value)
        client.save(update_fields=list(values))
        changes |= card_numbers.change(client, phones)
        if not client.phones.exists():
            raise Refused(_("Keep at least one number: without one the caller is not recognised."))
        journal.record(actor, "client.changed", client, changes=changes)
        redraw_orders(client)
    return client


def give_number(*, client_id: int, number: str, replaces: int | None, is_main: bool, actor: Person) -> Client:
    """One more number (E.164) for a card, or one in the place of another; the place of the main one is the main one.

    Raises Refused.
    """
    with transaction.atomic():
        queue_up_for(number)
        client = Client.objects.known().select_for_update().filter(pk=client_id).first()
        if client is None:
            raise Refused(_("That card is not there any more."))
        gone = client.phones.filter(pk=replaces).first() if replaces is not None else None
        if replaces is not None and gone is None:
            raise Refused(_("That number is not on the card any more."))
        if client.phones.filter(e164=number).exists():
            raise Refused(_("The card has this number already."))
        added = client.phones.create(e164=number, raw=number)
        becomes_main = is_main or (gone is not None and gone.is_main)
        removed = frozenset() if gone is None else frozenset({gone.pk})
        main = added.pk if becomes_main else None
        changes = card_numbers.change(client, Phones(removed=removed, main=main)) | {"numbers_added": [number]}
        journal.record(actor, "client.changed", client, changes=changes)
        redraw_orders(client)
    return client


def mark(*, client_id: int, mark: ClientMark, reason: str, actor: Person, until: datetime | None = None) -> Client:
    """Put a client on the black list, make him a VIP, or take the mark away. A black mark needs its reason.

    `until`: when the mark ends; None: never. Raises Refused, Client.DoesNotExist.
    """
    reason = reason.strip()
    if mark == ClientMark.BLACKLISTED and not reason:
        raise Refused(_("Say why this client is put on the black list."))
    now = timezone.now()
    if until is not None and until <= now:
        raise Refused(_("The mark would end before it begins."))
    with transaction.atomic():
        client = Client.objects.select_for_update().get(pk=client_id)
        before = client.mark_at(now)
        _put(client, mark, reason, until if mark else None, actor, now)
        ends = {"until": until.isoformat()} if mark and until else {}
        journal.record(actor, "client.marked", client, mark=[before.value, mark.value], reason=reason, **ends)
        if mark == ClientMark.BLACKLISTED:
            answered = {"decided_by": actor, "decided_at": now, "is_confirmed": True}
            MarkProposal.objects.filter(client=client, decided_at=None).update(**answered)
    return client


def lift_ended_mark(client_id: int, now: datetime) -> bool:
    """Take away a mark that counts no longer, so that the desks are drawn anew. Safe to run twice at once."""
    with transaction.atomic():
        ended = Client.objects.select_for_update(skip_locked=True).filter(pk=client_id, mark_until__lte=now)
        client = ended.exclude(mark=ClientMark.NONE).first()
        if client is None:
            return False
        before = client.mark
        _put(client, ClientMark.NONE, "", None, None, now)
        journal.record(None, "client.mark_ended", client, mark=[before, ""])
    return True


def _put(
    client: Client, mark: ClientMark, reason: str, until: datetime | None, actor: Person | None, now: datetime
) -> None:
    client.mark, client.mark_reason, client.mark_until = mark, reason, until
    client.marked_by, client.marked_at = actor, now
    client.save(update_fields=["mark", "mark_reason", "mark_until", "marked_by", "marked_at"])
    redraw_orders(client)


def queue_up_for(*numbers: str) -> None:
    """A number may be several clients', so no unique key keeps two new cards apart; this lock does."""
    with connection.cursor() as cursor:  # in one order everywhere, so that two who wait never wait for each other
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended('client ' || number, 17)) from unnest(%s::text[]) number",
            [sorted(set(numbers))],
        )


def _said(value: object) -> object:
    return value.full_name if isinstance(value, Person) else "" if value is None else value


def _named(client: Client, name: str) -> Client:
    if name.strip() and not client.name:
        client.name = name.strip()
        client.save(update_fields=["name"])
    return client


def redraw_orders(client: Client) -> None:
    """The open ones show the card as it is, and are found by it."""
    for order in Order.objects.open().filter(client=client).select_related("client"):
        order.save(update_fields=["client"])  # the key that free text is looked for in
        publish_change(order)
