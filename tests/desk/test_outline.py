"""Marina draws a zone."""

import pytest
from playwright.sync_api import expect

from dispatch.staff.models import Person, Role
from places import geo
from places.models import Zone
from tests.places.town import street

pytestmark = pytest.mark.browser


@pytest.mark.feature("C9")
def test_a_zone_is_drawn_moved_by_keyboard_and_saved(sit_down, transactional_db):
    street("улица Мира", at=(55.7, 37.5))
    street("улица Ленина", at=(55.8, 37.7))
    marina = Person.objects.create(username="marina", last_name="Котова", roles=[Role.MANAGER])
    page = sit_down(marina, path="/places/zones/new/")
    page.locator("svg[data-draws]").wait_for()
    chart = page.locator("svg.chart")
    box = chart.bounding_box()
    for across, down in ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8)):
        page.mouse.click(box["x"] + box["width"] * across, box["y"] + box["height"] * down)
    corners = page.locator("[name=outline]")
    assert len(corners.input_value().splitlines()) == 4
    before = corners.input_value()
    page.locator(".chart-corner").nth(0).focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator(".chart-corner").nth(0)).to_be_focused()
    assert corners.input_value().splitlines()[1:] == before.splitlines()[1:]
    assert float(corners.input_value().split(",")[0]) > float(before.split(",")[0])
    page.get_by_role("button", name="Take the last corner away").click()
    assert len(corners.input_value().splitlines()) == 3
    page.locator("[name=name]").fill("Центр")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/places/")
    zone = Zone.objects.get()
    assert not geo.fault(zone.area)
    expect(page.locator(".chart-name")).to_have_text("Центр")


def test_corners_that_are_typed_are_drawn(sit_down, transactional_db):
    street("улица Мира", at=(55.7, 37.5))
    marina = Person.objects.create(username="marina", last_name="Котова", roles=[Role.MANAGER])
    page = sit_down(marina, path="/places/zones/new/")
    page.locator("svg[data-draws]").wait_for()
    page.locator("[name=outline]").fill("55.70, 37.50\n55.71, 37.50\n55.71, 37.51")
    expect(page.locator(".chart-corner")).to_have_count(3)
    page.locator("[name=outline]").fill('{"type": "Polygon"')
    expect(page.locator(".chart-corner")).to_have_count(0)
    page.locator("[name=name]").fill("Центр")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("This is no area")).to_be_visible()
