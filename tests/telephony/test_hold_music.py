"""Anton chooses what callers hear who wait: what the page offers, says and refuses."""

import pytest
from django.utils import timezone

from dispatch.audit.models import Entry
from dispatch.staff.models import Role
from telephony.doctor import findings as f
from telephony.models import Examination, HoldMusic
from tests.telephony import office

pytestmark = pytest.mark.feature("P22")


@pytest.fixture
def anton(db):
    return office.person("Anton Lebedev", Role.ADMINISTRATOR)


@pytest.fixture
def page(client, anton):
    client.force_login(anton)
    return client


def examined(by, *classes: str) -> Examination:
    heard = {"state": f.OK, "said": "music", "args": {"name": "default", "classes": list(classes)}}
    found = [{"check": f.MUSIC, "findings": [heard]}]
    now = timezone.now()
    return Examination.objects.create(asked_by=by, asked_at=now, begun_at=now, finished_at=now, found=found)


def test_only_what_played_at_the_examination_is_offered(page, anton, django_assert_num_queries):
    before = page.get("/staff/music/").content.decode()
    assert "is found out when the telephone exchange is examined" in before
    examined(anton, "default", "jazz")
    with django_assert_num_queries(8):
        shown = page.get("/staff/music/").content.decode()
    assert 'value="jazz"' in shown
    assert "has not been told yet" in shown


def test_a_choice_is_journalled_and_the_page_waits_for_the_pbx(page, anton):
    examined(anton, "default", "jazz")
    assert page.post("/staff/music/", {"name": "jazz"}).status_code == 302
    entry = Entry.objects.get(verb="music.chosen")
    assert (entry.actor, entry.details["changes"]) == (anton, {"chosen": ["", "jazz"]})
    shown = page.get("/staff/music/").content.decode()
    assert "every 1s" in shown
    HoldMusic.objects.update(kept="jazz", kept_at=timezone.now())
    shown = page.get("/staff/music/", headers={"HX-Request": "true"}).content.decode()
    assert "the telephone exchange has it" in shown
    assert "every 1s" not in shown
    page.post("/staff/music/", {"name": "jazz"})
    assert Entry.objects.filter(verb="music.chosen").count() == 1, "the same choice is no change"


def test_what_the_pbx_does_not_play_is_refused(page, anton):
    examined(anton, "default")
    refused = page.post("/staff/music/", {"name": "jazz"})
    assert refused.status_code == 409
    assert "The PBX does not play “jazz”." in refused.content.decode()
    assert not HoldMusic.objects.exclude(chosen="").exists()


def test_to_listen_a_telephone_of_the_office_is_rung_and_no_other(page, anton):
    office.vera()
    examined(anton, "default", "jazz")
    page.post("/staff/music/listen/", {"listen": "jazz", "at": "999"})
    page.post("/staff/music/listen/", {"listen": "waltz", "at": "101"})
    assert not Examination.objects.exclude(listen="").exists()
    page.post("/staff/music/listen/", {"listen": "jazz", "at": "101"})
    assert Examination.objects.exclude(listen="").get().ring == ["101"]
    assert "101 is rung" in page.get("/staff/music/").content.decode()
