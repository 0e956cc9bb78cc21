"""A page that has the product's scripts and nothing else, at an address that no network knows."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Route

STATIC = Path(__file__).resolve().parents[1] / "static"
SITE = "https://desk.example/"


@contextmanager
def bare_page(browser: Browser, **context: Any) -> Iterator[Page]:
    """Still to be opened: `page.goto(SITE)`. There a script is imported as "/js/phone/line.js"."""
    page = browser.new_page(**context)

    def answer(route: Route) -> None:
        path = STATIC / route.request.url.removeprefix(SITE)
        if path.suffix == ".js":
            route.fulfill(body=path.read_text(), content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html>", content_type="text/html")

    page.route(f"{SITE}**", answer)
    yield page
    page.close()
