"""The browser phone on the desk, which stays while pages change. The line is a stand-in; journeys have the real one."""

import io
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import BrowserContext, FrameLocator, Page, expect

from dispatch.staff.models import Person, Shift
from orders.models import Client, DeskSetup
from telephony.core import naming
from telephony.models import Extension, Intent
from tests.desk.office import answered, hung_up, ring
from tests.desk.test_accessible import RUN
from tests.live.web import Web

pytestmark = pytest.mark.browser
STAND_IN = Path(__file__).with_name("line_stand_in.js").read_text()
ACCESS = {"url": "ws://127.0.0.1:1/", "login": "101w", "realm": "asterisk", "ice": [], "valid_for": 600}
LOADED = """() => new Promise((done) => {
  const soon = () => setTimeout(done, 50);  // the host has heard of it, too, and has chosen the focus
  if (document.readyState === "complete") soon(); else addEventListener("load", soon);
})"""
ON = "localStorage.setItem('phone', JSON.stringify({on: true, tone: 'chime'}))"


@pytest.fixture(scope="module")
def shared_web(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """An office with a browser phone."""
    with mock.patch.dict(os.environ, PHONE_URL="ws://127.0.0.1:1/"):
        web = Web(tmp_path_factory.mktemp("web") / "web.log", app="dispatch.asgi:application")
    yield web
    web.stop()


class Booth:
    """Vera's browser, with the phone in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.bar = page.locator("#phone")
        self.line = self.bar.locator(".phone-talk")
        self.screen = page.locator(".phone-screen")

    @property
    def inside(self) -> FrameLocator:
        return self.page.frame_locator("iframe[name=page]")

    def rings(self, number: str = "+79161110001", **fields: object) -> str:
        return self.page.evaluate("fields => pbx.ring(fields)", {"number": number, **fields})

    def is_at(self, name: str) -> None:
        expect(self.inside.locator(".header-nav a[aria-current]").first).to_have_text(name)

    def press(self, key: str) -> None:
        self.inside.locator("body").evaluate(LOADED)
        self.inside.locator("body").evaluate("document.activeElement?.blur()")
        self.page.keyboard.press(key)


@pytest.fixture
def booth(sit_down, vera: Person) -> Booth:
    return open_booth(sit_down, vera)


def open_booth(sit_down, person: Person, **options: object) -> Booth:
    page = sit_down(person, path="/profile/", **options)
    prepare(page.context)
    page.evaluate(ON)
    page.goto(page.url.replace("/profile/", "/desk/"))
    made = Booth(page)
    expect(made.inside.locator(".health[data-is]:not([data-is=unknown])")).to_be_attached()
    return made


def prepare(context: BrowserContext) -> None:
    context.route("**/js/phone/line.js", lambda route: route.fulfill(body=STAND_IN, content_type="text/javascript"))
    answer_with(context, 200, ACCESS)


def answer_with(context: BrowserContext, status: int, said: dict[str, object]) -> None:
    body = json.dumps(said)
    context.unroute("**/phone/line/")
    context.route(
        "**/phone/line/", lambda route: route.fulfill(status=status, body=body, content_type="application/json")
    )


@pytest.mark.feature("W1", "D1")
def test_the_phone_stays_while_vera_walks_through_the_pages(booth):
    expect(booth.bar).to_contain_text("registered")
    talk = booth.rings()
    expect(booth.screen).to_contain_text("+79161110001")
    booth.press("a")
    expect(booth.line).to_contain_text("+79161110001")
    for name in ("Orders", "Calls", "Clients", "Drivers"):
        booth.inside.get_by_role("link", name=name, exact=True).first.click()
        booth.is_at(name)
        expect(booth.page).to_have_title(booth.inside.locator("body").evaluate("document.title"))
        expect(booth.page).to_have_url(booth.inside.locator("body").evaluate("location.href"))
    assert booth.page.evaluate("id => pbx.of(id).state", talk) == "up"
    booth.page.go_back()
    booth.is_at("Clients")
    booth.inside.get_by_label("Name or number").fill("Olga")  # a form that asks is a page, too
    booth.page.keyboard.press("Enter")
    expect(booth.page).to_have_url(re.compile("Olga"))
    booth.page.go_back()
    expect(booth.page).to_have_url(re.compile("/clients/$"))
    expect(booth.inside.get_by_label("Name or number")).to_have_value("")
    booth.press("x")
    expect(booth.line).to_have_count(0)

    booth.page.reload()
    booth.is_at("Clients")
    expect(booth.bar).to_contain_text("registered")
    booth.page.go_back()
    booth.is_at("Calls")
    booth.page.go_back()
    booth.is_at("Orders")
    booth.page.go_forward()
    booth.is_at("Calls")
    expect(booth.page).to_have_url(re.compile("/calls/$"))


@pytest.mark.feature("W1")
def test_a_reload_in_a_call_asks_first(booth):
    booth.rings()
    booth.screen.get_by_role("button", name="Answer").click()
    expect(booth.line).to_be_visible()
    with booth.page.expect_event("dialog") as asked:
        booth.page.once("dialog", lambda dialog: dialog.dismiss())
        booth.page.evaluate("setTimeout(() => location.reload())")
    assert asked.value.type == "beforeunload"
    expect(booth.line).to_be_visible()
    booth.line.get_by_role("button", name="Hang up").click()
    expect(booth.line).to_have_count(0)
    booth.page.reload()
    expect(booth.bar).to_contain_text("registered")


@pytest.mark.feature("W1")
def test_a_page_that_does_not_come_takes_nothing_from_the_call(booth):
    booth.rings()
    booth.press("a")
    booth.page.route("**/orders/", lambda route: route.abort())
    booth.inside.get_by_role("link", name="Orders", exact=True).click()
    expect(booth.bar).to_contain_text("The page could not be loaded. A call goes on.")
    expect(booth.line).to_be_visible()
    expect(booth.bar.get_by_role("button", name="Load it again")).to_be_focused()
    booth.page.keyboard.press("F6")  # the keys of the phone are heard there, too
    expect(booth.line.get_by_role("button", name="Mute")).to_have_attribute("aria-pressed", "true")
    booth.page.unroute("**/orders/")
    booth.is_at("Orders")  # by itself
    expect(booth.bar.get_by_text("could not be loaded")).to_be_hidden()
    booth.line.get_by_role("button", name="Hang up").click()
    expect(booth.line).to_have_count(0)


@pytest.mark.feature("M9")
def test_the_screen_of_a_call_says_what_becomes_of_it(booth):
    talk = booth.rings(name="Konstantin")
    expect(booth.screen).to_contain_text("Konstantin")
    expect(booth.screen).to_contain_text("+79161110001")
    expect(booth.screen).to_contain_text("rings")
    booth.page.evaluate("id => pbx.of(id).become('ended', 'Canceled')", talk)
    expect(booth.screen).to_contain_text("missed")
    booth.screen.get_by_role("button", name="Close").click()
    expect(booth.screen).to_have_count(0)

    talk = booth.rings()
    booth.page.evaluate("id => pbx.of(id).become('ended', 'elsewhere')", talk)  # at the desk phone
    expect(booth.screen).to_have_count(0)

    booth.rings()
    booth.press("Delete")
    expect(booth.screen).to_have_count(0)


@pytest.mark.feature("W1", "M9")
def test_an_end_that_nobody_wanted_is_no_missed_call_and_is_said(booth):
    said = booth.page.locator(".toast")
    talk = booth.rings()
    booth.page.evaluate("id => pbx.of(id).become('ended', 'lost')", talk)  # it rings again when the line is back
    expect(booth.screen).to_have_count(0)
    expect(said).to_have_count(0)

    talk = booth.rings(slow=True)
    booth.press("a")
    booth.page.evaluate("id => pbx.of(id).become('ended', 'WebRTC Error')", talk)
    expect(said.last).to_have_text("Not answered: the telephone exchange has taken the call away.")
    expect(booth.screen).to_have_count(0)

    talk = booth.rings()
    booth.press("a")
    booth.page.evaluate("id => pbx.of(id).become('ended', 'RTP Timeout')", talk)
    expect(said.last).to_contain_text("The call has broken off")


@pytest.mark.feature("X5", "M9")
def test_a_call_is_read_aloud_by_its_name(booth):
    aloud = booth.bar.get_by_role("alert")
    expect(aloud).to_have_text("")
    talk = booth.rings(name="Konstantin")
    expect(aloud).to_have_text("A call · Konstantin · +79161110001")
    expect(booth.page.get_by_role("group", name="A call · Konstantin · +79161110001")).to_be_visible()
    booth.page.evaluate("id => pbx.of(id).become('ended', 'elsewhere')", talk)
    expect(aloud).to_have_text("")


@pytest.mark.feature("W1", "X5")
def test_what_is_typed_in_the_pad_and_the_focus_stay_when_another_page_opens(booth):
    booth.bar.locator("summary", has_text="Dial").click()
    booth.page.keyboard.type("8916")
    with booth.page.expect_response("**/phone/bar/"):
        booth.inside.locator("body").evaluate("() => location.assign('/orders/')")
    booth.is_at("Orders")
    booth.page.keyboard.type("123")
    expect(booth.bar.get_by_label("Number")).to_have_value("8916123")


@pytest.mark.feature("M9")
def test_who_still_waits_in_the_queue_is_not_called_missed(booth):
    call = ring("+79161110002", at=["101"])
    talk = booth.rings("79161110002", callId=call.key)
    expect(booth.screen.get_by_role("button", name="Show")).to_be_visible()
    booth.page.evaluate("id => pbx.of(id).become('ended', 'Canceled')", talk)  # it goes round to the next desk
    expect(booth.screen).to_have_count(0)
    hung_up(call)
    expect(booth.screen).to_contain_text("missed")


@pytest.mark.feature("M9", "W9")
def test_the_bar_goes_on_saying_who_it_is_and_a_hold_is_known(booth, vera):
    anna = Client.objects.create(name="Анна Сидорова")
    call = ring("+79161110002", at=["101"], recognised="known", client=anna)
    booth.rings("79161110002", callId=call.key)
    expect(booth.screen).to_contain_text("Анна Сидорова")
    booth.press("a")
    answered(call, vera, "101")
    expect(booth.inside.locator("[data-live=talk]")).to_contain_text("You are talking with")
    expect(booth.line).to_contain_text("Анна Сидорова")
    assert booth.page.evaluate("phone.talks[0].isHeld") is False


@pytest.mark.feature("X5", "W9")
def test_after_a_press_in_the_bar_the_keys_of_the_page_go_on(booth):
    booth.rings()
    booth.screen.get_by_role("button", name="Answer").click()
    booth.line.get_by_role("button", name="Mute").click()
    booth.page.keyboard.press("?")
    expect(booth.inside.locator("#keys")).to_be_visible()
    booth.inside.locator("#keys").press("Escape")
    booth.line.locator("summary", has_text="Volume").click()
    volume = booth.line.get_by_label("Volume of the other side")
    volume.fill("3")
    booth.page.keyboard.press("ArrowRight")
    expect(volume).to_have_value("4")


@pytest.mark.feature("M9")
def test_answer_on_the_card_answers_the_phone_that_rings_here(booth):
    call = ring("+79161110002", at=["101"])
    card = booth.inside.locator(f"#call-{call.pk}")
    expect(card).to_be_visible()
    talk = booth.rings("79161110002", callId=call.key)
    expect(booth.screen.get_by_role("button", name="Show")).to_be_visible()
    card.get_by_role("button", name="Answer").click()
    expect(booth.line).to_be_visible()
    assert booth.page.evaluate("id => pbx.of(id).state", talk) == "up"
    assert Intent.objects.count() == 0  # the PBX had to be asked for nothing


@pytest.mark.feature("M9", "X5")
def test_the_key_answers_the_call_that_is_marked_in_the_list(booth):
    numbers = ("79161110002", "79161110003")
    first, second = (ring(f"+{number}", at=["101"]) for number in numbers)
    talks = [booth.rings(number, callId=call.key) for number, call in zip(numbers, (first, second))]
    expect(booth.screen.get_by_role("button", name="Show")).to_have_count(2)
    booth.page.keyboard.press("ArrowDown")
    booth.page.keyboard.press("ArrowDown")
    expect(booth.inside.locator(f"#call-{second.pk}")).to_have_attribute("aria-current", "true")
    booth.page.keyboard.press("a")
    expect(booth.line).to_be_visible()
    assert booth.page.evaluate("ids => ids.map((id) => pbx.of(id).state)", talks) == ["ringing", "up"]

    third = ring("+79161110004")  # waits, and does not ring here
    expect(booth.inside.locator(f"#call-{third.pk}")).to_be_visible()
    for _ in range(3):
        booth.page.keyboard.press("ArrowDown")
    expect(booth.inside.locator(f"#call-{third.pk}")).to_have_attribute("aria-current", "true")
    booth.page.keyboard.press("a")
    expect(booth.line).to_have_count(1)
    assert booth.page.evaluate("id => pbx.of(id).state", talks[0]) == "ringing"


@pytest.mark.feature("X5", "M10")
def test_a_key_of_the_page_is_the_pages_also_from_the_bar(booth, vera):
    call = ring("+79161110002", at=["101"])
    talk = booth.rings("79161110002", callId=call.key)
    booth.press("a")
    answered(call, vera, "101")
    expect(booth.inside.locator("[data-key=KeyX]")).to_be_visible()
    expect(booth.inside.locator("#id_pickup")).to_be_focused()  # the call has opened its form
    booth.line.get_by_role("button", name="Mute").click()
    booth.page.keyboard.press("?")
    expect(booth.inside.locator("#keys")).to_be_visible()
    booth.bar.locator("summary", has_text="Dial").focus()
    booth.page.keyboard.press("F6")  # beneath a dialog nothing is pressed
    assert booth.page.evaluate("id => pbx.of(id).muted", talk) is True
    booth.inside.locator("#keys").press("Escape")
    booth.line.get_by_role("button", name="Mute").focus()
    with booth.page.expect_request(lambda asked: asked.method == "POST" and f"/{call.pk}/" in asked.url):
        booth.page.keyboard.press("x")
    assert booth.page.evaluate("id => pbx.of(id).state", talk) == "up"


@pytest.mark.feature("M3")
def test_the_phone_answers_by_itself_but_never_into_a_call(booth):
    booth.page.evaluate("localStorage.setItem('phone', JSON.stringify({on: true, auto: true}))")
    first = booth.rings()
    expect(booth.line).to_be_visible()
    second = booth.rings("+79161110002", asked=True)
    expect(booth.screen).to_contain_text("You are in a call")
    assert booth.page.evaluate("ids => ids.map((id) => pbx.of(id).state)", [first, second]) == ["up", "ringing"]
    for talk in (first, second):
        booth.page.evaluate("id => pbx.of(id).hangUp()", talk)

    into_another = booth.rings(isIntoAnother=True)  # she talks at her desk phone
    assert booth.page.evaluate("id => pbx.of(id).state", into_another) == "ringing"
    booth.page.evaluate("id => pbx.of(id).hangUp()", into_another)

    first = booth.rings(slow=True)  # answered, and not up yet
    second = booth.rings("+79161110002", asked=True)
    booth.page.evaluate("id => pbx.of(id).become('up')", first)
    assert booth.page.evaluate("ids => ids.map((id) => pbx.of(id).state)", [first, second]) == ["up", "ringing"]


@pytest.mark.feature("M3", "W9")
def test_of_two_calls_one_is_heard_and_when_it_ends_the_other_is_again(booth):
    def muted(*talks: str) -> list[bool]:
        return booth.page.evaluate("ids => ids.map((id) => pbx.of(id).muted)", talks)

    first = booth.rings()
    booth.press("a")
    second = booth.rings("+79161110002")
    booth.press("a")
    expect(booth.line).to_have_count(2)
    assert muted(first, second) == [True, False]
    waits = booth.line.filter(has=booth.page.get_by_role("button", name="Talk with this one"))
    expect(waits.get_by_role("button", name="Mute")).to_be_hidden()  # he would hear the other
    booth.page.evaluate("id => pbx.of(id).hangUp()", second)
    expect(booth.line).to_have_count(1)
    assert muted(first) == [False]

    booth.press("F6")  # whoever does not want to be heard is not heard then either
    third = booth.rings("+79161110002")
    booth.press("a")
    expect(booth.line).to_have_count(2)
    booth.page.evaluate("id => pbx.of(id).hangUp()", third)
    expect(booth.line).to_have_count(1)
    assert muted(first) == [True]


@pytest.mark.feature("M3", "P21")
def test_a_chosen_device_that_is_not_plugged_in_is_said_and_given_up(booth):
    booth.page.evaluate("localStorage.setItem('phone', JSON.stringify({on: true, microphone: 'old headset'}))")
    booth.page.goto(booth.page.url.replace("/desk/", "/phone/"))
    chosen = booth.inside.locator("[data-keep=microphone]")
    expect(chosen.locator("option:checked")).to_have_text("The chosen one: not plugged in")
    chosen.select_option(label="As the system does")
    assert booth.page.evaluate("JSON.parse(localStorage.phone).microphone") == ""


# Loudspeakers that can be pulled out: what is played by them is heard nowhere, and no element says so.
OUTPUTS = """(() => {
  if (!isSecureContext) return; // the blank page at the end
  window.plugged = ["room", "headset"];
  window.asked = []; // what was to play by which
  const chosen = new WeakMap();
  const output = (deviceId) => ({ deviceId, kind: "audiooutput", label: deviceId });
  navigator.mediaDevices.enumerateDevices = async () => plugged.map(output);
  HTMLMediaElement.prototype.setSinkId = async function (id) {
    chosen.set(this, id);
    asked.push(id);
  };
  Object.defineProperty(HTMLMediaElement.prototype, "sinkId", { get() { return chosen.get(this) ?? ""; } });
})()"""


@pytest.mark.feature("M3", "W6")
def test_a_loudspeaker_that_is_pulled_out_is_replaced_and_comes_back(booth):
    def plug(*devices: str) -> None:
        booth.page.evaluate("d => { plugged = d; asked = []; }", devices)
        booth.page.evaluate("navigator.mediaDevices.dispatchEvent(new Event('devicechange'))")

    def played_by(device: str) -> None:
        booth.page.wait_for_function("device => asked.at(-1) === device", arg=device)

    chosen = {"on": True, "ringing": "room", "speaker": "headset"}
    booth.page.context.add_init_script(OUTPUTS)
    booth.page.evaluate("kept => localStorage.setItem('phone', kept)", json.dumps(chosen))
    booth.page.reload()
    expect(booth.bar).to_contain_text("registered")
    booth.is_at("Desk")
    booth.rings()
    played_by("room")
    plug("headset")
    played_by("")
    plug("room", "headset")
    played_by("room")

    booth.press("a")
    expect(booth.line).to_be_visible()
    plug("room")
    played_by("")
    expect(booth.page.get_by_text("The loudspeaker has gone")).to_be_visible()
    plug("room", "headset")
    played_by("headset")


@pytest.mark.feature("P21")
def test_a_new_secret_is_said_only_when_it_is_there(booth):
    booth.page.goto(booth.page.url.replace("/desk/", "/phone/"))
    renew = booth.inside.locator("[data-renew]")
    expect(booth.inside.locator("[data-access=login]")).to_have_text("101w")  # the page hears what is pressed
    for status, is_there in ((503, False), (200, True)):
        expect(renew).to_be_enabled()
        answer_with(booth.page.context, status, ACCESS)
        with booth.page.expect_response(lambda answer, status=status: answer.status == status):
            renew.click()
        if not is_there:
            expect(booth.bar).to_contain_text("not registered")
            expect(renew).to_be_disabled()
        expect(booth.inside.locator(".toast[data-tone=good]")).to_have_count(int(is_there))
        if not is_there:
            booth.page.evaluate("pbx.line.become('registered')")


@pytest.mark.feature("W1", "W6")
def test_who_is_not_heard_any_more_since_the_microphone_has_gone_is_told(booth):
    booth.rings()
    booth.press("a")
    told = [
        ({"isHeard": False, "error": {"name": "NotFoundError"}}, "Plug it in, or another one"),
        ({"isHeard": False, "error": {"name": "NotAllowedError"}}, "Allow it by the sign"),
        ({"isHeard": True, "isReplaced": True}, "make sure that the other side hears you"),
        ({"isHeard": True, "error": {"name": "NotReadableError"}}, "hears you by the one before"),
    ]
    for detail, sentence in told:
        booth.page.evaluate("d => pbx.line.dispatchEvent(new CustomEvent('microphone', { detail: d }))", detail)
        expect(booth.page.get_by_role("status").filter(has_text=sentence)).to_have_count(1)  # read aloud


@pytest.mark.feature("W9")
def test_mute_keypad_and_volume(booth):
    talk = booth.rings()
    booth.press("a")
    booth.press("F6")
    expect(booth.line.get_by_role("button", name="Mute")).to_have_attribute("aria-pressed", "true")
    booth.line.locator("summary", has_text="Keypad").click()
    for key in ("1", "#"):
        booth.line.get_by_role("button", name=key, exact=True).click()
    booth.line.locator("summary", has_text="Volume").click()
    booth.line.get_by_label("Volume of the other side").fill("3")
    assert booth.page.evaluate("id => [pbx.of(id).muted, pbx.of(id).tones]", talk) == [True, "1#"]
    assert booth.page.evaluate("JSON.parse(localStorage.phone).volume") == 3


@pytest.mark.feature("W1")
def test_the_page_is_printed_and_not_the_bar(booth):
    booth.is_at("Desk")
    booth.inside.locator("body").evaluate("() => { window.print = () => { top.printed = (top.printed ?? 0) + 1; }; }")
    booth.press("Control+p")
    booth.bar.get_by_text("Dial", exact=True).focus()
    booth.page.keyboard.press("Control+p")
    assert booth.page.evaluate("window.printed") == 2


@pytest.mark.feature("W9")
def test_a_key_of_vera_s_own_choice_holds_for_the_phone_too(sit_down, vera):
    DeskSetup.objects.update_or_create(person=vera, defaults={"keys": {"F6": "F7"}})
    booth = open_booth(sit_down, vera)
    booth.rings()
    booth.press("a")
    mute = booth.line.get_by_role("button", name="Mute")
    expect(mute.locator("kbd")).to_have_text("F7")
    booth.press("F6")
    booth.press("F7")
    expect(mute).to_have_attribute("aria-pressed", "true")
    booth.press("F7")
    expect(mute).to_have_attribute("aria-pressed", "false")
    booth.press("F6")
    expect(mute).to_have_attribute("aria-pressed", "false")


@pytest.mark.feature("M10")
def test_the_camera_is_offered_towards_colleagues_and_says_why_it_stays_dark(booth):
    booth.rings("+79161110001")
    booth.press("a")
    camera = booth.line.get_by_role("button", name="Camera")
    expect(booth.line).to_contain_text("+79161110001")
    expect(camera).to_be_hidden()  # the town's telephones show none
    booth.press("x")
    expect(booth.line).to_have_count(0)
    talk = booth.rings("102")
    booth.press("a")
    for why, words in (
        ("NotAllowedError", "does not let this page see it"), ("NotReadableError", "another program"),
        ("NotFoundError", "is not there"), ("NotSent", "takes no picture"),
    ):  # fmt: skip
        booth.page.evaluate("([id, why]) => { pbx.of(id).films = why; }", [talk, why])
        camera.click()
        expect(booth.page.locator(".toast", has_text=words)).to_be_visible()
        expect(camera).to_have_attribute("aria-pressed", "false")
    booth.page.evaluate("(id) => { pbx.of(id).films = ''; }", talk)
    camera.click()
    expect(camera).to_have_attribute("aria-pressed", "true")
    expect(booth.bar.locator(".phone-no-picture")).to_be_visible()
    booth.bar.locator("[data-do=close-picture]").click()
    expect(booth.bar.locator(".phone-no-picture")).to_be_hidden()
    booth.line.get_by_role("button", name="Show the picture").click()
    expect(booth.bar.locator(".phone-no-picture")).to_be_visible()
    other = booth.rings("103")
    booth.screen.get_by_role("button", name="Answer").last.click()
    expect(booth.line).to_have_count(2)
    assert booth.page.evaluate("ids => ids.map((id) => pbx.of(id).filming)", [talk, other]) == ["", ""]


@pytest.mark.feature("W9", "M2")
def test_vera_dials_a_number_in_another_country(booth):
    booth.bar.locator("summary", has_text="Dial").click()
    dialled = booth.bar.get_by_label("Number")
    expect(dialled).to_be_focused()
    booth.page.keyboard.press("Escape")
    expect(dialled).to_be_hidden()
    booth.page.keyboard.press("Enter")
    expect(booth.bar.get_by_label("Country").locator("option").first).to_have_text("Russia \u200e+7")
    booth.bar.get_by_label("Country").select_option("PL")
    dialled.fill("0501 234 56")
    booth.bar.get_by_role("button", name="7", exact=True).click()
    with booth.page.expect_request("**/dial/") as asked:
        booth.page.keyboard.press("Enter")
    assert "to=%2B48501234567&" in (asked.value.post_data or "")
    expect(dialled).to_be_hidden()


@pytest.mark.feature("W9")
def test_a_number_that_is_refused_stays_to_be_mended(booth):
    booth.bar.locator("summary", has_text="Dial").click()
    dialled = booth.bar.get_by_label("Number")
    dialled.fill("101")
    booth.page.keyboard.press("Enter")
    said = booth.inside.locator(".toast")
    expect(said).to_contain_text("your own telephone")
    expect(dialled).to_have_value("101")
    booth.page.set_viewport_size({"width": 390, "height": 844})
    pad, sentence = booth.bar.locator("[data-dial] .menu-body").bounding_box(), said.bounding_box()
    assert sentence["y"] + sentence["height"] < pad["y"]  # type: ignore[index]
    booth.page.set_viewport_size({"width": 1440, "height": 900})
    dialled.fill("8 495 123-45-67")
    booth.page.keyboard.press("Enter")
    expect(dialled).to_be_hidden()
    booth.bar.locator("summary", has_text="Dial").click()
    expect(dialled).to_have_value("8 495 123-45-67")  # the PBX may refuse it as well
    booth.rings("84951234567", asked=True, callId=naming.name(Intent.objects.get().pk.hex, 1.0))
    expect(booth.line).to_contain_text("goes out 8 (495) 123-45-67")
    expect(booth.screen).to_have_count(0)
    expect(dialled).to_have_value("")


@pytest.mark.feature("M9")
def test_one_ringing_is_heard_and_it_ends_in_all_tabs(booth, sit_down, vera):
    answer_with(booth.page.context, 409, {"taken": {"sentence": "Your telephone is now in another tab."}})
    other = Booth(sit_down(vera, path="/orders/", within=booth.page.context))
    expect(other.bar).to_contain_text("not here")
    ring("+79161110003", at=["101"])
    sounds = [each.inside.locator(".indicator") for each in (booth, other)]
    for sound in sounds:
        expect(sound).to_have_attribute("data-count", "1")
    expect(booth.inside.locator(".indicator")).to_have_attribute("data-sound", "ring")
    talk = booth.rings()
    for sound in sounds:
        expect(sound).to_have_attribute("data-sound", "")
    expect(booth.bar).to_have_attribute("data-sound", "ring")
    booth.page.evaluate("id => pbx.of(id).become('ended', 'Canceled')", talk)
    expect(booth.bar).to_have_attribute("data-sound", "")
    expect(booth.inside.locator(".indicator")).to_have_attribute("data-sound", "ring")


@pytest.mark.feature("M9")
def test_a_tab_that_may_not_sound_yet_silences_no_other(booth):
    booth.page.evaluate("Object.defineProperty(AudioContext.prototype, 'state', { get: () => 'suspended' })")
    ring("+79161110003", at=["101"])
    waiting = booth.inside.locator(".indicator")
    expect(waiting).to_have_attribute("data-sound", "ring")
    booth.rings()
    expect(booth.bar).to_have_attribute("data-sound", "ring")
    expect(waiting).to_have_attribute("data-sound", "ring")


HIDDEN = """
  Object.defineProperty(document, "hidden", { get: () => true });
  window.Notification = class {
    static permission = "granted";
    constructor(title, { body }) { Object.assign(this, { said: `${title}: ${body}` }); window.note = this; }
    close() { this.closed = true; }
  };
  "";
"""


@pytest.mark.feature("M9")
def test_who_does_not_see_the_tab_gets_a_notification_that_leads_to_the_call(booth):
    booth.page.evaluate(HIDDEN)
    booth.rings(name="Konstantin")
    assert booth.page.evaluate("note.said") == "A call: Konstantin · +79161110001"
    booth.page.evaluate("note.onclick()")
    expect(booth.screen.get_by_role("button", name="Answer")).to_be_focused()
    assert booth.page.evaluate("note.closed")


@pytest.mark.feature("W1")
def test_another_tab_takes_the_phone_only_when_it_is_told_to(booth):
    context = booth.page.context
    answer_with(context, 409, {"taken": {"sentence": "Your telephone is now in another tab: Chrome."}})
    booth.page.reload()
    expect(booth.bar).to_contain_text("not here")
    expect(booth.bar).to_contain_text("now in another tab: Chrome.")
    answer_with(context, 200, ACCESS)
    with context.expect_event("request", lambda request: request.url.endswith("/phone/line/")) as asked:
        booth.bar.get_by_role("button", name="Take it here").click()
    assert "take=1" in (asked.value.post_data or "")
    expect(booth.bar).to_contain_text("registered")


@pytest.mark.feature("W1")
def test_the_bar_follows_language_shift_and_sign_out(booth, vera):
    booth.inside.locator(".header > .menu > summary").click()
    booth.inside.get_by_label("Language").select_option("ar")
    booth.inside.get_by_role("button", name="Change").click()
    expect(booth.bar).to_have_attribute("dir", "rtl")
    Person.objects.update(language="en")
    Extension.objects.create(number="101", label="Desk 1")
    Shift.objects.update(ended_at=timezone.now())
    booth.page.reload()
    expect(booth.bar).to_contain_text("not on shift")
    assert booth.page.evaluate("pbx.line.state") == "off"
    expect(booth.inside.get_by_label("101")).to_be_focused()  # as the page asks for it, in the frame, too
    booth.page.keyboard.press("Enter")
    expect(booth.bar).to_contain_text("registered")
    booth.inside.locator(".header > .menu > summary").click()
    booth.inside.get_by_role("button", name="Sign out").click()
    expect(booth.page.locator("input[type=password]")).to_be_visible()


@pytest.mark.feature("W1", "W6", "P21")
def test_first_use(sit_down, vera):
    page = sit_down(vera, path="/phone/")
    prepare(page.context)
    page.get_by_role("button", name="Use this browser").click()
    booth = Booth(page)
    expect(booth.bar).to_contain_text("registered")
    inside = booth.inside
    expect(inside.get_by_text("as long as a page of the desk is open")).to_be_visible()
    expect(inside.locator("[data-access=login]")).to_have_text("101w")
    expect(inside.locator("[data-access=url]")).to_have_text("ws://127.0.0.1:1/")
    microphone = inside.get_by_label("Microphone", exact=True)
    expect(microphone.locator("option")).not_to_have_count(1)
    microphone.select_option(index=1)
    inside.locator("[data-test=microphone]").click()
    expect(inside.locator("[data-level]")).not_to_have_js_property("value", 0)
    inside.get_by_role("button", name="Check", exact=True).click()
    for name in ("secure", "able", "permission", "microphone", "shift", "line", "echo"):
        expect(inside.locator(f"[data-check={name}]")).to_have_attribute("data-is", "good")
    with page.expect_request("**/phone/line/") as renewed:
        inside.get_by_role("button", name="New secret").click()
    assert "take=1" in (renewed.value.post_data or "")
    inside.get_by_role("button", name="Do not use it here").click()
    expect(page.get_by_role("button", name="Use this browser")).to_be_visible()
    expect(page.locator("iframe")).to_have_count(0)


SOUNDS = """() => {
  if (!isSecureContext) return; // the blank page at the end
  window.played = [];
  HTMLMediaElement.prototype.setSinkId = async function (device) { window.played.push(device); };
  const named = (kind, name) => ({ kind, deviceId: name, label: name });
  navigator.mediaDevices.enumerateDevices = async () =>
    [named("audiooutput", "speaker"), named("audiooutput", "ringing"), named("videoinput", "front")];
  const own = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  window.cameras = [];
  navigator.mediaDevices.getUserMedia = async (wish) => {
    if (!wish.video) return own(wish);
    window.asked = wish.video.deviceId?.exact;
    if (window.cameraFails) throw new DOMException("", window.cameraFails);
    const stream = await own({ video: true });
    window.cameras.push(...stream.getTracks());
    return stream;
  };
}"""


@pytest.mark.feature("W6")
def test_each_device_is_tested_where_it_was_chosen(sit_down, vera):
    page = sit_down(vera, path="/profile/")
    page.context.add_init_script(f"({SOUNDS})()")
    page.goto(page.url.replace("/profile/", "/phone/"))
    for field, test in (("Loudspeaker or headset", "speaker"), ("Where it rings", "ringing")):
        page.get_by_label(field).select_option(test)
        page.locator(f"[data-test={test}]").click()
        page.wait_for_function("(device) => window.played.at(-1) === device", arg=test)
    page.get_by_label("Camera", exact=True).select_option("front")
    button, picture = page.locator("[data-test=camera]"), page.locator("[data-picture]")
    button.click()
    expect(button).to_have_text("Stop")
    page.wait_for_function("() => document.querySelector('[data-picture]').videoWidth > 0")
    assert page.evaluate("window.asked") == "front"
    button.click()
    expect(button).to_have_text("Test")
    expect(picture).to_be_hidden()
    assert page.evaluate("window.cameras.map(({ readyState }) => readyState)") == ["ended"]
    page.evaluate("window.cameraFails = 'NotReadableError'")
    button.click()
    expect(page.get_by_text("Another program holds this device")).to_be_visible()


@pytest.mark.feature("X5")
def test_nothing_serious_with_the_phone(booth):
    booth.page.context.add_init_script(AXE_SCRIPT)
    for scheme in ("light", "dark"):
        for language in ("en", "ar"):
            Person.objects.update(language=language)
            booth.page.emulate_media(color_scheme=scheme)
            booth.page.goto(booth.page.evaluate("location.origin") + "/phone/")
            expect(booth.bar).to_have_attribute("data-state", "registered")
            booth.rings()
            booth.screen.locator("[data-do=answer]").click()
            booth.rings("+79161110002", name="Konstantin")
            expect(booth.screen).to_have_count(2)
            assert booth.page.evaluate(RUN, "") == []
            booth.page.evaluate("for (const talk of [...pbx.line.talks]) talk.hangUp()")


@pytest.mark.feature("M11")
@pytest.mark.filterwarnings("ignore:Workbook contains no default style")
def test_a_bad_network_is_said_in_the_call_and_kept_on_the_device_for_its_card(booth, vera):
    call = ring("+79161110001", at=["101"])
    answered(call, vera, "101")
    talk = booth.rings(callId=call.key)  # as the PBX names it
    booth.press("a")
    network = booth.line.locator("[data-network]")
    expect(network).to_have_text(re.compile("Network"))
    expect(network).not_to_have_attribute("data-bad", "")
    booth.page.evaluate("id => { pbx.of(id).sounds = [45, 5, 41, 300]; }", talk)
    expect(network).to_contain_text(re.compile("Bad network: loss .+%"))
    network.locator("summary").click()
    expect(network.locator("[data-network-mend]")).to_be_visible()
    expect(network.locator("[data-figure=round_trip_ms] [data-worst]")).to_have_text("300 ms")
    booth.line.get_by_role("button", name="Hang up").click()
    expect(booth.line).to_have_count(0)

    booth.page.goto(f"{booth.page.url.split('/desk/')[0]}/calls/{call.pk}/")
    kept = booth.inside.locator("[data-call]")
    expect(kept.get_by_role("img", name="Jitter")).to_be_visible()
    expect(kept.locator("[data-figure=jitter_ms] [data-worst]")).to_have_text("41 ms")

    booth.page.goto(f"{booth.page.url.split('/calls/')[0]}/phone/")
    past = booth.inside.locator(".phone-past")
    expect(past.get_by_role("link", name=str(call.pk))).to_be_visible()
    with booth.page.expect_download() as file:
        past.get_by_role("button", name="Export").click()
    assert file.value.suggested_filename == "network.xlsx"
    book = load_workbook(io.BytesIO(file.value.path().read_bytes()))
    assert book.sheetnames == ["Calls", "Course"]
    heads, row = book["Calls"].iter_rows(values_only=True)
    said = dict(zip(heads, row, strict=True))
    assert (said["Call"], said["Jitter, ms, worst"]) == (str(call.pk), 41)
    assert book["Course"].max_row > 2
    past.get_by_role("button", name="Forget").click()
    expect(past).to_contain_text("No call yet.")


# A headset as WebHID shows one: its reports say which bit is what.
HEADSET = """(() => {
  const items = (usages, isAbsolute) => ({ usages, isAbsolute, reportSize: 1, reportCount: usages.length });
  const filler = { isConstant: true, reportSize: 1, reportCount: 5, usages: [] };
  const device = (top.headset ??= Object.assign(new EventTarget(), {
    productName: "Office 20", opened: false, lamps: null,
    open: async () => { device.opened = true; },
    close: async () => { device.opened = false; },
    sendReport: async (report, bytes) => { device.lamps = [report, ...bytes]; },
    press: (byte) => {
      const data = new DataView(Uint8Array.of(byte).buffer);
      device.dispatchEvent(Object.assign(new Event("inputreport"), { reportId: 2, data }));
    },
    collections: [{
      usagePage: 0x0b,
      inputReports: [{ reportId: 2, items: [items([0x0b0020], true), items([0x0b002f], false)] }],
      outputReports: [{ reportId: 3, items: [items([0x080017], true), filler, items([0x080009, 0x080018], true)] }],
    }],
  }));
  const hid = Object.assign(new EventTarget(), {
    getDevices: async () => (localStorage.headset ? [device] : []),
    requestDevice: async () => { localStorage.headset = "1"; return [device]; },
  });
  Object.defineProperty(navigator, "hid", { value: hid });
})()"""


@pytest.mark.feature("W6")
def test_the_buttons_of_a_headset_answer_mute_and_hang_up_and_its_lamps_follow(booth):
    def lamps() -> list[int] | None:
        return booth.page.evaluate("headset.lamps")

    def lit(off_hook: int, muted: int, ring: int) -> None:
        wanted = [3, off_hook | muted << 6 | ring << 7]
        booth.page.wait_for_function("wanted => JSON.stringify(headset.lamps) === JSON.stringify(wanted)", arg=wanted)

    booth.page.context.add_init_script(HEADSET)
    booth.page.goto(booth.page.url.replace("/desk/", "/phone/"))
    connect = booth.inside.get_by_role("button", name="Connect")
    expect(booth.inside.locator("[data-headsets]")).to_have_text("none yet")
    assert lamps() is None
    connect.click()
    expect(booth.inside.locator("[data-headsets]")).to_have_text("Office 20")
    booth.page.wait_for_function("() => headset.opened")
    assert lamps() is None  # another tab may be in a call with it

    talk = booth.rings()
    lit(0, 0, 1)
    booth.page.evaluate("headset.press(1)")
    expect(booth.line).to_be_visible()
    lit(1, 0, 0)
    for byte in (3, 1):  # a key goes down, and up
        booth.page.evaluate("byte => headset.press(byte)", byte)
    assert booth.page.evaluate("id => pbx.of(id).muted", talk)
    lit(1, 1, 0)
    booth.press("F6")  # the screen says so, too
    lit(1, 0, 0)
    booth.page.evaluate("headset.press(0)")
    expect(booth.line).to_have_count(0)
    lit(0, 0, 0)

    booth.rings()
    waits = booth.rings("+79161110002")
    booth.screen.first.get_by_role("button", name="Answer").click()
    lit(1, 0, 1)
    booth.page.evaluate("headset.press(1)")  # it echoes its lamp
    assert booth.page.evaluate("id => pbx.of(id).state", waits) == "ringing"
    booth.page.evaluate("id => pbx.of(id).hangUp()", waits)
    booth.page.evaluate("headset.press(0)")
    expect(booth.line).to_have_count(0)

    booth.page.reload()  # it is known from then on
    expect(booth.bar).to_contain_text("registered")
    booth.page.wait_for_function("() => headset.opened")
    booth.rings()
    lit(0, 0, 1)


@pytest.mark.feature("W6", "W1")
def test_a_tab_without_the_line_lets_the_headset_alone(booth):
    booth.page.evaluate("void (localStorage.headset = '1')")
    booth.page.context.add_init_script(HEADSET)
    booth.page.reload()
    booth.page.wait_for_function("() => headset.opened")
    booth.is_at("Desk")
    booth.rings()
    booth.press("a")
    booth.page.wait_for_function("() => headset.lamps?.[1] === 1")
    booth.page.evaluate("pbx.line.lose({ sentence: 'in another tab' })")
    expect(booth.bar).to_contain_text("in another tab")
    assert booth.page.evaluate("headset.opened")  # she talks on
    booth.line.get_by_role("button", name="Hang up").click()
    booth.page.wait_for_function("() => !headset.opened")
    assert booth.page.evaluate("headset.lamps") == [3, 0]

    answer_with(booth.page.context, 409, {"taken": {"sentence": "in another tab"}})
    booth.page.reload()
    expect(booth.bar).to_contain_text("in another tab")
    assert booth.page.evaluate("[headset.opened, headset.lamps]") == [False, None]

    answer_with(booth.page.context, 200, ACCESS)
    booth.bar.get_by_role("button", name="Take it here").click()
    booth.page.wait_for_function("() => headset.opened")
