"""Calls that the desk places: asked for by a click, and tied to what the click was about once the PBX has them."""

import uuid
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from dispatch.live import publish
from dispatch.staff.models import Person, Shift
from dispatch.staff.refusal import Refused
from orders.models import Client, Driver, Order
from telephony.core import naming
from telephony.models import Call, Intent
from telephony.recognition import Kind
from telephony.services import intents, targets
from telephony.services.targets import Target

ABOUT: dict[str, type[Client] | type[Driver] | type[Order]] = {"client": Client, "driver": Driver, "order": Order}


def call(
    *, target: Target, typed: str = "", actor: Person, shift: Shift, intent_id: uuid.UUID, address: str | None = None
) -> Intent:
    """Have the telephone of this shift call him; about an order, he sees a number of its fleet. Raises Refused with a
    sentence."""
    meant = {"typed": typed, "e164": target.e164, "client": target.client_id, "driver": target.driver_id}
    args: dict[str, Any] = {"to": target.number, "name": target.name}
    args |= {name: value for name, value in meant.items() if value}
    if target.order is not None:
        args["order"] = target.order.pk
        if shown := _shown(target.order):
            args["shown"] = shown
    return intents.ask(
        verb=naming.CALL,
        call=None,
        actor=actor,
        extension=shift.extension,
        intent_id=intent_id,
        args=args,
        address=address,
        about=target.order,
    )


def connect(*, order: Order, actor: Person, shift: Shift, intent_id: uuid.UUID, address: str | None = None) -> Intent:
    """Have the driver of the order called, and when he has answered, its client; both see a number of its fleet. Raises
    Refused with a sentence."""
    again = Intent.objects.filter(pk=intent_id, actor=actor).first()
    if again is not None:
        return again
    driver, client = targets.driver_of(order), targets.client_of(order)
    args: dict[str, Any] = {"to": client.number, "first": driver.number, "name": f"{driver.name}, {client.name}"}
    args |= {"order": order.pk, "driver": driver.driver_id, "e164": client.e164}
    if client.client_id:
        args["client"] = client.client_id
    args["shown"] = _shown(order)
    with transaction.atomic():
        Order.objects.select_for_update(no_key=True).get(pk=order.pk)  # of two who click at once, the second is told
        before = Intent.objects.filter(verb=naming.PAIR, state__in=intents.UNDER_WAY, args__order=order.pk).first()
        if before is not None and before.actor_id == actor.pk:
            return before
        live = Call.objects.exclude(state=Call.State.ENDED).filter(order=order)
        if before is not None or any(naming.is_pair(key) for key in live.values_list("key", flat=True)):
            raise Refused(_("The client and the driver of this order are being connected already."))
        return intents.ask(
            verb=naming.PAIR,
            call=None,
            actor=actor,
            extension=shift.extension,
            intent_id=intent_id,
            args=args,
            address=address,
            about=order,
        )


def _shown(order: Order) -> list[str]:
    """Numbers, E.164, by which the order's people know its fleet."""
    return sorted(order.fleet.numbers.values_list("e164", flat=True)) if order.fleet else []


def under_way(e164: str) -> QuerySet[Intent]:
    """Clicks that call this number, and of which the PBX has shown nothing yet."""
    return Intent.objects.filter(verb__in=naming.PLACING, state__in=intents.OPEN, args__e164=e164, call=None)


def tie(row: Call, click: str) -> None:
    """The PBX has placed the call of this click: it is about what was clicked, whoever else has that number."""
    intent = Intent.objects.filter(pk=uuid.UUID(click), call=None).first()
    if intent is None:
        return
    intent.call = row
    intent.save(update_fields=["call"])
    about = {name: model.objects.filter(pk=intent.args.get(name)).first() for name, model in ABOUT.items()}
    for name, one in about.items():
        if one is not None:
            setattr(row, name, one)
    fields = list(about)
    if intent.verb == naming.PAIR:
        row.caller_raw = intent.args.get("first", "")
        row.dialled = intent.args.get("e164") or intent.args.get("to", "")
        row.recognised = Kind.KNOWN if row.client else Kind.NEW
        row.colleague = intent.actor
        fields += ["caller_raw", "dialled", "recognised", "colleague"]
    row.save(update_fields=fields)
    if row.order_id is not None:
        publish.changed("orders", "timeline", row.order_id)
