"""A routing engine on the loopback that answers as it is told to."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Engine:
    """`questions`: what it was asked, (method, path, body)."""

    def __init__(self) -> None:
        self.questions: list[tuple[str, str, bytes]] = []
        self.answer: Callable[[BaseHTTPRequestHandler], None] = says({})
        self.over = threading.Event()
        self.url = ""


def says(answer: object, status: int = 200) -> Callable[[BaseHTTPRequestHandler], None]:
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()

    def respond(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return respond


def drips(engine: Engine) -> Callable[[BaseHTTPRequestHandler], None]:
    """Sends a byte now and then and never comes to an end."""

    def respond(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not engine.over.wait(0.05):
            handler.wfile.write(b" ")
            handler.wfile.flush()

    return respond


def hangs(engine: Engine) -> Callable[[BaseHTTPRequestHandler], None]:
    return lambda handler: engine.over.wait() and None


@contextmanager
def running() -> Iterator[Engine]:
    engine = Engine()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.ask("GET")

        def do_POST(self) -> None:
            self.ask("POST")

        def ask(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            engine.questions.append((method, self.path, body))
            try:
                engine.answer(self)
            except OSError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    engine.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield engine
    finally:
        engine.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def took(started: float) -> float:
    return time.monotonic() - started
