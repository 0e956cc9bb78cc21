"""Calls that the desk places: asked for by a click, and tied to what the click was about once the PBX has them."""

import uuid
from typing import Any

from django.db.models import QuerySet

from dispatch.staff.models import Person, Shift
from orders.models import Client, Driver, Order
from telephony.core import placing
from telephony.models import Call, Intent
from telephony.services import intents
from telephony.services.targets import Target

ABOUT: dict[str, type[Client] | type[Driver] | type[Order]] = {"client": Client, "driver": Driver, "order": Order}


def call(
    *, target: Target, typed: str = "", actor: Person, shift: Shift, intent_id: uuid.UUID, address: str | None = None
) -> Intent:
    """Have the telephone of this shift call him. Raises Refused with a sentence."""
    meant = {"typed": typed, "e164": target.e164, "client": target.client_id, "driver": target.driver_id}
    args: dict[str, Any] = {"to": target.number, "name": target.name}
    args |= {name: value for name, value in meant.items() if value}
    if target.order is not None:
        args["order"] = target.order.pk
    return intents.ask(
        verb=placing.CALL,
        call=None,
        actor=actor,
        extension=shift.extension,
        intent_id=intent_id,
        args=args,
        address=address,
        about=target.order,
    )


def under_way(e164: str) -> QuerySet[Intent]:
    """Clicks that call this number, and of which the PBX has shown nothing yet."""
    return Intent.objects.filter(verb=placing.CALL, state__in=intents.OPEN, args__e164=e164)


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
    row.save(update_fields=list(about))
