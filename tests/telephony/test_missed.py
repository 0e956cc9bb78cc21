"""Callers whom nobody answered: red for all until somebody has reached them, by a call that they answer themselves."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from orders.actors import SYSTEM, staff
from orders.services import lifecycle
from telephony.lease import take
from telephony.models import Call, MissedCaller
from telephony.recorder import Batch, Recorder
from telephony.selectors import history
from telephony.selectors import missed as selectors
from telephony.services import clients, missed
from tests.telephony import office
from tests.telephony.link import told

pytestmark = [pytest.mark.django_db, pytest.mark.feature("M5")]

ANNA = "79161234567"


@pytest.fixture
def recorder():
    return Recorder(take("test"))


@pytest.fixture
def vera():
    return office.vera()


def write(recorder, *calls):
    batch = Batch()
    batch.add(told.changed(call) for call in calls)
    recorder.write(batch)


def rings_in_vain(recorder, key="1795420800.1", *, minute=0, caller=ANNA):
    """She waits a minute in the queue and rings off."""
    call = later(told.ringing(caller, key), minute)
    write(recorder, call)
    write(recorder, told.ended(call, ended_at=call.started_at + 60))


def later(call, minute):
    at = told.BEGAN + 60 * minute
    return replace(call, started_at=at, legs=tuple(replace(leg, started_at=at) for leg in call.legs))


def our_call(key="1795420900.5", *, minute=2, **anna):
    """Vera's telephone rang and she lifted it; then Anna's rings."""
    at = told.BEGAN + 60 * minute
    return told.ringing(
        "101", key, direction="out", dialled=f"8{ANNA[1:]}", queue="", ringing=(ANNA,), started_at=at,
        legs=(
            told.leg(key, "101", "caller", outcome="answered", started_at=at, answered_at=at + 2),
            told.leg(f"{key}1", ANNA, "called", **{"started_at": at + 2, **anna}),
        ),
    )  # fmt: skip


def answered_by_her(call):
    at = call.started_at + 10
    legs = (call.legs[0], replace(call.legs[1], outcome="answered", answered_at=at))
    spoken = {"talking_to": (ANNA,), "answered_by": (ANNA,), "answered_at": at}
    return replace(call, state="talking", ringing=(), legs=legs, **spoken)


def waits_for_a_call(number, **fields):
    call = office.missed(number)
    at = call.started_at
    return MissedCaller.objects.create(number=number, call=call, first_at=at, last_at=at, **fields)


def red():
    return MissedCaller.objects.get(reached_at=None)


def test_one_who_rings_off_is_red_for_everybody(client, recorder, vera):
    rings_in_vain(recorder)
    for person in (vera, office.boris(), office.marina()):
        client.force_login(person)
        page = " ".join(client.get("/calls/missed/").content.decode().split())
        assert 'data-missed="open"' in page
        assert "nobody has reached him" in page


def test_she_tries_three_times_and_is_one_row(recorder):
    for minute in range(3):
        rings_in_vain(recorder, f"179542080{minute}.1", minute=minute)
    caller = red()
    assert (caller.number, caller.times) == (f"+{ANNA}", 3)
    assert caller.call == Call.objects.order_by("-started_at").first()
    assert caller.last_at - caller.first_at == timedelta(minutes=2)


def test_while_vera_calls_back_the_others_see_that_she_does(client, recorder, vera):
    rings_in_vain(recorder)
    write(recorder, our_call())
    assert red().claimed_by == vera
    client.force_login(office.boris())
    page = client.get("/calls/missed/").content.decode()
    assert 'data-missed="claimed"' in page
    assert "Ivanova Vera is calling" in page


def test_veras_own_telephone_answers_but_annas_does_not_still_red(recorder, vera):
    """The PBX rings our telephone first: that it was lifted reaches nobody."""
    rings_in_vain(recorder)
    call = our_call()
    write(recorder, call)
    over = told.ended(replace(call, answered_by=("101",)), result="answered", ended_at=call.started_at + 30)
    write(recorder, replace(over, legs=(over.legs[0], replace(over.legs[1], outcome="noanswer"))))
    caller = red()
    assert (caller.claimed_by, caller.calling, caller.tries) == (None, None, 1)


def test_anna_answers_the_call_back_and_is_green(recorder, vera):
    rings_in_vain(recorder)
    call = our_call()
    write(recorder, call)
    write(recorder, answered_by_her(call))
    caller = MissedCaller.objects.get()
    assert (caller.reached_how, caller.reached_by) == ("called_back", vera)
    write(recorder, told.ended(answered_by_her(call), ended_at=call.started_at + 60))
    assert MissedCaller.objects.get().reached_how == "called_back"


def test_a_call_back_that_the_link_lost_sight_of_claims_nobody_any_more(recorder, vera):
    rings_in_vain(recorder)
    write(recorder, our_call())
    row = Call.objects.get(direction="out")
    row.state, row.result, row.ended_at = "ended", "lost_link", timezone.now()
    row.save()
    missed.follow([row])
    assert (red().calling, red().tries) == (None, 1)


def test_she_calls_again_and_is_answered(recorder, vera):
    rings_in_vain(recorder)
    again = later(told.ringing(ANNA, "1795420900.7"), 3)
    write(recorder, again)
    assert red().times == 1
    write(recorder, told.talking(again, answered_at=again.started_at + 9))
    caller = MissedCaller.objects.get()
    assert (caller.reached_how, caller.reached_by) == ("called_again", vera)


def test_she_orders_by_another_way(recorder, vera):
    rings_in_vain(recorder)
    order = office.order(office.client())
    missed.ordered(order=order, actor=None)
    assert red()
    missed.ordered(order=order, actor=vera)
    assert MissedCaller.objects.get().reached_how == "ordered"


def test_an_order_that_is_placed_says_so_by_itself(recorder, vera, django_capture_on_commit_callbacks):
    rings_in_vain(recorder)
    order = office.order(office.client())
    with django_capture_on_commit_callbacks(execute=True):
        lifecycle.order_placed.send(type(order), order=order, source="", actor=SYSTEM.person)
        assert red()
        lifecycle.order_placed.send(type(order), order=order, source="", actor=staff(vera).person)
    assert MissedCaller.objects.get().reached_by == vera


def test_after_she_was_reached_the_next_missed_call_is_red_again(recorder, vera):
    rings_in_vain(recorder)
    call = our_call()
    write(recorder, call)
    write(recorder, answered_by_her(call))
    rings_in_vain(recorder, "1795421000.9", minute=5)
    assert (red().times, MissedCaller.objects.count()) == (1, 2)


def test_what_is_written_a_second_time_counts_once(recorder):
    rings_in_vain(recorder)
    row = Call.objects.get()
    missed.follow([row])
    missed.follow([row])
    assert red().times == 1
    MissedCaller.objects.update(reached_at=timezone.now(), reached_how="ordered")
    missed.follow([row])
    assert MissedCaller.objects.count() == 1


def test_one_who_gave_up_one_line_and_is_talking_on_another_was_not_missed(recorder, vera):
    first, second = told.ringing(ANNA), later(told.ringing(ANNA, "1795420900.7"), 0)
    write(recorder, first, second)
    write(recorder, told.talking(second))
    write(recorder, told.ended(first))
    assert not MissedCaller.objects.exists()


@pytest.mark.parametrize("caller", ["", "103", "anonymous"])
def test_who_has_no_number_to_call_back_is_in_the_history_only(recorder, caller):
    rings_in_vain(recorder, caller=caller)
    assert not MissedCaller.objects.exists()


def test_a_call_of_ours_to_somebody_else_changes_nothing(recorder, vera):
    rings_in_vain(recorder, caller="79269998877")
    call = our_call()
    write(recorder, call)
    write(recorder, answered_by_her(call))
    assert red().tries == 0


def test_every_desk_is_told_how_many_wait(client, recorder, vera):
    client.force_login(vera)
    assert 'id="missed-1" class="button quiet small" href="/calls/"' in client.get("/desk/").content.decode()
    rings_in_vain(recorder)
    page = client.get("/desk/").content.decode()
    assert 'href="/calls/missed/"' in page
    assert '<span class="number">1</span>' in page.partition('id="missed-1"')[2]
    assert 'id="missed-1"' in client.get("/desk/state/").json()["html"]


def test_a_ringing_call_costs_no_question_and_one_more_when_it_ends(recorder, django_assert_num_queries):
    rings_in_vain(recorder)
    call = office.call()
    with django_assert_num_queries(0):
        missed.follow([call])


def test_the_list_shows_the_open_ones_the_reached_and_all(client, vera):
    waits_for_a_call(office.ANNA)
    waits_for_a_call(office.MOBILE, reached_at=timezone.now(), reached_how="ordered")
    client.force_login(vera)

    def shown(query):
        return [caller.missed.number for caller in client.get(f"/calls/missed/{query}").context["page"].callers]

    assert shown("") == shown("?show=open") == shown("?show=nonsense") == [office.ANNA]
    assert shown("?show=reached") == [office.MOBILE]
    assert len(shown("?show=all")) == 2
    assert "9161234567" not in client.get("/calls/missed/").content.decode()


def test_one_caller_or_many_the_list_takes_the_same_number_of_queries(vera, django_assert_num_queries):
    waits_for_a_call(office.ANNA)
    with django_assert_num_queries(4):
        selectors.page(vera)
    for number in range(5):
        waits_for_a_call(f"+7916123450{number}")
    with django_assert_num_queries(4):
        selectors.page(vera)


def test_the_list_goes_on_where_it_ended(client, vera, monkeypatch):
    monkeypatch.setattr(history, "PAGE", 3)
    for number in range(7):
        waits_for_a_call(f"+7916123450{number}")
    client.force_login(vera)
    seen, address = [], "/calls/missed/"
    while address:
        response = client.get(address, headers={"HX-Request": "true", "HX-Target": "older"})
        seen += [caller.missed.number for caller in response.context["page"].callers]
        address = response.context["older"] and f"/calls/missed/{response.context['older']}"
    assert (len(seen), len(set(seen))) == (7, 7)


def test_who_is_forgotten_is_not_to_be_called_back(recorder):
    anna = office.client()
    rings_in_vain(recorder)
    clients.forget(client=anna, numbers=[office.ANNA])
    assert not MissedCaller.objects.exists()
