"""A wire between a web process and an engine, which a test can cut, freeze and mend."""

import contextlib
import socket
import threading


class Wire:
    """Listens on `port`, passes everything on to `target`. Cut: connections die and none is taken. Frozen: silence."""

    def __init__(self, target: int, first_port: int) -> None:
        self._target = target
        self._listener = _bound(first_port)  # also while it is cut: the next of us would take the port
        self.port = self._listener.getsockname()[1]
        self._sockets: set[socket.socket] = set()
        self._flows = threading.Event()
        self._flows.set()
        self._lock = threading.Lock()
        self._is_cut = True
        self.mend()

    def cut(self) -> None:
        """As after kill -9 of the engine: resets, then refusals."""
        if not self._is_cut:
            self._is_cut = True
            self._listener.shutdown(socket.SHUT_RDWR)
        with self._lock:
            for one in self._sockets:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
            self._sockets.clear()

    def close(self) -> None:
        self.cut()
        self._listener.close()

    def freeze(self) -> None:
        """As with an engine that hangs: connections stay, and bring nothing."""
        self._flows.clear()

    def mend(self) -> None:
        self._flows.set()
        if self._is_cut:
            self._is_cut = False
            self._listener.listen(100)
            threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _address = self._listener.accept()
                try:
                    far = socket.create_connection(("127.0.0.1", self._target))
                except OSError:  # nobody is there just now
                    near.close()
                    continue
                with self._lock:
                    self._sockets |= {near, far}
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=self._pass, args=ends, daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self._flows.wait()
                sink.sendall(data)
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            with self._lock:
                self._sockets.discard(one)
            one.close()


def _bound(first_port: int) -> socket.socket:
    """At the first port from there on that nobody has."""
    for port in range(first_port, first_port + 400):
        made = socket.socket()
        try:
            made.bind(("127.0.0.1", port))
        except OSError:
            made.close()
        else:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # to listen again beside its dying connections
            return made
    raise OSError(f"no free port from {first_port} to {first_port + 399}")
