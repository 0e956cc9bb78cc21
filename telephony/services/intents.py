"""The life of a click: asked by the web; sent, and confirmed, refused, expired or unknown by the link."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Model, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dispatch.audit import journal, verbs
from dispatch.live import publish
from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused
from telephony import bell, pulses
from telephony.core import naming, operations, placing, rules, watching
from telephony.core.call import OWN
from telephony.lease import ROW, LeaseLost, Tenure
from telephony.models import Call, Intent
from telephony.recognition import is_short
from telephony.selectors import panel, phonebook
from telephony.sentences import sentence

verbs.register(
    {
        "call.call": _("called somebody"),
        "call.pair": _("had client and driver connected"),
        "call.pick": _("asked for a waiting caller"),
        "call.picked": _("took a waiting caller"),
        "intent": _("click"),
    }
)

OPEN = (Intent.State.ASKED, Intent.State.SENT)
UNDER_WAY = (*OPEN, Intent.State.UNKNOWN)
UNSETTLED = (Intent.State.SENT, Intent.State.UNKNOWN)
REPEATED = (operations.KEYS,)  # a second one is meant, also while the first is under way
LIFT, ANSWER_HERE = "lift", "answer_here"  # keys of the sentences
RUNG = ("pick", operations.UNPARK, naming.CALL, *watching.MODES, watching.TAKE_OVER)  # somebody has to answer


def ask(
    *,
    verb: str,
    call: Call | None,
    actor: Person,
    extension: str,
    intent_id: uuid.UUID,
    args: dict[str, Any] | None = None,
    address: str | None = None,
    about: Model | None = None,
) -> Intent:
    """Write the letter to the link. The same click twice is one row. Raises Refused with a sentence for the screen.

    `verb`: "pick", one of core.operations, or one of core.naming, which has no `call` yet; `about`: what the journal
    names instead. `extension`: where the actor sits. `intent_id`: made by the page, one for each click.
    """
    args = args or {}
    before = _before(intent_id, actor, call, verb, args)
    if before is not None:
        return before
    _may_be_asked(verb, call, actor, extension, args)
    now = timezone.now()
    whom = {"whom": args["name"]} if verb in watching.VERBS else {}
    try:
        with transaction.atomic():
            intent = Intent.objects.create(
                pk=intent_id,
                verb=verb,
                call=call,
                actor=actor,
                extension=extension,
                args=args,
                asked_at=now,
                deadline=now + timedelta(seconds=_patience(verb)),
            )
            journal.record(
                actor,
                f"call.{verb}",
                call or about,
                address=address,
                extension=extension,
                intent=str(intent_id),
                **whom,
            )
            bell.ring(bell.CLICK)  # the page that asked has its answer, and to tell it more now would slow the link
    except IntegrityError:  # it came twice in the same moment
        if twin := _before(intent_id, actor, call, verb, args):
            return twin
        raise  # somebody else's
    return intent


def asked() -> list[Intent]:
    """Letters that nobody has opened, the oldest first."""
    return list(
        Intent.objects.filter(state=Intent.State.ASKED).select_related("call", "actor").order_by("asked_at", "id")
    )


def unsettled() -> list[Intent]:
    """Clicks that left for the PBX and whose outcome nobody knows."""
    return list(Intent.objects.filter(state__in=UNSETTLED).select_related("call", "actor").order_by("asked_at", "id"))


# One statement, so that between a click and its action lies one round trip. The lease is locked before the row is
# written, as in `Tenure.writing`.
CLAIM = """
with held as (select epoch from telephony_lease where id = %(lease)s and epoch = %(epoch)s for share),
mine as (
    update telephony_intent set state = 'sent', sent_at = %(now)s, epoch = held.epoch from held
    where telephony_intent.id = %(intent)s and state = 'asked' and deadline > %(now)s
    returning 1
)
select exists (select from held), exists (select from mine),
    (select interface from telephony_extension where number = %(extension)s)
"""


def claim(tenure: Tenure, intent: Intent, extension: str) -> str | None:
    """Mark it sent *before* it is: a link that is killed between the two has sent once or never, and not twice.

    Returns the PBX's name of that extension's telephone, or None: the click is not ours to send. Raises LeaseLost.
    Nobody is told: for a screen, asked and sent are one wait.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            CLAIM,
            {
                "lease": ROW,
                "epoch": tenure.epoch,
                "now": timezone.now(),
                "intent": intent.pk,
                "extension": extension,
            },
        )
        is_held, is_mine, interface = cursor.fetchone()
    if not is_held:
        raise LeaseLost(f"epoch {tenure.epoch} is over")
    return endpoint(extension, interface) if is_mine else None


def endpoint(extension: str, interface: str | None) -> str:
    """The PBX's name of a telephone: "101" of "PJSIP/101"."""
    return interface.removeprefix("PJSIP/") if interface and interface.startswith("PJSIP/") else extension


def hint(tenure: Tenure, intent: Intent, what: str) -> None:
    """What the person has to do for a click that is on its way still."""
    with tenure.writing():
        if Intent.objects.filter(pk=intent.pk, state=Intent.State.SENT).exclude(reason=what).update(reason=what):
            _tell(intent)


def confirm(tenure: Tenure, intent: Intent) -> None:
    """The PBX's event says that it is so."""
    _settle(tenure, intent, Intent.State.CONFIRMED, "", {})


def refuse(tenure: Tenure, intent: Intent, reason: str, args: dict[str, str] | None = None) -> None:
    _settle(tenure, intent, Intent.State.REFUSED, reason, args or {})


def expire(tenure: Tenure, intent: Intent) -> None:
    _settle(tenure, intent, Intent.State.EXPIRED, "late" if intent.verb == "pick" else "late_talk", {})


def doubt(tenure: Tenure, intent: Intent) -> None:
    """The line broke after it was sent: the next look at the PBX tells."""
    _settle(tenure, intent, Intent.State.UNKNOWN, "lost" if intent.verb == "pick" else "lost_talk", {})


def _settle(tenure: Tenure, intent: Intent, state: Intent.State, reason: str, args: dict[str, str]) -> None:
    resolved_at = None if state == Intent.State.UNKNOWN else timezone.now()
    with tenure.writing():
        settled = Intent.objects.filter(pk=intent.pk, state__in=(*OPEN, Intent.State.UNKNOWN)).update(
            state=state, reason=reason, reason_args=args, resolved_at=resolved_at
        )
        if not settled:
            return
        if state == Intent.State.CONFIRMED and intent.verb == "pick":
            journal.record(intent.actor, "call.picked", intent.call, extension=intent.extension, intent=str(intent.pk))
        _tell(intent)


def _tell(intent: Intent) -> None:
    publish.changed(f"person.{intent.actor_id}", "intent", intent.pk)


def _before(intent_id: uuid.UUID, actor: Person, call: Call | None, verb: str, args: dict[str, Any]) -> Intent | None:
    """The same click, sent or made twice. Swapping back is another one than swapping: its arguments tell."""
    same = Q(pk=intent_id)
    if verb not in REPEATED:
        same |= Q(verb=verb, args=args, state__in=OPEN)
    found = list(Intent.objects.filter(same, actor=actor, call=call))
    return next((each for each in found if each.pk == intent_id), found[0] if found else None)


def _patience(verb: str) -> float:
    """Seconds until a click that was not confirmed has expired."""
    if verb == naming.PAIR:
        return 2 * settings.PAIR_RING_SECONDS + settings.COMMAND_SECONDS
    return settings.PICK_SECONDS if verb in RUNG else settings.COMMAND_SECONDS


def _may_be_asked(verb: str, call: Call | None, actor: Person, extension: str, args: Mapping[str, Any]) -> None:
    """A courtesy, from rows that may be a moment old; the link judges again before it sends."""
    health = pulses.health()
    if not health.pbx_ok:
        age = health.pbx_age
        raise Refused(sentence("no_link", {}) if age is None else sentence("no_link_since", {"seconds": f"{age:.0f}"}))
    why: rules.Refusal | None = None
    if verb == naming.PAIR:
        pass  # no telephone of the house takes part
    elif call is None:
        why = rules.phone_is_busy(_phone(extension)) or _placing(extension, str(args.get("to", "")))
    elif verb == "pick":
        why = rules.refusal(rules.Pick(extension), _standing(call, actor), _phone(extension, call))
    elif verb in watching.VERBS:
        why = _watching(watching.Wish(verb, extension, str(args.get("of", ""))), call)
    else:
        why = _named(operations.refusal(verb, _talk(call)))
        if why is None and verb == operations.UNPARK:
            why = rules.phone_is_busy(_phone(extension, call))
    if why is not None:
        args = {name: panel.name_at(value) if why.id == rules.OWN_CLIENT else value for name, value in why.args.items()}
        raise Refused(sentence(why.id, args))


def _watching(wish: watching.Wish, call: Call) -> rules.Refusal | None:
    why = _named(watching.refusal(wish, _talk(call)))
    if why is not None:
        return why
    if wish.verb == watching.STOP or any(each["by"] == wish.desk for each in call.watchers):
        return None
    return rules.phone_is_busy(_phone(wish.desk)) or _placing(wish.desk, "")


def _placing(extension: str, to: str) -> rules.Refusal | None:
    does = phonebook.states({extension, to} if is_short(to) else {extension})
    return placing.refusal(own=does[extension], to=does.get(to, ""))


def _talk(call: Call) -> operations.Standing:
    second = call.handling.get("second") or {}
    by = call.desks[0] if call.desks and not call.phase else ""
    talks = not call.is_pair and ((call.state == Call.State.TALKING and bool(call.talking_to)) or bool(call.handling))
    return operations.Standing(
        call.state == Call.State.ENDED,
        talks,
        call.phase,
        second.get("state", ""),
        taken_by=by,
        watchers=tuple((each["by"], each["mode"]) for each in call.watchers),
    )


def _named(why: rules.Refusal | None) -> rules.Refusal | None:
    """With the names of those who sit at its extensions."""
    return why and rules.Refusal(why.id, {name: panel.name_at(by) for name, by in why.args.items()})


def _standing(call: Call, actor: Person) -> rules.Standing:
    taking = Intent.objects.filter(call=call, state=Intent.State.SENT).exclude(actor=actor).select_related("actor")
    by = taking.first()
    taken_by = by.actor.full_name if by else ""
    if call.state == Call.State.TALKING:
        taken_by = call.answered_by.full_name if call.answered_by else call.answered_extension
    waits = call.state == Call.State.RINGING
    only_at = str(call.handling["by"]) if call.phase == OWN else ""
    return rules.Standing(call.state == Call.State.ENDED, call.queue if waits else "", taken_by, only_at)


def _phone(extension: str, call: Call | None = None) -> rules.Phone:
    talking = (
        Call.objects.exclude(pk__in=[call.pk] if call else [])
        .filter(
            Q(talking_to__contains=[extension])
            | Q(caller_raw=extension)
            | Q(handling__by=extension, handling__phase__in=["hold", "all"])
            | Q(watchers__contains=[{"by": extension}]),
            state=Call.State.TALKING,
        )
        .first()
    )
    if talking is None:
        return rules.Phone()
    if any(each["by"] == extension for each in talking.watchers):
        return rules.Phone(watches=True)
    other = talking.dialled if talking.caller_raw == extension else talking.caller_name or talking.caller_raw
    return rules.Phone(talks_to=other or "…")
