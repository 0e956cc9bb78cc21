"""`bin/bench chaos --clicks N`: from the click's request to the action on the PBX's socket, beside a bare view."""

import http.client
import socket
import time
import uuid
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from bench._figures import Figure, share
from tests.live.wire import Wire

if TYPE_CHECKING:
    from bench._chaos import Office

REDIRECT = b"Action: Redirect"
CALLER = "79163330001"
PAUSE = 0.3  # seconds between two clicks: that long a talk lasts at least
GOAL_MS = 50  # above the bare view


class TimedWire(Wire):
    """It notes when an order that moves a channel passes it."""

    def __init__(self, target: int, first_port: int) -> None:
        self.moved: list[float] = []
        super().__init__(target, first_port)

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        super()._pass(_Noting(source, self.moved), sink)  # type: ignore[arg-type]


class _Noting:
    """A socket that is read through."""

    def __init__(self, source: socket.socket, moved: list[float]) -> None:
        self._source, self._moved = source, moved

    def recv(self, size: int) -> bytes:
        data = self._source.recv(size)
        if REDIRECT in data:
            self._moved.append(time.monotonic())
        return data

    def __getattr__(self, name: str) -> object:
        return getattr(self._source, name)


def measure(office: "Office", count: int) -> list[Figure]:
    """Vera holds her client and takes him back, by turns."""
    street, house, page = office.street, office.house, office.desks[0].page
    street.ring(CALLER)
    street.lift("101")
    talking = "select id from telephony_call where caller_raw = %s and state = 'talking'"
    ((row,),) = house.wait(lambda: house.rows(talking, CALLER), 8, "Vera talks")
    cookies = "; ".join(f"{each['name']}={each['value']}" for each in office.desks[0].context.cookies())
    token = page.evaluate("() => JSON.parse(document.body.getAttribute('hx-headers'))['X-CSRFToken']")
    head = {"Cookie": cookies, "X-CSRFToken": token, "HX-Request": "true"}
    web = http.client.HTTPConnection("127.0.0.1", urlsplit(house.url).port or 80, timeout=10)
    bare, clicks = [], []
    settled = "select 1 from telephony_intent where id = %s and state = 'confirmed'"
    for number in range(count):
        began = time.monotonic()
        _ask(web, "GET", "/healthz", head, "")
        bare.append(time.monotonic() - began)
        seen, click = len(office.wire.moved), str(uuid.uuid4())
        began = time.monotonic()
        _ask(web, "POST", f"/calls/{row}/{('hold', 'back')[number % 2]}/", head, urlencode({"id": click}))
        house.wait(lambda seen=seen: len(office.wire.moved) > seen, 5, "the action left")
        clicks.append(office.wire.moved[seen] - began)
        house.wait(lambda click=click: house.rows(settled, click), 5, "it is confirmed")
        time.sleep(PAUSE)
    street.ring_off(CALLER)
    street.put_down("101")
    view, late = share(bare, 0.95) * 1000, share(clicks, 0.95) * 1000
    return [
        Figure("a bare view, 95 of 100", view, "ms"),
        Figure("from the click's request to the action, median", share(clicks, 0.5) * 1000, "ms"),
        Figure("from the click's request to the action, 95 of 100", late, "ms", view + GOAL_MS),
    ]


def _ask(web: http.client.HTTPConnection, how: str, path: str, head: dict[str, str], body: str) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    web.request(how, path, body or None, head | kind)
    answer = web.getresponse()
    answer.read()
    if answer.status not in (200, 202):
        raise RuntimeError(f"{path}: {answer.status}")
