"""Who reads which report, and takes it along as a file."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone

from dispatch.audit.models import Entry
from dispatch.staff.models import Person, Role, Shift
from orders.actors import staff
from orders.models import Draft, Order
from orders.services import intake, lifecycle
from orders.services.intake import Booking
from telephony.models import CallClass
from tests.telephony import office

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C12")]


def get(person: Person, query: str = ""):
    browser = Browser()
    browser.force_login(person)
    return browser.get(f"/reports/{query}")


def take(person: Person, phone: str = office.ANNA, keys: int | None = None) -> Order:
    draft = Draft.objects.create(owner=person)
    booking = Booking(phone=phone, phone_raw=phone, pickup="Арбат, 1", is_new_client=True, name="Anna")
    return intake.place(booking=booking, actor=staff(person), draft_id=draft.pk, keys=keys)


def headlines(answer) -> dict[str, str]:
    return {line.label: line.shown for line in answer.context["headlines"]}


def test_a_manager_reads_all_of_today_a_dispatcher_her_own():
    vera, boris = office.vera(), office.boris()
    take(vera, keys=12)
    for phone in (office.MOBILE, office.STRANGER):
        take(boris, phone)
    marina = office.person("Marina Kotova", Role.MANAGER)
    assert headlines(get(marina))["Orders"] == "3"
    assert headlines(get(vera))["Orders"] == "1"
    assert headlines(get(vera))["Keys per order"] == "12.0"
    assert "My figures" in get(vera).content.decode()
    assert "Petrov" not in get(vera).content.decode()


def test_a_supervisor_reads_the_whole_office_during_her_shifts():
    vera, sofia = office.vera(), office.sofia("103")
    take(vera)
    assert headlines(get(sofia))["Orders"] == "1"
    Shift.objects.filter(person=sofia).update(
        started_at=timezone.now() - timedelta(hours=9), ended_at=timezone.now() - timedelta(hours=1)
    )
    assert headlines(get(sofia, "?since=2020-01-01"))["Orders"] == "0"  # that was after her shift
    other = vera.shifts.get().pk
    assert headlines(get(sofia, f"?shift={other}"))["Orders"] == "0"  # another's shift is none of hers
    nobody = office.person("Olga New", Role.SUPERVISOR)
    assert "You have had no shift yet" in get(nobody).content.decode()


@pytest.mark.parametrize("query", ["?since=x", "?since=2026-02-01&until=2026-01-01", "?begins=99", "?until=2020-01-01",
                                   "?since=1900-01-01", "?begins=%00", "?ends=25", "?shift=x"])  # fmt: skip
def test_a_period_that_makes_no_sense_is_no_error(query):
    for person in (office.person("Marina Kotova", Role.MANAGER), office.sofia("103")):
        assert get(person, query).status_code == 200


def test_an_order_is_counted_as_it_moves_on():
    vera, marina = office.vera(), office.person("Marina Kotova", Role.MANAGER)
    order = take(vera)
    lifecycle.move(order_id=order.pk, name="cancel", actor=staff(vera), reason="=2+2")
    answer = get(marina)
    assert headlines(answer)["Cancelled"] == "100.0 %"
    assert '<rect class="chart-bar"' in answer.content.decode()
    assert "=2+2" in answer.content.decode()


def test_a_file_for_a_spreadsheet_has_no_formula_and_is_journalled():
    vera, marina = office.vera(), office.person("Marina Kotova", Role.MANAGER)
    lifecycle.move(order_id=take(vera).pk, name="cancel", actor=staff(vera), reason='=HYPERLINK("x")')
    text = get(marina, "?format=csv").content.decode("utf-8-sig")
    assert '"\'=HYPERLINK(""x"")"' in text
    book = zipfile.ZipFile(io.BytesIO(get(marina, "?format=xlsx").content))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert """<t>'=HYPERLINK("x")</t>""" in sheet
    assert "<f>" not in sheet
    assert Entry.objects.filter(verb="report.exported", actor=marina).count() == 2


@pytest.mark.feature("M7")
def test_what_calls_were_about_is_counted_by_class_and_by_day():
    vera, boris = office.vera(), office.boris()
    complaint, order = (CallClass.objects.create(name=name) for name in ("complaint", "order"))
    for by, about in ((vera, order), (vera, order), (boris, complaint), (boris, None)):
        office.answered(by, call_class=about)

    def classes(person):
        found = [table for table in get(person).context["tables"] if table.name == "classes"]
        return [(table.head[1:], [row[1:] for row in table.rows], [bar.value for bar in table.bars]) for table in found]

    assert classes(office.marina()) == [(["order", "complaint", "Together"], [[2, 1, 3]], [2, 1])]
    assert classes(vera) == [(["order", "Together"], [[2, 2]], [2])]
    assert classes(office.person("Olga Smirnova", Role.DISPATCHER)) == []
