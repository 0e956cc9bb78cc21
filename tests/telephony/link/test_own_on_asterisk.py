"""Own clients by the real link on the real Asterisk: what is written on a card rings at the right telephone."""

import pytest

from dispatch.staff.models import Person
from dispatch.staff.services import people
from orders.models import Client
from telephony.models import Intent
from telephony.services import own_clients
from tests.rig.asterisk import TONES
from tests.rig.phones import hear_at_last
from tests.telephony import office
from tests.telephony.link.desk import Desk, awaited, pick, row

pytestmark = [pytest.mark.rig, pytest.mark.django_db(transaction=True), pytest.mark.feature("P10", "P11")]

ANNA, MOBILE = office.ANNA.removeprefix("+"), "79055555555"


@pytest.fixture
def desk(desk):
    """Anna is Vera's own client, and Vera wants to be rung."""
    Client.objects.filter(pk=office.client().pk).update(responsible=desk.vera, own_seconds=5)
    people.take_own_clients(person=desk.vera)
    awaited(lambda: keeps(desk, f"{own_clients.WAYS}/{ANNA}") == f"{desk.vera.pk}-5-queue", 12)
    awaited(lambda: keeps(desk, f"{own_clients.SEATS}/{desk.vera.pk}") == "101")
    return desk


def keeps(desk: Desk, key: str) -> str:
    said = desk.pbx.console(f"database get {key.replace('/', ' ')}")
    return said.partition("Value: ")[2].strip()


def anna_calls(desk: Desk):
    return desk.pbx.trunk(desk.outside).dial(desk.pbx.card["city_number"], caller=ANNA)


def test_it_rings_at_vera_and_her_click_answers_it(desk):
    call = anna_calls(desk)
    rings = row(caller_raw=ANNA, state="ringing", ringing=["101"])
    assert (rings.phase, rings.handling["to"], rings.queue) == ("own", "101", "")
    assert not desk.phones["102"].calls
    click = pick(rings, desk.vera, "101")
    awaited(lambda: Intent.objects.filter(pk=click.pk, state="confirmed").exists())
    talk = row(pk=rings.pk, state="talking", talking_to=["101"])
    assert talk.answered_by == desk.vera
    assert hear_at_last({"client": call}, TONES, {"client": {"101"}})["client"] == {"101"}


def test_what_nobody_answers_there_is_the_same_call_in_the_queue(desk):
    call = anna_calls(desk)
    row(caller_raw=ANNA, ringing=["101"])
    # the queue may think that 101 is not free yet, and ring it only the next time
    waits = row(caller_raw=ANNA, queue="dispatch", ringing__contains="102", seconds=12)
    desk.phones["102"].incoming().answer()
    talk = row(pk=waits.pk, state="talking", talking_to=["102"])
    assert [(leg.role, leg.outcome) for leg in talk.legs.filter(party="101").order_by("started_at")][:1] == [
        ("own", "noanswer")
    ]
    call.hang_up()
    assert row(pk=waits.pk, state="ended").result == "answered"


def test_what_nobody_answers_there_rings_at_her_mobile_and_is_hers(desk):
    Person.objects.filter(pk=desk.vera.pk).update(mobile="8 (905) 555-55-55")
    Client.objects.update(own_then="mobile")
    awaited(lambda: keeps(desk, f"{own_clients.WAYS}/{ANNA}") == f"{desk.vera.pk}-5-{MOBILE}", 12)
    street = desk.pbx.trunk(desk.pbx.lab(), "mobile", listens=True)
    call = anna_calls(desk)
    rings = row(caller_raw=ANNA, ringing=["101"])
    walks = street.called_at(MOBILE, 12)
    at_mobile = row(pk=rings.pk, ringing=[MOBILE])
    assert (at_mobile.phase, at_mobile.queue) == ("own", "")
    assert not desk.phones["102"].calls
    walks.answer()
    talk = row(pk=rings.pk, state="talking", talking_to=[MOBILE])
    assert talk.answered_by == desk.vera
    assert hear_at_last({"client": call, "mobile": walks}, TONES, {"client": {"mobile"}})["client"] == {"mobile"}
    walks.hang_up()
    assert row(pk=rings.pk, state="ended").result == "answered"


def test_when_her_own_extension_is_where_she_sits_it_does_not_ring_there_twice(desk):
    Person.objects.filter(pk=desk.vera.pk).update(own_extension="101")
    Client.objects.update(own_then="extension")
    awaited(lambda: keeps(desk, f"{own_clients.WAYS}/{ANNA}") == f"{desk.vera.pk}-5-101", 12)
    anna_calls(desk)
    rings = row(caller_raw=ANNA, ringing=["101"])
    waits = row(pk=rings.pk, queue="dispatch", seconds=12)
    assert [leg.role for leg in waits.legs.filter(party="101")].count("own") == 1


def test_with_the_link_killed_the_pbx_does_it_alone(desk):
    """It rings at Vera, is not answered, goes into the queue, and Boris has it."""
    desk.link.process.kill()
    desk.link.process.wait()
    call = anna_calls(desk)
    desk.phones["101"].incoming()
    assert not desk.phones["102"].calls
    desk.phones["102"].incoming(12).answer()
    assert hear_at_last({"client": call}, TONES, {"client": {"102"}})["client"] == {"102"}
    desk.link = desk.start_link()
    assert row(caller_raw=ANNA, state="talking", talking_to=["102"], seconds=20).answered_by == desk.boris


def test_a_link_that_comes_while_it_rings_at_her_sees_for_whom(desk):
    desk.link.process.kill()
    desk.link.process.wait()
    Client.objects.update(own_seconds=60)
    desk.pbx.console(f"database put {own_clients.WAYS} {ANNA} {desk.vera.pk}-30-queue")
    anna_calls(desk)
    desk.phones["101"].incoming()
    desk.link = desk.start_link()
    rings = row(caller_raw=ANNA, state="ringing", ringing=["101"], seconds=20)
    assert (rings.phase, rings.handling["to"]) == ("own", "101")
    awaited(lambda: keeps(desk, f"{own_clients.WAYS}/{ANNA}") == f"{desk.vera.pk}-60-queue", 12)


def test_who_switches_it_off_is_not_rung_first_any_more(desk):
    people.leave_own_clients(person=desk.vera)
    awaited(lambda: not keeps(desk, f"{own_clients.SEATS}/{desk.vera.pk}"))
    anna_calls(desk)
    assert row(caller_raw=ANNA, queue="dispatch", ringing=["101", "102"]).phase == ""
