"""The addresses of a call that is being talked in: the list of targets, keypad, note, and what is refused in words."""

import uuid

import pytest
from django.test import Client as Browser
from django.utils import timezone

from telephony.models import Intent, Lease
from tests.telephony import office

pytestmark = pytest.mark.django_db


def talking(**fields):
    return office.call(
        office.ANNA,
        **{"state": "talking", "ringing": [], "talking_to": ["101"], "answered_at": timezone.now(), **fields},
    )


def page_of(person) -> Browser:
    page = Browser(headers={"HX-Request": "true"})
    page.force_login(person)
    return page


@pytest.fixture
def vera():
    return office.vera()


@pytest.fixture
def pbx():
    now = timezone.now()
    Lease.objects.update_or_create(id=1, defaults={"pbx": "up", "renewed_at": now, "pbx_seen_at": now, "epoch": 1})


@pytest.mark.feature("D12")
def test_the_list_of_targets_shows_colleagues_drivers_and_the_queue_but_not_oneself(vera):
    office.boris()
    office.driver("17")
    shown = page_of(vera).get(f"/calls/{talking().pk}/targets/").content.decode()
    for words in ("Petrov Boris", "Driver 17", "The queue"):
        assert words in shown
    assert "Ivanova Vera" not in shown


@pytest.mark.feature("D12")
def test_a_colleague_who_talks_is_shown_as_talking(vera):
    office.boris()
    taken = talking(talking_to=["102"])
    office.leg(taken, "102", outcome="answered", answered_at=taken.started_at)
    assert 'data-phone="talking"' in page_of(vera).get(f"/calls/{talking().pk}/targets/").content.decode()


def test_the_note_is_kept_and_journalled(vera):
    call = talking()
    assert page_of(vera).post(f"/calls/{call.pk}/note/", {"note": " wants\na minibus "}).status_code == 204
    call.refresh_from_db()
    assert call.note == "wants a minibus"
    assert "wants a minibus" in page_of(vera).get(f"/calls/{call.pk}/note/").content.decode()


def test_the_keypad_is_there(vera):
    assert page_of(vera).get(f"/calls/{talking().pk}/keypad/").status_code == 200


def test_a_click_is_asked_once_and_carries_who_acts(vera, pbx):
    call, click = talking(), str(uuid.uuid4())
    for _ in range(2):
        assert page_of(vera).post(f"/calls/{call.pk}/hold/", {"id": click}).status_code == 202
    intent = Intent.objects.get()
    assert (str(intent.pk), intent.verb, intent.args) == (click, "hold", {"desk": "101"})


def test_what_cannot_be_now_is_said(vera, pbx):
    answer = page_of(vera).post(f"/calls/{talking().pk}/connect/")
    assert (answer.status_code, answer.content.decode()) == (409, "The other one has not answered yet.")


def test_a_supervisor_acts_for_whoever_talks(vera, pbx):
    sofia = office.sofia("104")
    call = talking()
    assert page_of(sofia).post(f"/calls/{call.pk}/hold/").status_code == 202
    assert Intent.objects.get().args == {"desk": "101"}


def test_a_colleague_has_no_part_in_it(vera, pbx):
    boris = office.boris()
    answer = page_of(boris).post(f"/calls/{talking().pk}/hang-up/")
    assert answer.status_code == 403
    assert "A colleague is talking with this caller" in answer.content.decode()


def test_the_ledger_says_what_became_of_a_click(vera, pbx):
    call = talking()
    page_of(vera).post(f"/calls/{call.pk}/hold/")
    Intent.objects.update(state="refused", reason="not_now", resolved_at=timezone.now())
    sofia = office.sofia()
    shown = page_of(sofia).get("/ledger/?verb=hold&state=refused").content.decode()
    for words in ("put the caller on hold", "Ivanova Vera", "refused", "Nobody of ours talks in this call now"):
        assert words in shown
    assert "put the caller on hold</td>" not in page_of(sofia).get("/ledger/?state=confirmed").content.decode()
