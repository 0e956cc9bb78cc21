"""What happens to calls when their client's cards are merged, or the client is to be forgotten."""

import logging
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from dispatch.staff.refusal import Refused
from orders.models import Client
from telephony.models import Call, Extension, Intent, Leg, Recording
from telephony.services import missed, recordings
from telephony.services.calls import tell

logger = logging.getLogger(__name__)


def move_calls(*, kept: Client, gone: Client, numbers: list[str], **_more: Any) -> None:
    """The calls of a merged card are the kept one's; where both were offered as a choice, one is."""
    Call.objects.filter(client=gone).update(client=kept)
    here, there = {"kind": "client", "id": kept.pk}, {"kind": "client", "id": gone.pk}
    offered = Call.objects.filter(caller_e164__in=numbers, choices__contains=[there])
    for call in offered:
        call.choices = [choice for choice in call.choices if choice not in (here, there)] + [here]
        call.save(update_fields=["choices"])
    live = Call.objects.exclude(state=Call.State.ENDED).filter(Q(client=kept) | Q(caller_e164__in=numbers))
    tell(live.values_list("pk", flat=True))


def refuse_while_talking(*, client: Client, **_more: Any) -> None:
    mine = Q(client=client) | Q(caller_e164__in=client.phones.values("e164"))
    if Call.objects.exclude(state=Call.State.ENDED).filter(mine).exists():
        raise Refused(_("This client is in a call now."))


def forget(*, client: Client, numbers: list[str], **_more: Any) -> None:
    """The numbers and names on the client's calls go, and their recordings with the sound. The calls stay counted."""
    calls = Call.objects.filter(Q(client=client) | Q(client=None, caller_e164__in=numbers))
    ids = list(calls.values_list("pk", flat=True))
    _forget_sound(Recording.objects.filter(call__in=ids))
    placed = Q(call=None) & (Q(args__client=client.pk) | Q(args__e164__in=numbers))
    Intent.objects.filter(Q(call__in=ids) | placed).update(args={})
    of_the_house = Extension.objects.values("number")
    his = Q(role="caller") | Q(role="called", call__direction=Call.Direction.OUT)
    outside = Leg.objects.filter(his, call__in=ids, person=None).exclude(party__in=of_the_house)
    outside.update(party="", name="", channel="")
    these = Call.objects.filter(pk__in=ids)
    these.filter(direction=Call.Direction.OUT).update(dialled="")
    these.exclude(direction=Call.Direction.OUT).update(caller_raw="", caller_e164="")
    these.update(caller_name="", choices=[])
    missed.forget(numbers)


def _forget_sound(segments: QuerySet[Recording]) -> None:
    """A voice is the person. The files go after the commit: what is rolled back keeps its sound."""
    paths = [path for segment in segments if (path := recordings.file_of(segment))]
    segments.delete()

    def unlink() -> None:
        for path in paths:
            try:
                path.unlink(missing_ok=True)
            except OSError:
                logger.exception("the recording of an anonymised client could not be deleted: %s", path)

    transaction.on_commit(unlink)
