"""The hub by itself: one drawing per viewer, one text per frame, however many desks; who takes nothing is dropped."""

import asyncio
import json
import socket
import time
from collections.abc import Callable

import pytest
from autobahn.exception import Disconnected
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dispatch.live import drawing, pace, publish, registry
from dispatch.live.desk import BACKLOG_BYTES, Desk
from dispatch.live.hub import Hub
from dispatch.live.models import Change
from dispatch.live.numbers import Told
from dispatch.live.registry import Viewer
from dispatch.staff.models import Person
from tests.live.web import greeted, session_of

DISPATCHER_RU = Viewer("ru", "dispatcher")
DISPATCHER_EN = Viewer("en", "dispatcher")
SUPERVISOR_EN = Viewer("en", "supervisor")


@pytest.fixture
def drawn(monkeypatch) -> list[tuple[tuple[str, ...], Viewer]]:
    """What the renderer of people was asked to draw."""
    asked = []

    def draw(keys, viewer):
        asked.append((tuple(keys), viewer))
        names = dict(Person.objects.filter(pk__in=keys).values_list("pk", "last_name"))
        return {key: names.get(int(key)) for key in keys}

    monkeypatch.setitem(registry.renderers, "person", draw)
    return asked


class PaperDesk(Desk):
    def __init__(self, person_id: int, audience: str, language: str, transport: object = None) -> None:
        self.got: list[str] = []
        self.codes: list[int] = []
        super().__init__(person_id, audience, language, f"session-{person_id}", self.take, self.end, transport)

    async def take(self, frame: str) -> None:
        self.got.append(frame)

    async def end(self, code: int) -> None:
        self.codes.append(code)


async def opened_hub() -> Hub:
    hub = Hub()
    hub.ready.set()
    return hub


async def flushed(hub: Hub) -> None:
    lanes = (hub.calls, hub.lists, hub.own)
    tasks = [asyncio.create_task(hub.flush(lane)) for lane in lanes]
    await asyncio.sleep(0)
    for _ in range(200):
        await asyncio.sleep(0.01)
        if not any(lane.waiting for lane in lanes) and hub.numbers:
            break
    for task in tasks:
        task.cancel()


async def test_sixty_desks_of_three_kinds_cost_three_drawings(drawn, monkeypatch):
    monkeypatch.setitem(registry.renderers, "person", lambda keys, viewer: drawn.append((tuple(keys), viewer)) or {})
    hub = await opened_hub()
    kinds = [("dispatcher", "ru"), ("dispatcher", "en"), ("supervisor", "en")]
    desks = [PaperDesk(number, *kinds[number % 3]) for number in range(60)]
    for desk in desks:
        hub.join(desk)
    hub.hear([Told("staff", 1, "person", "5"), Told("staff", 2, "person", "6"), Told("staff", 3, "person", "5")])
    await flushed(hub)
    assert sorted(viewer.language + viewer.audience for _keys, viewer in drawn) == [
        "endispatcher", "ensupervisor", "rudispatcher",
    ]  # fmt: skip
    assert {keys for keys, _viewer in drawn} == {("5", "6")}
    assert all(len(desk.got) == 1 for desk in desks)
    assert len({id(desk.got[0]) for desk in desks}) == 3  # one text each, shared by its twenty desks


@pytest.mark.django_db
def test_the_queries_grow_neither_with_desks_nor_with_changes(drawn, make_person):
    people = [make_person(name) for name in ("Vera", "Boris", "Anna")]
    viewers = {"staff": {DISPATCHER_RU, DISPATCHER_EN, SUPERVISOR_EN}}

    def queries(changes: list[Told]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            drawing.frames({"staff": changes}, viewers)
        return len(captured)

    one = queries([Told("staff", 1, "person", str(people[0].pk))])
    many = queries([Told("staff", number, "person", str(person.pk)) for number, person in enumerate(people, 1)])
    assert one == many == 3  # one for each viewer


async def test_what_is_known_is_dropped_and_a_gap_waits_for_the_outbox():
    hub = await opened_hub()
    desk = PaperDesk(1, "dispatcher", "en")
    hub.join(desk)
    registry.renderers["stone"] = lambda keys, viewer: dict.fromkeys(keys, "<li></li>")
    try:
        hub.hear([Told("calls", 1, "stone", "a"), Told("calls", 1, "stone", "a"), Told("calls", 3, "stone", "c")])
        await flushed(hub)
        assert hub.numbers == {"calls": 1}
        hub.hear([Told("calls", 2, "stone", "b"), Told("calls", 3, "stone", "c")])
        await flushed(hub)
    finally:
        del registry.renderers["stone"]
    assert [('"from": 1, "to": 1' in frame, '"from": 2, "to": 3' in frame) for frame in desk.got] == [
        (True, False), (False, True),
    ]  # fmt: skip


async def test_what_is_heard_while_the_outbox_is_read_is_no_step_back():
    """The database's answer is older than what the relay said meanwhile: no gap, and no desk reads anew."""
    hub = await opened_hub()
    registry.renderers["stone"] = lambda keys, viewer: dict.fromkeys(keys, "<li></li>")
    desk = PaperDesk(1, "dispatcher", "en")
    hub.join(desk)

    async def read_slowly(_question: object, *_arguments: object) -> dict[str, int]:
        hub.hear([Told("calls", 2, "stone", "b")])
        return {"calls": 1}

    hub._read = read_slowly
    try:
        hub.hear([Told("calls", 1, "stone", "a")])
        await hub._read_once()
        await flushed(hub)
    finally:
        del registry.renderers["stone"]
    assert hub.numbers == {"calls": 2}
    assert ['"from": 1, "to": 2' in frame for frame in desk.got] == [True]


@pytest.mark.parametrize(
    ("share", "edges"), [(1, [(1, 1), (2, 2), (3, 3)]), (1e-6, [(1, 1), (2, 3)])], ids=["cheap", "dear"]
)
async def test_changes_upon_each_other_go_out_at_once_or_together_when_that_is_dear(share, edges, monkeypatch):
    monkeypatch.setattr(pace, "SHARE", share)
    monkeypatch.setattr(pace, "CREDIT_SECONDS", 0.3 if share == 1 else 0)
    monkeypatch.setitem(registry.renderers, "stone", lambda keys, viewer: dict.fromkeys(keys, "<li></li>"))
    hub, desk = await opened_hub(), PaperDesk(1, "dispatcher", "en")
    hub.join(desk)
    flushing = asyncio.create_task(hub.flush(hub.calls))
    for number, frames in ((1, 1), (2, 2 if share == 1 else 1), (3, len(edges))):
        hub.hear([Told("calls", number, "stone", str(number))])
        await until(lambda frames=frames: len(desk.got) == frames)
    flushing.cancel()
    assert [(frame["from"], frame["to"]) for frame in map(json.loads, desk.got)] == edges


async def until(holds: Callable[[], bool]) -> None:
    """As soon as it holds; the loop has gone round a few times by then."""
    async with asyncio.timeout(5):
        for _round in range(5):
            await asyncio.sleep(0)
        while not holds():
            await asyncio.sleep(0.001)


@pytest.mark.parametrize(
    ("trouble", "is_said"),
    [(ConnectionError("gone"), True), (Disconnected("Attempt to send on a closed protocol"), False)],
)
async def test_a_desk_that_breaks_does_not_cost_the_others_theirs(caplog, trouble, is_said):
    """One that was closed in this moment is nobody's fault."""
    hub = await opened_hub()
    registry.renderers["stone"] = lambda keys, viewer: dict.fromkeys(keys, "<li></li>")
    broken, whole = PaperDesk(1, "dispatcher", "en"), PaperDesk(2, "dispatcher", "en")

    async def fail(frame: str) -> None:
        raise trouble

    broken.write = fail
    hub.join(broken)
    hub.join(whole)
    try:
        hub.hear([Told("calls", 1, "stone", "a")])
        await flushed(hub)
    finally:
        del registry.renderers["stone"]
    assert len(whole.got) == 1
    assert ("writing to a desk" in caplog.text) is is_said


class FullTransport:
    """As Twisted's, when the other side takes nothing."""

    dataBuffer = b"x" * (BACKLOG_BYTES + 1)
    offset = 0
    _tempDataLen = 0
    aborted = False

    def abortConnection(self) -> None:
        self.aborted = True


async def test_a_desk_with_a_full_backlog_is_dropped():
    desk = PaperDesk(1, "dispatcher", "en", FullTransport())
    await desk.send("{}")
    assert desk.got == []
    assert desk.transport.aborted


def test_a_socket_that_takes_nothing_is_dropped_and_its_neighbour_hears_on(web, vera, boris):
    """A real socket with a small window that is never read; each change is 200 kB."""
    stalled = stalled_socket(web.port, session_of(vera))
    with greeted(web, boris) as listener:
        for number in range(60):
            publish.changed("calls", "bulky", number)
            listener.until(lambda frame, number=number: frame.get("to") == number + 1)
            if "takes nothing any more" in web.log.read_text():
                break
        end = time.monotonic() + 3
        while "takes nothing any more" not in web.log.read_text() and time.monotonic() < end:
            listener.beat()
        publish.changed("calls", "note", "still served")
        listener.batch()
    assert f"a desk of person {vera.pk} takes nothing any more" in web.log.read_text()
    stalled.close()


def stalled_socket(port: int, cookie: str) -> socket.socket:
    stalled = socket.socket()
    stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    stalled.connect(("127.0.0.1", port))
    stalled.sendall(
        f"GET /ws/?language=en HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        f"Origin: http://127.0.0.1:{port}\r\nCookie: sessionid={cookie}\r\n\r\n".encode()
    )
    assert b"101" in stalled.recv(64)
    return stalled


@pytest.mark.django_db
def test_the_outbox_forgets_what_was_told_an_hour_ago_and_nothing_else():
    from dispatch.live.tasks import forget_old_changes

    for key, number, hours in (("old", 1, 2), ("fresh", 2, 0), ("old, not told", None, 2)):
        change = Change.objects.create(topic="calls", kind="call", key=key, number=number)
        with connection.cursor() as cursor:
            cursor.execute(
                "update live_change set at = now() - make_interval(hours => %s) where id = %s", [hours, change.pk]
            )
    assert forget_old_changes() == 1
    assert sorted(Change.objects.values_list("key", flat=True)) == ["fresh", "old, not told"]


@pytest.mark.django_db
def test_a_process_that_starts_draws_what_changed_last_for_nobody(drawn, settings):
    settings.LANGUAGES = [("en", "English"), ("ru", "Русский")]
    for number, key in enumerate(["1", "2"], start=1):
        Change.objects.create(topic="staff", kind="person", key=key, number=number)
    Change.objects.create(topic="staff", kind="person", key="3")  # not told yet: the relay's message draws it
    drawing.rehearse()
    assert {keys for keys, _viewer in drawn} == {("2",)}
    assert {viewer for _keys, viewer in drawn} == {
        Viewer(language, audience) for language in ("en", "ru") for audience in ("dispatcher", "supervisor")
    }
