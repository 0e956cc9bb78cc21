"""What every test may use, and what the end of a run says of the tests that this machine could not run."""

import asyncio
import contextlib
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from functools import partialmethod
from pathlib import Path
from types import FrameType

import pytest
from django.core.management import CommandError
from django.db import OperationalError, connection, transaction
from django.test import TransactionTestCase
from django.utils import translation
from playwright.sync_api import Browser, sync_playwright
from whitenoise.responders import Redirect, StaticFile

from dispatch.assets import Assets

ASTERISK = Path(os.environ.get("RIG_ROOT", "/var/lib/asterisk-rig")) / ".asterisk-rig-ok"
CHROMIUM = shutil.which("chromium")
SHELL = shutil.which("chromium-headless-shell")  # the same pages for two thirds of the processor
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream", "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip
PATIENCE_SECONDS = 180  # with one step of a test: its fixtures, itself, or their end
TEMPLATE = "TESTS_TEMPLATE"  # set where the engine is our own (tests/engines.py)
MADE_OF_MODELS = ("django_content_type", "auth_permission")
NEEDS = {
    "rig": (ASTERISK.exists(), "needs the real Asterisk: bin/rig install (root, Debian)"),
    "browser": (bool(CHROMIUM and SHELL), "needs Chromium: bin/rig install (root, Debian)"),
}


def _emptied(case: TransactionTestCase, flush: Callable[[TransactionTestCase], None]) -> None:
    """The web process of a test may still be at its last request, and locks the same tables in an order of its own:
    then one of the two has to go first."""
    for _ in range(4):
        try:
            return _forget_rows() if TEMPLATE in os.environ else flush(case)
        except (CommandError, OperationalError) as error:
            if not isinstance(error, OperationalError) and not isinstance(error.__cause__, OperationalError):
                raise
    return flush(case)


def _forget_rows() -> None:
    """Django's flush in a twentieth of its time. That truncates a hundred tables, makes types and permissions anew."""
    named = connection.introspection.django_table_names(only_existing=False, include_views=False)
    tables = [connection.ops.quote_name(table) for table in sorted(named) if table not in MADE_OF_MODELS]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"lock table {', '.join(tables)} in exclusive mode")  # who writes just now has written then
        cursor.execute("set local session_replication_role = replica")  # as truncate, without triggers
        cursor.execute(";".join(f"delete from {table}" for table in tables))


TransactionTestCase._fixture_teardown = partialmethod(  # type: ignore[method-assign,assignment]
    _emptied, flush=TransactionTestCase._fixture_teardown
)


def _found_once(find: Callable[[Assets], None]) -> Callable[[Assets], None]:
    """Each new `Client` of a test makes the middleware anew, and that looked for the same files each time (50 ms)."""
    found: dict[str, dict[str, StaticFile | Redirect]] = {}

    def recall(assets: Assets) -> None:
        if assets.static_prefix not in found:
            find(assets)
            found[assets.static_prefix] = assets.files
        assets.files = dict(found[assets.static_prefix])

    return recall


Assets.add_files_from_finders = _found_once(Assets.add_files_from_finders)  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """The tests' database begins with the tables that their own engine has already (tests/prepared.py)."""
    if TEMPLATE in os.environ:
        connection.settings_dict["TEST"]["TEMPLATE"] = os.environ[TEMPLATE]


@pytest.fixture(autouse=True)
def language_of_the_office() -> Iterator[None]:
    """The test client leaves the language of its last page behind; the next test shall not hear it."""
    with translation.override("en"):
        yield


@pytest.fixture(scope="module")
def chromium(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """The one browser of a module's tests. Playwright keeps an event loop in this thread as long as it runs: no second
    one beside it, no asynchronous test in that module, and Django is told that nothing here is asynchronous."""
    program = CHROMIUM if request.node.get_closest_marker("whole_browser") else SHELL
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@contextlib.contextmanager
def _patience(item: pytest.Item) -> Iterator[None]:
    """What hangs fails, in the line that hangs, also where that is a call of playwright which waits in its event loop:
    no dump of the threads would show it, since the test's own stack is then a sleeping greenlet's. Whatever holds out
    even against this ends with its process (`faulthandler_timeout`)."""

    def ring(number: int, frame: FrameType | None) -> None:
        with contextlib.suppress(RuntimeError):  # nothing asynchronous here
            for task in asyncio.all_tasks():
                task.print_stack()
        pytest.fail(f"{item.nodeid} hangs: no end within {PATIENCE_SECONDS} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(PATIENCE_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    with _patience(item):
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    with _patience(item):
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    with _patience(item):
        return (yield)


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
