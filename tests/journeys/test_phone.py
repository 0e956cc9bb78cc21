"""A dispatcher whose only telephone is her browser: the page where she sets it up, and a call that outlives pages."""

import pytest
from playwright.sync_api import expect

from tests.journeys.booth import Booth
from tests.journeys.conftest import Town
from tests.journeys.people import STRANGER, VERA
from tests.journeys.street import until
from tests.rig.asterisk import TONES

pytestmark = [pytest.mark.rig, pytest.mark.browser, pytest.mark.whole_browser, pytest.mark.journey]
WEB = 1200  # Hz: Vera's voice
CLIENT = TONES["client"]
HEARD = TONES | {"vera": WEB}
ALL = list(HEARD.values())


@pytest.fixture
def booth(real_town: Town) -> Booth:
    return Booth.set_up(real_town.desk(VERA), tone=WEB)


@pytest.mark.feature("W1", "M9", "D1")
def test_vera_answers_in_the_browser_and_the_call_outlives_her_pages(booth: Booth, real_town: Town):
    street = real_town.street
    assert street.contacts("101w") == 0
    booth.start_shift("101")
    expect(booth.inside.locator(".health[data-is]:not([data-is=unknown])")).to_be_attached()

    street.ring(STRANGER)
    expect(booth.screen).to_contain_text("8 (916) 123-45-67")  # as the desk's card says it
    booth.screen.get_by_role("button", name="Answer").click()
    expect(booth.bar).to_contain_text("8 (916) 123-45-67")
    expect(booth.inside.locator("[data-live=talk]")).to_contain_text("You are talking with")
    until(lambda: booth.hears(ALL) == [CLIENT], 8, "she hears the client")
    assert street.heard_by(STRANGER, {"vera"}, HEARD) == {"vera"}

    for name in ("Orders", "Calls", "Clients", "Drivers"):
        booth.inside.locator(".header-nav").get_by_role("link", name=name, exact=True).click()
        expect(booth.inside.locator(".header-nav [aria-current]")).to_have_text(name)
        assert booth.hears(ALL) == [CLIENT]
    assert street.heard_by(STRANGER, {"vera"}, HEARD) == {"vera"}

    with booth.page.expect_event("dialog") as asked:
        booth.page.once("dialog", lambda dialog: dialog.dismiss())
        booth.page.evaluate("setTimeout(() => location.reload())")
    assert asked.value.type == "beforeunload"
    assert booth.hears(ALL) == [CLIENT]

    booth.page.keyboard.press("x")
    expect(booth.bar.locator(".phone-talk")).to_have_count(0)
    real_town.house.wait(
        lambda: real_town.house.rows("select 1 from telephony_call where state = 'ended'"), 5, "the call is over"
    )
    booth.page.reload()
    expect(booth.bar).to_contain_text("registered")
    expect(booth.inside.locator(".header-nav [aria-current]")).to_have_text("Drivers")
    assert street.contacts("101w") == 1

    ((call,),) = real_town.house.rows("select id from telephony_call")
    booth.page.goto(f"{booth.desk.url}/calls/{call}/")  # the device knows how the network was
    expect(booth.inside.locator(".network-courses svg")).to_have_count(3)
    booth.page.goto(f"{booth.desk.url}/phone/")
    expect(booth.inside.locator(".phone-past").get_by_role("link", name=str(call))).to_be_visible()

    other = Booth(booth.desk, booth.desk.context.new_page())
    other.page.goto(f"{booth.desk.url}/orders/")
    expect(other.bar).to_contain_text("not here")
    other.bar.get_by_role("button", name="Take it here").click()
    expect(other.bar).to_contain_text("registered")
    expect(booth.bar).to_contain_text("Your telephone is now in another tab")
    assert booth.desk.troubles == []


@pytest.mark.feature("W9", "W1")
def test_she_dials_and_her_browser_answers_by_itself_what_she_asked_for(booth: Booth, real_town: Town):
    street = real_town.street
    booth.start_shift("101")
    booth.dial("8 916 123-45-67")
    expect(booth.bar.locator(".phone-talk")).to_contain_text("goes out")
    until(lambda: street.is_called(STRANGER), 8, "it rings outside")
    street.lift_outside(STRANGER)
    expect(booth.inside.locator("[data-live=talk]")).to_contain_text("You are talking with")
    until(lambda: booth.hears(ALL) == [CLIENT], 8, "she hears the client")
    expect(booth.bar).to_contain_text("8 (916) 123-45-67")
    street.put_down_outside(STRANGER)
    expect(booth.bar.locator(".phone-talk")).to_have_count(0)
    assert booth.desk.troubles == []


@pytest.mark.feature("W1", "D6")
def test_the_card_the_key_and_the_check(booth: Booth, real_town: Town):
    booth.start_shift("101")
    booth.page.goto(f"{booth.desk.url}/phone/")
    expect(booth.bar).to_contain_text("registered")
    booth.inside.get_by_role("button", name="Check", exact=True).click()
    for name in ("installed", "microphone", "hears", "shift", "line", "echo"):
        expect(booth.inside.locator(f"[data-check={name}]")).to_have_attribute("data-is", "good", timeout=20_000)

    booth.inside.get_by_role("link", name="Desk", exact=True).click()
    real_town.street.ring(STRANGER)
    expect(booth.screen).to_be_visible()
    booth.inside.locator("[data-live=call] .call").get_by_role("button", name="Answer").click()
    expect(booth.inside.locator("[data-live=talk]")).to_contain_text("You are talking with")
    until(lambda: booth.hears(ALL) == [CLIENT], 8, "she hears the client")
    assert real_town.house.rows("select 1 from telephony_intent") == []
    real_town.street.give_up(STRANGER)
    expect(booth.bar.locator(".phone-talk")).to_have_count(0)

    real_town.street.ring(STRANGER)
    expect(booth.screen).to_be_visible()
    booth.inside.locator("body").evaluate("document.activeElement.blur()")
    booth.page.keyboard.press("a")
    expect(booth.inside.locator("[data-live=talk]")).to_contain_text("You are talking with")
    assert booth.desk.troubles == []


@pytest.mark.feature("W1")
def test_what_the_browsers_menu_prints_is_the_whole_page_and_nothing_to_press(booth: Booth, real_town: Town):
    order = real_town.order_for(STRANGER, "Lenina 5")
    real_town.street.unplug("101")  # type: ignore[attr-defined]
    booth.start_shift("101")
    booth.page.goto(f"{real_town.house.url}/orders/{order}/")
    pressed = booth.inside.locator(".button", has_text="Call the client")
    expect(pressed).to_be_visible()
    expect(booth.inside.get_by_text("Gromov").first).to_be_visible()  # all that the page fetches is there
    booth.page.set_viewport_size({"width": 1440, "height": 300})
    frame = booth.page.locator("iframe[name=page]")
    assert frame.bounding_box()["height"] < 300  # type: ignore[index]
    booth.page.emulate_media(media="print")
    booth.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(booth.bar).to_be_hidden()
    expect(pressed).to_be_hidden()
    expect(booth.inside.locator(".header")).to_be_hidden()
    expect(booth.inside.get_by_text("Lenina 5").first).to_be_visible()
    longer = booth.inside.locator("html").evaluate("(page) => innerHeight - page.querySelector('main').scrollHeight")
    assert longer >= 0
    booth.page.emulate_media(media="screen")
    booth.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert frame.bounding_box()["height"] < 300  # type: ignore[index]
