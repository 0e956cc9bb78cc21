"""A dispatcher's telephone in the browser: one tab has its line, the PBX reads who that is."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from dispatch.audit.models import Entry
from dispatch.live.models import Change
from dispatch.live.registry import Viewer
from dispatch.staff.models import Person, Shift
from telephony.live import render_lines
from telephony.models import BrowserLine
from telephony.views import browser_line as view
from tests.telephony import office

pytestmark = [pytest.mark.django_db, pytest.mark.feature("W1")]
MORNING, NOON = "a" * 32, "b" * 32
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"


@pytest.fixture(autouse=True)
def phones(settings, monkeypatch):
    settings.PHONE_URL = "/phone-line/"
    monkeypatch.setattr(view.finders, "find", lambda name: name)


@pytest.fixture
def vera(client) -> Person:
    vera = office.vera()
    client.force_login(vera)
    return vera


def asked(client: Browser, tab: str = MORNING, **said: str) -> tuple[int, dict[str, Any]]:
    answer = client.post("/phone/line/", {"tab": tab, **said}, headers={"User-Agent": CHROME})
    return answer.status_code, answer.json()


def at_the_pbx() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("select * from telephony_line_auth")
        return cursor.fetchall()


def test_who_is_on_shift_gets_what_the_pbx_reads(client, vera, django_assert_max_num_queries):
    with django_assert_max_num_queries(9):
        status, given = asked(client)
    assert (status, given["uri"], given["login"]) == (200, "sip:101w@taxi-desk", "101w")
    assert given["realm"] == settings.PHONE_REALM
    assert at_the_pbx() == [("101w", "md5", "101w", settings.PHONE_REALM, given["ha1"])]


def test_each_time_it_is_another_secret_and_the_earlier_one_is_void(client, vera):
    first, second = asked(client)[1]["ha1"], asked(client)[1]["ha1"]
    assert first != second
    assert [line[-1] for line in at_the_pbx()] == [second]


def test_who_is_not_on_shift_gets_none(client):
    client.force_login(office.vera(extension=""))
    status, said = asked(client)
    assert status == 409
    assert "shift" in said["refused"]
    assert at_the_pbx() == []


def test_an_office_without_it_and_one_that_did_not_bundle_it_say_so(client, vera, settings, monkeypatch):
    monkeypatch.setattr(view.finders, "find", lambda name: None)
    assert "bin/bundle" in asked(client)[1]["refused"]
    settings.PHONE_URL = ""
    assert asked(client)[0] == 409


@pytest.mark.parametrize("tab", ["", "a", "A" * 32, "../" + "a" * 29])
def test_a_tab_has_a_proper_name(client, vera, tab):
    assert client.post("/phone/line/", {"tab": tab}).status_code == 400


@pytest.mark.parametrize("end", ["shift", "sign-out", "time", "person"])
def test_what_ends_the_right_to_it_takes_it_from_the_pbx(client, vera, end):
    asked(client)
    if end == "shift":
        Shift.objects.update(ended_at=timezone.now())
    elif end == "sign-out":
        client.post("/sign-out/")
    elif end == "time":
        BrowserLine.objects.update(valid_until=timezone.now() - timedelta(seconds=1))
    else:
        Person.objects.update(is_active=False)
    assert at_the_pbx() == []


def test_another_tab_is_told_who_has_it_and_may_take_it(client, vera):
    asked(client)
    status, said = asked(client, NOON)
    assert (status, said["taken"]["device"]) == (409, "Chrome, Linux")
    assert said["taken"]["sentence"] == "Your telephone is now in another tab: Chrome, Linux."
    status, given = asked(client, NOON, take="1")
    assert status == 200
    assert [line[-1] for line in at_the_pbx()] == [given["ha1"]]
    assert Entry.objects.filter(verb="browser_line.taken_over").count() == 1
    assert asked(client, MORNING)[0] == 409  # and it does not get it back without asking


def test_the_tab_that_loses_it_is_told(client, vera):
    asked(client)
    assert not Change.objects.filter(kind="line").exists()
    asked(client, NOON, take="1")
    told = Change.objects.get(kind="line")
    assert (told.topic, told.key) == (f"person.{vera.pk}", NOON)
    html = render_lines([NOON, MORNING], Viewer("en", "dispatcher", vera.pk))
    assert html == {NOON: "Your telephone is now in another tab: Chrome, Linux.", MORNING: None}
    assert render_lines([NOON], Viewer("en", "dispatcher", office.boris().pk)) == {NOON: None}


def test_what_was_given_back_is_free_and_only_its_holder_gives_it_back(client, vera):
    asked(client)
    client.delete("/phone/line/", f"tab={NOON}")
    assert asked(client, NOON)[0] == 409
    assert client.delete("/phone/line/", f"tab={MORNING}").status_code == 204
    assert asked(client, NOON)[0] == 200


def test_a_tab_whose_session_is_over_does_not_hold_it(client, vera):
    asked(client)
    Session.objects.all().delete()
    client.force_login(vera)
    assert asked(client, NOON)[0] == 200


def test_at_another_extension_it_is_that_one(client, vera):
    asked(client)
    Shift.objects.update(ended_at=timezone.now())
    Shift.objects.create(person=vera, extension="102", started_at=timezone.now())
    assert at_the_pbx() == []
    assert asked(client)[1]["login"] == "102w"


@pytest.mark.django_db(transaction=True)
def test_of_two_tabs_that_ask_at_once_one_has_it(client, vera):
    outcomes: list[int] = []
    both = threading.Barrier(2)

    def ask(tab: str) -> None:
        browser = Browser()
        browser.cookies = client.cookies
        both.wait()
        outcomes.append(asked(browser, tab)[0])
        connection.close()

    for _round in range(5):
        outcomes.clear()
        BrowserLine.objects.all().delete()
        threads = [threading.Thread(target=ask, args=(tab,)) for tab in (MORNING, NOON)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == [200, 409]
        assert len(at_the_pbx()) == 1


def test_the_browser_may_reach_the_pbx_and_nothing_else(client, vera):
    policy = client.get("/desk/").headers["Content-Security-Policy"]
    assert "connect-src 'self'" in policy.split("; ")
