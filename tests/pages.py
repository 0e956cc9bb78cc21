"""A bare page for the product's scripts, how any page is left, and a machine that sleeps."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Error, Page, Route

STATIC = Path(__file__).resolve().parents[1] / "static"
SITE = "https://desk.example/"


@contextmanager
def bare_page(browser: Browser, **context: Any) -> Iterator[Page]:
    """The product's scripts and nothing else, at an address that no network knows: a script is imported as
    "/js/phone/line.js"."""
    page = browser.new_page(**context)

    def answer(route: Route) -> None:
        path = STATIC / urlsplit(route.request.url).path.lstrip("/")
        if path.suffix == ".js":
            route.fulfill(body=path.read_text(), content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html>", content_type="text/html")

    page.route(f"{SITE}**", answer)
    page.goto(SITE)
    yield page
    leave(page.context)


def leave(context: BrowserContext) -> None:
    """Close it with its pages. While a page is on its way to another, Chromium may never answer to that (one of thirty
    times, with a form that has just been sent), and playwright waits for ever: each goes nowhere first."""
    for page in context.pages:
        with suppress(Error):  # it has crashed
            page.goto("about:blank")
    context.close()


@contextmanager
def asleep(browser: Browser) -> Iterator[None]:
    """The machine of this browser: nothing of it runs, and what comes to it lies there."""
    asked = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
    group = os.getpgid(next(each["id"] for each in asked["processInfo"] if each["type"] == "browser"))
    os.killpg(group, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(group, signal.SIGCONT)
