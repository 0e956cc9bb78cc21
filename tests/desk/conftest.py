import contextlib
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from dispatch.staff.models import Person, Role
from tests.desk.office import on_shift, telephones_work
from tests.live.web import Web, greeted, session_of
from tests.pages import leave

# A server that is away, a refusal.
EXPECTED = ("Failed to load resource", "WebSocket", "Response Status Error", "htmx:sendError", "htmx:afterRequest")


@pytest.fixture(scope="module")
def shared_web(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    web = Web(tmp_path_factory.mktemp("web") / "web.log", app="dispatch.asgi:application")
    yield web
    web.stop()


@pytest.fixture
def web(shared_web: Web, transactional_db: None) -> Iterator[Web]:
    """A web process that other tests have used before; it has seen that the outbox is empty again."""
    telephones_work()
    shared_web.revive()  # from its rest, or from whatever a test that failed left behind
    with greeted(shared_web, someone("Witness", Role.DISPATCHER)) as witness:
        witness.until(lambda frame: frame["type"] == "beat" and not any(frame["numbers"].values()))
    yield shared_web
    shared_web.rest()


def someone(first: str, *roles: str) -> Person:
    return Person.objects.create(username=first.lower(), first_name=first, last_name="Office", roles=list(roles))


@pytest.fixture
def vera_off_shift(db: None) -> Person:
    return someone("Vera", Role.DISPATCHER)


@pytest.fixture
def vera(transactional_db: None) -> Person:
    return on_shift(someone("Vera", Role.DISPATCHER), "101")


@pytest.fixture
def boris(transactional_db: None) -> Person:
    return on_shift(someone("Boris", Role.DISPATCHER), "102")


@pytest.fixture
def sit_down(chromium: Browser, web: Web) -> Iterator[Callable[..., Page]]:
    """Opens the desk of a person; a page in the same context is another tab of the same browser."""
    with contextlib.ExitStack() as stack:
        complaints: list[str] = []

        def sit(
            person: Person, *, path: str = "/desk/", within: BrowserContext | None = None, **options: object
        ) -> Page:
            context = within or chromium.new_context(viewport={"width": 1366, "height": 768}, **options)
            if within is None:
                stack.callback(leave, context)
                url = f"http://127.0.0.1:{web.port}"
                context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_of(person), "url": url}])
            context.set_default_timeout(10_000)
            page = context.new_page()
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda message: _note(message, complaints))
            page.goto(f"http://127.0.0.1:{web.port}{path}")
            if path == "/desk/":
                page.wait_for_selector(".health[data-is]:not([data-is=unknown])", state="attached")
            return page

        yield sit
    assert complaints == []  # no error of a script, nothing that the content security policy had to stop


def _note(message: ConsoleMessage, complaints: list[str]) -> None:
    if message.type == "error" and not any(word in message.text for word in EXPECTED):
        complaints.append(message.text)
