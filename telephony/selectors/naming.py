"""Whom the dispatcher names when the number does not say who calls."""

import re

from orders.models import Client, Driver, Order
from orders.selectors import cards
from telephony.selectors import who
from telephony.selectors.who import Who

MOST = 6  # of each kind
LONGEST = 60  # characters
KEY = re.compile(r"(client|driver)-([0-9]{1,18})")
ORDER = re.compile(r"#?([0-9]{1,18})")


def of_key(key: str) -> Who | None:
    """One who was chosen from a list: "client-5", "driver-17"; None where there is no such person."""
    chosen = KEY.fullmatch(key)
    if chosen is None:
        return None
    kind, pk = chosen[1], int(chosen[2])
    clients = Client.objects.filter(pk=pk) if kind == "client" else Client.objects.none()
    drivers = Driver.objects.filter(pk=pk) if kind == "driver" else Driver.objects.none()
    return next(iter(who.named(list(clients), list(drivers))), None)


def of_text(text: str) -> tuple[Who, ...]:
    """Drivers by call sign, name or number, clients by name, number or order."""
    text = text.replace("\x00", "").strip()[:LONGEST]
    if not text:
        return ()
    clients = {client.pk: client for client in cards.clients(text=text)[:MOST]}
    order = ORDER.fullmatch(text)
    if order:
        owner = Order.objects.filter(pk=int(order[1])).select_related("client").first()
        if owner and owner.client:
            clients = {owner.client.pk: owner.client, **clients}
    return who.named(list(clients.values()), cards.drivers(text=text)[:MOST])
