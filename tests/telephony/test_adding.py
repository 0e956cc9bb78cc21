"""The number of an unknown caller is added to a client from the history."""

import pytest

from dispatch.audit.models import Entry
from orders.models import ClientPhone
from telephony.models import Call
from telephony.recognition import recognise
from tests.telephony import office

pytestmark = [pytest.mark.django_db, pytest.mark.feature("P16")]


@pytest.fixture
def anna():
    return office.client()


@pytest.fixture
def vera(client):
    vera = office.vera()
    client.force_login(vera)
    return vera


@pytest.fixture
def call(vera):
    """From a number that nobody knows; Vera answered it."""
    return office.answered(vera, number=office.STRANGER)


def numbers(client):
    return {phone.e164: phone.is_main for phone in client.phones.all()}


def text(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def done(client, call, anna):
    """Posts the card's form."""

    def post(**given):
        return client.post(f"/calls/{call.pk}/number/", {"client": anna.pk, **given})

    return post


def test_vera_looks_for_anna_and_after_done_the_next_call_is_annas(client, call, anna, done):
    assert f'href="/calls/{call.pk}/number/"' in text(client.get("/calls/"))
    found = text(client.get(f"/calls/{call.pk}/number/?q=sidor"))
    assert f"?client={anna.pk}" in found
    assert "Anna Sidorova" in text(client.get(f"/calls/{call.pk}/number/?client={anna.pk}"))
    assert recognise(office.STRANGER).kind == "new"
    assert done()["Location"] == f"/calls/{call.pk}/"
    assert recognise(office.STRANGER).client_id == anna.pk
    assert set(numbers(anna)) == {office.ANNA, office.STRANGER}
    assert "Anna Sidorova" in text(client.get(f"/calls/{call.pk}/"))
    assert "add to a client" not in text(client.get(f"/calls/{call.pk}/"))


def test_looking_and_closing_changes_nothing(client, call, anna):
    for address in ("", "?q=anna", f"?client={anna.pk}"):
        assert client.get(f"/calls/{call.pk}/number/{address}").status_code == 200
    assert list(numbers(anna)) == [office.ANNA]
    assert recognise(office.STRANGER).kind == "new"
    assert not Entry.objects.filter(verb="client.changed").exists()


def test_it_becomes_the_main_number(anna, done):
    ClientPhone.objects.update(is_main=True)
    done(is_main="on")
    assert numbers(anna) == {office.ANNA: False, office.STRANGER: True}


def test_a_number_that_is_replaced_is_warned_about_first(anna, done):
    ClientPhone.objects.update(is_main=True)
    old = anna.phones.get()
    asked = done(replaces=old.pk)
    assert asked.status_code == 422
    assert "goes from the card" in text(asked)
    assert list(numbers(anna)) == [office.ANNA]
    assert done(replaces=old.pk, confirmed=old.pk).status_code == 302
    assert numbers(anna) == {office.STRANGER: True}
    line = Entry.objects.get(verb="client.changed")
    assert line.details["changes"] == {"numbers_added": [office.STRANGER], "numbers_removed": [office.ANNA]}


def test_who_confirmed_one_and_chose_another_is_warned_again(anna, done):
    other = anna.phones.create(e164=office.MOBILE, raw=office.MOBILE)
    assert done(replaces=other.pk, confirmed=anna.phones.get(e164=office.ANNA).pk).status_code == 422
    assert office.MOBILE in numbers(anna)


def test_a_number_of_another_clients_card_cannot_be_replaced(done, anna):
    oleg = office.client("Oleg Titov", office.MOBILE)
    assert done(replaces=oleg.phones.get().pk, confirmed=oleg.phones.get().pk).status_code == 422
    assert list(numbers(oleg)) == [office.MOBILE]


def test_a_number_that_she_has_already_is_said(anna, done):
    anna.phones.create(e164=office.STRANGER, raw=office.STRANGER)
    assert "has this number already" in text(done())


def test_a_number_that_somebody_else_has_is_said_before(client, call, anna):
    office.client("Oleg Titov", office.STRANGER)
    assert "Somebody else has this number too" in text(client.get(f"/calls/{call.pk}/number/?client={anna.pk}"))


def test_earlier_calls_of_the_number_are_hers_and_those_of_others_stay(vera, call, anna, done):
    before = office.missed(office.STRANGER)
    ours = office.missed("101", direction="out", dialled=office.STRANGER.removeprefix("+"), caller_e164="")
    olegs = office.missed(office.STRANGER, client=office.client("Oleg Titov", office.MOBILE))
    done()
    assert set(Call.objects.filter(client=anna)) == {call, before, ours}
    olegs.refresh_from_db()
    assert olegs.client.name == "Oleg Titov"


def test_a_hidden_caller_has_no_number_to_add(client, vera, anna):
    hidden = office.answered(vera, number="", recognised="hidden")
    assert "add to a client" not in text(client.get("/calls/"))
    assert "no number that could be added" in text(client.get(f"/calls/{hidden.pk}/number/?client={anna.pk}"))
    assert client.post(f"/calls/{hidden.pk}/number/", {"client": anna.pk}).status_code == 422


def test_a_colleagues_call_gives_its_number_to_nobody(client, call, anna):
    client.force_login(office.boris())
    assert client.post(f"/calls/{call.pk}/number/", {"client": anna.pk}).status_code == 403
    assert list(numbers(anna)) == [office.ANNA]
