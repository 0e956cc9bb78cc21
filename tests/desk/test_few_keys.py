"""From the answered call to the saved order: every key that goes down is counted, and the mouse lies still."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from orders import actors
from orders.models import Client, ClientPhone, Order
from orders.services import lifecycle
from tests.desk.office import answered, ring
from tests.orders.conftest import placed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.feature("C5", "D8", "X5")]
ANNA, STRANGER = "+79123456789", "+79161110001"
COUNT = """() => {
  window.keys = [];
  window.touches = 0;
  addEventListener("keydown", (event) => keys.push(event.key), { capture: true });
  for (const name of ["pointerdown", "mousedown", "wheel"]) addEventListener(name, () => touches++, { capture: true });
}"""


@pytest.fixture
def desk(sit_down, vera) -> Iterator[Page]:
    desk = sit_down(vera)
    desk.evaluate(COUNT)
    yield desk
    assert desk.evaluate("touches") == 0


def talks(desk: Page, number: str, vera, **who: object) -> None:
    """Her telephone rings, she has lifted it: the form is there by itself."""
    call = ring(number, at=["101"], **who)
    expect(desk.locator(".call")).to_have_count(1)
    answered(call, vera, "101")
    expect(desk.locator("#pane #id_pickup")).to_be_focused()
    assert desk.evaluate("keys") == []


def taken(desk: Page) -> Order:
    expect(desk.locator("#pane article.order h2")).to_contain_text("Order")
    return Order.objects.latest("pk")


def test_a_client_who_goes_the_usual_way_takes_three_keys_after_answering(desk, vera):
    anna = Client.objects.create(name="Анна")
    ClientPhone.objects.create(client=anna, e164=ANNA, raw=ANNA)
    before = placed(anna, actors.staff(vera), "Садовая, 3", destination="Вокзал", pickup_entrance="2")
    lifecycle.move(order_id=before.pk, name="cancel", actor=actors.staff(vera), reason="x")
    talks(desk, ANNA, vera, recognised="known", client=anna)
    desk.keyboard.press("1")
    desk.keyboard.press("Control+Enter")
    order = taken(desk)
    assert (order.pickup, order.destination, order.pickup_entrance) == ("Садовая, 3", "Вокзал", "2")
    assert (order.client, order.phone) == (anna, ANNA)
    assert desk.evaluate("keys") == ["1", "Control", "Enter"]


def test_a_new_client_takes_what_he_says_and_a_key_for_each_step(desk, vera):
    talks(desk, STRANGER, vera)
    desk.keyboard.type("sadovaya 3")
    desk.keyboard.press("Enter")  # to the time
    desk.keyboard.press("Enter")  # now; to the destination
    desk.keyboard.type("vokzal")
    desk.keyboard.press("Control+Enter")
    order = taken(desk)
    assert (order.pickup, order.destination, order.phone) == ("sadovaya 3", "vokzal", STRANGER)
    assert desk.evaluate("keys") == [*"sadovaya 3", "Enter", "Enter", *"vokzal", "Control", "Enter"]
