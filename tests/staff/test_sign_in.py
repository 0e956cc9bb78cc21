"""The door: who comes in, who is led to it, and what a stranger learns (nothing)."""

import pytest
from django.conf import settings
from django.test import Client

from dispatch.audit.models import Entry
from dispatch.staff.models import Person

PASSWORD = "a long and quiet street"


@pytest.fixture(autouse=True)
def quick_hash(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def vera(vera: Person) -> Person:
    vera.set_password(PASSWORD)
    vera.save()
    return vera


def sign_in(client: Client, password: str, **more: str):
    return client.post("/sign-in/", {"username": "vera", "password": password, **more})


def test_vera_signs_in_and_comes_to_her_work(client, vera):
    answer = sign_in(client, PASSWORD)
    assert answer.status_code == 302
    assert answer["Location"] == "/"
    assert client.get("/")["Location"] == "/desk/"


@pytest.mark.parametrize(("name", "place"), [("sofia", "/desk/"), ("marina", "/calls/"), ("anton", "/staff/")])
def test_each_comes_to_his_own_place(request, client, name, place):
    client.force_login(request.getfixturevalue(name))
    assert client.get("/")["Location"] == place


def test_who_has_no_role_sees_his_own_page(client, vera):
    vera.roles = []
    vera.save()
    client.force_login(vera)
    assert client.get("/")["Location"] == "/profile/"
    assert "You have no role yet" in client.get("/profile/").content.decode()


def test_she_comes_back_to_the_page_she_had_asked_for(client, vera):
    asked = client.get("/profile/?a=1")
    assert asked["Location"] == "/sign-in/?next=%2Fprofile%2F%3Fa%3D1"
    assert sign_in(client, PASSWORD, next="/profile/?a=1")["Location"] == "/profile/?a=1"


def test_nobody_is_led_to_another_site(client, vera):
    assert sign_in(client, PASSWORD, next="https://evil.example/")["Location"] == "/"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/staff", "/staff/", "/nothing", "/nothing/", "/journal/", "/sign-in"])
def test_a_stranger_learns_of_no_address_whether_it_exists(client, path):
    assert client.get(path)["Location"].startswith("/sign-in/?next=")
    posted = client.post(path)
    assert posted.status_code == 404
    assert "Location" not in posted


@pytest.mark.django_db
def test_a_fragment_sends_the_whole_page_to_the_door(client):
    for ask, path in ((client.get, "/profile/"), (client.post, "/profile/"), (client.post, "/nothing/")):
        assert ask(path, headers={"HX-Request": "true"})["HX-Redirect"] == "/sign-in/"


def test_a_wrong_password_gets_a_sentence_and_a_line_in_the_journal(client, vera):
    answer = sign_in(client, "wrong")
    assert answer.status_code == 422
    assert "do not fit together" in answer.content.decode()
    line = Entry.objects.get(verb="door.failed")
    assert (line.actor, line.details, line.address) == (None, {"username": "vera"}, "127.0.0.1")


def test_after_seven_wrong_passwords_the_door_stays_shut_and_says_how_long(client, vera):
    for _ in range(settings.AXES_FAILURE_LIMIT - 1):
        assert sign_in(client, "wrong").status_code == 422
    for password in ("wrong", "wrong", PASSWORD):
        locked = sign_in(client, password)
        assert locked.status_code == 429
        assert "Too many wrong passwords for this name. Wait 15 minutes" in locked.content.decode()
    assert Entry.objects.filter(verb="door.failed").count() == settings.AXES_FAILURE_LIMIT - 1
    assert Entry.objects.filter(verb="door.locked").count() == 1


def test_coming_and_going_are_journalled(client, vera):
    sign_in(client, PASSWORD)
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert list(Entry.objects.order_by("id").values_list("verb", "actor")) == [
        ("door.signed_in", vera.pk),
        ("door.signed_out", vera.pk),
    ]
    assert client.get("/profile/").status_code == 302


def test_sign_out_is_no_link_that_a_picture_could_follow(client, vera):
    client.force_login(vera)
    assert client.get("/sign-out/").status_code == 405


def test_vera_reads_russian_once_she_is_in(client, vera):
    vera.language = "ar"
    vera.save()
    assert 'dir="ltr"' in client.get("/sign-in/").content.decode()
    sign_in(client, PASSWORD)
    assert '<html lang="ar" dir="rtl">' in client.get("/profile/").content.decode()
    client.post("/sign-out/")
    assert '<html lang="ar" dir="rtl">' in client.get("/sign-in/").content.decode()


def test_the_language_switch_keeps_the_page(client, vera):
    client.force_login(vera)
    answer = client.post("/language/", {"language": "he", "next": "/profile/?a=1"})
    assert answer["Location"] == "/profile/?a=1"
    vera.refresh_from_db()
    assert vera.language == "he"
    assert '<html lang="he" dir="rtl">' in client.get("/profile/").content.decode()


@pytest.mark.django_db
def test_a_stranger_chooses_the_language_of_the_door_only(client):
    assert client.post("/language/", {"language": "pl", "next": "//evil.example"})["Location"] == "/"
    assert client.cookies["django_language"].value == "pl"
    assert client.post("/language/", {"language": "xx", "next": "/sign-in/"})["Location"] == "/sign-in/"
    assert client.cookies["django_language"].value == "pl"


def test_a_page_with_an_old_form_is_refused(vera):
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict, PASSWORD).status_code == 403
