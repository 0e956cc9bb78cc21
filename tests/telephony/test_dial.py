"""What is called from the desk and what is refused, in words; each click is a letter to the link."""

import json
import uuid

import pytest
from django.test import Client as Browser

from dispatch.audit.models import Entry
from orders.models import Fleet, FleetNumber
from orders.services import anonymising
from telephony.core import naming
from telephony.models import Extension, Intent, Lease, MissedCaller
from tests.desk.office import telephones_work
from tests.telephony import office

pytestmark = [pytest.mark.django_db, pytest.mark.feature("P8", "D4")]


@pytest.fixture
def vera():
    telephones_work()
    return office.vera()


def press(person, path: str = "/dial/", **said):
    browser = Browser()
    browser.force_login(person)
    return browser.post(path, {"id": str(uuid.uuid4()), **said})


def refused(answer) -> str:
    assert answer.status_code == 409
    return answer.content.decode()


@pytest.mark.feature("M5", "P15")
def test_vera_calls_back_one_whose_number_she_does_not_see(vera):
    anna = office.client()
    call = office.missed(office.ANNA, client=anna)
    page = Browser()
    page.force_login(vera)
    shown = page.get("/calls/missed/").content.decode() + page.get(f"/calls/{call.pk}/").content.decode()
    assert f'action="/dial/call/{call.pk}/"' in shown
    assert "9161234567" not in shown
    assert press(vera, f"/dial/call/{call.pk}/").status_code == 202
    args = Intent.objects.get().args
    assert (args["e164"], args["client"], args["name"]) == (office.ANNA, anna.pk, "Anna Sidorova")


@pytest.mark.feature("W9", "M5")
def test_the_telephone_in_the_browser_is_told_whom_it_is_about_to_call_and_no_number_that_is_not_sent(vera):
    def told(path="/dial/", **said):
        told = json.loads(press(vera, path, **said)["Phone-Dials"])
        intent = Intent.objects.latest("asked_at")
        assert naming.name(intent.pk.hex, 1.0).startswith(told["call"])
        return told["who"]

    known = office.missed(office.ANNA, client=office.client())
    stranger = office.missed("+79035550000")
    office.boris()
    assert told(f"/dial/call/{known.pk}/") == "Anna Sidorova"
    assert told(f"/dial/call/{stranger.pk}/") == ""
    assert told(to="+79035550000") == "8 (903) 555-00-00"
    assert told("/dial/102/") == "Petrov Boris"


@pytest.mark.feature("P15")
def test_a_call_that_went_out_is_called_again_at_the_same_number(vera):
    ours = office.missed("101", direction="out", dialled=office.MOBILE, caller_e164="")
    office.leg(ours, "101", role="caller", person=vera)
    assert press(vera, f"/dial/call/{ours.pk}/").status_code == 202
    assert Intent.objects.get().args["e164"] == office.MOBILE


@pytest.mark.feature("P15")
def test_a_call_that_still_lives_is_not_offered_to_be_called_back(vera):
    page = Browser()
    page.force_login(vera)
    ours = office.missed("101", direction="out", dialled=office.MOBILE, caller_e164="")
    office.leg(ours, "101", role="caller", person=vera)
    button = f'action="/dial/call/{ours.pk}/"'
    assert button in page.get(f"/calls/{ours.pk}/").content.decode()
    ours.state = "ringing"
    ours.save()
    assert button not in page.get(f"/calls/{ours.pk}/").content.decode()


@pytest.mark.feature("M5")
def test_boris_is_told_that_vera_is_calling_back_already(vera):
    boris = office.boris()
    call = office.missed(office.ANNA)
    at = call.started_at
    MissedCaller.objects.create(number=office.ANNA, call=call, first_at=at, last_at=at, calling=call, claimed_by=vera)
    assert refused(press(boris, f"/dial/call/{call.pk}/")) == "Ivanova Vera is calling him already."
    assert press(vera, f"/dial/call/{call.pk}/").status_code == 202


@pytest.mark.feature("M5")
def test_boris_is_told_also_before_the_pbx_rings_anybody(vera):
    boris = office.boris()
    call = office.missed(office.ANNA)
    at = call.started_at
    MissedCaller.objects.create(number=office.ANNA, call=call, first_at=at, last_at=at)
    assert press(vera, f"/dial/call/{call.pk}/").status_code == 202
    assert refused(press(boris, f"/dial/call/{call.pk}/")) == "Ivanova Vera is calling him already."
    Intent.objects.update(state=Intent.State.EXPIRED)
    assert press(boris, f"/dial/call/{call.pk}/").status_code == 202


def test_a_hidden_caller_cannot_be_called_back(vera):
    hidden = office.missed("", caller_raw="", recognised="hidden")
    assert refused(press(vera, f"/dial/call/{hidden.pk}/")) == "This call has no number to call back."


def in_a_call(extension: str) -> None:
    call = office.call(state="talking", ringing=[], talking_to=[extension])
    office.leg(call, extension, outcome="answered", answered_at=call.started_at)


def test_a_colleague_who_is_free_or_rings_is_called(vera):
    office.boris()
    assert press(vera, "/dial/102/").status_code == 202
    office.leg(office.call(ringing=["102"]), "102")
    assert press(vera, "/dial/102/").status_code == 202
    intent = Intent.objects.first()
    assert (intent.verb, intent.call, intent.extension) == ("call", None, "101")
    assert intent.args == {"to": "102", "name": "Petrov Boris"}
    assert Entry.objects.filter(verb="call.call", actor=vera).exists()


def test_nobody_calls_who_is_off_or_talks_not_even_a_supervisor(vera):
    office.boris()
    sofia = office.sofia("103")
    Extension.objects.filter(number="102").update(is_off=True)
    for one in (vera, sofia):
        assert "not switched on" in refused(press(one, "/dial/102/"))
    Extension.objects.update(is_off=False)
    in_a_call("102")
    for one in (vera, sofia):
        assert refused(press(one, "/dial/102/")) == "That colleague is talking."
    assert not Intent.objects.exists()


def test_who_talks_or_whose_telephone_is_off_cannot_call(vera):
    office.boris()
    Extension.objects.filter(number="101").update(is_off=True)
    assert refused(press(vera, "/dial/102/")) == "Your own telephone is not switched on."
    Extension.objects.update(is_off=False)
    in_a_call("101")
    assert "End that call first" in refused(press(vera, "/dial/102/"))


def test_without_a_shift_nobody_is_called():
    telephones_work()
    assert "Start your shift first" in refused(press(office.vera(extension=""), to="89161112233"))


def test_while_the_pbx_is_away_nobody_is_called(vera):
    Lease.objects.update(pbx=Lease.Pbx.DOWN)
    assert "no connection" in refused(press(vera, to="89161112233")).lower()


@pytest.mark.parametrize("typed", ["8 (916) 111-22-33", "+7 916 111 22 33", "0079161112233"])
def test_a_typed_number_goes_out_by_the_rules_and_is_kept_as_typed_and_in_e164(vera, typed):
    assert press(vera, to=typed).status_code == 202
    args = Intent.objects.get().args
    assert (args["to"], args["e164"], args["typed"]) == ("79161112233", "+79161112233", typed)


@pytest.mark.parametrize("typed", ["", "Anna", "101", "999", "queue", "8916\r\nAction: Hangup", "8916\x0011", "*#06#"])
def test_what_is_no_number_of_somebody_is_refused(vera, typed):
    assert refused(press(vera, to=typed))
    assert not Intent.objects.exists()


@pytest.mark.feature("X1")
def test_the_client_and_the_driver_of_an_order_are_called_for_it(vera):
    order = office.order(office.client(), by=office.driver())
    assert press(vera, f"/dial/order/{order.pk}/client/").status_code == 202
    client = Intent.objects.get().args
    assert (client["to"], client["name"], client["order"], client["client"]) == (
        office.ANNA.removeprefix("+"),
        "Anna Sidorova",
        order.pk,
        order.client_id,
    )
    Intent.objects.all().delete()
    assert press(vera, f"/dial/order/{order.pk}/driver/").status_code == 202
    assert Intent.objects.get().args["driver"] == order.driver_id
    free = office.order(order.client)
    assert refused(press(vera, f"/dial/order/{free.pk}/driver/")) == "This order has no driver now."
    assert press(vera, "/dial/order/987654321/client/").status_code == 404


@pytest.mark.feature("X1")
def test_client_and_driver_of_an_order_are_connected_and_both_are_to_see_a_number_of_its_fleet(vera):
    daisy = Fleet.objects.create(name="Daisy")
    FleetNumber.objects.create(fleet=daisy, e164="+74954950001", raw="4950001")
    order = office.order(office.client(), by=office.driver())
    order.fleet = daisy
    order.save()
    in_a_call("101")  # she may talk meanwhile: her own telephone takes no part
    assert press(vera, f"/dial/order/{order.pk}/both/").status_code == 202
    intent = Intent.objects.get()
    args = intent.args
    assert (intent.verb, intent.call, args["first"], args["to"]) == (
        "pair",
        None,
        office.MOBILE.removeprefix("+"),
        office.ANNA.removeprefix("+"),
    )
    assert (args["order"], args["client"], args["driver"], args["shown"]) == (
        order.pk,
        order.client_id,
        order.driver_id,
        ["+74954950001"],
    )
    assert Entry.objects.filter(verb="call.pair", actor=vera).exists()


@pytest.mark.feature("X1")
def test_nobody_is_connected_where_one_of_them_has_no_number_or_there_is_no_driver(vera):
    order = office.order(office.client())
    assert refused(press(vera, f"/dial/order/{order.pk}/both/")) == "This order has no driver now."
    given = office.order(order.client, by=office.driver())
    given.driver.phones.all().delete()
    assert refused(press(vera, f"/dial/order/{given.pk}/both/")) == "This driver has no telephone number."
    assert not Intent.objects.exists()


def test_a_client_and_a_driver_are_called_at_their_main_number(vera):
    client, driver = office.client(), office.driver()
    assert press(vera, f"/dial/client/{client.pk}/").status_code == 202
    assert press(vera, f"/dial/driver/{driver.pk}/").status_code == 202
    called = {intent.args["to"] for intent in Intent.objects.all()}
    assert called == {office.ANNA.removeprefix("+"), office.MOBILE.removeprefix("+")}
    client.phones.all().delete()
    assert refused(press(vera, f"/dial/client/{client.pk}/")) == "This client has no telephone number."
    assert press(vera, "/dial/client/999999/").status_code == 404


def test_the_clicks_of_a_client_who_is_to_be_forgotten_forget_the_number(vera):
    client = office.client()
    press(vera, f"/dial/client/{client.pk}/")
    anonymising.anonymise(client_id=client.pk, typed=str(client.pk), actor=office.marina())
    assert Intent.objects.get().args == {}
