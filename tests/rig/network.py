"""A bad network in the way of the PBX's sound: a relay of UDP that delays and drops, port by port.

A page that takes `FAR` is offered the relay's ports as the PBX's only candidates, and names a place of its own at which
nobody is, so that nothing goes past the relay. No rights and no kernel module are needed for it.
"""

import heapq
import random
import selectors
import socket
import threading
import time
from dataclasses import dataclass
from types import TracebackType

ADDRESS = "127.0.0.9"
BELOW = 10_000  # its port for a port of the PBX: a socket for all addresses leaves no room at the same one
DATAGRAM = 4096
FAR = """() => {
  const own = RTCPeerConnection.prototype;
  const candidate = /(a=candidate:\\S+ \\d \\w+ \\d+ )\\S+ (\\d+)/g;
  const moved = (sdp, place) => sdp.replace(candidate, (_, head, port) => head + place(Number(port)));
  const said = Object.getOwnPropertyDescriptor(own, "localDescription").get;
  Object.defineProperty(own, "localDescription", { get() {
    const found = said.call(this);
    return found && new RTCSessionDescription({ type: found.type, sdp: moved(found.sdp, () => "127.0.0.8 9") });
  } });
  const heard = own.setRemoteDescription;
  own.setRemoteDescription = function ({ type, sdp }) {
    return heard.call(this, { type, sdp: moved(sdp, (port) => `ADDRESS ${port - BELOW}`) });
  };
}""".replace("ADDRESS", ADDRESS).replace("BELOW", str(BELOW))


@dataclass
class Way:
    """Of one direction: seconds, seconds at most on top of them, and the share that is lost."""

    delay: float = 0.0
    jitter: float = 0.0
    loss: float = 0.0


class BadNetwork:
    """`ports`: those of the PBX's sound. `way` may be changed while it runs; it is the same in both directions."""

    def __init__(self, ports: range, *, seed: int = 17) -> None:
        self.way = Way()
        self.passed = self.lost = 0
        self._chance = random.Random(seed)  # noqa: S311
        self._selector = selectors.DefaultSelector()
        self._flows: dict[tuple[int, tuple[str, int]], socket.socket] = {}
        self._due: list[tuple[float, int, socket.socket, bytes, tuple[str, int] | None]] = []
        self._count = 0
        self._ends = False
        for port in ports:
            door = _socket((ADDRESS, port - BELOW))
            self._selector.register(door, selectors.EVENT_READ, (port, None))
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "BadNetwork":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ends = True
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self._selector.close()

    def _run(self) -> None:
        while not self._ends:
            until_next = self._due[0][0] - time.monotonic() if self._due else 0.05
            for key, _events in self._selector.select(min(0.05, max(0.0, until_next))):
                self._take(key.fileobj, *key.data)  # type: ignore[arg-type]
            while self._due and self._due[0][0] <= time.monotonic():
                _at, _count, out, content, to = heapq.heappop(self._due)
                _send(out, content, to)

    def _take(self, heard: socket.socket, port: int, back: tuple[socket.socket, tuple[str, int]] | None) -> None:
        try:
            content, sender = heard.recvfrom(DATAGRAM)
        except OSError:  # nobody listens there any more
            return
        way = self.way
        if self._chance.random() < way.loss:
            self.lost += 1
            return
        self.passed += 1
        out, to = back or (self._flow(heard, port, sender), None)
        self._count += 1
        at = time.monotonic() + way.delay + self._chance.random() * way.jitter
        heapq.heappush(self._due, (at, self._count, out, content, to))

    def _flow(self, door: socket.socket, port: int, sender: tuple[str, int]) -> socket.socket:
        """By which the PBX hears that sender, and answers him."""
        if (flow := self._flows.get((port, sender))) is None:
            flow = self._flows[port, sender] = _socket(("127.0.0.1", 0))
            flow.connect(("127.0.0.1", port))
            self._selector.register(flow, selectors.EVENT_READ, (port, (door, sender)))
        return flow


def _socket(address: tuple[str, int]) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(address)
    made.setblocking(False)
    return made


def _send(out: socket.socket, content: bytes, to: tuple[str, int] | None) -> None:
    try:
        out.sendto(content, to) if to else out.send(content)
    except OSError:  # as on any network: nobody is told
        return
