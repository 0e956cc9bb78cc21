"""What it costs, on the screen while the client speaks."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from orders.models import Fleet, KeptQuote, Order, Tariff
from orders.pricing import Rates
from orders.services import tariffs
from tests.orders.test_in_the_browser import INTAKE, context, page, until, vera  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.feature("C9")
def test_the_price_is_there_while_the_client_speaks_and_is_kept_without_an_order(page):  # noqa: F811
    """Minimum 200; the way is not known. He finds it dear, and at the next call the price is there."""
    town = Fleet.objects.create(name="Town", is_default=True)
    economy = Tariff.objects.create(fleet=town, name="Economy", service_class="economy")
    tariffs.add_version(tariff_id=economy.pk, rates=Rates("RUB", minimum=Decimal(200)), valid_from=None, actor=None)
    page.goto(INTAKE)
    page.locator("[name=pickup]").press_sequentially("Lenina 5")
    quote = page.locator(".quote")
    expect(quote).to_contain_text("from RUB 200")
    quote.locator("summary").click()
    expect(quote).to_contain_text("Up to the minimum")
    quote.evaluate("element => element.dataset.seen = 'yes'")
    page.locator("[name=comment]").press_sequentially("by the gate")
    expect(page.locator(".quote:not([data-seen])")).to_be_visible()
    expect(quote).to_have_attribute("open", "")  # asked for anew, it stays open
    page.get_by_label("Why not").press_sequentially("too dear")
    page.keyboard.press("Enter")  # is no order
    page.get_by_role("button", name="Keep the price without an order").click()
    expect(page.get_by_text("Kept:")).to_be_visible()
    assert KeptQuote.objects.get().reason == "too dear"
    page.goto(INTAKE.replace("731", "732"))
    expect(page.locator(".quote-kept")).to_contain_text("too dear")
    page.get_by_role("button", name="Order it at this price").click()
    expect(page.locator("#content")).to_contain_text("Lenina 5")
    until(page, lambda: Order.objects.count() == 1)
    assert KeptQuote.objects.get().order == Order.objects.get()


@pytest.mark.feature("C5", "X4")
def test_a_server_that_is_away_is_asked_again_in_a_while_and_not_at_once(page):  # noqa: F811
    """The form asked hundreds of times a second: the empty answer that it showed itself made it ask anew."""
    asked = []
    page.route("**/intake/ahead/**", lambda route: (asked.append(route.request.url), route.abort()))
    page.goto(INTAKE)
    page.locator("[name=pickup]").press_sequentially("Lenina 5")
    until(page, lambda: asked and "Lenina" in asked[-1])
    page.locator("[name=comment]").press_sequentially("by the gate of the old mill, where the road turns", delay=20)
    assert len(asked) < 10  # one for each pause
    page.unroute("**/intake/ahead/**")
    expect(page.locator(".ahead")).to_contain_text("unknown address", timeout=8000)  # of itself, without a key
