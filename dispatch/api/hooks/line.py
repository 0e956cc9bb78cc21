"""The way out of the house: one POST to a public address, with a time limit, no redirects, no inner addresses.

An address is resolved once, looked at, and connected to as it was looked at: no second answer of the name service can
lead elsewhere.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from urllib.parse import SplitResult, urlsplit

LONGEST_URL = 500
PUBLIC_V6 = ipaddress.ip_network("2000::/3")
DEFAULT_PORTS = {"https": 443, "http": 80}


class Forbidden(Exception):
    """Not an address that may be written to."""


class TooSlow(Exception):
    """No whole answer in time."""


def post(url: str, body: bytes, headers: Mapping[str, str], *, seconds: float, loopback: bool) -> int:
    """The status of the answer, whose body is not read. `loopback`: whether http://127.0.0.1 is allowed, for tests.

    Raises Forbidden, TooSlow, OSError (also of TLS and of the name service), http.client.HTTPException.
    """
    parts = checked(url, loopback=loopback)
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    ends = time.monotonic() + seconds
    addresses = _resolved(str(parts.hostname), port, seconds=seconds, loopback=loopback)
    line = (_Secure if parts.scheme == "https" else _Plain)(str(parts.hostname), port)
    line.addresses, line.ends = addresses, ends
    guard = threading.Timer(ends - time.monotonic(), line.cut)
    guard.daemon = True
    guard.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        line.request("POST", path, body=body, headers=dict(headers))
        status = line.getresponse().status
        if time.monotonic() >= ends:  # it was cut, and half a head looks like a whole one
            raise TooSlow
        return status
    except (OSError, http.client.HTTPException, ValueError):
        if time.monotonic() >= ends:
            raise TooSlow from None
        raise
    finally:
        guard.cancel()
        line.close()


def checked(url: str, *, loopback: bool) -> SplitResult:
    """The parts of an address as it may be written down. Raises Forbidden."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise Forbidden from None
    plain = parts.scheme == "http" and loopback
    if parts.scheme != "https" and not plain:
        raise Forbidden
    if not host or parts.username or parts.password or parts.fragment or len(url) > LONGEST_URL:
        raise Forbidden
    if not url.isascii() or any(letter <= " " for letter in url):
        raise Forbidden
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        return parts
    if not _may_be_written_to(literal, loopback=loopback):
        raise Forbidden
    return parts


def _resolved(host: str, port: int, *, seconds: float, loopback: bool) -> list[str]:
    addresses = list(dict.fromkeys(_looked_up(host, port, seconds)))
    if not all(_may_be_written_to(ipaddress.ip_address(each), loopback=loopback) for each in addresses):
        raise Forbidden
    return addresses


def _looked_up(host: str, port: int, seconds: float) -> list[str]:
    """The name service has no time limit of its own that we could set: who asks it waits so long and goes on without
    the thread, which ends when the service answers or gives up. Raises TooSlow, OSError."""
    answer: Future[list[str]] = Future()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answer.set_result([str(sockaddr[0]) for *_kind, sockaddr in found])
        except Exception as error:  # whatever it is, it is raised where it is waited for
            answer.set_exception(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        return answer.result(seconds)
    except TimeoutError:
        if not answer.done():
            raise TooSlow from None
        raise  # the service's own


def _may_be_written_to(address: ipaddress.IPv4Address | ipaddress.IPv6Address, *, loopback: bool) -> bool:
    if address.is_loopback:
        return loopback
    if address.is_multicast or not address.is_global:
        return False
    if isinstance(address, ipaddress.IPv6Address):  # not one that leads to an IPv4 address by the back door
        return address in PUBLIC_V6 and address.sixtofour is None and address.teredo is None
    return True


class _Plain(http.client.HTTPConnection):
    addresses: Sequence[str] = ()
    ends = 0.0

    def connect(self) -> None:
        self.sock = self._dialled()

    def cut(self) -> None:
        """From another thread, when the time is over: whoever reads or writes wakes with an error."""
        if self.sock is not None:
            try:
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)  # not TLS's own, which would wait for the peer
            except OSError:
                return  # it is closed already

    def _dialled(self) -> socket.socket:
        trouble: OSError | None = None
        for address in self.addresses:
            left = self.ends - time.monotonic()
            if left <= 0:
                raise TimeoutError
            try:
                return socket.create_connection((address, self.port), timeout=left)
            except OSError as error:
                trouble = error
        raise trouble or OSError("no address")


class _Secure(_Plain):
    def connect(self) -> None:
        self.sock = self._dialled()
        self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)
