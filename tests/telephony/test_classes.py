"""What a call was about: the administrator's list, and the choice in the call and afterwards."""

import pytest
from django.test import Client as Browser
from django.utils import timezone

from dispatch.audit.models import Entry
from telephony.models import CallClass
from tests.telephony import office

pytestmark = [pytest.mark.django_db, pytest.mark.feature("M7")]


def text(response):
    return " ".join(response.content.decode().split())


def page_of(person, **headers):
    page = Browser(headers=headers)
    page.force_login(person)
    return page


@pytest.fixture
def complaint():
    return CallClass.objects.create(name="complaint")


@pytest.fixture
def vera():
    return office.vera()


def test_the_administrator_keeps_the_classes_and_the_journal_knows_it():
    anton = page_of(office.person("Anton Reznik", "administrator"))
    assert anton.post("/staff/call-classes/", {"name": "complaint", "is_active": "on"}).status_code == 302
    made = CallClass.objects.get()
    assert anton.post(f"/staff/call-classes/{made.pk}/", {"name": "complaint"}).status_code == 302
    made.refresh_from_db()
    assert not made.is_active
    assert "switched off" in text(anton.get("/staff/call-classes/"))
    assert anton.post("/staff/call-classes/", {"name": "complaint", "is_active": "on"}).status_code == 422
    verbs = Entry.objects.filter(target_kind="callclass").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["call_class.added", "call_class.changed"]


def test_vera_chooses_the_class_while_she_talks(vera, complaint):
    started = timezone.now()
    talk = office.call(state="talking", ringing=[], talking_to=["101"], answered_by=vera, answered_at=started)
    desk = page_of(vera, **{"HX-Request": "true"})
    assert "complaint" in text(desk.get(f"/calls/{talk.pk}/class/"))
    assert desk.post(f"/calls/{talk.pk}/class/", {"chosen": complaint.pk}).status_code == 204
    talk.refresh_from_db()
    assert talk.call_class == complaint
    assert "<bdi>complaint</bdi>" in text(page_of(vera).get("/desk/"))
    assert Entry.objects.get(verb="call.classified").details == {"reason": "complaint"}


def test_afterwards_it_is_chosen_in_the_history_and_taken_back(vera, complaint):
    call = office.answered(vera)
    page = page_of(vera)
    assert "What the call was about" in text(page.get(f"/calls/{call.pk}/"))
    for chosen, kept in ((complaint.pk, complaint), (complaint.pk, complaint), ("", None)):
        assert page.post(f"/calls/{call.pk}/class/", {"chosen": chosen})["Location"] == f"/calls/{call.pk}/"
        call.refresh_from_db()
        assert call.call_class == kept
    assert Entry.objects.filter(verb="call.classified").count() == 2


def test_a_class_that_is_switched_off_is_not_offered_but_stays_where_it_was_chosen(vera, complaint):
    CallClass.objects.create(name="joke", is_active=False)
    old, new = office.answered(vera, call_class=complaint), office.answered(vera)
    CallClass.objects.update(is_active=False)
    page = page_of(vera)
    assert f'type="radio" name="chosen" value="{complaint.pk}"' in text(page.get(f"/calls/{old.pk}/class/"))
    assert "joke" not in text(page.get(f"/calls/{old.pk}/class/"))
    assert "complaint" not in text(page.get(f"/calls/{new.pk}/class/"))
    assert page.post(f"/calls/{new.pk}/class/", {"chosen": complaint.pk}).status_code == 422


def test_the_history_shows_the_class_and_is_filtered_by_it(vera, complaint):
    about, other = office.answered(vera, call_class=complaint), office.answered(vera)
    page = page_of(vera)
    assert "<bdi>complaint</bdi>" in text(page.get("/calls/"))
    found = page.get(f"/calls/?call_class={complaint.pk}").context["page"].rows
    assert [row.call for row in found] == [about]
    assert other not in [row.call for row in found]


def test_boris_says_nothing_of_veras_call(vera, complaint):
    call = office.answered(vera)
    boris = page_of(office.boris())
    assert boris.post(f"/calls/{call.pk}/class/", {"chosen": complaint.pk}).status_code == 403
    call.refresh_from_db()
    assert call.call_class is None


def test_a_manager_reads_the_class_and_does_not_choose_it(vera, complaint):
    call = office.answered(vera, call_class=complaint)
    marina = page_of(office.marina())
    page = text(marina.get(f"/calls/{call.pk}/"))
    assert "complaint" in page
    assert 'name="chosen"' not in page
