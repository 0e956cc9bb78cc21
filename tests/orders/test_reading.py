"""The reads: what they find, in which order, and with how many queries."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dispatch.live.registry import Viewer
from orders import actors
from orders.live import render_orders
from orders.models import Client, ClientPhone, Driver, Order
from orders.selectors import cards, current, detail, unfinished
from orders.services import assignment, drafts, lifecycle
from tests.orders.conftest import ANNA, placed

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(anna, by_vera, ivan):
    """Five open orders in their order on the list, and one closed."""
    later = timezone.now() + timedelta(hours=6)
    preorder = placed(anna, by_vera, "Позже, 1", pickup_at=later)
    busy = placed(anna, by_vera, "В пути, 1")
    assignment.assign(order_id=busy.pk, call_sign="17", actor=by_vera)
    first = placed(Client.objects.create(name="Олег"), by_vera, "Первый, 1")
    second = placed(anna, by_vera, "Второй, 1", destination="Вокзал")
    soonest = placed(anna, by_vera, "Срочный, 1", pickup_at=timezone.now() - timedelta(minutes=5))
    closed = placed(anna, by_vera, "Закрыт, 1")
    lifecycle.move(order_id=closed.pk, name="cancel", actor=by_vera, reason="x")
    return [soonest, first, second, busy, preorder], closed


@pytest.mark.feature("C4")
def test_the_detail_is_three_queries_however_long_the_story(order, by_vera, olga, django_assert_num_queries):
    for _ in range(5):
        lifecycle.move(order_id=order.pk, name="cancel", actor=by_vera, reason="x")
        lifecycle.move(order_id=order.pk, name="reopen", actor=actors.staff(olga), reason="y")
    with django_assert_num_queries(3):
        found = detail.detail(detail.find(order.pk), by_vera)
        assert [str(event.actor) for event in found.events]
    assert len(found.events) == 11


@pytest.mark.feature("C4")
def test_only_what_is_legal_has_a_button(order, by_vera, ivan):
    def buttons() -> set[str]:
        return {action.transition.name for action in detail.detail(detail.find(order.pk), by_vera).actions}

    assert buttons() == {"cancel"}  # nobody asked the client whether he still waits
    assert detail.detail(detail.find(order.pk), by_vera).can_assign
    assignment.assign(order_id=order.pk, call_sign="17", actor=by_vera)
    assert buttons() == {"set_off", "unassign", "cancel"}
    his = detail.detail(detail.find(order.pk), actors.driver(ivan.person))
    assert {action.transition.name for action in his.actions} == {"set_off", "hand_back"}
    assert detail.detail(detail.find(order.pk), None).actions == []


@pytest.mark.feature("D9", "D10")
def test_what_is_open_for_a_caller(town, anna, ivan, django_assert_num_queries):
    in_order, _closed = town
    with django_assert_num_queries(1):
        mine = current.open_orders_of_client(client_id=anna.pk)
    assert [order.pk for order in mine] == sorted((o.pk for o in in_order if o.client_id == anna.pk), reverse=True)
    assert len(current.open_orders_of_client(phone=ANNA)) == 5
    assert current.open_orders_of_client() == []
    assert current.current_order_of_driver(ivan.pk).pickup == "В пути, 1"


@pytest.mark.feature("C5")
def test_the_likeliest_address_comes_first(anna, by_vera, django_assert_num_queries):
    for number, street in enumerate(["Мира, 1", "Ленина, 5", "ленина,  5", "Садовая, 3"]):
        placed(anna, by_vera, street, destination=f"место {number}")
    with django_assert_num_queries(4):
        known = cards.caller(client_id=None, phone=ANNA)
    assert known.client == anna
    assert [likely.address for likely in known.addresses] == ["ленина,  5", "Садовая, 3", "Мира, 1"]
    assert known.addresses[0].destination == "место 2"
    assert len(known.open_orders) == 4


def test_a_shared_number_offers_the_choice(anna):
    ClientPhone.objects.create(client=Client.objects.create(name="Игорь"), e164=ANNA, raw=ANNA)
    known = cards.caller(client_id=None, phone=ANNA)
    assert known.client is None
    assert len(known.clients) == 2
    assert cards.caller(client_id=anna.pk, phone=ANNA).client == anna


@pytest.mark.feature("C10")
def test_cards_take_a_fixed_number_of_queries(town, anna, ivan, django_assert_num_queries):
    with django_assert_num_queries(7):
        card = cards.client_card(anna.pk)
        assert list(card.client.phones.all())
    assert (card.cancelled, card.completed) == (1, 0)
    with django_assert_num_queries(5):
        his = cards.driver_card(ivan.pk)
        assert list(his.driver.phones.all()) == []
    assert his.current.pickup == "В пути, 1"
    with django_assert_num_queries(4):
        found = cards.drivers()
        assert [(driver.call_sign, [o.pk for o in driver.performing], list(driver.phones.all())) for driver in found]
    with django_assert_num_queries(2):
        assert [list(client.phones.all()) for client in cards.clients(text="анна")]


def test_drivers_stand_in_the_order_of_their_numbers():
    for sign in ("10", "9", "T1", "101"):
        Driver.objects.create(call_sign=sign, first_name="A", last_name="B")
    assert [driver.call_sign for driver in cards.drivers()] == ["9", "10", "101", "T1"]


def test_unfinished_forms_are_those_in_which_something_was_typed(vera, boris):
    drafts.open_draft(owner=vera, source="call:1", fields={"phone": ANNA})
    typed = drafts.open_draft(owner=vera, source="call:2", fields={"phone": ANNA, "pickup": "Лен"})
    drafts.open_draft(owner=boris, source="call:3", fields={"pickup": "Мира"})
    assert unfinished.of_person(vera) == [typed]


@pytest.mark.feature("C3")
def test_a_row_is_drawn_once_for_all_who_may_see_the_same(town, django_assert_num_queries):
    in_order, closed = town
    keys = [str(order.pk) for order in [*in_order, closed]] + ["987654"]
    with django_assert_num_queries(1):
        drawn = render_orders(keys, Viewer("en", "dispatcher"))
    assert (drawn[str(closed.pk)], drawn["987654"]) == (None, None)
    row = drawn[str(in_order[3].pk)]
    assert f'id="order-{in_order[3].pk}"' in row
    assert 'data-state="assigned"' in row
    assert "8 (912) 345-67-89" in row
    assert "white Škoda" in row
    assert "8 (912) 345-67-89" not in render_orders(keys, Viewer("en", "manager"))[str(in_order[3].pk)]
    assert "assigned" in row
    assert Order.objects.count() == 6
