"""The calls of this moment on every desk, and one's own conversation."""

import re

import pytest
from django.utils import timezone

from dispatch.live import registry
from dispatch.live.models import Change
from dispatch.live.registry import Viewer
from orders.flow import State
from orders.models import Order, OrderEvent
from orders.signals import order_moved, order_placed
from telephony.models import Call
from telephony.selectors import panel
from telephony.services import calls
from tests.telephony import office

pytestmark = pytest.mark.django_db

DESK = Viewer("en", "dispatcher")
SOFIA = Viewer("en", "supervisor")


def drawn(call, viewer=DESK, kind="call"):
    html = registry.renderers[kind]([str(call.pk)], viewer)[str(call.pk)]
    return html and " ".join(html.split())


def words(call, viewer=DESK, kind="call"):
    return " ".join(re.sub(r"<[^>]*>", " ", drawn(call, viewer, kind)).split())


def changes(topic="calls"):
    return list(Change.objects.filter(topic=topic).values_list("kind", "key"))


@pytest.mark.feature("D6", "D8")
def test_a_stranger_who_waits_is_a_new_client_with_number_line_phones_and_time():
    office.vera()
    call = office.call(office.STRANGER)
    card = drawn(call)
    for facts in (
        f'id="call-{call.pk}"',
        'data-state="ringing"',
        'data-direction="in"',
        'data-ringing="101 102"',
        'data-recognised="new"',
        f'data-open-url="/calls/{call.pk}/open/"',
        f'hx-post="/calls/{call.pk}/pick/"',
        f'data-since="{timezone.localtime(call.started_at).isoformat()}"',
    ):
        assert facts in card
    for said in ("New client", "8 (926) 999-88-77", "8 (495) 123-45-67", "rings at 101 , 102", "Answer"):
        assert said in words(call)


@pytest.mark.feature("D9")
def test_the_card_of_a_client_says_his_open_order_and_driver_as_they_are_now():
    anna, ivan = office.client(), office.driver("17")
    call = office.call(office.ANNA, client=anna, recognised="orders")
    order = office.order(anna)
    assert f"Anna Sidorova open order {order.pk}: no driver yet 8 (916) 123-45-67" in words(call)
    Order.objects.filter(pk=order.pk).update(driver=ivan, state=State.ASSIGNED)
    assert f"open order {order.pk}, driver 17 assigned" in words(call)
    Order.objects.filter(pk=order.pk).update(state=State.ARRIVED)
    assert f"open order {order.pk}, driver 17: arrived" in words(call)
    Order.objects.filter(pk=order.pk).update(state=State.COMPLETED)
    assert "order" not in words(call)


@pytest.mark.feature("D10")
def test_the_card_of_a_driver_says_the_order_that_he_performs():
    ivan = office.driver("17")
    call = office.call(office.MOBILE, driver=ivan, recognised="driver")
    assert "Driver 17 Sokolov Ivan no order now" in words(call)
    order = office.order(by=ivan, state=State.EN_ROUTE)
    assert f"Driver 17 Sokolov Ivan → order {order.pk}" in words(call)


@pytest.mark.feature("D8")
def test_blacklisted_hidden_shared_and_colleague_are_said():
    rude = office.client("Rude Man", mark="blacklisted", reason="never pays")
    anna, oleg = office.client("Anna", "+79160000001"), office.client("Oleg", "+79160000001")
    boris = office.boris()
    assert "Rude Man Blacklisted never pays" in words(office.call(office.ANNA, client=rude, recognised="blacklisted"))
    assert "Hidden number" in words(office.call("anonymous", recognised="hidden"))
    shared = office.call(
        "+79160000001",
        recognised="choice",
        choices=[{"kind": "client", "id": anna.pk}, {"kind": "client", "id": oleg.pk}, {"kind": "client", "id": 10**9}],
    )
    assert "Several people have this number Anna Oleg" in words(shared)
    inside = office.call("102", direction="internal", queue="", colleague=boris, recognised="staff")
    assert "Petrov Boris colleague" in words(inside)
    assert "Answer" not in words(inside)


def test_a_caller_at_a_number_of_one_telephone_is_seen_and_not_offered():
    straight = office.call(queue="", dialled="4951", ringing=["103"])
    assert "rings at 103" in words(straight)
    assert "Answer" not in words(straight)


@pytest.mark.feature("D6")
def test_when_vera_answers_the_others_read_that_she_took_it_and_not_with_whom_she_talks():
    vera = office.vera()
    anna = office.client()
    call = office.call(office.ANNA, client=anna, recognised="known")
    Call.objects.filter(pk=call.pk).update(
        state="talking",
        ringing=[],
        talking_to=["101"],
        answered_by=vera,
        answered_extension="101",
        answered_at=timezone.now(),
    )
    assert words(call) == "Ivanova Vera took it"
    card = drawn(call)
    assert f'data-answered-by="{vera.pk}"' in card
    assert 'data-talking="101"' in card
    assert "Sidorova" not in card
    assert "123-45-67" not in card.replace("8 (495) 123-45-67", "")
    assert "Anna Sidorova ↔ talks with Ivanova Vera" in words(call, SOFIA)


def test_her_own_conversation_vera_sees_whole_and_boris_not_at_all():
    vera, boris = office.vera(), office.boris()
    anna = office.client()
    call = office.call(
        office.ANNA,
        client=anna,
        recognised="known",
        state="talking",
        talking_to=["101"],
        answered_by=vera,
        answered_at=timezone.now(),
    )
    assert "You are talking with 0:00 Anna Sidorova 8 (916) 123-45-67" in words(
        call, Viewer("en", "dispatcher", vera.pk), "talk"
    )
    assert drawn(call, Viewer("en", "dispatcher", boris.pk), "talk") is None
    assert drawn(call, DESK, "talk") is None
    Call.objects.filter(pk=call.pk).update(talking_to=["102"])
    assert drawn(call, Viewer("en", "dispatcher", vera.pk), "talk") is None


def test_a_call_that_ended_is_gone():
    assert drawn(office.missed()) is None
    assert registry.renderers["call"](["424242"], DESK) == {"424242": None}


def test_who_of_the_house_talks_with_whom_is_for_supervisors():
    boris = office.boris()
    facts = {
        "state": "talking",
        "talking_to": ["79161234567"],
        "caller_e164": "",
        "colleague": boris,
        "answered_at": timezone.now(),
    }
    out = office.call("102", direction="out", dialled="79161234567", recognised="new", **facts)
    inside = office.call("102", direction="internal", recognised="staff", **facts)
    assert drawn(out) is None
    assert drawn(inside) is None
    assert "New client" in words(out, SOFIA)
    assert "Petrov Boris" in words(inside, SOFIA)


@pytest.mark.feature("D6")
def test_the_list_is_oldest_first_and_takes_the_same_number_of_queries_however_long(django_assert_num_queries):
    office.vera()

    def ring(minute):
        anna = office.client(f"Client {minute}", f"+7916000{minute:04d}")
        ivan = office.driver(f"s{minute}", f"+7903000{minute:04d}")
        office.order(anna)
        office.order(by=ivan)
        both = [{"kind": "client", "id": anna.pk}, {"kind": "driver", "id": ivan.pk}]
        office.call(client=anna, recognised="orders")
        office.call(driver=ivan, recognised="driver")
        office.call(recognised="choice", choices=both)

    ring(1)
    with django_assert_num_queries(5):
        first = panel.live_calls(DESK)
    for minute in range(2, 7):
        ring(minute)
    with django_assert_num_queries(5):
        listed = panel.live_calls(DESK)
    assert (len(first), len(listed)) == (3, 18)
    assert [card.sort for card in listed] == sorted(card.sort for card in listed)
    with django_assert_num_queries(7):
        registry.renderers["call"]([str(card.call.pk) for card in listed], DESK)
    stranger = office.call(office.STRANGER)
    with django_assert_num_queries(2):  # the call, and who sits where it rings
        registry.renderers["call"]([str(stranger.pk)], DESK)


@pytest.mark.feature("X1", "D9")
def test_an_order_placed_during_a_call_is_that_calls_and_its_card_is_drawn_anew():
    call = office.call(office.STRANGER)
    order = office.order(office.client("Anna", office.STRANGER))
    order_placed.send(Order, order=order, source=f"call:{call.pk}", actor=None)
    call.refresh_from_db()
    assert call.order == order
    assert changes() == [("call", str(call.pk))]
    assert "Anna" in words(call)


@pytest.mark.parametrize("source", ["", "call:", "call:x", "call:99999999999999999999", "call:424242", "mail:1"])
def test_a_source_that_is_no_call_changes_nothing(source):
    call = office.call()
    order_placed.send(Order, order=office.order(office.client()), source=source, actor=None)
    call.refresh_from_db()
    assert call.order is None


def test_when_an_order_moves_the_cards_that_speak_of_it_are_drawn_anew():
    anna, ivan, other = office.client(), office.driver("17"), office.driver("18", "+79030000018")
    order = office.order(anna, by=ivan)
    hers = office.call(client=anna, recognised="orders")
    his = office.call(driver=ivan, recognised="driver")
    office.call(driver=other, recognised="driver")
    office.missed(client=anna)
    event = OrderEvent.objects.create(
        order=order, at=timezone.now(), transition="assign", actor_kind="dispatcher", driver=ivan
    )
    order_moved.send(Order, order=order, event=event, source="", actor=None)
    assert sorted(changes()) == sorted([("call", str(hers.pk)), ("call", str(his.pk))])


def test_a_change_in_a_conversation_reaches_those_who_talk_in_it():
    vera, boris = office.vera(), office.boris()
    anna = office.client()
    call = office.call(client=anna, recognised="known", state="talking", answered_by=vera, talking_to=["102"])
    office.leg(call, "102", person=boris, answered_at=timezone.now())
    order_placed.send(Order, order=office.order(anna), source="", actor=None)
    assert changes(f"person.{vera.pk}") == [("talk", str(call.pk))]
    assert changes(f"person.{boris.pk}") == [("talk", str(call.pk))]


def test_whom_the_queue_rang_in_vain_is_told_of_his_own_card_only_where_he_gets_one():
    vera, boris = office.vera(), office.boris()
    call = office.call(state="talking", answered_by=vera, talking_to=["101"])
    office.leg(call, "102", person=boris, outcome="cancelled")
    calls.tell([call.pk])
    assert changes(f"person.{boris.pk}") == []
    Call.objects.update(handling={"phase": "transfer", "by": "101", "to": "102"}, ringing=["102"], talking_to=[])
    calls.tell([call.pk])
    Call.objects.update(handling={}, ringing=[], talking_to=["101"])
    calls.tell([call.pk], passed=[call.pk])
    assert changes(f"person.{boris.pk}") == [("talk", str(call.pk))] * 2
