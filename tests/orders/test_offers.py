"""An order is put to a driver: he takes it, refuses it, lets it run out; and never has two."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from dispatch.live.models import Change
from dispatch.staff.refusal import Refused
from orders import actors
from orders.flow import State
from orders.models import ClientDriverBlock, DriverShift, Offer, OfferPhase, OfferState, Order
from orders.selectors import candidates
from orders.services import assignment, lifecycle, offers
from orders.services.assignment import Doubtful
from tests.orders import town
from tests.orders.conftest import driver

pytestmark = pytest.mark.django_db


def put(order: Order, call_sign: str, by, **how) -> Offer:
    return offers.offer(order_id=order.pk, call_sign=call_sign, actor=by, **how)


@pytest.fixture
def seven(db):
    return town.at_work("7", 500)


@pytest.fixture
def eight(db):
    return town.at_work("8", 900)


@pytest.mark.feature("C7")
def test_vera_offers_and_seven_accepts_with_a_countdown(by_vera, seven):
    order = town.ordered(by_vera)
    before = timezone.now()
    offer = put(order, "7", by_vera)
    assert timedelta(seconds=19) < offer.expires_at - before < timedelta(seconds=22)
    him = actors.driver(seven.person)
    offers.seen(offer_id=offer.pk, actor=him)
    offers.accept(offer_id=offer.pk, actor=him)
    assert offers.accept(offer_id=offer.pk, actor=him).state == OfferState.ACCEPTED  # pressed twice
    order.refresh_from_db()
    assert (order.state, order.driver) == (State.ASSIGNED, seven)
    assert list(order.events.order_by("id").values_list("transition", flat=True)) == ["place", "offer", "accept"]
    assert Change.objects.filter(topic=f"person.{seven.person_id}", kind="drive").count() >= 2


@pytest.mark.feature("C7")
def test_a_refusal_has_its_reason_and_he_is_not_asked_again_until_the_search_begins_anew(by_vera, seven):
    order = town.ordered(by_vera)
    offer = put(order, "7", by_vera)
    with pytest.raises(Refused, match="Give the reason"):
        offers.refuse(offer_id=offer.pk, actor=actors.driver(seven.person), reason=" ")
    offers.refuse(offer_id=offer.pk, actor=actors.driver(seven.person), reason="too far")
    offer.refresh_from_db()
    order.refresh_from_db()
    assert (offer.state, offer.reason, order.state, order.driver) == ("refused", "too far", State.SEARCHING, None)
    assert candidates.refused_by(order) == {seven.pk}
    with pytest.raises(Doubtful) as doubtful:
        put(order, "7", by_vera)
    assert [doubt.concern for doubt in doubtful.value.doubts] == ["refused"]
    offers.search_again(order_id=order.pk, actor=by_vera)
    assert candidates.refused_by(order) == set()
    assert put(order, "7", by_vera).is_live


@pytest.mark.feature("C7")
def test_too_late_is_refused_with_the_time(by_vera, seven):
    order = town.ordered(by_vera)
    offer = put(order, "7", by_vera)
    town.runs_out(order)
    with pytest.raises(Refused, match=rf"Too late: the offer of order {order.pk} ran out at "):
        offers.accept(offer_id=offer.pk, actor=actors.driver(seven.person))
    assert offers.refuse(offer_id=offer.pk, actor=actors.driver(seven.person), reason="x").state == "refused"
    with pytest.raises(Refused, match=f"You refused order {order.pk}"):
        offers.accept(offer_id=offer.pk, actor=actors.driver(seven.person))


@pytest.mark.feature("C7")
@pytest.mark.parametrize("ends", ["recall", "cancel"])
def test_an_offer_that_the_desk_takes_back_is_over(by_vera, seven, ends):
    order = town.ordered(by_vera)
    offer = put(order, "7", by_vera)
    lifecycle.move(order_id=order.pk, name=ends, actor=by_vera, reason="client rang")
    offer.refresh_from_db()
    assert offer.state == OfferState.RECALLED
    with pytest.raises(Refused, match=f"Too late: order {order.pk} was taken back at"):
        offers.accept(offer_id=offer.pk, actor=actors.driver(seven.person))


def test_given_to_another_by_hand_the_first_is_told_that_it_is_gone(by_vera, seven, eight):
    order = town.ordered(by_vera)
    offer = put(order, "7", by_vera)
    assignment.assign(order_id=order.pk, call_sign="8", actor=by_vera)
    with pytest.raises(Refused, match=f"another driver has order {order.pk}"):
        offers.accept(offer_id=offer.pk, actor=actors.driver(seven.person))


def test_another_drivers_offer_does_not_exist_for_him(by_vera, seven, eight):
    offer = put(town.ordered(by_vera), "7", by_vera)
    for act in (offers.accept, offers.seen, lambda **k: offers.refuse(reason="x", **k)):
        with pytest.raises(Offer.DoesNotExist):
            act(offer_id=offer.pk, actor=actors.driver(eight.person))


@pytest.mark.feature("C7")
def test_the_constraints_themselves_hold_one_offer_a_driver_and_an_order(by_vera, seven, eight):
    first, second = town.ordered(by_vera), town.ordered(by_vera)
    put(first, "7", by_vera)
    with pytest.raises(Refused, match=f"7 is being asked about order {first.pk}"):
        put(second, "7", by_vera)
    now = timezone.now()
    twice = {"sent_at": now, "expires_at": now, "phase": OfferPhase.RADIUS}
    with pytest.raises(IntegrityError, match="one_live_offer_a_driver"), transaction.atomic():
        Offer.objects.create(order=second, driver=seven, **twice)
    with pytest.raises(IntegrityError, match="one_live_offer_an_order"), transaction.atomic():
        Offer.objects.create(order=first, driver=eight, **twice)


@pytest.mark.feature("C7")
def test_to_all_at_once_and_the_quicker_one_has_it(by_vera, seven, eight):
    town.at_work("9", 100)
    nine_drives = town.ordered(by_vera)
    assignment.assign(order_id=nine_drives.pk, call_sign="9", actor=by_vera)
    order = town.ordered(by_vera)
    sent = {offer.driver_id: offer for offer in offers.broadcast(order_id=order.pk, actor=by_vera)}
    assert set(sent) == {seven.pk, eight.pk}
    offers.accept(offer_id=sent[eight.pk].pk, actor=actors.driver(eight.person))
    with pytest.raises(Refused, match=f"Too late: another driver has order {order.pk}"):
        offers.accept(offer_id=sent[seven.pk].pk, actor=actors.driver(seven.person))
    states = dict(order.offers.values_list("driver", "state"))
    assert states == {seven.pk: OfferState.RECALLED, eight.pk: OfferState.ACCEPTED}


def test_of_all_one_refusal_leaves_the_others_and_the_last_one_ends_it(by_vera, seven, eight):
    order = town.ordered(by_vera)
    sent = {offer.driver: offer for offer in offers.broadcast(order_id=order.pk, actor=by_vera)}
    for one, state in ((seven, State.OFFERED), (eight, State.SEARCHING)):
        offers.refuse(offer_id=sent[one].pk, actor=actors.driver(one.person), reason="no")
        order.refresh_from_db()
        assert order.state == state


def test_with_nobody_on_shift_there_is_nobody_to_ask(by_vera):
    order = town.ordered(by_vera)
    with pytest.raises(Refused, match="Nobody on shift"):
        offers.broadcast(order_id=order.pk, actor=by_vera)
    order.refresh_from_db()
    assert order.state == State.SEARCHING


@pytest.mark.feature("C7")
def test_the_next_order_waits_until_the_present_one_is_done(by_vera, seven):
    now = town.ordered(by_vera)
    assignment.assign(order_id=now.pk, call_sign="7", actor=by_vera)
    for name in ("set_off", "arrive"):
        lifecycle.move(order_id=now.pk, name=name, actor=by_vera)
    DriverShift.objects.update(takes_next=True)
    later = town.ordered(by_vera)
    with pytest.raises(Refused, match=f"on order {now.pk}"):
        put(later, "7", by_vera)  # he has not even his client yet
    lifecycle.move(order_id=now.pk, name="board", actor=by_vera)
    offer = put(later, "7", by_vera)
    him = actors.driver(seven.person)
    assert offers.accept(offer_id=offer.pk, actor=him).state == OfferState.RESERVED
    offers.begin_next(seven)
    later.refresh_from_db()
    assert later.state == State.OFFERED  # he still drives the first client
    lifecycle.move(order_id=now.pk, name="complete", actor=him)
    offers.begin_next(seven)
    later.refresh_from_db()
    assert (later.state, later.driver) == (State.ASSIGNED, seven)
    assert later.offers.get().state == OfferState.ACCEPTED


@pytest.mark.feature("C7")
def test_vera_is_asked_before_an_unfit_driver_is_taken_and_may_insist(by_vera, seven, anna):
    ClientDriverBlock.objects.create(client=anna, driver=seven, reason="грубил")
    order = town.ordered(by_vera, client=anna, service_class="business", options=["pet"], passengers=6)
    with pytest.raises(Doubtful) as doubtful:
        assignment.assign(order_id=order.pk, call_sign="7", actor=by_vera)
    concerns = [doubt.concern for doubt in doubtful.value.doubts]
    assert concerns == ["blocked", "wrong_class", "no_options", "few_seats"]
    with pytest.raises(Doubtful):
        assignment.assign(order_id=order.pk, call_sign="7", actor=by_vera, accepted=concerns[:2])
    assignment.assign(order_id=order.pk, call_sign="7", actor=by_vera, accepted=concerns)
    order.refresh_from_db()
    assert order.driver == seven


def test_the_panel_reads_the_same_number_of_queries_however_many_drive(by_vera, seven, django_assert_num_queries):
    order = town.ordered(by_vera)
    with django_assert_num_queries(11):
        assert [line.driver.call_sign for line in candidates.likely(order)] == ["7"]
    for number in range(20, 29):
        town.at_work(str(number), number * 10)
    driver("40")  # on shift, and nobody knows where
    with django_assert_num_queries(11):
        lines = candidates.likely(order)
    assert [line.driver.call_sign for line in lines][:3] == ["20", "21", "22"]
    assert lines[-1].driver.call_sign == "40"
