"""Do not disturb and on mobile, as the desks see them: what the PBX has confirmed, what is refused, who is called."""

import re
import uuid

import pytest
from django.test import Client as Browser

from dispatch.audit.models import Entry
from dispatch.live.models import Change
from dispatch.live.registry import Viewer
from dispatch.staff.models import Person, Status
from dispatch.staff.services import breaks, people, statuses
from telephony.lease import take
from telephony.live import render_people
from telephony.models import Extension, Intent
from telephony.services import membership, refusing
from telephony.services.membership import DO_NOT_DISTURB, Seat
from tests.desk.office import telephones_work
from tests.telephony import office

pytestmark = [pytest.mark.django_db, pytest.mark.feature("P9")]

DESK = Viewer("en", "dispatcher", None)


@pytest.fixture
def vera():
    telephones_work()
    return office.vera()


@pytest.fixture
def boris():
    return office.boris()


def choose(person, status, by=None):
    statuses.choose(shift=person.shifts.get(), status=status, actor=by or person)


def the_pbx_refuses(*extensions):
    Extension.objects.update(refuses=False)
    Extension.objects.filter(number__in=extensions).update(refuses=True)


def post(person, path, **said):
    browser = Browser(headers={"HX-Request": "true"})
    browser.force_login(person)
    return browser.post(path, {"id": str(uuid.uuid4()), **said})


def page(person, path):
    browser = Browser()
    browser.force_login(person)
    return browser.get(path).content.decode()


def line(person):
    return render_people([str(person.pk)], DESK)[str(person.pk)]


def shown(html):
    return re.findall(r'data-status="([a-z-]+)"', html)


# --- what the PBX is asked for ---------------------------------------------------------------------------------------


def test_do_not_disturb_pauses_and_refuses_and_keeps_what_else_rests(vera, boris, django_assert_num_queries):
    breaks.begin(shift=vera.shifts.get(), reason="lunch", note="", actor=vera)
    people.take_own_clients(person=boris)
    choose(vera, Status.DND)
    choose(boris, Status.DND)
    with django_assert_num_queries(3):
        now = membership.roster()
    assert now.on_shift["PJSIP/101"] == Seat("Ivanova Vera", DO_NOT_DISTURB)
    assert (now.refusing, now.for_own) == ({"101", "102"}, {})
    choose(vera, Status.DESK)
    now = membership.roster()
    assert (now.on_shift["PJSIP/101"].paused, now.refusing) == ("lunch", {"102"})
    choose(boris, Status.MOBILE)
    now = membership.roster()
    assert (now.on_shift["PJSIP/102"].paused, now.for_own) == ("", {str(boris.pk): "102"})


def test_only_what_differs_is_written():
    assert refusing.plan({"101"}, {"102"}) == refusing.Plan(put=("101",), drop=("102",))
    assert not refusing.plan({"101"}, {"101"})


@pytest.mark.django_db(transaction=True)
def test_what_the_pbx_says_is_kept_once_and_told_to_all():
    vera, tenure = office.vera(), take("test")
    Change.objects.all().delete()
    refusing.saw(tenure, {"101", "199"})
    assert Extension.objects.get(number="101").refuses
    told = set(Change.objects.values_list("topic", "kind", "key"))
    assert told == {("staff", "person", str(vera.pk)), (f"person.{vera.pk}", "shift", str(vera.shifts.get().pk))}
    Change.objects.all().delete()
    refusing.saw(tenure, {"101"})
    assert not Change.objects.exists()
    refusing.saw(tenure, set())
    assert not Extension.objects.get(number="101").refuses


# --- what is seen ----------------------------------------------------------------------------------------------------


def test_it_is_shown_as_asked_until_the_pbx_has_it_and_as_ending_until_it_has_not(vera, boris):
    choose(boris, Status.DND)
    assert shown(line(boris)) == ["dnd-asked"]
    assert "dial/102" in line(boris)
    the_pbx_refuses("102")
    assert shown(line(boris)) == ["dnd"]
    assert "dial/102" not in line(boris)
    choose(boris, Status.DESK)
    assert shown(line(boris)) == ["dnd-ending"]
    the_pbx_refuses()
    assert shown(line(boris)) == ["desk"]


def test_ones_own_status_stands_in_the_head_and_so_does_what_is_not_confirmed(vera):
    Extension.objects.filter(number="101").update(queue="rings")
    choose(vera, Status.DND)
    head = page(vera, "/desk/strip/")
    assert shown(head)[0] == "dnd-asked"
    assert "has not confirmed yet" in head
    the_pbx_refuses("101")
    assert shown(page(vera, "/desk/strip/"))[0] == "dnd-asked"  # the queue would still ring it
    Extension.objects.filter(number="101").update(queue="paused")
    head = page(vera, "/desk/strip/")
    assert shown(head)[0] == "dnd"
    assert 'class="note warning' not in head.partition('class="stale')[0].partition("shift-")[2]


def test_the_administrator_and_the_supervisor_see_it_in_their_tables(vera, boris):
    choose(boris, Status.DND)
    the_pbx_refuses("102")
    Person.objects.filter(pk=vera.pk).update(status=Status.MOBILE)
    assert "dnd" in shown(page(office.sofia(), "/shifts/"))
    anton = office.person("Anton Lebedev", "administrator")
    assert {"dnd"} <= set(shown(page(anton, "/staff/")))


# --- who may, and what is refused -----------------------------------------------------------------------------------


def test_one_chooses_ones_own_and_a_supervisor_anothers(vera, boris):
    assert post(vera, "/shift/status/", status="dnd").status_code == 204
    assert Person.objects.get(pk=vera.pk).status == Status.DND
    assert post(vera, "/shift/status/", status="asleep").status_code == 409
    path = f"/shift/{boris.shifts.get().pk}/status/"
    assert post(vera, path, status="dnd").status_code == 403
    sofia = office.sofia()
    assert post(sofia, path, status="dnd").status_code == 204
    entry = Entry.objects.get(verb="status.chosen", actor=sofia)
    assert (entry.details["person"], entry.details["status"]) == ("Petrov Boris", "dnd")
    assert post(sofia, "/shift/status/", status="dnd").status_code == 409  # she is not on shift


def talking():
    call = office.call(office.ANNA, state="talking", ringing=[], talking_to=["101"], recognised="known")
    office.leg(call, office.ANNA, role="caller", outcome="answered", answered_at=call.started_at)
    office.leg(call, "101", outcome="answered", answered_at=call.started_at)
    return call


def test_who_calls_asks_or_passes_on_to_him_reads_why_not(vera, boris):
    choose(boris, Status.DND)
    the_pbx_refuses("102")
    call = talking()
    for path in ("/dial/102/", f"/calls/{call.pk}/consult/", f"/calls/{call.pk}/transfer/"):
        answer = post(vera, path, to="102")
        assert (answer.status_code, answer.content.decode()) == (
            409,
            "That colleague does not want to be disturbed now.",
        )
    assert not Intent.objects.exists()
    listed = page(vera, f"/calls/{call.pk}/targets/")
    row = listed.partition('id="target-102"')[2].partition("</li>")[0]
    assert shown(row) == ["dnd"]
    assert "<button" not in row


# --- on mobile -------------------------------------------------------------------------------------------------------


def test_one_who_is_on_mobile_is_called_and_passed_on_to_there_and_nobody_reads_the_number(vera, boris):
    Person.objects.filter(pk=boris.pk).update(mobile="+7 903 111-22-33")
    assert "dial/102" in line(boris)
    choose(boris, Status.MOBILE)
    assert (shown(line(boris)), "dial/102" in line(boris)) == (["mobile"], False)
    assert f"/dial/person/{boris.pk}/" in line(boris)
    assert "903" not in line(boris)
    listed = page(vera, f"/calls/{talking().pk}/targets/")
    assert f'value="person-{boris.pk}"' in listed
    assert "903" not in listed
    call = talking()
    assert post(vera, f"/calls/{call.pk}/transfer/", to=f"person-{boris.pk}").status_code == 202
    args = Intent.objects.get().args
    assert args["to"] == "79031112233"
    assert args["name"] == "Petrov Boris, mobile"


def test_his_mobile_is_called_by_one_click(vera, boris):
    Person.objects.filter(pk=boris.pk).update(mobile="8 (903) 111-22-33")
    assert post(vera, f"/dial/person/{boris.pk}/").status_code == 202
    assert Intent.objects.get().args["to"] == "79031112233"
    Person.objects.filter(pk=boris.pk).update(mobile="")
    answer = post(vera, f"/dial/person/{boris.pk}/")
    assert (answer.status_code, answer.content.decode()) == (409, "No mobile telephone of this colleague is known.")
    assert post(vera, "/dial/person/999999/").status_code == 404


def test_without_a_mobile_number_he_is_called_where_he_sits(vera, boris):
    choose(boris, Status.MOBILE)
    assert "dial/102" in line(boris)
