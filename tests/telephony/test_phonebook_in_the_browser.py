"""The phone book narrows while Vera types; in a real browser."""

from pathlib import Path

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Page

from dispatch.staff.models import Person, Shift
from telephony.selectors.phonebook import Entry
from tests.pages import leave

pytestmark = [pytest.mark.browser, pytest.mark.feature("D3")]
STATIC = Path(__file__).resolve().parents[2] / "static"
SITE = "http://desk.test"


@pytest.fixture
def book_html() -> str:
    """The phone book as the server draws it, of people who need no database."""
    people = [("Вера", "Иванова", "", "101"), ("Борис", "Петров", "База 2", "102"), ("Анна", "Семёнова", "", "203")]
    entries = []
    for key, (first, last, call_sign, extension) in enumerate(people, start=1):
        person = Person(pk=key, first_name=first, last_name=last, call_sign=call_sign)
        shift = Shift(person=person, extension=extension)
        shift.open_breaks = []
        entries.append(Entry(person, shift, extension, "free"))
    entries.append(Entry(Person(pk=9, first_name="Марина", last_name="Котова"), None, "", "off"))
    return render_to_string("telephony/_phonebook.html", {"people": entries})


@pytest.fixture
def book(book_html, chromium):
    page = chromium.new_page()
    start = f'import("{SITE}/static/js/phonebook.js").then((m) => m.start(document.querySelector(".phonebook")))'
    page.route(
        f"{SITE}/static/js/**", lambda route: route.fulfill(path=STATIC / "js" / route.request.url.split("/js/")[1])
    )
    page.route(f"{SITE}/static/*/img/**", lambda route: route.fulfill(path=STATIC / "img" / "telephones.svg"))
    page.route(
        f"{SITE}/",
        lambda route: route.fulfill(body=f"<!doctype html>{book_html}", content_type="text/html; charset=utf-8"),
    )
    page.goto(f"{SITE}/")
    page.evaluate(start)
    yield page
    leave(page.context)


def seen(page: Page) -> list[str]:
    return [name.split()[0] for name in page.locator(".person:visible .person-name").all_inner_texts()]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ["Иванова", "Петров", "Семёнова"]),
        ("ива", ["Иванова"]),
        ("ВЕРА ИВ", ["Иванова"]),
        ("база", ["Петров"]),
        ("10", ["Иванова", "Петров"]),
        ("1-0-2", ["Петров"]),
        ("семенова", ["Семёнова"]),
        ("gtnhjd", ["Петров"]),
        ("котова", ["Котова"]),
        ("никто", []),
    ],
)
def test_who_is_left(book, typed, found):
    book.get_by_role("combobox").press_sequentially(typed)
    assert seen(book) == found


def test_nobody_fits_is_said_and_esc_brings_all_back(book):
    book.get_by_role("combobox").press_sequentially("zzz")
    assert book.locator("[data-nobody]").inner_text() == "Nobody fits."
    book.get_by_role("combobox").press("Escape")
    assert len(seen(book)) == 3
    assert book.locator("[data-nobody]").is_hidden()


@pytest.mark.feature("D2")
def test_everyone_is_a_switch_and_stays_as_it_was_set(book):
    assert "Котова" not in seen(book)
    book.get_by_role("checkbox").check()
    assert seen(book) == ["Иванова", "Петров", "Семёнова", "Котова"]
    assert book.evaluate("localStorage.getItem('phonebook.everyone')") == "1"
    book.get_by_role("checkbox").uncheck()
    assert "Котова" not in seen(book)


def test_who_comes_on_shift_while_she_searches_is_narrowed_too(book):
    book.get_by_role("combobox").press_sequentially("ива")
    book.evaluate(
        """() => {
          const people = document.querySelector("[data-live=person]");
          for (const name of ["Иванов Пётр", "Яшина Ольга"]) {
            const drawn = people.firstElementChild.cloneNode(true);
            drawn.dataset.search = name;
            drawn.hidden = false;
            drawn.querySelector(".person-name").textContent = name;
            people.append(drawn);
            people.dispatchEvent(new CustomEvent("live:changed", {bubbles: true}));
          }
        }"""
    )
    assert seen(book) == ["Иванова", "Иванов"]
