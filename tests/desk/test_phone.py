"""The browser phone, as far as the server draws it: off by default, and who may show a page in a frame."""

import re
import subprocess
import sys
from pathlib import Path

import phonenumbers
import pytest
from django.test import Client

from orders.services import setup

HEADERS = (
    "from django.conf import settings; "
    "print(settings.X_FRAME_OPTIONS, settings.CONTENT_SECURITY_POLICY['DIRECTIVES']['frame-ancestors'][0])"
)


@pytest.fixture
def desk(client: Client, vera) -> Client:
    client.force_login(vera, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_without_the_telephone_nothing_is_otherwise(desk, settings):
    settings.PHONE_URL = ""
    page = desk.get("/desk/")
    assert b"data-phone-bar" not in page.content
    assert b"phone.css" not in page.content
    assert page["X-Frame-Options"] == "DENY"
    assert "no telephone in the browser" in desk.get("/phone/").content.decode()


@pytest.mark.parametrize(("url", "said"), [("", "DENY 'none'"), ("/phone-line/", "SAMEORIGIN 'self'")])
def test_a_page_is_shown_in_a_frame_only_by_the_telephone(url, said, monkeypatch):
    monkeypatch.setenv("PHONE_URL", url)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "dispatch.settings")
    done = subprocess.run([sys.executable, "-c", HEADERS], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == said


def test_the_bar_takes_two_queries_beside_who_asks(desk, vera, settings, django_assert_num_queries):
    settings.PHONE_URL = "/phone-line/"
    setup.choose_keys(person=vera, keys={"KeyA": "KeyY"})
    with django_assert_num_queries(4):  # the session, the person, the shift, the keys
        bar = desk.get("/phone/bar/").content.decode()
    assert 'data-extension="101"' in bar
    assert "KeyY" in bar
    with django_assert_num_queries(3):
        desk.get("/phone/")


def test_the_countries_are_those_that_the_server_knows():
    script = Path("static/js/phone/countries.js").read_text()
    codes = re.findall(r"\b([A-Z]{2})(\d+)\b", script)
    assert codes == [
        (region, str(phonenumbers.country_code_for_region(region))) for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    ]
