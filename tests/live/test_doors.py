"""Who may listen, and that a right that is lost ends the listening."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from dispatch.desk.doorkeeper import visitors
from dispatch.live import publish
from dispatch.live.doors import CHANGED, NOT_ALLOWED
from dispatch.live.registry import Visitor
from dispatch.staff.models import Role
from tests.live.web import desk, greeted, session_of


def closed_with(listener, seconds: float = 8) -> int:
    with pytest.raises(ConnectionClosed) as closed:
        listener.until(lambda frame: False, seconds)
    return closed.value.rcvd.code


def test_a_stranger_hears_nothing(web):
    with desk(web, None) as listener:
        assert closed_with(listener) == NOT_ALLOWED
    assert listener.frames == []


def test_a_driver_hears_what_concerns_himself_and_nothing_else(web, make_person):
    ivan = make_person("Ivan", Role.DRIVER)
    with greeted(web, ivan) as listener:
        publish.changed("calls", "note", "a call")
        publish.changed("orders", "note", "an order")
        publish.changed(f"person.{ivan.pk}", "note", "his own")
        html = listener.batch(f"person.{ivan.pk}")["changes"][0]["html"]
        listener.listen(1.5)
    assert html == f"<li>his own en driver {ivan.pk}</li>"
    assert {frame.get("topic") for frame in listener.frames} <= {None, f"person.{ivan.pk}"}
    assert set(listener.frames[-1]["numbers"]) == {f"person.{ivan.pk}"}


def test_a_manager_hears_nothing(web, make_person):
    for role in (Role.MANAGER, Role.ADMINISTRATOR):
        with desk(web, make_person("Somebody", role)) as listener:
            assert closed_with(listener) == NOT_ALLOWED
        assert listener.frames == []


def test_another_site_cannot_listen_with_veras_cookie(web, vera):
    headers = {"Cookie": f"sessionid={session_of(vera)}", "Origin": "https://elsewhere.example"}
    with pytest.raises(InvalidStatus), connect(f"ws://127.0.0.1:{web.port}/ws/", additional_headers=headers):
        pass


def test_who_signs_out_is_shown_out(web, vera):
    cookie = session_of(vera)
    with greeted(web, vera, cookie=cookie) as listener:
        Session.objects.filter(session_key=cookie).delete()
        assert closed_with(listener) == NOT_ALLOWED


def test_who_loses_the_role_is_shown_out_and_the_colleague_stays(web, vera, boris):
    with greeted(web, vera) as veras, greeted(web, boris) as boriss:
        vera.roles = [Role.MANAGER]
        vera.save()
        assert closed_with(veras) == NOT_ALLOWED
        publish.changed("calls", "note", "1")
        boriss.batch()
    assert "batch" not in {frame["type"] for frame in veras.frames}


def test_who_is_deactivated_or_gets_a_new_password_is_shown_out(web, vera, boris):
    with greeted(web, vera) as veras, greeted(web, boris) as boriss:
        vera.is_active = False
        vera.save()
        boris.set_password("another one entirely")
        boris.save()
        assert closed_with(veras) == NOT_ALLOWED
        assert closed_with(boriss) == NOT_ALLOWED


def test_who_becomes_a_supervisor_reads_anew_with_other_eyes(web, vera):
    with greeted(web, vera) as listener:
        vera.roles = [Role.DISPATCHER, Role.SUPERVISOR]
        vera.save()
        assert closed_with(listener) == CHANGED
    with greeted(web, vera) as listener:
        publish.changed("calls", "note", "1")
        assert "supervisor" in listener.batch()["changes"][0]["html"]


def test_all_sessions_are_checked_with_three_queries(make_person, django_assert_num_queries):
    people = [make_person(name, Role.DISPATCHER) for name in ("Vera", "Boris", "Anna", "Ivan")]
    keys = [session_of(person) for person in people] + ["no-such-session", ""]
    with django_assert_num_queries(3):
        assert visitors(keys) == {key: Visitor(person.pk, "dispatcher") for key, person in zip(keys, people)}


def test_a_session_without_a_person_is_nobody(client: Client, db):
    session = client.session
    session["language"] = "ru"
    session.save()
    assert visitors([session.session_key]) == {}
