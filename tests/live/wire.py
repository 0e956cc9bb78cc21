"""A wire between a web process and an engine, which a test can cut, freeze and mend."""

import contextlib
import socket
import threading


class Wire:
    """Listens on `port`, passes everything on to `target`. Cut: connections die and none is taken. Frozen: silence."""

    def __init__(self, target: int, first_port: int) -> None:
        self._target = target
        self._holder = _held(first_port)
        self.port = self._holder.getsockname()[1]
        self._sockets: set[socket.socket] = set()
        self._flows = threading.Event()
        self._flows.set()
        self._lock = threading.Lock()
        self._listener: socket.socket | None = None
        self.mend()

    def cut(self) -> None:
        """As after kill -9 of the engine: resets, then refusals."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        with self._lock:
            for one in self._sockets:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
            self._sockets.clear()

    def close(self) -> None:
        self.cut()
        self._holder.close()

    def freeze(self) -> None:
        """As with an engine that hangs: connections stay, and bring nothing."""
        self._flows.clear()

    def mend(self) -> None:
        self._flows.set()
        if self._listener is None:
            self._listener = socket.create_server(("127.0.0.1", self.port), backlog=100, reuse_port=True)
            threading.Thread(target=self._accept, args=[self._listener], daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _address = listener.accept()
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


def _held(first_port: int) -> socket.socket:
    """A port that stays ours while the wire is cut: the next of us would take it, and it could not be mended. It takes
    nobody, as no one listens."""
    for port in range(first_port, first_port + 400):
        holder = socket.socket()
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        try:
            holder.bind(("127.0.0.1", port))
        except OSError:
            holder.close()
        else:
            return holder
    raise OSError(f"no free port from {first_port} to {first_port + 399}")
