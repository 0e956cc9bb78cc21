"""Anton administers: people, their roles and passwords."""

import pytest
from django.test import Client

from dispatch.audit.models import Entry
from dispatch.staff.models import Person, Role, Shift
from dispatch.staff.services.shifts import start_shift

GOOD = "quiet-street-42"


@pytest.fixture(autouse=True)
def quick_hash(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def fields(person: Person, **changed) -> dict:
    names = ("last_name", "first_name", "username", "roles", "call_sign", "own_extension", "language")
    return {name: getattr(person, name) for name in names} | {"is_active": "on"} | changed


def test_anton_adds_a_dispatcher(enter, anton):
    answer = enter(anton).post(
        "/staff/new/",
        {
            "last_name": "Смирнова",
            "first_name": "Ольга",
            "username": "olga",
            "roles": ["dispatcher"],
            "own_extension": "104",
            "is_active": "on",
            "password": GOOD,
        },
    )
    assert answer["Location"] == "/staff/"
    olga = Person.objects.get(username="olga")
    assert olga.check_password(GOOD)
    assert (str(olga), olga.roles, olga.own_extension) == ("Смирнова Ольга", ["dispatcher"], "104")
    line = Entry.objects.get(verb="person.added")
    assert line.actor == anton
    assert line.details["changes"]["roles"] == [[], ["dispatcher"]]
    assert GOOD not in str(line.details)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"password": "short"}, "too short"),
        ({"username": "anton"}, "already exists"),
        ({"roles": []}, "This field is required"),
        ({"roles": ["king"]}, "not one of the available choices"),
        ({"own_extension": "10a"}, "An extension is digits only"),
    ],
)
def test_bad_input_gets_a_sentence_and_adds_nobody(enter, anton, wrong, sentence):
    good = {"last_name": "A", "first_name": "B", "username": "olga", "roles": ["dispatcher"], "password": GOOD}
    answer = enter(anton).post("/staff/new/", good | wrong)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Person.objects.count() == 1


def test_a_change_is_journalled_with_before_and_after(enter, anton, vera):
    enter(anton).post(
        f"/staff/{vera.pk}/", fields(vera, call_sign="Base 1", roles=["supervisor", "dispatcher", "dispatcher"])
    )
    vera.refresh_from_db()
    assert vera.roles == ["dispatcher", "supervisor"]
    line = Entry.objects.get(verb="person.changed")
    assert (line.actor, line.target_id) == (anton, str(vera.pk))
    assert line.details["changes"] == {
        "call_sign": ["", "Base 1"],
        "roles": [["dispatcher"], ["dispatcher", "supervisor"]],
    }


def test_saving_without_a_change_writes_nothing(enter, anton, vera):
    enter(anton).post(f"/staff/{vera.pk}/", fields(vera))
    assert not Entry.objects.filter(verb="person.changed").exists()


def test_switched_off_vera_is_out_at_once_with_session_and_shift(enter, anton, vera):
    at_home = Client()
    at_home.force_login(vera)
    start_shift(person=vera, extension="101", actor=vera)
    off = fields(vera)
    del off["is_active"]
    enter(anton).post(f"/staff/{vera.pk}/", off)
    assert Shift.objects.get().ended_by == anton
    assert at_home.get("/profile/").status_code == 302
    Person.objects.filter(pk=vera.pk).update(is_active=True)
    assert at_home.get("/profile/").status_code == 302  # the old cookie does not come back to life
    assert enter(anton).get("/staff/").status_code == 200  # nobody else is signed out


def test_who_is_no_longer_a_dispatcher_loses_the_shift(enter, anton, vera):
    start_shift(person=vera, extension="101", actor=vera)
    enter(anton).post(f"/staff/{vera.pk}/", fields(vera, roles=["manager"]))
    assert Shift.objects.get().ended_by == anton


def test_somebody_must_remain_administrator(enter, anton):
    refused = enter(anton).post(f"/staff/{anton.pk}/", fields(anton, roles=["manager"]))
    assert refused.status_code == 409
    assert "Somebody must remain administrator." in refused.content.decode()
    anton.refresh_from_db()
    assert anton.roles == [Role.ADMINISTRATOR]


def test_a_new_password_signs_the_person_out(enter, anton, vera):
    at_home = Client()
    at_home.force_login(vera)
    client = enter(anton)
    assert client.post(f"/staff/{vera.pk}/password/", {"password": "vera"}).status_code == 422
    assert at_home.get("/profile/").status_code == 200
    client.post(f"/staff/{vera.pk}/password/", {"password": GOOD})
    vera.refresh_from_db()
    assert vera.check_password(GOOD)
    assert at_home.get("/profile/").status_code == 302
    assert Entry.objects.filter(verb="password.set", actor=anton, target_id=str(vera.pk)).count() == 1


def test_vera_changes_her_own_password_and_stays_signed_in(enter, vera):
    vera.set_password("old street 42")
    vera.save()
    client = enter(vera)
    new = {"old_password": "old street 42", "new_password1": GOOD, "new_password2": GOOD}
    assert client.post("/profile/", new | {"old_password": "wrong"}).status_code == 422
    assert client.post("/profile/", new)["Location"] == "/profile/"
    assert client.get("/profile/").status_code == 200
    vera.refresh_from_db()
    assert vera.check_password(GOOD)


def test_the_list_finds_by_name_call_sign_and_extension(enter, anton, vera, boris):
    boris.call_sign = "База 2"
    boris.save()
    client = enter(anton)
    for text, found in (("ivan", "Ivanova"), ("база", "Petrov"), ("102", "Petrov")):
        page = client.get("/staff/", {"q": text}).content.decode()
        assert found in page
        assert page.count(f'<a href="/staff/{vera.pk}/">') + page.count(f'<a href="/staff/{boris.pk}/">') == 1


def test_the_list_costs_the_same_for_many(enter, anton, vera, boris, django_assert_num_queries):
    client = enter(anton)
    with django_assert_num_queries(4):  # session, reader, stopped webhooks, people
        client.get("/staff/")


@pytest.mark.parametrize("text", ["\x00", "%", "\\", "x" * 5000, "'; drop"])
def test_whatever_is_typed_into_the_search_is_no_error(enter, anton, text):
    assert enter(anton).get("/staff/", {"q": text}).status_code == 200
