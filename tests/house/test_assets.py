"""A page and its scripts are of one version."""

import re
from urllib.parse import urljoin

import pytest
from django.conf import settings
from django.templatetags.static import static
from django.test import Client as Browser

from dispatch.version import version_of

pytestmark = pytest.mark.django_db
FOR_EVER, NOT_AT_ALL = "max-age=315360000, public, immutable", "no-store"


def ask(path: str) -> tuple[int, str, str]:
    """Status, how long it may be kept, and the text."""
    answer = Browser().get(path)
    text = b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode()
    answer.close()
    return answer.status_code, answer.headers.get("Cache-Control", ""), text


def test_all_that_a_page_loads_names_its_version_and_is_kept_for_ever():
    _status, _kept, page = ask("/sign-in/")
    loaded = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
    assert static("js/main.js") in loaded
    assert any("htmx" in path for path in loaded)
    for path in loaded:
        assert path.startswith(f"/static/{settings.STATIC_VERSION}/")
        assert ask(path)[:2] == (200, FOR_EVER)


@pytest.mark.parametrize(("name", "names"), [("js/live.js", r'from "([^"]+)"'), ("css/strip.css", r'url\("([^"]+)"\)')])
def test_what_a_script_imports_and_a_style_shows_is_of_its_version_too(name, names):
    named = re.findall(names, ask(static(name))[2])
    assert named
    for path in named:
        assert ask(urljoin(static(name), path))[:2] == (200, FOR_EVER)


def test_a_page_of_another_version_gets_what_there_is_and_keeps_nothing():
    assert ask("/static/0123456789ab/js/main.js")[:2] == (200, NOT_AT_ALL)


@pytest.mark.parametrize("nowhere", ["js/main.js", "0123456789ab/js/none.js", "0123456789ab/../settings.py", ""])
def test_nothing_else_is_there(nowhere):
    assert ask(f"/static/{nowhere}")[0] == 404


def test_whatever_changes_in_a_file_its_name_or_their_number_is_another_version(tmp_path):
    def version() -> str:
        return version_of([tmp_path])

    (tmp_path / "js").mkdir()
    file = tmp_path / "js" / "main.js"
    file.write_text("1")
    seen = [version(), version()]
    file.write_text("2")
    seen.append(version())
    file.rename(tmp_path / "js" / "other.js")
    seen.append(version())
    (tmp_path / "empty.js").write_text("")
    seen.append(version())
    assert len(set(seen)) == 4
    assert seen[0] == seen[1]
