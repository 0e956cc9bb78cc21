"""What belongs to a call goes with it: its unfinished form is always in front of whoever talks with the client."""

from collections.abc import Iterable

from dispatch.staff.models import Shift
from orders.models import Draft
from orders.services import drafts
from telephony.models import Call


def follow(call_ids: Iterable[int]) -> None:
    """These calls changed. Inside the transaction of the change. One query where no form waits."""
    forms: dict[int, list[Draft]] = {}
    wanted = {f"call:{call_id}": call_id for call_id in call_ids}
    for draft in Draft.objects.filter(source__in=wanted, order=None).order_by("-updated_at"):
        forms.setdefault(wanted[draft.source], []).append(draft)
    if not forms:
        return
    talking = Call.objects.filter(pk__in=forms, state=Call.State.TALKING).exclude(direction=Call.Direction.INTERNAL)
    desks = {call.pk: call.desks for call in talking}
    shifts = Shift.objects.filter(extension__in=[desk for each in desks.values() for desk in each], ended_at=None)
    people = {shift.extension: shift.person for shift in shifts.select_related("person")}
    for call_id, parties in desks.items():
        here = [people[party] for party in parties if party in people]
        if len(here) == 1 and all(draft.owner_id != here[0].pk for draft in forms[call_id]):
            drafts.hand_over(draft_id=forms[call_id][0].pk, to_person=here[0])
