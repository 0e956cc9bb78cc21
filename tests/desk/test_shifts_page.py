"""The page of shifts: Sofia sees who is here, sends into a break and ends; Vera reads her own figures."""

import re
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone

from dispatch.desk import shift_history
from dispatch.reports import facts
from dispatch.staff.models import BreakReason, Person, Role, Shift
from dispatch.staff.services import breaks
from dispatch.staff.services.shifts import seen
from orders.flow import State
from orders.models import Client, Order
from telephony.models import Call, Extension, Leg
from tests.telephony import office

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C1")]


def seen_by(person: Person, path: str = "/shifts/") -> str:
    browser = Browser()
    browser.force_login(person)
    return re.sub(r"\s+", " ", browser.get(path).content.decode())


def post(person: Person, path: str, **fields: str):
    browser = Browser()
    browser.force_login(person)
    return browser.post(path, fields)


def an_order(by: Person) -> Order:
    made = Order.objects.create(state=State.SEARCHING, state_since=timezone.now(), pickup="Арбат, 1", created_by=by)
    facts.write([made.pk])
    return made


def talk(by: Person, extension: str) -> Call:
    """Anna talks with `by`."""
    now = timezone.now()
    client = Client.objects.create(name="Anna")
    call = Call.objects.create(
        key=f"call-{by.pk}", direction="in", state="talking", caller_raw=office.ANNA, caller_e164=office.ANNA,
        recognised="known", client=client, answered_by=by, answered_extension=extension, talking_to=[extension],
        started_at=now - timedelta(minutes=2), answered_at=now - timedelta(minutes=1),
    )  # fmt: skip
    Leg.objects.create(
        call=call, uniqueid="1", channel=f"PJSIP/{extension}-1", party=extension, person=by, role="called",
        outcome="answered", started_at=call.started_at, answered_at=call.answered_at,
    )  # fmt: skip
    return call


def test_a_supervisor_sees_who_is_here_where_and_with_whom_she_talks():
    vera, sofia = office.vera(), office.sofia()
    talk(vera, "101")
    Extension.objects.update(queue="rings")
    page = seen_by(sofia)
    row = re.search(r'<tr id="seat-\d+">.*?</tr>', page)[0]
    assert "Ivanova Vera" in row
    assert "talking" in row
    assert "Anna" in row
    assert "the exchange" not in row  # both agree


def test_a_manager_sees_that_she_talks_and_not_with_whom():
    vera = office.vera()
    talk(vera, "101")
    row = re.search(r'<tr id="seat-\d+">.*?</tr>', seen_by(office.person("Marina Kotova", Role.MANAGER)))[0]
    assert "talking" in row
    assert "Anna" not in row


def test_where_our_word_and_the_exchanges_differ_it_is_said():
    vera, sofia = office.vera(), office.sofia()
    Extension.objects.update(queue="rings")
    breaks.begin(shift=vera.shifts.get(), reason="lunch", note="", actor=vera)
    assert "the exchange still rings it" in seen_by(sofia)
    Extension.objects.update(queue="paused")
    assert "the exchange" not in seen_by(sofia)


def test_a_supervisor_sends_into_a_break_and_brings_back():
    vera, sofia = office.vera(), office.sofia()
    shift = vera.shifts.get()
    BreakReason.objects.create(name="training")
    assert post(sofia, f"/shift/{shift.pk}/break/", reason="training", **{"from": "shifts"})["Location"] == "/shifts/"
    assert shift.pause.why == "training"
    post(sofia, f"/shift/{shift.pk}/break/end/")
    assert shift.pause is None
    assert post(office.boris(), f"/shift/{shift.pk}/break/", note="x").status_code == 403


def test_a_break_in_the_middle_of_a_call_waits_for_its_end():
    vera = office.vera()
    talk(vera, "101")
    BreakReason.objects.create(name="lunch")
    assert post(vera, "/shift/break/", reason="lunch").status_code == 302
    assert vera.shifts.get().pause.is_waiting
    assert "break after the call" in seen_by(vera, "/desk/strip/")


@pytest.mark.parametrize("fields", [{}, {"note": "   "}, {"reason": "not of the list"}, {"note": "x" * 121}])
def test_a_break_needs_a_reason(fields):
    vera = office.vera()
    assert post(vera, "/shift/break/", **fields).status_code == 409
    assert vera.shifts.get().pause is None


def test_a_dispatcher_reads_her_own_figures_and_nobody_elses():
    vera, boris = office.vera(), office.boris()
    for person in (vera, vera, boris):
        an_order(person)
    talk(vera, "101")
    Shift.objects.filter(person=vera).update(started_at=timezone.now() - timedelta(hours=2))
    page = seen_by(vera)
    assert "Petrov Boris" not in page
    assert "On shift now" not in page
    line = shift_history.page(shift_history.visible_to(vera)).lines[0]
    assert (line.orders, line.calls) == (2, 1)


def test_the_history_counts_what_belongs_to_the_shift_and_its_breaks(django_assert_num_queries):
    vera, sofia = office.vera(), office.sofia()
    now = timezone.now()
    old = Shift.objects.create(
        person=vera,
        extension="101",
        started_at=now - timedelta(days=1),
        ended_at=now - timedelta(hours=16),
        ended_by=vera,
    )
    old.breaks.create(
        kind="break", asked_at=old.started_at, started_at=old.started_at,
        ended_at=old.started_at + timedelta(minutes=30), reason="lunch",
    )  # fmt: skip
    order = an_order(vera)
    Order.objects.update(created_at=now - timedelta(hours=20))
    facts.write([order.pk])
    with django_assert_num_queries(1):
        page = shift_history.page(shift_history.visible_to(sofia))
    assert [(line.orders, line.rested) for line in page.lines] == [(0, timedelta()), (1, timedelta(minutes=30))]


def test_the_history_goes_on_where_the_page_before_ended():
    vera = office.person("Vera Ivanova", Role.DISPATCHER)
    sofia = office.sofia()
    now = timezone.now()
    for day in range(shift_history.PAGE + 3):
        at = now - timedelta(days=day + 1)
        Shift.objects.create(person=vera, extension="101", started_at=at, ended_at=at + timedelta(hours=8))
    first = shift_history.page(shift_history.visible_to(sofia))
    rest = shift_history.page(shift_history.visible_to(sofia), after=first.older)
    assert (len(first.lines), len(rest.lines), rest.older) == (shift_history.PAGE, 3, "")
    assert first.lines[-1].shift.started_at > rest.lines[0].shift.started_at
    assert "Earlier" in seen_by(sofia)
    few = seen_by(sofia, f"/shifts/?since={timezone.localdate() - timedelta(days=2)}&person={vera.pk}")
    assert few.count("<bdi>Ivanova Vera</bdi>") in (2, 3)


def test_the_desk_that_listens_keeps_the_shift_from_being_called_forgotten():
    vera = office.vera()
    Shift.objects.update(started_at=timezone.now() - timedelta(hours=3))
    assert shift_history.seats(office.sofia())[0].is_stale
    seen({vera.pk})
    assert not shift_history.seats(Person.objects.get(username="sofia"))[0].is_stale


def test_the_administrator_keeps_the_list_of_reasons():
    anton = office.person("Anton Lebedev", Role.ADMINISTRATOR)
    post(anton, "/staff/break-reasons/", name="lunch", is_active="on")
    reason = BreakReason.objects.get()
    post(anton, f"/staff/break-reasons/{reason.pk}/", name="lunch")
    reason.refresh_from_db()
    assert reason.is_active is False
    assert post(anton, "/staff/break-reasons/", name="lunch", is_active="on").status_code == 422
