"""The breakdown of one call: every telephone and every transfer, in words, in their order."""

import re
from datetime import timedelta

import pytest
from django.utils.html import strip_tags

from telephony.models import Transfer
from telephony.selectors import breakdown
from tests.telephony import office

pytestmark = pytest.mark.django_db


def text(response):
    return " ".join(response.content.decode().split())


def told(response):
    """The sentences of what happened, without their markup."""
    steps = response.content.decode().partition('<ol class="steps">')[2].partition("</ol>")[0]
    sentences = steps.split("<li ")[1:]
    return [" ".join(strip_tags("<li " + sentence).split())[9:] for sentence in sentences]


@pytest.fixture
def wandered():
    """Anna waited in the queue; Boris let it ring, Vera answered, asked Olga who was busy, and passed Anna to Boris."""
    vera, boris = office.vera(), office.boris()
    olga = office.person("Olga Smirnova", "dispatcher", extension="103")
    call = office.answered(vera, caller_e164=office.ANNA, caller_raw="79161234567", client=office.client())
    start = call.started_at

    def after(seconds):
        return start + timedelta(seconds=seconds)

    office.leg(call, "79161234567", role="caller", outcome="answered", answered_at=start, ended_at=call.ended_at)
    office.leg(call, "102", person=boris, outcome="cancelled", ended_at=after(10))
    call.legs.filter(party="101").update(ended_at=after(40))
    office.leg(call, "103", role="consult", person=olga, outcome="busy", started_at=after(20), ended_at=after(25))
    Transfer.objects.create(call=call, place=1, kind="attended", by="101", to=["103"], why="busy", at=after(20))
    Transfer.objects.create(call=call, place=2, kind="blind", by="101", to=["102"], completed=True, at=after(40))
    office.leg(
        call, "102", role="target", person=boris, outcome="answered", started_at=after(40), answered_at=after(44),
        ended_at=call.ended_at,
    )  # fmt: skip
    return call


@pytest.mark.feature("P14", "P15")
def test_marina_reads_what_happened_in_words_and_in_order(client, wandered):
    client.force_login(office.marina())
    assert told(client.get(f"/calls/{wandered.pk}/")) == [
        "+7••••••••67 calls the line 8 (495) 123-45-67, queue “dispatch”",
        "The telephone of Petrov Boris rang for 0:10: cancelled",
        "Ivanova Vera answers after 0:10",
        "Ivanova Vera asks Smirnova Olga: not connected, busy",
        "The telephone of Smirnova Olga rang for 0:05: busy asked for advice",
        "Ivanova Vera passes the call on to Petrov Boris",
        "Ivanova Vera leaves the call",
        "Petrov Boris answers after 0:04 target of a transfer",
        "The caller hangs up",
    ]


@pytest.mark.feature("P14")
def test_a_call_that_wandered_is_one_row_and_names_all_three_colleagues(client, wandered):
    client.force_login(office.marina())
    (row,) = client.get("/calls/").context["page"].rows
    assert row.answerers == ("Ivanova Vera", "Petrov Boris")
    page = text(client.get(f"/calls/{wandered.pk}/"))
    for name in ("Ivanova Vera", "Petrov Boris", "Smirnova Olga"):
        assert f"<bdi>{name}</bdi>" in page
    assert "9161234567" not in page


def test_a_hidden_caller_is_called_so(client):
    call = office.missed("", recognised="hidden", caller_raw="")
    client.force_login(office.marina())
    assert told(client.get(f"/calls/{call.pk}/"))[0].startswith("hidden number calls the line")


def test_a_parked_caller_and_who_took_him(client, wandered):
    at = wandered.started_at + timedelta(seconds=50)
    Transfer.objects.create(call=wandered, place=3, kind="park", by="102", to=["101"], completed=True, at=at)
    client.force_login(office.marina())
    assert "Petrov Boris parks the caller, taken by Ivanova Vera" in told(client.get(f"/calls/{wandered.pk}/"))


def test_while_a_call_lives_its_breakdown_says_who_rings(client):
    call = office.call()
    office.leg(call, "101", person=office.vera())
    client.force_login(office.marina())
    assert told(client.get(f"/calls/{call.pk}/"))[1:] == ["The telephone of Ivanova Vera rings"]


def test_an_outgoing_call_says_whom_it_called(client):
    vera = office.vera()
    call = office.missed("101", direction="out", dialled="79161234567", caller_e164="", result="noanswer", queue="")
    office.leg(call, "101", role="caller", person=vera)
    client.force_login(office.sofia())
    assert told(client.get(f"/calls/{call.pk}/"))[0] == "Ivanova Vera calls 8 (916) 123-45-67"


def test_a_drivers_number_is_the_same_in_the_head_and_among_what_happened(client):
    call = office.answered(
        office.vera(), number=office.MOBILE, caller_raw="79031112233", driver=office.driver("17"), recognised="driver"
    )
    client.force_login(office.marina())
    assert text(client.get(f"/calls/{call.pk}/")).count("8 (903) 111-22-33") == 2


@pytest.mark.feature("P15", "P19")
def test_a_part_in_which_a_supervisor_had_joined_stands_within_the_other(client, wandered):
    begun = office.recording(wandered, "one.wav", seconds=30.0).started_at
    office.recording(wandered, "1.0-watch12-1.wav", seconds=5.0, started_at=begun + timedelta(seconds=12))
    office.recording(wandered, "two.wav", seconds=20.0, started_at=begun + timedelta(seconds=40))
    client.force_login(office.marina())
    page = text(client.get(f"/calls/{wandered.pk}/"))
    assert re.findall(r'data-seek="([0-9.]+)"', page) == ["0.00", "12.00", "30.00"]


@pytest.mark.feature("P15")
def test_the_parts_of_a_recording_say_where_they_begin_in_the_whole(client, wandered):
    office.recording(wandered, "one.wav", seconds=30.0)
    office.recording(wandered, "two.wav", seconds=28.5)
    client.force_login(office.marina())
    page = text(client.get(f"/calls/{wandered.pk}/"))
    assert f'src="/calls/{wandered.pk}/recording/"' in page
    assert page.count("<audio") == 1
    assert 'data-seek="0.00"' in page
    assert 'data-seek="30.00"' in page
    assert "0:58" in page


def test_however_much_happened_the_breakdown_takes_the_same_number_of_queries(wandered, django_assert_num_queries):
    marina = office.marina()
    with django_assert_num_queries(5):
        breakdown.of(wandered.pk, marina)
    for place in range(3, 9):
        office.leg(wandered, f"10{place}")
        Transfer.objects.create(call=wandered, place=place, kind="blind", by="101", to=["102"], at=wandered.ended_at)
    with django_assert_num_queries(5):
        breakdown.of(wandered.pk, marina)
