"""Clicks on a call that is being talked in: hold, consult, connect, transfer, park … The link carries them out."""

import re
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch.audit import journal, verbs
from dispatch.staff.access import may
from dispatch.staff.models import Person, Shift
from dispatch.staff.refusal import Refused
from telephony.core import operations
from telephony.core.call import QUEUE
from telephony.models import Call, Intent
from telephony.recognition import is_short
from telephony.selectors import privacy
from telephony.services import calls, intents, targets

KEYS = re.compile(r"[0-9*#]{1,20}")

verbs.register(
    {
        "call.hold": gettext_lazy("put the caller on hold"),
        "call.back": gettext_lazy("went back to the caller"),
        "call.consult": gettext_lazy("called somebody for the caller"),
        "call.connect": gettext_lazy("connected the parties"),
        "call.swap": gettext_lazy("swapped the two calls"),
        "call.together": gettext_lazy("brought all three together"),
        "call.transfer": gettext_lazy("passed the call on"),
        "call.park": gettext_lazy("parked the caller"),
        "call.unpark": gettext_lazy("took a parked caller back"),
        "call.hang_up": gettext_lazy("ended the call"),
        "call.keys": gettext_lazy("pressed keys in the call"),
        "call.noted": gettext_lazy("wrote a note about the call"),
    }
)


def desk_of(call: Call, shift: Shift | None) -> str:
    """The party of the house that acts in this call: who sits there himself, else who has the call."""
    mine = shift.extension if shift else ""
    if mine in {*call.desks, call.second_party}:
        return mine
    return next((party for party in call.desks if is_short(party)), mine)


def may_control(person: Person, call: Call, shift: Shift | None, verb: str) -> bool:
    """Own for a dispatcher, any for a supervisor; a parked caller may be taken by anybody."""
    if may(person, "calls.control_any"):
        return True
    if verb == operations.HANG_UP and call.is_pair and call.state != Call.State.ENDED:
        return shift is not None  # whoever may have two people connected
    if verb == operations.UNPARK and call.handling.get("phase") == "park":
        return True
    if call.state == Call.State.ENDED:
        return privacy.visible_to(person).filter(privacy.own(person), pk=call.pk).exists()
    return shift is not None and shift.extension in {*call.desks, call.second_party}


def command(
    *,
    verb: str,
    call: Call,
    actor: Person,
    shift: Shift,
    intent_id: uuid.UUID,
    said: Mapping[str, Any],
    address: str | None = None,
) -> Intent:
    """Ask the link for it. `said`: `to`, `keys`, `note`, as they were typed. Raises Refused with a sentence.

    The note is kept first, so that whoever is rung can read it.
    """
    desk = shift.extension if verb == operations.UNPARK else desk_of(call, shift)
    args = {"desk": desk, **_args(verb, said, desk)}
    second = call.handling.get("second") or {}
    if second:
        args |= {"second": second["party"], "second_was": second["state"]}
    if "note" in said and verb in (operations.CONSULT, operations.SEND):
        write_note(call=call, text=str(said["note"]), actor=actor)
    return intents.ask(
        verb=verb, call=call, actor=actor, extension=shift.extension, intent_id=intent_id, args=args, address=address
    )


def _args(verb: str, said: Mapping[str, Any], desk: str) -> dict[str, str]:
    if verb in (operations.CONSULT, operations.SEND):
        target = targets.to_pass_to(str(said.get("to", "")), own=desk)
        if verb == operations.CONSULT and target.number == QUEUE:
            raise Refused(_("The queue cannot be asked: pass the call on."))
        return {"to": target.number, "name": target.name}
    if verb == operations.KEYS:
        keys = str(said.get("keys", ""))
        if not KEYS.fullmatch(keys):
            raise Refused(_("Only digits, * and # can be pressed."))
        return {"keys": keys}
    return {}


def write_note(*, call: Call, text: str, actor: Person) -> None:
    """For whoever gets the call next; it stays with the call."""
    text = " ".join(text.replace("\x00", "").split())[:500]
    with transaction.atomic():
        row = Call.objects.select_for_update().get(pk=call.pk)
        if row.note == text:
            return
        journal.record(actor, "call.noted", row)
        row.note = call.note = text
        row.save(update_fields=["note"])
        calls.tell([row.pk])
