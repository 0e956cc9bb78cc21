"""A supervisor at a colleague's conversation: listen, whisper, join, take over. The link carries it out."""

import uuid

from django.utils.translation import gettext_lazy

from dispatch.audit import verbs
from dispatch.staff.models import Person, Shift
from dispatch.staff.refusal import Refused
from telephony.core import watching
from telephony.models import Call, Intent
from telephony.recognition import is_short
from telephony.selectors.talks import named
from telephony.sentences import sentence
from telephony.services import intents

verbs.register(
    {
        "call.listen": gettext_lazy("listened to a conversation"),
        "call.whisper": gettext_lazy("whispered to a colleague in a conversation"),
        "call.join": gettext_lazy("joined a conversation"),
        "call.stop_watching": gettext_lazy("left a conversation that was listened to"),
        "call.take_over": gettext_lazy("took a conversation over"),
    }
)


def command(
    *,
    verb: str,
    call: Call,
    actor: Person,
    shift: Shift,
    of: str,
    intent_id: uuid.UUID,
    address: str | None = None,
) -> Intent:
    """Ask the link for it. `of`: the telephone whose conversation it is; "": who has the call. Raises Refused with a
    sentence."""
    there = [party for party in (*call.desks, call.second_party) if is_short(party)]
    before = next((each["of"] for each in call.watchers if each["by"] == shift.extension), "")
    of = of or before or next(iter(there), "")
    if verb != watching.STOP and call.state != Call.State.ENDED and of not in there:
        raise Refused(sentence(watching.NOBODY_TALKS, {}))
    args = {"of": of, "name": named([of])[of].name or of}
    return intents.ask(
        verb=verb, call=call, actor=actor, extension=shift.extension, intent_id=intent_id, args=args, address=address
    )
