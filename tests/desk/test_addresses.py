"""Vera types addresses while somebody speaks."""

import pytest
from playwright.sync_api import Page, expect

from tests.places.town import place, street

pytestmark = pytest.mark.browser
OFFERED = "[role=option]"


@pytest.fixture
def intake(sit_down, vera) -> Page:
    street("улица Ленина", "5", "5к2", "7", aliases=("Lenin Street",))
    street("Тверская улица", "12", "14")
    street("Тверской бульвар", "12")
    place("Киевский вокзал", "station")
    page = sit_down(vera, path="/orders/intake/")
    page.locator("html[data-begun]").wait_for()
    page.locator("[name=pickup]").focus()
    return page


@pytest.mark.feature("C5")
def test_an_address_in_a_few_keys_whatever_the_keyboard(intake):
    pickup = intake.locator("[name=pickup]")
    pickup.press_sequentially("ktybyf 5")
    expect(intake.locator(OFFERED).first).to_have_attribute("aria-selected", "true")
    expect(pickup).to_have_attribute("aria-expanded", "true")
    pickup.press("Enter")
    expect(pickup).to_have_value("улица Ленина, 5")
    expect(pickup).to_have_attribute("data-key", "house:" + pickup.get_attribute("data-key").partition(":")[2])
    expect(pickup).to_have_attribute("aria-expanded", "false")
    expect(intake.locator("[name=when]")).to_be_focused()


@pytest.mark.feature("C5")
def test_a_street_first_and_its_house_after_it(intake):
    pickup = intake.locator("[name=pickup]")
    pickup.press_sequentially("тверск")
    expect(intake.locator(OFFERED)).to_have_count(2)
    pickup.press_sequentially("ая")
    expect(intake.locator(OFFERED).first).to_have_text("Тверская улица")
    pickup.press("ArrowDown")
    pickup.press("ArrowUp")
    pickup.press("Enter")
    expect(pickup).to_have_value("Тверская улица, ")
    expect(pickup).to_be_focused()
    pickup.press_sequentially("14")
    expect(intake.locator(OFFERED).first).to_have_text("Тверская улица, 14")
    pickup.press("Enter")
    expect(pickup).to_have_value("Тверская улица, 14")
    assert pickup.get_attribute("data-latitude")


def test_what_is_not_in_the_directory_is_taken_as_it_is_typed(intake):
    pickup = intake.locator("[name=pickup]")
    pickup.press_sequentially("киевский")
    expect(intake.locator(OFFERED)).to_have_count(1)
    pickup.press("Escape")
    expect(intake.locator(OFFERED)).to_be_hidden()
    expect(pickup).to_have_value("киевский")
    pickup.press_sequentially(" у входа")
    pickup.press("Tab")
    expect(pickup).to_have_value("киевский у входа")
    assert pickup.get_attribute("data-key") is None


def test_typing_on_after_a_choice_is_an_address_of_ones_own(intake):
    pickup = intake.locator("[name=pickup]")
    pickup.press_sequentially("kievsky vokzal")
    intake.locator(OFFERED).first.click()
    expect(pickup).to_have_value("Киевский вокзал")
    expect(pickup).to_be_focused()
    pickup.press_sequentially("!")
    assert pickup.get_attribute("data-key") is None
    assert pickup.get_attribute("data-latitude") is None


def test_an_answer_that_comes_too_late_is_dropped(intake):
    slow = []

    def answer(route):
        if "q=%D1%82%D0%B2" in route.request.url and not slow:
            slow.append(route)  # "тв…": held back until the next question was answered
        else:
            route.continue_()

    intake.route("**/places/search/**", answer)
    pickup = intake.locator("[name=pickup]")
    pickup.press_sequentially("тв")
    intake.wait_for_timeout(300)
    pickup.fill("киевский")
    expect(intake.locator(OFFERED)).to_have_text(["Киевский вокзал railway station"])
    assert len(slow) == 1
    intake.wait_for_timeout(200)
    expect(intake.locator(OFFERED)).to_have_text(["Киевский вокзал railway station"])
