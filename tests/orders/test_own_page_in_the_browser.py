"""The driver's page in a real browser: offers that ring and tick, tunnels, positions, a page that opens offline."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from dispatch.staff.models import Role
from orders import actors
from orders.flow import State
from orders.models import DriverPosition, Offer, Order
from orders.services import offers, reservations
from tests.orders import town
from tests.orders.conftest import person
from tests.pages import leave

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
KEPT = (
    "caches.open('driver-1').then((store) => store.keys()).then((all) => all.map(({ url }) => new URL(url).pathname))"
)
KEPT_TOO = "(path) => caches.open('driver-1').then((store) => store.put(path, new Response('')))"
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def seven():
    return town.at_work("7", 500)


@pytest.fixture
def vera():
    return actors.staff(person("vera", Role.DISPATCHER))


@pytest.fixture
def context(chromium, live_server, seven) -> Iterator[BrowserContext]:
    session = Browser()
    session.force_login(seven.person)
    context = chromium.new_context(
        base_url=live_server.url, locale="en-GB", viewport=PHONE, has_touch=True, permissions=["geolocation"],
        geolocation={"latitude": town.ARBAT[0], "longitude": town.ARBAT[1], "accuracy": 8},
    )  # fmt: skip
    context.add_cookies([{"name": "sessionid", "value": session.cookies["sessionid"].value, "url": live_server.url}])
    context.set_default_timeout(15000)
    yield context
    leave(context)


@pytest.fixture
def page(context) -> Page:
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"script: {error}"))
    page.on("console", lambda line: pytest.fail(line.text) if "Content Security Policy" in line.text else None)
    return page


def begin(page: Page) -> None:
    page.goto("/driver/")
    page.locator("html[data-begun]").wait_for()  # a press before that is a plain form's


def until(page: Page, true: Callable[[], object]) -> None:
    for _ in range(160):
        if true():
            return
        page.wait_for_timeout(50)
    assert true()


def put(order: Order, by: actors.Actor) -> Offer:
    return offers.offer(order_id=order.pk, call_sign="7", actor=by)


@pytest.mark.feature("C7")
def test_seven_reads_his_offer_with_its_countdown_accepts_and_drives(page, vera):
    order = town.ordered(vera)
    offer = put(order, vera)
    begin(page)
    expect(page.locator("[data-offer] time[data-until]")).to_have_text(re.compile(r"^0:[01]\d$"))
    until(page, lambda: Offer.objects.get(pk=offer.pk).state == "seen")
    page.get_by_role("button", name="Accept").click()
    for button in ("On the way", "Arrived", "On board", "Completed"):
        page.get_by_role("button", name=button).click()
    expect(page.get_by_text("You are free")).to_be_visible()
    assert Order.objects.get(pk=order.pk).state == State.COMPLETED


@pytest.mark.feature("C7", "X2")
def test_through_a_tunnel_nothing_that_he_pressed_is_lost(page, context, vera, seven):
    order = town.ordered(vera)
    offers.accept(offer_id=put(order, vera).pk, actor=actors.driver(seven.person))
    begin(page)
    page.route(re.compile(r"/driver/\d+/"), lambda route: route.abort())
    page.get_by_role("button", name="On the way").click()
    expect(page.locator("[data-offline]")).to_contain_text("Waits to be sent: On the way")
    page.reload()  # also the page is closed and opened again meanwhile
    expect(page.locator("[data-offline]")).to_contain_text("Waits to be sent: On the way")
    page.unroute(re.compile(r"/driver/\d+/"))
    expect(page.get_by_role("button", name="Arrived")).to_be_visible()
    expect(page.locator("[data-offline]")).not_to_contain_text("Waits")
    assert Order.objects.get(pk=order.pk).events.filter(transition="set_off").count() == 1


@pytest.mark.feature("C7")
def test_an_acceptance_that_comes_too_late_is_explained(page, vera):
    order = town.ordered(vera)
    put(order, vera)
    begin(page)
    expect(page.get_by_role("button", name="Accept")).to_be_visible()
    town.runs_out(order)
    page.get_by_role("button", name="Accept").click()
    expect(page.locator("[data-said]")).to_contain_text(f"Too late: the offer of order {order.pk} ran out at")


@pytest.mark.feature("C7")
def test_a_refusal_needs_two_touches(page, vera):
    order = town.ordered(vera)
    put(order, vera)
    begin(page)
    page.get_by_text("Refuse", exact=True).click()
    page.get_by_role("button", name="too far away").click()
    expect(page.get_by_text("You are free")).to_be_visible()
    assert order.offers.get().reason == "too far away"


@pytest.mark.feature("C7")
def test_a_position_that_was_refused_comes_as_soon_as_he_has_allowed_it(page, context, seven):
    context.clear_permissions()
    begin(page)
    notice = page.get_by_text("No position: allow it")
    expect(notice).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(notice).to_be_visible()
    assert not DriverPosition.objects.filter(driver=seven, accuracy_m=8).exists()
    context.grant_permissions(["geolocation"])
    expect(notice).to_be_hidden()
    until(page, lambda: DriverPosition.objects.filter(driver=seven, accuracy_m=8).exists())


@pytest.mark.feature("C7")
def test_his_position_comes_by_itself(page, context, seven):
    begin(page)
    until(page, lambda: DriverPosition.objects.filter(driver=seven, accuracy_m=8).exists())
    context.set_geolocation({"latitude": town.ARBAT[0] + 0.01, "longitude": town.ARBAT[1]})
    until(page, lambda: DriverPosition.objects.get(driver=seven).latitude == town.ARBAT[0] + 0.01)


@pytest.mark.feature("C7")
def test_the_page_opens_without_a_connection(page, context):
    begin(page)
    page.wait_for_function("navigator.serviceWorker.ready.then((it) => Boolean(it.active))")
    page.reload()  # now through the service worker, which keeps it
    expect(page.get_by_text("You are free")).to_be_visible()
    old = "/static/0123456789ab/js/main.js"  # of a version from before
    page.evaluate(KEPT_TOO, old)
    page.reload()
    until(page, lambda: old not in page.evaluate(KEPT))
    context.set_offline(True)
    page.reload()
    expect(page.get_by_text("You are free")).to_be_visible()
    kept = page.evaluate(KEPT)
    assert f"/static/{settings.STATIC_VERSION}/js/drive.js" in kept
    context.set_offline(False)


@pytest.mark.feature("C8")
def test_he_says_that_he_will_come_and_gives_back_another_one(page, vera):
    tomorrow, later = (
        town.ordered(vera, pickup=pickup, pickup_at=timezone.now() + timedelta(hours=hours))
        for pickup, hours in (("Садовая, 3", 20), ("Мира, 7", 26))
    )
    page.goto("/driver/")
    expect(page.get_by_text("You are free")).to_be_visible()
    for order in (tomorrow, later):
        reservations.reserve(order_id=order.pk, call_sign="7", actor=vera)
    page.reload()
    first, second = page.locator("[data-reservation]").all()
    first.get_by_role("button", name="I will come").click()
    expect(page.locator("[data-reservation]").first.get_by_text("confirmed", exact=True)).to_be_visible()
    second.get_by_text("Give it back").click()
    second.get_by_role("button", name="not on shift then").click()
    expect(page.locator("[data-reservation]")).to_have_count(1)
    tomorrow.refresh_from_db()
    later.refresh_from_db()
    assert (tomorrow.confirmed_at is not None, later.reserved_for) == (True, None)
