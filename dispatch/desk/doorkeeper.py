"""Who may listen to the live push: a signed-in person with the right to work at the desk."""

from collections.abc import Sequence

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from dispatch.live import registry
from dispatch.live.numbers import DRIVER
from dispatch.live.registry import Visitor
from dispatch.staff.access import may
from dispatch.staff.models import Person, Role
from dispatch.staff.services import statuses
from dispatch.staff.services.shifts import seen


@registry.doorkeeper
def visitors(session_keys: Sequence[str]) -> dict[str, Visitor]:
    """Those of the sessions that may listen; that they do is written down. Three queries, however many there are."""
    sessions = Session.objects.filter(session_key__in=session_keys, expire_date__gt=timezone.now())
    contents = {session.session_key: session.get_decoded() for session in sessions}
    signed_in = {key: content for key, content in contents.items() if content.get(BACKEND_SESSION_KEY)}
    people = Person.objects.in_bulk({int(content[SESSION_KEY]) for content in signed_in.values()})
    admitted: dict[str, Visitor] = {}
    for key, content in signed_in.items():
        person = people.get(int(content[SESSION_KEY]))
        if person is None or not (may(person, "desk.work") or may(person, "orders.drive")):
            continue
        if constant_time_compare(content.get(HASH_SESSION_KEY, ""), person.get_session_auth_hash()):
            admitted[key] = Visitor(person.pk, audience_of(person))
    here = {visitor.person_id for visitor in admitted.values() if visitor.audience != DRIVER}
    seen(here)
    statuses.came_back(people[person_id] for person_id in here)
    return admitted


def audience_of(person: Person) -> str:
    """A desk's, for who works at one and drives, too."""
    if Role.SUPERVISOR in person.roles:
        return "supervisor"
    return "dispatcher" if Role.DISPATCHER in person.roles else DRIVER
