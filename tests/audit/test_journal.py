"""The journal: written once, never changed, read by those who may."""

import ast
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from unittest import mock

import pytest
from django.db import InternalError, ProgrammingError, transaction

from dispatch.audit import journal, verbs
from dispatch.audit.models import Entry
from dispatch.staff.models import Person, Role, Shift
from dispatch.staff.selectors.journal import PAGE, Filter, read

NOON = datetime(2026, 5, 4, 9, tzinfo=UTC)  # in Moscow


def someone(first: str, *roles: Role) -> Person:
    return Person.objects.create(username=first.lower(), first_name=first, last_name="Orlova", roles=list(roles))


@pytest.fixture
def marina(db) -> Person:
    return someone("Marina", Role.MANAGER)


@pytest.fixture
def sofia(db) -> Person:
    return someone("Sofia", Role.SUPERVISOR)


def wrote(at: datetime, actor: Person | None = None, verb: str = "order.placed", **details) -> Entry:
    with mock.patch("django.utils.timezone.now", return_value=at):
        return journal.record(actor, verb, **details)


def test_the_database_refuses_to_change_or_delete(marina):
    entry = journal.record(marina, "order.placed")
    for change in (
        lambda: Entry.objects.filter(pk=entry.pk).update(verb="nothing"),
        lambda: Entry.objects.filter(pk=entry.pk).delete(),
        lambda: entry.save(),
    ):
        with pytest.raises((ProgrammingError, InternalError), match="append-only"), transaction.atomic():
            change()
    assert Entry.objects.get().verb == "order.placed"


def test_what_is_rolled_back_is_not_journalled(marina):
    with transaction.atomic():
        journal.record(marina, "order.placed")
        transaction.set_rollback(True)
    assert not Entry.objects.exists()


def test_marina_reads_all_newest_first_and_page_by_page(marina, django_assert_num_queries):
    made = [wrote(NOON + timedelta(seconds=n // 2), marina).pk for n in range(PAGE + 5)]  # some of the same moment
    with django_assert_num_queries(1):
        first = read(reader=marina, wanted=Filter())
    with django_assert_num_queries(2):
        second = read(reader=marina, wanted=Filter(before=first.next_before))
    assert [line.id for line in first.lines + second.lines] == made[::-1]
    assert second.next_before is None


def test_filters_by_person_verb_and_period(marina, sofia):
    wrote(NOON - timedelta(days=1), marina)
    by_sofia = wrote(NOON, sofia, "shift.started")
    late = wrote(datetime(2026, 5, 4, 20, 59, tzinfo=UTC), marina)  # 23:59 of the same day in Moscow
    wrote(datetime(2026, 5, 4, 21, 1, tzinfo=UTC), marina)  # the next day there

    def ids(**wanted):
        return [line.id for line in read(reader=marina, wanted=Filter(**wanted)).lines]

    assert ids(person_id=sofia.pk) == [by_sofia.pk]
    assert ids(verb="shift.started") == [by_sofia.pk]
    assert ids(since=date(2026, 5, 4), until=date(2026, 5, 4)) == [late.pk, by_sofia.pk]


def test_sofia_reads_what_happened_on_her_own_shifts(marina, sofia):
    shift = Shift.objects.create(
        person=sofia, extension="103", started_at=NOON, ended_at=NOON + timedelta(hours=8), ended_by=sofia
    )
    wrote(NOON - timedelta(minutes=1), marina)
    during = wrote(NOON + timedelta(hours=1), marina)
    end = Entry(actor=sofia, actor_name=str(sofia), verb="shift.ended", target_kind="shift", target_id=str(shift.pk))
    end.save()
    wrote(NOON + timedelta(hours=9), marina)
    assert {line.id for line in read(reader=sofia, wanted=Filter()).lines} == {during.pk, end.pk}


def test_who_may_not_see_whole_numbers_does_not_read_them_in_the_journal(marina, sofia):
    """In no writing; what only looks like a number stays."""
    Shift.objects.create(person=sofia, extension="103", started_at=NOON - timedelta(hours=1))
    change = {"phone": ["+79123456789", "8 (912) 345-67-80"]}
    wrote(NOON, marina, "order.edited", changes=change, reason="Просит на 8-912-345-67-89, заказ 1042", price="1250.00")
    said = " ".join(read(reader=marina, wanted=Filter()).lines[0].details)
    assert not re.search(r"345.?67", said)
    assert "+7••••••••89 → +7••••••••80" in said
    assert "заказ 1042" in said
    assert "1250.00" in said
    assert "+79123456789" in " ".join(read(reader=sofia, wanted=Filter()).lines[0].details)


def test_a_dispatcher_reads_nothing(marina):
    wrote(NOON, marina)
    assert read(reader=someone("Vera", Role.DISPATCHER), wanted=Filter()).lines == ()


def test_the_page_says_it_in_words(client, marina):
    changes = {"roles": [["dispatcher"], []], "is_active": [True, False]}
    with mock.patch("django.utils.timezone.now", return_value=NOON):
        journal.record(marina, "person.changed", marina, person="Orlova Marina", changes=changes)
    wrote(NOON, None, "door.failed", username="<b>vera</b>")
    client.force_login(marina)
    page = client.get("/journal/", {"since": "2026-05-04", "until": "2026-05-04"}).content.decode()
    assert "changed a person" in page
    assert f"person {marina.pk}" in page
    assert "person: Orlova Marina · roles: dispatcher → – · active: yes → no" in page
    assert "gave a wrong password" in page
    assert "&lt;b&gt;vera&lt;/b&gt;" in page
    assert "<b>vera" not in page


@pytest.mark.parametrize("asked", ["person=x", "since=yesterday", "before=-1", "before=99999999999999999999", "verb=x"])
def test_a_bad_filter_is_no_error(client, marina, asked):
    client.force_login(marina)
    assert client.get(f"/journal/?{asked}").status_code == 200


def test_every_verb_that_is_written_has_words():
    written = set()
    for room in ("dispatch", "places", "orders", "telephony"):
        for file in Path(room).rglob("*.py"):
            for call in ast.walk(ast.parse(file.read_text())):
                if isinstance(call, ast.Call):
                    texts = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                    if isinstance(call.func, ast.Attribute) and call.func.attr in ("record", "_tell"):
                        written.update((text, str(file)) for text in texts if re.fullmatch(r"[a-z_]+\.[a-z_]+", text))
    assert written
    wordless = sorted((verb, file) for verb, file in written if verb not in verbs.names)
    assert not wordless, f"register words for these verbs of the journal (dispatch.audit.verbs.register): {wordless}"


def test_the_key_of_a_click_is_no_word_for_a_person(marina):
    wrote(NOON, marina, "call.pick", extension="101", intent="6a1f0b5e-0000-4000-8000-000000000000")
    (line,) = read(reader=marina, wanted=Filter()).lines
    assert [detail for detail in line.details if "6a1f" in detail] == []
    assert any("101" in detail for detail in line.details)
