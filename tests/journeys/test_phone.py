"""A dispatcher whose only telephone is her browser: the page where she sets it up, and a call that outlives pages."""

import pytest
from playwright.sync_api import expect

from tests.journeys.booth import Booth
from tests.journeys.conftest import Town
from tests.journeys.people import BORIS, KONSTANTIN, STRANGER, VERA
from tests.journeys.street import until
from tests.rig.asterisk import TONES

pytestmark = [pytest.mark.rig, pytest.mark.browser, pytest.mark.whole_browser, pytest.mark.journey]
WEB = 1200  # Hz: Vera's voice
CLIENT = TONES["client"]
HEARD = TONES | {"vera": WEB}
ALL = list(HEARD.values())
# What the screen of a call has said so far.
WORDS = """() => {
  window.said = [];
  const look = () => {
    for (const word of document.querySelectorAll("[data-screen-word]")) said.push(word.textContent);
  };
  const place = document.querySelector("[data-phone-screens]");
  new MutationObserver(look).observe(place, { subtree: true, childList: true, characterData: true });
}"""


# A microphone that takes its time, as a headset without a cord does.
SLOW = """() => {
  const own = navigator.mediaDevices.getUserMedia;
  navigator.mediaDevices.getUserMedia = async (wish) => {
    await new Promise((open) => { window.openMicrophone = open; });
    return own(wish);
  };
}"""


@pytest.fixture
def booth(real_town: Town) -> Booth:
    return Booth.set_up(real_town.desk(VERA), real_town.street, tone=WEB)


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
    expect(booth.talk).to_have_count(0)
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

    other = Booth(booth.desk, booth.desk.context.new_page(), booth.street)
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
    expect(booth.talk).to_contain_text("goes out")
    expect(booth.screen).to_have_count(0)  # her own telephone being up is no success yet
    until(lambda: street.is_called(STRANGER), 8, "it rings outside")
    expect(booth.inside.locator("[data-live=talk]")).to_contain_text("You are calling")
    expect(booth.talk.locator("[data-timer]")).to_have_text("")
    street.lift_outside(STRANGER)
    expect(booth.talk.locator("[data-timer]")).to_have_text("0:01")
    expect(booth.inside.locator("[data-live=talk]")).to_contain_text("You are talking with")
    until(lambda: booth.hears(ALL) == [CLIENT], 8, "she hears the client")
    expect(booth.bar).to_contain_text("8 (916) 123-45-67")
    street.put_down_outside(STRANGER)
    expect(booth.talk).to_have_count(0)
    expect(booth.bar.get_by_label("Number")).to_have_value("")
    expect(booth.inside.locator("[data-live=talk] > .talk")).to_have_count(0)  # the desk has heard of the end, too

    booth.dial("+49 30 123456")
    expect(booth.inside.get_by_text("cannot dial")).to_be_visible()
    booth.bar.locator("summary", has_text="Dial").click()
    expect(booth.bar.get_by_label("Number")).to_have_value("+49 30 123456")

    order = real_town.order_for(KONSTANTIN, "Lenina 5")
    booth.page.goto(f"{booth.desk.url}/orders/{order}/")
    booth.inside.get_by_role("button", name="Call the client").click()
    expect(booth.talk).to_contain_text("goes out Konstantin Belov")
    assert booth.desk.troubles == []


@pytest.mark.feature("W1", "M10", "M11", "D7", "P13")
def test_hold_a_question_and_parking_keep_the_name_and_are_no_bad_network(booth: Booth, real_town: Town):
    street, house = real_town.street, real_town.house
    booth.start_shift("101")
    boris = real_town.desk(BORIS)
    boris.start_shift("102")
    street.ring(KONSTANTIN)
    booth.screen.get_by_role("button", name="Answer").click()
    conversation = booth.inside.locator("[data-live=talk] > .talk")
    expect(conversation).to_contain_text("You are talking with")
    booth.names("Konstantin Belov")
    until(lambda: booth.seconds >= 4, 8, "the network has been looked at")

    booth.press("F2")
    expect(conversation).to_contain_text("On hold")
    held = booth.seconds
    until(lambda: booth.seconds >= held + 6, 12, "the hold lasts longer than three looks at the network")
    expect(booth.talk.locator("[data-network]")).not_to_have_attribute("data-bad", "")
    booth.names("Konstantin Belov")

    booth.press("t")
    expect(booth.inside.get_by_label("Name, call sign or number")).to_be_focused()
    booth.page.keyboard.type("petr")
    booth.page.keyboard.press("Enter")
    booth.names("Petrov Boris")
    street.lift("102")
    until(lambda: booth.hears(ALL) == [TONES["102"]], 8, "she hears Boris")
    booth.names("Petrov Boris")
    street.put_down("102")
    expect(conversation.locator(".talk-two")).to_have_count(0)
    booth.names("Konstantin Belov")

    booth.press("F4")
    expect(booth.talk).to_have_count(0)
    expect(booth.inside.locator(".parked")).to_contain_text("Konstantin Belov")
    booth.press("F8")
    expect(conversation).to_contain_text("You are talking with")
    until(lambda: booth.hears(ALL) == [CLIENT], 8, "she hears him again")
    booth.names("Konstantin Belov")
    assert street.heard_by(KONSTANTIN, {"vera"}, HEARD) == {"vera"}

    street.give_up(KONSTANTIN)
    expect(booth.talk).to_have_count(0)
    house.wait(lambda: house.rows("select 1 from telephony_call where state = 'ended'"), 5, "the call is over")
    booth.page.goto(f"{booth.desk.url}/phone/")
    expect(booth.inside.locator(".phone-past tbody tr")).to_have_count(2)  # until it was parked, and after
    losses = booth.inside.locator(".phone-past [data-figure=loss]").all_inner_texts()  # average / worst
    assert max(float(loss.split("/")[1].strip(" %")) for loss in losses) < 50  # silence would be 100
    assert booth.desk.troubles == boris.troubles == []


@pytest.mark.feature("M10", "P1")
def test_only_a_caller_who_has_gone_is_missed(booth: Booth, real_town: Town):
    street = real_town.street
    booth.start_shift("101")
    booth.page.evaluate(WORDS)
    street.ring(STRANGER)
    expect(booth.screen).to_contain_text("rings")
    expect(booth.screen).to_have_count(0, timeout=25_000)  # her telephone has rung for long enough
    expect(booth.screen).to_contain_text("rings", timeout=20_000)  # and does so again
    assert "missed" not in booth.page.evaluate("said")
    street.give_up(STRANGER)
    expect(booth.screen).to_contain_text("missed")
    assert booth.desk.troubles == []


@pytest.mark.feature("W9", "W1")
def test_whoever_mutes_while_the_microphone_still_opens_is_not_heard(booth: Booth, real_town: Town):
    street = real_town.street
    booth.start_shift("101")
    booth.page.evaluate(SLOW)
    street.ring(STRANGER)
    expect(booth.screen).to_contain_text("rings")
    booth.press("a")
    booth.page.wait_for_function("() => window.openMicrophone")
    booth.press("F6")
    booth.page.evaluate("openMicrophone()")
    mute = booth.talk.get_by_role("button", name="Mute")
    expect(mute).to_have_attribute("aria-pressed", "true")
    until(lambda: booth.hears(ALL) == [CLIENT], 8, "she hears the client")
    assert street.heard_by(STRANGER, set(), HEARD) == set()
    booth.press("F6")
    expect(mute).to_have_attribute("aria-pressed", "false")
    assert street.heard_by(STRANGER, {"vera"}, HEARD) == {"vera"}
    booth.press("F6")
    assert street.heard_by(STRANGER, set(), HEARD) == set()
    assert booth.desk.troubles == []


@pytest.mark.feature("M3", "W1")
def test_the_browser_answers_by_itself_but_not_while_she_talks_at_her_desk_phone(booth: Booth, real_town: Town):
    street = real_town.street
    booth.start_shift("101")
    booth.page.evaluate("localStorage.setItem('phone', JSON.stringify({ on: true, auto: true }))")
    colleague = street.telephone("102")
    street.telephone("101").dial("600").wait_up()  # the echo
    call = colleague.dial("101")
    expect(booth.screen).to_contain_text("rings")
    booth.page.wait_for_timeout(1000)
    assert booth.page.evaluate("phone.talks.map(({ isIntoAnother, state }) => [isIntoAnother, state])") == [
        [True, "ringing"]
    ]
    call.hang_up()
    expect(booth.screen).to_contain_text("missed")
    street.put_down("101")

    colleague.dial("101").wait_up()
    expect(booth.talk).to_be_visible()
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
    expect(booth.talk).to_have_count(0)

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
