"""All that an order may ask for, by keyboard alone: what is pressed is counted."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from orders import actors, trip
from orders.models import Client, ClientPhone, Draft, Order
from orders.selectors import twins
from orders.services import lifecycle
from tests.orders.conftest import ANNA, placed
from tests.orders.test_in_the_browser import INTAKE, context, page, ready, until, vera

__all__ = ["context", "page", "vera"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def keys(page: Page) -> Iterator[list[str]]:
    """Every key that goes down, the ones that are held, too."""
    pressed: list[str] = []
    page.expose_function("pressed", lambda key: pressed.append(key))
    page.add_init_script("addEventListener('keydown', (event) => pressed(event.key), {capture: true})")
    return pressed


@pytest.fixture
def anna() -> Client:
    anna = Client.objects.create(name="Анна")
    ClientPhone.objects.create(client=anna, e164=ANNA, raw=ANNA)
    return anna


def taken(page: Page) -> Order:
    expect(page.locator("article.order h2")).to_contain_text("Order")
    return Order.objects.latest("pk")


@pytest.mark.feature("C5", "X5")
def test_a_repeat_order_takes_three_keys(page, keys, vera, anna):
    before = placed(anna, actors.staff(vera), "Садовая, 3", destination="Вокзал", pickup_entrance="2")
    lifecycle.move(order_id=before.pk, name="cancel", actor=actors.staff(vera), reason="x")
    page.goto(INTAKE)
    ready(page)
    keys.clear()
    page.keyboard.press("1")
    page.keyboard.press("Control+Enter")
    order = taken(page)
    assert (order.pickup, order.destination, order.pickup_entrance) == ("Садовая, 3", "Вокзал", "2")
    assert keys == ["1", "Control", "Enter"]


@pytest.mark.feature("C5", "X5")
def test_a_new_client_with_stops_and_wishes_without_the_mouse(page):
    page.goto(INTAKE)
    ready(page)
    page.keyboard.type("Ленина, 5")
    page.keyboard.press("Tab")
    page.keyboard.type("2")  # the entrance
    page.keyboard.press("Alt+s")
    page.keyboard.type("Школа")
    page.keyboard.press("Alt+s")
    page.keyboard.type("Аптека")
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Alt+s")
    page.keyboard.type("не надо")
    page.keyboard.press("Alt+Delete")
    page.keyboard.press("Enter")  # from the stop where that left her
    expect(page.locator("#id_destination")).to_be_focused()
    page.keyboard.type("Вокзал")
    page.keyboard.press("Alt+m")
    expect(page.locator("#id_cars")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+a")
    page.keyboard.type("3")
    page.keyboard.press("Alt+m")
    expect(page.locator("[data-more-said]")).to_have_text("Cars: 2 · Passengers: 3")
    page.keyboard.press("Control+Enter")
    order = taken(page)
    said = trip.of(order)
    assert [stop.address for stop in said.stops] == ["Аптека", "Школа"]
    assert (said.pickup_entrance, said.destination, said.passengers) == ("2", "Вокзал", 3)
    assert len(twins.together(order)) == 2
    expect(page.locator("article.order")).to_contain_text("Together with")


@pytest.mark.feature("C5")
def test_the_other_way_round_turns_stops_and_door_with_it_and_back(page):
    page.goto(INTAKE)
    ready(page)
    page.keyboard.type("Ленина, 5")
    page.keyboard.press("Tab")
    page.keyboard.type("2")
    page.locator("#id_destination").fill("Вокзал")
    for stop in ("Школа", "Аптека"):
        page.keyboard.press("Alt+s")
        page.keyboard.type(stop)
    ends = "['pickup', 'pickup_entrance', 'destination']"
    way = f"() => {ends}.map((name) => document.querySelector('.intake').elements[name].value)"
    stops = "() => [...document.querySelectorAll('[name=stop]')].map((stop) => stop.value)"
    page.keyboard.press("Alt+w")
    assert (page.evaluate(way), page.evaluate(stops)) == (["Вокзал", "", "Ленина, 5"], ["Аптека", "Школа"])
    page.keyboard.press("Alt+w")
    assert (page.evaluate(way), page.evaluate(stops)) == (["Ленина, 5", "2", "Вокзал"], ["Школа", "Аптека"])


@pytest.mark.feature("C5")
def test_a_reload_without_a_server_loses_neither_stops_nor_wishes(page):
    page.goto(INTAKE)
    ready(page)
    page.route("**/orders/drafts/**", lambda route: route.abort())
    page.keyboard.type("Мира, 7")
    page.keyboard.press("Alt+s")
    page.keyboard.type("Аптека")
    page.keyboard.press("Alt+m")
    page.locator("[name=options][value=pet]").check()
    page.locator("#id_service_class").select_option("comfort")
    page.locator("#id_waits_and_returns").check()
    expect(page.locator("[data-draft-status]")).to_have_text("Not on the server yet; kept in this browser.")
    page.reload()
    expect(page.locator("[name=stop]")).to_have_value("Аптека")
    expect(page.locator("#id_pickup")).to_have_value("Мира, 7")
    assert page.locator("[name=options][value=pet]").is_checked()
    assert page.locator("#id_waits_and_returns").is_checked()
    expect(page.locator("[data-more-said]")).to_have_text("comfort · pet · The car waits and drives back")
    page.unroute("**/orders/drafts/**")
    wanted = {"stop": ["Аптека"], "options": ["pet"], "service_class": "comfort", "waits_and_returns": "on"}
    until(page, lambda: wanted.items() <= Draft.objects.get().fields.items())
    page.locator("[name=stop]").focus()
    page.keyboard.press("Alt+Delete")
    until(page, lambda: Draft.objects.get().fields["stop"] == [])


@pytest.mark.feature("C5")
def test_two_forms_lie_side_by_side_and_a_key_turns_to_the_other(page):
    page.goto(INTAKE)
    ready(page)
    page.keyboard.type("Ленина, 5")
    until(page, lambda: Draft.objects.get().fields.get("pickup") == "Ленина, 5")
    page.goto("/orders/intake/?source=call:732&phone=%2B79005554433")
    ready(page)
    expect(page.locator(".form-tab")).to_have_count(2)
    page.keyboard.type("Мира, 7")
    page.keyboard.press("Alt+PageUp")  # at once: what was typed goes with it
    expect(page.locator("#id_pickup")).to_have_value("Ленина, 5")
    page.keyboard.press("Alt+PageDown")
    expect(page.locator("#id_pickup")).to_have_value("Мира, 7")


@pytest.mark.feature("C5")
def test_one_key_opens_the_twin(page, vera, anna):
    twin = placed(anna, actors.staff(vera), "Ленина, 5")
    page.goto(INTAKE)
    ready(page)
    page.keyboard.type("ленина, 5")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[name=accept]")).to_be_focused()
    page.keyboard.press("Alt+t")
    expect(page.locator("article.order h2")).to_have_text(f"Order {twin.pk}")


@pytest.mark.feature("C4")
def test_a_changed_order_keeps_what_was_not_touched(page, vera, anna):
    order = placed(anna, actors.staff(vera), options=["pet"], passengers=2, flight="SU1402")
    page.goto(f"/orders/{order.pk}/")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("e")
    expect(page.locator("#id_phone")).to_be_focused()
    page.locator("#id_destination").fill("Вокзал")
    page.keyboard.press("Control+Enter")
    expect(page.locator("article.order .timeline")).to_contain_text("Вокзал")
    order.refresh_from_db()
    assert (order.destination, order.options, order.passengers, order.flight) == ("Вокзал", ["pet"], 2, "SU1402")
    assert order.events.last().changes == {"destination": ["", "Вокзал"]}
