"""The history of calls: what each role finds there, the filters, the breakdown of one call, and an order's calls."""

from datetime import timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.utils import timezone

from dispatch.audit.models import Entry
from orders.flow import State
from telephony.forms import HistoryFilter
from telephony.models import CallClass
from telephony.selectors import history
from telephony.services import calls
from tests.telephony import office

pytestmark = pytest.mark.django_db

WHOLE = "8 (916) 123-45-67"
MASKED = "+7••••••••67"


@pytest.fixture
def annas_call():
    """Anna called; Vera answered after ten seconds and talked a minute."""
    anna = office.client()
    return office.answered(
        office.vera(), caller_e164=office.ANNA, caller_raw="79161234567", client=anna, recognised="known"
    )


def text(response):
    return " ".join(response.content.decode().split())


@pytest.mark.feature("D13", "P14")
def test_marina_reads_who_called_who_answered_how_long_and_how_it_ended(client, annas_call):
    client.force_login(office.marina())
    page = text(client.get("/calls/"))
    for words in ("Anna Sidorova", "Ivanova Vera", "8 (495) 123-45-67", "0:10", "1:00", "answered"):
        assert words in page
    assert MASKED in page
    assert WHOLE not in page
    assert "9161234567" not in page


@pytest.mark.feature("D13")
@pytest.mark.parametrize(
    ("result", "words"),
    [
        ("lost_link", "lost while disconnected"),
        ("lost_pbx", "lost with the PBX"),
        ("abandoned", "missed: caller rang off"),
        ("noanswer", "missed: nobody answered"),
        ("busy", "busy"),
        ("rejected", "rejected"),
        ("failed", "failed"),
    ],
)
def test_the_result_is_said_in_words(client, result, words):
    office.missed(result=result)
    client.force_login(office.sofia())
    assert words in text(client.get("/calls/"))


@pytest.mark.feature("D13")
def test_vera_finds_her_own_calls_and_the_missed_ones_only(client):
    vera, boris = office.vera(), office.boris()
    mine, his, lost = office.answered(vera), office.answered(boris, "102"), office.missed()
    rung_only = office.answered(boris, "102")
    office.leg(rung_only, "101", person=vera, outcome="cancelled")
    client.force_login(vera)
    listed = [row.call for row in client.get("/calls/").context["page"].rows]
    assert set(listed) == {mine, lost}
    assert [row.call for row in client.get("/calls/?result=missed").context["page"].rows] == [lost]
    assert [row.call for row in client.get("/calls/?whose=mine").context["page"].rows] == [mine]
    assert client.get(f"/calls/{mine.pk}/").status_code == 200
    assert client.get(f"/calls/{lost.pk}/").status_code == 200
    assert client.get(f"/calls/{his.pk}/").status_code == 403
    assert Entry.objects.filter(verb="access.refused", actor=vera, target_id=str(his.pk)).count() == 1


def test_a_call_that_was_transferred_to_vera_or_made_by_her_is_hers(client):
    vera, boris = office.vera(), office.boris()
    passed_on = office.answered(boris, "102")
    office.leg(passed_on, "101", role="target", person=vera, outcome="answered", answered_at=timezone.now())
    made = office.missed("101", direction="out", dialled="79031112233", caller_e164="")
    office.leg(made, "101", role="caller", person=vera)
    client.force_login(vera)
    assert {row.call for row in client.get("/calls/").context["page"].rows} == {passed_on, made}


@pytest.mark.parametrize("role", ["administrator", "driver"])
def test_for_others_there_is_no_history(client, role, annas_call):
    client.force_login(office.person("Adam Nowak", role))
    for address in ("/calls/", f"/calls/{annas_call.pk}/"):
        assert client.get(address).status_code == 404
    assert client.post(f"/calls/{annas_call.pk}/reveal/").status_code == 404


def test_sofia_sees_whole_numbers_and_vera_only_while_the_order_is_live(client, annas_call):
    client.force_login(office.sofia())
    assert WHOLE in text(client.get("/calls/"))
    client.force_login(annas_call.answered_by)
    assert MASKED in text(client.get("/calls/"))
    annas_call.order = office.order(annas_call.client)
    annas_call.save()
    assert WHOLE in text(client.get("/calls/"))
    type(annas_call.order).objects.update(state=State.COMPLETED)
    assert WHOLE not in text(client.get("/calls/"))


def test_a_manager_reveals_a_number_and_the_journal_knows_it(client, annas_call):
    marina = office.marina()
    client.force_login(marina)
    assert client.get(f"/calls/{annas_call.pk}/reveal/").status_code == 405
    assert WHOLE in text(client.post(f"/calls/{annas_call.pk}/reveal/"))
    assert Entry.objects.get(verb="number.revealed", actor=marina).target_id == str(annas_call.pk)


def test_a_dispatcher_reveals_nothing_and_the_journal_knows_that_too(client, annas_call):
    client.force_login(annas_call.answered_by)
    response = client.post(f"/calls/{annas_call.pk}/reveal/")
    assert response.status_code == 403
    assert "9161234567" not in text(response)
    assert not Entry.objects.filter(verb="number.revealed").exists()
    assert Entry.objects.filter(verb="access.refused").exists()


@pytest.mark.parametrize("writing", ["+79161234567", "8 916 123-45-67", "9161234567", "(916) 1234567"])
@pytest.mark.feature("D13")
def test_a_number_is_found_in_any_writing_whether_it_called_or_was_called(client, annas_call, writing):
    called = office.missed("101", direction="out", dialled="89161234567", caller_e164="", recognised="known")
    office.missed(office.STRANGER)
    client.force_login(office.sofia())
    found = client.get("/calls/", {"number": writing}).context["page"].rows
    assert {row.call for row in found} == {annas_call, called}


def test_the_filters_combine(client, annas_call):
    boris = office.boris()
    today = timezone.localdate()
    office.answered(boris, "102", started_at=timezone.now() - timedelta(days=3))
    trip = office.order()
    office.missed(order=trip)
    client.force_login(office.sofia())

    def found(**asked):
        return [row.call.result for row in client.get("/calls/", asked).context["page"].rows]

    assert found(person=boris.pk) == ["answered"]
    assert found(person=boris.pk, since=today) == []
    assert found(until=today - timedelta(days=2)) == ["answered"]
    assert found(order=trip.pk) == ["abandoned"]
    assert found(direction="out") == []
    assert found(result="answered", since=today, until=today, direction="in") == ["answered"]


@pytest.mark.parametrize(
    "bad",
    ["since=yesterday", "order=abc", "order=99999999999999999999", "result=nice", "since=2026-02-02&until=2026-02-01"],
)
def test_a_filter_that_makes_no_sense_is_said(client, annas_call, bad):
    client.force_login(office.sofia())
    response = client.get(f"/calls/?{bad}")
    assert response.status_code == 200
    assert 'role="alert"' in text(response)
    assert response.context["page"].rows == ()


def test_older_calls_follow_without_gap_or_repetition_while_new_ones_come(client, monkeypatch):
    monkeypatch.setattr(history, "PAGE", 3)
    moment = timezone.now()
    every = [
        office.missed(started_at=moment - timedelta(minutes=minute // 2)) for minute in range(8)
    ]  # pairs at one instant
    client.force_login(office.sofia())
    seen, address = [], "/calls/?result=missed"
    while address:
        response = client.get(address, headers={"HX-Request": "true", "HX-Target": "older"})
        seen += [row.call.pk for row in response.context["page"].rows]
        address = response.context["older"] and f"/calls/{response.context['older']}"
        office.missed(started_at=moment + timedelta(minutes=1))
    assert sorted(seen) == sorted(call.pk for call in every)
    assert "<html" not in text(response)


@pytest.mark.parametrize("after", ["x", "2026-01-01_5", "2026-01-01T00:00:00+00:00_x", "_", "9999999"])
def test_a_broken_place_in_the_list_is_its_beginning(client, annas_call, after):
    client.force_login(office.sofia())
    assert len(client.get("/calls/", {"after": after}).context["page"].rows) == 1


@pytest.mark.feature("P14")
def test_a_call_that_wandered_is_one_line_with_everybody_who_spoke_in_it(client):
    vera, boris, olga = office.vera(), office.boris(), office.person("Olga Smirnova", "dispatcher", extension="103")
    wandered = office.answered(vera)
    for minutes, who, at in ((2, boris, "102"), (3, olga, "103")):
        moment = wandered.started_at + timedelta(minutes=minutes)
        office.leg(wandered, at, role="target", person=who, outcome="answered", answered_at=moment)
    client.force_login(office.marina())
    (row,) = client.get("/calls/").context["page"].rows
    assert row.answerers == ("Ivanova Vera", "Petrov Boris", "Smirnova Olga")


def test_a_call_that_is_not_there_is_not_there(client):
    client.force_login(office.vera())
    assert client.get("/calls/999999/").status_code == 404
    assert client.get("/calls/99999999999999999999/").status_code == 404


@pytest.mark.feature("X1")
def test_an_order_shows_its_calls_with_their_recordings(client, annas_call):
    trip = office.order(annas_call.client)
    annas_call.order = trip
    annas_call.save()
    office.recording(annas_call, seconds=60.0)
    office.missed(order=trip)
    office.missed()
    client.force_login(office.marina())
    page = text(client.get(f"/orders/{trip.pk}/"))
    assert page.count(" data-call=") == 2
    assert f'data-follows="timeline:{trip.pk}"' in page
    assert "<audio controls" in page


@pytest.mark.feature("X1")
def test_while_a_call_of_the_order_lives_its_line_follows_it(client):
    trip = office.order()
    call = office.call(order=trip)
    client.force_login(office.vera())
    page = text(client.get(f"/orders/{trip.pk}/history/"))
    assert f'data-follows="call:{call.pk} timeline:{trip.pk}"' in page
    assert "ringing now" in page
    assert "<html" not in page


@pytest.mark.feature("X1")
def test_boris_sees_on_a_closed_order_that_there_was_a_call_but_cannot_play_it(client, annas_call):
    trip = office.order(annas_call.client, state=State.COMPLETED)
    type(annas_call).objects.update(order=trip)
    office.recording(annas_call, seconds=60.0)
    client.force_login(office.boris())
    page = text(client.get(f"/orders/{trip.pk}/history/"))
    assert f'data-call="{annas_call.pk}"' in page
    assert "<audio" not in page


def test_one_call_or_many_the_history_takes_the_same_number_of_queries(client, django_assert_num_queries):
    vera, marina = office.vera(), office.marina()
    everything = {"client": office.client(), "driver": office.driver(), "recognised": "choice"}

    def happen():
        one = office.answered(vera, order=office.order(everything["client"]), **everything)
        one.choices = [
            {"kind": "client", "id": everything["client"].pk},
            {"kind": "driver", "id": everything["driver"].pk},
        ]
        one.save()
        office.recording(one, f"{one.pk}.wav")

    happen()
    every = history.privacy.visible_to(marina)
    with django_assert_num_queries(6):
        history.page(every, marina)
    for _ in range(5):
        happen()
    with django_assert_num_queries(6):
        history.page(every, marina)


@pytest.mark.feature("M12")
@pytest.mark.parametrize(
    ("result", "side", "icon"),
    [
        ("answered", "in", "in-answered"),
        ("answered", "out", "out-answered"),
        ("abandoned", "in", "in-missed"),
        ("rejected", "in", "in-missed"),
        ("noanswer", "out", "out-missed"),
        ("rejected", "out", "out-missed"),
        ("busy", "in", "in-failed"),
        ("busy", "out", "out-failed"),
        ("failed", "out", "out-failed"),
    ],
)
def test_each_of_the_six_endings_has_its_icon_its_colour_and_its_word(client, result, side, icon):
    office.missed(direction=side, result=result)
    client.force_login(office.sofia())
    page = text(client.get("/calls/"))
    assert f'data-ending="{icon}"' in page
    assert f"calls.svg#{icon}" in page
    assert {"in": "incoming, ", "out": "outgoing, "}[side] in page


@pytest.mark.feature("M12")
def test_an_internal_call_goes_out_for_who_placed_it_and_comes_in_for_the_other(client):
    vera, boris = office.vera(), office.boris()
    between = office.answered(boris, "102", direction="internal", number="101", dialled="102", recognised="staff")
    office.leg(between, "101", role="caller", person=vera, outcome="answered", answered_at=between.answered_at)
    client.force_login(vera)
    assert 'data-ending="out-answered"' in text(client.get("/calls/"))
    client.force_login(boris)
    assert 'data-ending="in-answered"' in text(client.get("/calls/"))


@pytest.mark.feature("D13")
def test_a_clients_calls_are_found_from_her_card(client, annas_call):
    other = office.answered(annas_call.answered_by, client=office.client("Oleg Titov", office.MOBILE))
    client.force_login(office.sofia())
    asked = f"/calls/?client={annas_call.client_id}"
    assert asked in text(client.get(f"/clients/{annas_call.client_id}/"))
    response = client.get(asked)
    assert [row.call for row in response.context["page"].rows] == [annas_call]
    assert "Calls of the client" in text(response)
    assert other not in [row.call for row in client.get(f"{asked}&direction=in").context["page"].rows]


def test_a_new_caller_who_orders_is_the_client_of_that_call(client):
    """… and so the call is found by client, not by order only."""
    caller = office.answered(office.vera(), caller_e164=office.ANNA)
    anna = office.client()
    calls.tie_to_order(order=office.order(anna), source=f"call:{caller.pk}")
    caller.refresh_from_db()
    assert (caller.client, caller.order.client) == (anna, anna)


def test_sofia_asks_for_her_own_calls(client, annas_call):
    sofia = office.sofia("103")
    hers = office.answered(sofia, "103")
    client.force_login(sofia)
    assert [row.call for row in client.get("/calls/?whose=mine").context["page"].rows] == [hers]


@pytest.mark.feature("D13")
@pytest.mark.parametrize(
    "asked",
    [
        "",
        "result=missed",
        "result=busy",
        "direction=out",
        "client=1",
        "order=1",
        "number=89161234567",
        "number=101",
        "call_class=1",
    ],
)
def test_no_filter_reads_the_whole_table(annas_call, asked):
    """With the table small, the planner has to be told not to."""
    CallClass.objects.create(pk=1, name="complaint")
    form = HistoryFilter(QueryDict(asked), viewer=office.marina())
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        plan = form.rows().order_by("-started_at", "-id")[: history.PAGE].explain()
    assert "Seq Scan on telephony_call " not in plan, plan
