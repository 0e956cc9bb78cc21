"""What every test may use, and what the end of a run says of the tests that this machine could not run."""

import os
import shutil
from collections.abc import Callable, Iterator
from functools import partialmethod
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.db import OperationalError
from django.test import TransactionTestCase
from django.utils import translation
from playwright.sync_api import Browser, sync_playwright

ASTERISK = Path(os.environ.get("RIG_ROOT", "/var/lib/asterisk-rig")) / ".asterisk-rig-ok"
CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream", "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip
NEEDS = {
    "rig": (ASTERISK.exists(), "needs the real Asterisk: bin/rig install (root, Debian)"),
    "browser": (CHROMIUM is not None, "needs Chromium: bin/rig install (root, Debian)"),
}


def _emptied(case: TransactionTestCase, empty: Callable[[TransactionTestCase], None]) -> None:
    """The web process of a test may still be at its last request, and locks the same tables in an order of its own:
    then one of the two has to go first."""
    for _ in range(4):
        try:
            return empty(case)
        except CommandError as error:
            if not isinstance(error.__cause__, OperationalError):
                raise
    return empty(case)


TransactionTestCase._fixture_teardown = partialmethod(  # type: ignore[method-assign,assignment]
    _emptied, empty=TransactionTestCase._fixture_teardown
)


@pytest.fixture(autouse=True)
def language_of_the_office() -> Iterator[None]:
    """The test client leaves the language of its last page behind; the next test shall not hear it."""
    with translation.override("en"):
        yield


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The one browser of a module's tests. Playwright keeps an event loop in this thread as long as it runs: no second
    one beside it, no asynchronous test in that module, and Django is told that nothing here is asynchronous."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for mark, (there, sentence) in NEEDS.items():
            if item.get_closest_marker(mark) and not there:
                item.add_marker(pytest.mark.skip(reason=sentence))


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = sorted({report.longrepr[2].removeprefix("Skipped: ") for report in skipped})
    for reason in reasons:
        terminalreporter.write_line(f"not run on this machine: {reason}", yellow=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In CI nothing may be skipped (`NOTHING_SKIPPED=1`)."""
    if os.environ.get("NOTHING_SKIPPED") and exitstatus == 0:
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None and reporter.stats.get("skipped"):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
