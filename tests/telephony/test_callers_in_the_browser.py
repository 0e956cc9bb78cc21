"""Whom the telephone in the browser says one has on the line (static/js/phone/callers.js), of what page shows what."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.pages import bare_page

pytestmark = [pytest.mark.browser, pytest.mark.feature("M10", "D11")]
# Of one talk, page after page: whom it is with, and what is kept of it. `asked`: the call that the page has asked for.
SEEN = """async ([talk, pages, asked]) => {
  const { Callers } = await import("/js/phone/callers.js");
  const own = { direction: "in", state: "up", callId: "k", asked: false, beganAt: Date.now(), ...talk };
  const phone = { talks: [own] };
  let page = null;
  const callers = new Callers(phone, () => page, () => "101");
  if (asked) callers.dials(asked);
  return pages.map((html) => {
    page = html && new DOMParser().parseFromString(html, "text/html");
    phone.talks = page.querySelector("#rings") ? [own, {}] : [own];
    const { who, number } = callers.look(own);
    const { goesOut = false, isHeld, since, page: call } = own;
    return { who, number, goesOut, isHeld, seconds: since ? Math.round((Date.now() - since) / 1000) : null, call };
  });
}"""
CLIENT = {"number": "79161234567", "name": "79161234567"}
ELSEWHERE = "<main></main>"
WAIT = '<span class="call-wait"><time>1:02:03</time></span>'
CARD = """<ol data-live="call"><li class="call" id="call-7" data-pbx-call="k" data-talking="102">
  <bdi class="who-name">Anna</bdi></li></ol>"""
RINGS = '<i id="rings"></i>'  # another call, at the same telephone
ASKED = {"call": "desk0-", "who": "8 (916) 123-45-67"}


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


def seen(page: Page, talk: dict, *pages: str, asked: dict | None = None) -> list[dict]:
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
    (shown,) = seen(page, CLIENT | {"callId": "desk0-1700.1"}, ELSEWHERE, asked=ASKED)
    assert (shown["who"], shown["number"], shown["goesOut"]) == ("8 (916) 123-45-67", "", True)
    (another,) = seen(page, CLIENT | {"callId": "desk1-1700.1"}, ELSEWHERE, asked=ASKED)
    assert (another["number"], another["goesOut"]) == (CLIENT["number"], False)


def test_its_time_begins_when_the_other_side_answers_and_not_when_ones_own_telephone_does(page):
    steps = [ELSEWHERE, desk(head="", key="desk0-1700.1"), desk(key="desk0-1700.1"), ELSEWHERE]
    shown = seen(page, CLIENT | {"callId": "desk0-1700.1"}, *steps, asked=ASKED)
    assert [one["seconds"] for one in shown] == [None, None, 3723, 3723]  # as the desk says it, by its clock
    assert [one["seconds"] for one in seen(page, CLIENT, desk(head=""), desk())] == [None, None]


def test_a_colleague_who_asks_about_a_client_is_not_named_as_the_client(page):
    colleague = {"number": "102", "name": "Petrov Boris"}
    steps = [desk("hold", role="second"), CARD, CARD + desk("hold", role="second")]
    shown = named(seen(page, colleague, *steps))
    assert shown[0] == shown[2] == ("Petrov Boris", "102")


def test_who_was_parked_comes_back_without_a_number_and_is_named_by_the_only_conversation(page):
    parked = {"number": "anonymous", "name": "", "callId": ""}
    held = desk("hold", key="another")
    shown = seen(page, parked, ELSEWHERE, desk(key="another"), held, held + RINGS)
    anna = ("Anna", "8 (916) 123-45-67")
    assert named(shown) == [("", ""), anna, anna, anna]
    assert [one["isHeld"] for one in shown[1:]] == [False, True, True]  # also while another one rings
