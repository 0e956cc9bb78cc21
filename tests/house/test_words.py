"""The screens speak five languages, and write the hour in one way."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils import formats, translation

LANGUAGES = ("en", "ru", "ar", "he", "pl")
EVENING = datetime(2026, 11, 23, 16, 5, tzinfo=UTC).astimezone(ZoneInfo("Europe/Moscow"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["TIME_FORMAT", "DATETIME_FORMAT", "SHORT_DATETIME_FORMAT"])
def test_the_hour_is_written_on_a_24_hour_clock_in_every_language(language: str, name: str) -> None:
    with translation.override(language):
        assert formats.date_format(EVENING, name).endswith("19:05")
        assert formats.localize(EVENING).endswith("19:05")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_day_is_written_as_it_is_typed_in_every_language(language: str) -> None:
    with translation.override(language):
        assert formats.date_format(EVENING, "SHORT_DATE_FORMAT") == "23.11.2026"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "direction", "words"),
    [
        ("en", "ltr", "Sign in"),
        ("ru", "ltr", "Вход"),
        ("pl", "ltr", "Logowanie"),
        ("ar", "rtl", "تسجيل الدخول"),
        ("he", "rtl", "כניסה"),
    ],
)
def test_who_is_at_the_door_changes_the_language(language: str, direction: str, words: str) -> None:
    stranger = Client(headers={"accept-language": "pl" if language != "pl" else "en"})
    door = reverse("staff:sign-in")
    assert f'<html lang="{language}"' not in stranger.get(door).content.decode()
    stranger.post(reverse("staff:language"), {"language": language, "next": door})
    html = stranger.get(door).content.decode()
    assert f'<html lang="{language}" dir="{direction}">' in html
    assert f"<h1>{words}</h1>" in html


@pytest.mark.parametrize("language", ["ar", "he"])
def test_a_foreign_name_stands_by_itself_in_a_sentence_from_right_to_left(language: str) -> None:
    line = Template(
        "{% load i18n %}{% blocktranslate with person='Вера' trimmed %}{{ person }} took it{% endblocktranslate %}"
    )
    with translation.override(language):
        assert "\u2068Вера\u2069" in line.render(Context())
