"""A number with its country, from the browser (static/js/phone/countries.js) to the server that reads it."""

from collections.abc import Iterator

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType
from playwright.sync_api import Browser, Page

from orders.phones import e164, writings
from tests.pages import bare_page

pytestmark = [pytest.mark.browser, pytest.mark.feature("M2")]
HOME = "AM"
WHOLE = """async ([home, numbers]) => {
  const { whole } = await import("/js/phone/countries.js");
  return numbers.map(([region, typed]) => whole(typed, region, home));
}"""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with bare_page(chromium) as page:
        yield page


def read(page: Page, *typed: tuple[str, str]) -> list[str]:
    return [e164(whole, region=HOME) for whole in page.evaluate(WHOLE, [HOME, typed])]


@pytest.mark.parametrize(
    ("region", "typed", "meant"),
    [
        ("HU", "06 1 234 5678", "+3612345678"),
        ("HU", "06 30 123 4567", "+36301234567"),
        ("HU", "1 234 5678", "+3612345678"),
        ("LT", "0 612 34567", "+37061234567"),
        ("LT", "8 612 34567", "+37061234567"),
        ("LT", "800 12345", "+37080012345"),
        ("RU", "8 912 345-67-89", "+79123456789"),
        ("RU", "800 555-35-35", "+78005553535"),
        ("PL", "0501 234 567", "+48501234567"),
        ("CI", "07 12 34 56 78", "+2250712345678"),
        ("BF", "07 12 34 56", "+22607123456"),
    ],
)
def test_what_is_dialled_only_within_a_country_is_no_part_of_the_number(page, region, typed, meant):
    assert read(page, (region, typed)) == [meant]


def test_the_numbers_of_each_country_are_read_however_people_write_them_there(page):
    meant = {}
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE):
            if example := phonenumbers.example_number_for_type(region, kind):
                number = phonenumbers.format_number(example, PhoneNumberFormat.E164)
                written = writings(number, region=region) - {number.removeprefix("+")}
                meant |= {(region, digits): number for digits in written}
    seen = dict(zip(meant, read(page, *meant), strict=True))
    assert {typed: number for typed, number in seen.items() if number != meant[typed]} == {}
