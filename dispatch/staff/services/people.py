"""Administration of the people who work here; every change is journalled with before → after."""

from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch.audit import journal
from dispatch.live import publish
from dispatch.live.numbers import private
from dispatch.staff import access
from dispatch.staff.models import Person, Role, Shift
from dispatch.staff.refusal import Refused
from dispatch.staff.services.shifts import end_shift

JOURNALLED = (
    "username",
    "last_name",
    "first_name",
    "call_sign",
    "roles",
    "own_extension",
    "mobile",
    "language",
    "wraps_up",
    "is_active",
)


def add_person(*, person: Person, password: str, actor: Person | None) -> Person:
    """Save a new person. `password` has passed the validators."""
    with transaction.atomic():
        person.set_password(password)
        person.save()
        journal.record(actor, "person.added", person, person=str(person), changes=_differences(Person(), person))
    return person


def change_person(*, person: Person, actor: Person) -> Person:
    """Save the changed fields of `person`. Who may no longer work at the desk loses his shift; who is off, his session.

    Raises Refused when nobody would be left who can administer.
    """
    with transaction.atomic():
        before = Person.objects.select_for_update().get(pk=person.pk)
        changes = _differences(before, person)
        if not changes:
            return person
        if access.may(before, "staff.administer") and not access.may(person, "staff.administer"):
            _keep_one_administrator(person)
        person.save(update_fields=list(changes))
        journal.record(actor, "person.changed", person, person=str(before), changes=changes)
        if not person.is_active:
            end_sessions(person=person)
        if not access.may(person, "desk.work"):
            for shift in Shift.objects.filter(person=person, ended_at=None):
                end_shift(shift=shift, actor=actor)
        publish.changed("staff", "person", person.pk)
    return person


def set_password(*, person: Person, password: str, actor: Person | None) -> None:
    """Give a new password that has passed the validators. All sessions of the person end by it, but not that of a
    caller who renews it (`update_session_auth_hash`)."""
    with transaction.atomic():
        person.set_password(password)
        person.save(update_fields=["password"])
        journal.record(actor, "password.set", person, person=str(person))


def choose_language(*, person: Person, language: str) -> None:
    """`language`: a code of settings.LANGUAGES."""
    Person.objects.filter(pk=person.pk).update(language=language)


def take_own_clients(*, person: Person) -> None:
    """From now on calls of her own clients ring at her first, when she is at the desk."""
    _switch_own_clients(person, True)


def leave_own_clients(*, person: Person) -> None:
    """From now on calls of her own clients wait in the queue like all others."""
    _switch_own_clients(person, False)


def _switch_own_clients(person: Person, wanted: bool) -> None:
    with transaction.atomic():
        if not Person.objects.filter(pk=person.pk).exclude(own_clients=wanted).update(own_clients=wanted):
            return
        changes = {"own_clients": [not wanted, wanted]}
        journal.record(person, "person.changed", person, person=str(person), changes=changes)
        for shift in Shift.objects.filter(person=person, ended_at=None):
            publish.changed(private(person.pk), "shift", shift.pk)
        with connection.cursor() as cursor:
            cursor.execute("select pg_notify('link_bell', '')")  # the link tells the PBX where her own clients ring


def end_sessions(*, person: Person) -> int:
    """Sign the person out everywhere, at once and for good: an old cookie does not come back to life with him."""
    live = Session.objects.filter(expire_date__gte=timezone.now())
    own = [s.pk for s in live.iterator() if s.get_decoded().get("_auth_user_id") == str(person.pk)]
    return Session.objects.filter(pk__in=own).delete()[0]


def _differences(before: Person, after: Person) -> dict[str, list[object]]:
    pairs = {field: [getattr(before, field), getattr(after, field)] for field in JOURNALLED}
    return {field: pair for field, pair in pairs.items() if pair[0] != pair[1]}


def _keep_one_administrator(leaving: Person) -> None:
    others = Person.objects.select_for_update().filter(is_active=True, roles__contains=[Role.ADMINISTRATOR])
    if not others.exclude(pk=leaving.pk).order_by("pk").exists():
        raise Refused(_("Somebody must remain administrator. Give that role to another person first."))
