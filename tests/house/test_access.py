"""Who may do what: every address of the site × every role and nobody × reading and posting.

TABLE is a copy of the roles' table, written by hand and not derived from `dispatch.staff.access`: a right that
slips in the code is seen here. An address without a line fails the test.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from dispatch.staff.models import Person, Role, Shift
from orders.flow import State
from orders.models import Client, ClientPhone, Draft, Driver, DriverPhone, Order
from telephony.models import Call, Extension, Leg, Recording

ROLES = (Role.DRIVER, Role.DISPATCHER, Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR)

SERVED = "Y"  # answered: a page, a redirect, or a sentence about what was sent (400, 409, 422)
HIDDEN = "-"  # 404: not even to know that it exists
REFUSED = "R"  # 403, with a sentence
OWN = "o"  # served on what is his own, refused (403) on another's
OWN_HIDDEN = "h"  # served on what is his own, and another's does not exist (404)
NO_SUCH_METHOD = "M"  # 405: the page is there for him, but not by this method
MEANS = {
    SERVED: {200, 201, 202, 204, 206, 302, 303, 400, 409, 422},
    HIDDEN: {404},
    REFUSED: {403},
    NO_SUCH_METHOD: {405},
}

# address: (what stands for its parameter, reading, posting), one letter for each of ROLES
TABLE: dict[str, tuple[str, str, str]] = {
    # the door and one's own page: whoever is signed in
    "": ("", "YYYYY", "MMMMM"),
    "sign-out/": ("", "MMMMM", "YYYYY"),
    "sign-in/": ("", "YYYYY", "YYYYY"),
    "language/": ("", "MMMMM", "YYYYY"),
    "profile/": ("", "YYYYY", "YYYYY"),
    "healthz": ("", "YYYYY", "MMMMM"),
    "readyz": ("", "YYYYY", "MMMMM"),
    # desk: take calls and orders, on an open shift
    "desk/": ("", "-YY--", "-MM--"),
    "desk/state/": ("", "-YY--", "-MM--"),
    "shift/": ("", "-YY--", "-YY--"),
    "shift/end/": ("", "-MM--", "-YY--"),
    # pause, log out, end another's shift
    "shift/<int:pk>/end/": ("shift", "-MM--", "-RY--"),
    # staff, roles, extensions, PBX
    "staff/": ("", "----Y", "----M"),
    "staff/new/": ("", "----Y", "----Y"),
    "staff/<int:pk>/": ("person", "----Y", "----Y"),
    "staff/<int:pk>/password/": ("person", "----M", "----Y"),
    "staff/extensions/": ("", "----Y", "----M"),
    "staff/extensions/new/": ("", "----Y", "----Y"),
    "staff/extensions/<int:pk>/": ("extension", "----Y", "----Y"),
    # journal: own shift's for a supervisor (tests/audit)
    "journal/": ("", "--YYY", "--MMM"),
    # call history: own and missed for a dispatcher
    "calls/": ("", "-YYY-", "-MMM-"),
    "calls/<int:pk>/": ("call", "-oYY-", "-MMM-"),
    "orders/<int:pk>/calls/": ("order", "-YYY-", "-MMM-"),
    # see a client's whole number: masked for a manager, whole on a journalled reveal
    "calls/<int:pk>/reveal/": ("call", "-MMM-", "-RRY-"),
    # recordings: play / download
    "recordings/<int:pk>/": ("recording", "-oYY-", "-MMM-"),
    "recordings/<int:pk>/?download=1": ("recording", "---Y-", "-MMM-"),
}

# what nobody may, without a word of who he is; everywhere else: reading leads to the sign-in page, posting is a 404
OPEN_TO_NOBODY = {
    ("GET", "sign-in/"): {200},
    ("POST", "sign-in/"): {422},
    ("POST", "language/"): {302},
    ("GET", "healthz"): {200},
    ("POST", "healthz"): {405},
    ("GET", "readyz"): {200},
    ("POST", "readyz"): {405},
}


def addresses(patterns: list, before: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, before + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield before + str(pattern.pattern)


EVERY_ADDRESS = sorted(addresses(get_resolver().url_patterns))


@dataclass
class World:
    """One person of each role, what is theirs, and what is somebody else's."""

    people: dict[str, Person] = field(default_factory=dict)
    own: dict[tuple[str, str], Any] = field(default_factory=dict)  # (kind, role) → its key
    others: dict[str, Any] = field(default_factory=dict)  # kind → the key of somebody else's


@pytest.fixture
def world(db, settings, tmp_path) -> World:
    settings.RECORDINGS_DIR = tmp_path
    world = World()
    client = Client.objects.create(name="Анна")
    ClientPhone.objects.create(client=client, e164="+79161234567", raw="8 916 123-45-67", is_main=True)
    extension = Extension.objects.create(number="199", interface="PJSIP/199")
    petrov = person("petrov", Role.DISPATCHER)
    shift = Shift.objects.create(person=petrov, extension="199", started_at=timezone.now())
    world.others = things_of(petrov, client, driver("99"), tmp_path) | {
        "shift": shift.pk,
        "person": petrov.pk,
        "extension": extension.pk,
        "client": client.pk,
    }
    for number, role in enumerate(ROLES, start=1):
        someone = world.people[role] = person(f"{role}-1", role)
        if role in (Role.DISPATCHER, Role.SUPERVISOR):
            Shift.objects.create(person=someone, extension=f"10{number}", started_at=timezone.now())
        his_driver = driver(f"{number}", someone if role == Role.DRIVER else None)
        for kind, key in things_of(someone, client, his_driver, tmp_path).items():
            world.own[kind, role] = key
    return world


def person(username: str, role: Role) -> Person:
    return Person.objects.create(username=username, first_name="Имя", last_name=username, roles=[role])


def driver(call_sign: str, person: Person | None = None) -> Driver:
    made = Driver.objects.create(
        call_sign=call_sign, first_name="Иван", last_name="Соколов", person=person, on_shift=True
    )
    DriverPhone.objects.create(driver=made, e164=f"+7903111{call_sign:0>4}", raw=call_sign)
    return made


def things_of(person: Person, client: Client, driver: Driver, folder: Any) -> dict[str, Any]:
    """What the person made or answered: a finished call with its recording, an order that his driver has, a draft."""
    now = timezone.now()
    ended = Call.objects.create(
        key=f"{person.username}.1",
        direction="in",
        state="ended",
        result="answered",
        caller_raw="89161234567",
        caller_e164="+79161234567",
        recognised="known",
        client=client,
        answered_by=person,
        answered_extension="101",
        started_at=now - timedelta(minutes=5),
        answered_at=now - timedelta(minutes=4),
        ended_at=now - timedelta(minutes=3),
    )
    Leg.objects.create(
        call=ended, uniqueid="1", channel="PJSIP/101-1", party="101", person=person, role="called", outcome="answered",
        started_at=ended.started_at, answered_at=ended.answered_at, ended_at=ended.ended_at,
    )  # fmt: skip
    file = f"{person.username}.wav"
    (folder / file).write_bytes(b"RIFF" + bytes(200))
    recording = Recording.objects.create(call=ended, file=file, started_at=now, seconds=1.0, size=204)
    order = Order.objects.create(
        state=State.ASSIGNED, state_since=now, client=client, driver=driver, phone="+79161234567", pickup="Тверская, 1",
        created_by=person,
    )  # fmt: skip
    draft = Draft.objects.create(owner=person)
    return {"call": ended.pk, "recording": recording.pk, "order": order.pk, "driver": driver.pk, "draft": draft.pk}


def test_every_address_has_its_line():
    lines = {address.partition("?")[0] for address in TABLE}
    new = [address for address in EVERY_ADDRESS if address not in lines]
    assert not new, f"write into TABLE, as shared roles say, who may read and post: {new}"
    gone = sorted(lines - set(EVERY_ADDRESS))
    assert not gone, f"these lines of TABLE lead nowhere any more: {gone}"


@pytest.mark.parametrize("address", TABLE)
def test_who_may(world, address):
    kind, reading, posting = TABLE[address]
    wrong = []
    for role, read, post in zip(ROLES, reading, posting, strict=True):
        browser = Browser(raise_request_exception=False)
        browser.force_login(world.people[role])
        for method, cell in (("GET", read), ("POST", post)):
            for whose, expected in cases(cell):
                key = world.own.get((kind, role)) if whose == "own" else world.others.get(kind)
                status = ask(browser, method, path_of(address, kind, key))
                if status not in expected:
                    wrong.append(f"{role} {method} /{address} of {whose}: {status}, not one of {sorted(expected)}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("address", TABLE)
def test_nobody_learns_what_exists(world, address):
    kind = TABLE[address][0]
    path = path_of(address, kind, world.others.get(kind))
    nobody = Browser(raise_request_exception=False)
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        route = address.partition("?")[0]
        if expected := OPEN_TO_NOBODY.get(("GET" if method == "HEAD" else method, route)):
            assert ask(nobody, method, path) in expected
        elif route in ("sign-in/", "healthz", "readyz"):
            assert ask(nobody, method, path) in {200, 405, *MEANS[SERVED]}
        elif method in ("GET", "HEAD"):
            answer = nobody.generic(method, path)
            assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/sign-in/")
        else:
            assert ask(nobody, method, path) == 404, f"{method} {path}"


@pytest.mark.parametrize("address", [address for address, line in TABLE.items() if line[0]])
def test_what_does_not_exist_is_not_found_by_anybody(world, address):
    """Nor is it an error: a key of another kind, or a number that no database holds."""
    kind, reading, posting = TABLE[address]
    missing = [uuid.uuid4()] if "<uuid:" in address else [987654321, 2**80]
    for role, read, post in zip(ROLES, reading, posting, strict=True):
        browser = Browser(raise_request_exception=False)
        browser.force_login(world.people[role])
        for key in missing:
            for method, cell in (("GET", read), ("POST", post)):
                expected = {404, 405} if cell == NO_SUCH_METHOD else {404, 403}
                assert ask(browser, method, path_of(address, kind, key)) in expected, f"{role} {method} {address} {key}"


def cases(cell: str) -> Iterator[tuple[str, set[int]]]:
    if cell in (OWN, OWN_HIDDEN):
        yield "own", MEANS[SERVED]
        yield "another", MEANS[REFUSED if cell == OWN else HIDDEN]
    else:
        yield "another", MEANS[cell]


def path_of(address: str, kind: str, key: Any) -> str:
    head, _, rest = address.partition("<")
    if not rest:
        return f"/{address}"
    assert key is not None, f"the world of this test has no {kind or 'object'} for {address}"
    return f"/{head}{key}{rest.partition('>')[2]}"


def ask(browser: Browser, method: str, path: str) -> int:
    """The status of the answer. Whatever it changed is taken back."""
    with transaction.atomic():
        answer = browser.generic(method, path)
        transaction.set_rollback(True)
    return answer.status_code
