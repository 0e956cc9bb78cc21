"""Keys of other systems: given once, kept as a digest, taken back, counted."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone

from dispatch.api.models import Token
from dispatch.api.services import tokens
from dispatch.audit.models import Entry
from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused
from tests.api.conftest import System

pytestmark = pytest.mark.feature("M14", "X6")


def test_the_administrator_gives_a_token_which_is_shown_this_once(admin, client):
    client.force_login(admin)
    asked = {"name": "Web site", "scopes": ["orders:read"], "a_minute": "60"}
    page = client.post("/systems/tokens/new/", asked)
    text = page.context["text"]
    assert (page.status_code, page["Cache-Control"]) == (201, "max-age=0, no-cache, no-store, must-revalidate, private")
    assert text in page.content.decode()
    token = Token.objects.get()
    assert text not in str(Token.objects.values()), "only its digest is kept"
    assert text not in client.get("/systems/").content.decode()
    assert System(text, token.person).get("orders/")[0] == 200
    said = Entry.objects.get(verb="token.issued")
    assert (said.actor, said.details["scopes"]) == (admin, ["orders:read"])


def test_a_form_that_makes_no_sense_says_so(admin, client):
    client.force_login(admin)
    page = client.post("/systems/tokens/new/", {"name": "x", "scopes": ["everything"], "a_minute": "0"})
    assert page.status_code == 422
    yesterday = timezone.localdate() - timedelta(1)
    asked = {"name": "x", "scopes": ["orders:read"], "a_minute": "1", "until": yesterday.isoformat()}
    page = client.post("/systems/tokens/new/", asked)
    assert page.status_code == 422
    assert "would end before it begins" in page.content.decode()
    assert not Token.objects.exists()


def test_what_was_taken_back_opens_nothing_at_once(admin, site, client):
    assert site.get("orders/")[0] == 200
    client.force_login(admin)
    for _again in range(2):
        assert client.post(f"/systems/tokens/{Token.objects.get().pk}/revoke/").status_code == 302
    assert site.get("orders/")[0] == 401
    assert site.last["WWW-Authenticate"] == 'Bearer realm="api"'
    assert Entry.objects.filter(verb="token.revoked").count() == 1


def test_a_token_ends_by_itself(admin):
    token, text = tokens.issue(
        name="Shop", scopes=["orders:read"], a_minute=9, actor=admin, expires_at=timezone.now() + timedelta(days=1)
    )
    assert tokens.find(text, timezone.now()) == token
    assert tokens.find(text, timezone.now() + timedelta(days=2)) is None
    with pytest.raises(Refused):
        tokens.issue(name="Shop", scopes=[], a_minute=9, actor=admin, expires_at=timezone.now())


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nonsense", "Basic dXNlcjpwYXNz", f"Bearer {'x' * 5000}"])
def test_nothing_else_is_a_key(site, header):
    answer = Browser().get("/api/v1/orders/", headers={"authorization": header} if header else {})
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer.json()["title"] == "no_token"


def test_a_session_of_the_desk_opens_nothing_here(vera, signed_in):
    assert signed_in(vera).get("/api/v1/orders/").status_code == 401


def test_the_tokens_of_one_system_act_under_one_name_which_signs_in_nowhere(admin, system, client):
    first, second, other = system(), system(), system(name="Robot")
    assert first.person == second.person != other.person
    assert not first.person.is_active
    assert not first.person.has_usable_password()
    client.force_login(admin)
    assert "Web site" not in client.get("/staff/").content.decode(), "it is not one of the staff"
    assert client.get(f"/staff/{first.person.pk}/").status_code == 404
    assert Person.objects.filter(is_machine=True).count() == 2


def test_so_many_requests_a_minute_and_no_more(system, monkeypatch):
    monkeypatch.setattr("dispatch.api.door.token.time.time", lambda: 1_800_000_010.0)
    slow = system(a_minute=3)
    assert [slow.get("fleets/")[0] for _each in range(5)] == [200, 200, 200, 429, 429]
    assert slow.last["Retry-After"] == "50"
    assert slow.last.json()["title"] == "too_many"
    assert system(name="Robot").get("fleets/")[0] == 200, "another's minute is its own"
    monkeypatch.setattr("dispatch.api.door.token.time.time", lambda: 1_800_000_061.0)
    assert slow.get("fleets/")[0] == 200


def test_without_redis_nobody_is_kept_out(site, monkeypatch, settings):
    from dispatch.api.door import token

    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    token._redis.cache_clear()
    assert site.get("fleets/")[0] == 200
    token._redis.cache_clear()


def test_it_is_known_when_a_token_was_used_last(site, django_assert_num_queries):
    now = timezone.now()
    with django_assert_num_queries(2):
        tokens.find(site.text, now)
    with django_assert_num_queries(1):
        tokens.find(site.text, now + timedelta(seconds=30))
    assert Token.objects.get().last_used_at == now
