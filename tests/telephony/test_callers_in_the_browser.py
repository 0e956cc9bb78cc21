"""Whom the telephone in the browser says one has on the line (static/js/phone/callers.js), of what page shows what."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.pages import bare_page

pytestmark = [pytest.mark.browser, pytest.mark.feature("M10", "D11")]
# Of one talk, page after page: whom it is with, and what is kept of it. `asked`: for whom the page has asked the PBX.
SEEN = """async ([talk, pages, asked]) => {
  const { Callers } = await import("/js/phone/callers.js");
  const own = { direction: "in", state: "up", callId: "k", asked: false, beganAt: Date.now(), ...talk };
  const phone = { talks: [own] };
  let page = null;
  const callers = new Callers(phone, () => page, () => "101");
  if (asked !== null) callers.dials(asked);
  return pages.map((html) => {
    page = html && new DOMParser().parseFromString(html, "text/html");
    const { who, number } = callers.look(own);
    const { goesOut = false, isHeld, since, page: call } = own;
    return { who, number, goesOut, isHeld, since: since && Date.now() - since < 5000 ? "now" : since, call };
  });
}"""
CLIENT = {"number": "79161234567", "name": "79161234567"}
ELSEWHERE = "<main></main>"
WAIT = '<span class="call-wait"><time></time></span>'


def desk(phase: str = "", second: str = "", *, role: str = "desk", key: str = "k", head: str = WAIT) -> str:
    who = '<p class="call-who"><bdi class="who-name">Petrov</bdi> <bdi class="number">102</bdi></p>'
    two = f'<section class="talk-two"><time class="number">0:07</time>{who}</section>'
    return (
        f'<ol data-live="talk"><li class="talk" id="talk-7" data-pbx-call="{key}" data-role="{role}" '
        f'data-phase="{phase}" data-second="{second}">{head}<p class="call-who"><bdi class="who-name">Anna</bdi></p>'
        f'<p class="call-number">8 (916) 123-45-67</p>{two if second else ""}</li></ol>'
    )


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with bare_page(chromium) as page:
        yield page


def seen(page: Page, talk: dict, *pages: str, asked: str | None = None) -> list[dict]:
    return page.evaluate(SEEN, [talk, pages, asked])


def named(shown: list[dict]) -> list[tuple[str, str]]:
    return [(one["who"], one["number"]) for one in shown]


def test_the_desk_names_the_caller_and_he_stays_named_on_other_pages(page):
    anna = ("Anna", "8 (916) 123-45-67")
    shown = seen(page, CLIENT, ELSEWHERE, desk(), ELSEWHERE)
    assert named(shown) == [("", CLIENT["number"]), anna, anna]
    assert shown[-1]["call"] == "7"


def test_in_a_consultation_it_names_who_is_on_the_line_and_after_the_swap_the_client(page):
    steps = [desk("hold", "ringing"), desk("hold", "talking"), desk("", "held"), desk("all", "talking"), desk()]
    shown = seen(page, CLIENT, *steps)
    assert [one["who"] for one in shown] == ["Petrov", "Petrov", "Anna", "Anna", "Anna"]
    assert shown[0]["number"] == "102"


def test_a_client_on_hold_sends_nothing_and_whom_one_asks_meanwhile_does(page):
    steps = [desk(), desk("hold"), ELSEWHERE, desk("hold", "talking"), desk()]
    assert [one["isHeld"] for one in seen(page, CLIENT, *steps)] == [False, True, True, False, False]


def test_a_call_that_the_page_has_asked_for_goes_out_to_whom_the_desk_said(page):
    (shown,) = seen(page, CLIENT | {"asked": True, "callId": ""}, ELSEWHERE, asked="8 (916) 123-45-67")
    assert (shown["who"], shown["number"], shown["goesOut"]) == ("8 (916) 123-45-67", "", True)
    (old,) = seen(page, CLIENT | {"asked": True, "callId": "", "beganAt": 0}, ELSEWHERE, asked="Petrov Boris")
    assert (old["number"], old["goesOut"]) == (CLIENT["number"], False)


def test_its_time_begins_when_the_other_side_answers_and_not_when_ones_own_telephone_does(page):
    steps = [desk(head="", key=""), desk(key=""), ELSEWHERE]
    assert [one["since"] for one in seen(page, {"asked": True, "number": "", "callId": ""}, *steps, asked="")] == [
        0,
        "now",
        "now",
    ]
    assert [one.get("since") for one in seen(page, CLIENT, desk(head=""), desk())] == [None, None]


def test_a_colleague_who_asks_about_a_client_is_not_named_as_the_client(page):
    colleague = {"number": "102", "name": "Petrov Boris"}
    assert named(seen(page, colleague, desk("hold", role="second"))) == [("Petrov Boris", "102")]


def test_who_was_parked_comes_back_without_a_number_and_is_named_by_the_only_conversation(page):
    parked = {"number": "anonymous", "name": "", "callId": ""}
    assert named(seen(page, parked, ELSEWHERE, desk(key="another"))) == [("", ""), ("Anna", "8 (916) 123-45-67")]
