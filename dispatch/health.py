"""Signs of life for whoever watches the processes: `/healthz` (alive) and `/readyz` (of use)."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import asdict, dataclass

import redis
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dispatch.live import registry

LONGEST_SECONDS = 1.5  # of all questions together, so that the answer is there within two
PARTS_OF_TELEPHONY = ("link", "pbx")


@dataclass(frozen=True)
class Part:
    ok: bool
    age: float | None = None  # seconds since its last sign of life; None: never, or not known
    note: str = ""


Question = Callable[[], dict[str, Part]]


# /healthz
@never_cache
@require_safe
def alive(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive\n", content_type="text/plain")


# /readyz
@never_cache
@require_safe
def ready(_request: HttpRequest) -> HttpResponse:
    """503 only without the database or Redis. Without telephony we are "degraded": the conveyor works on."""
    answers = _ask_all({"database": _ask_database, "redis": _ask_redis, "telephony": _ask_telephony})
    needed = {name: answers.get(name, {name: Part(ok=False, note="no answer")})[name] for name in ("database", "redis")}
    unknown = {name: Part(ok=False, note="not known") for name in PARTS_OF_TELEPHONY}
    parts = needed | answers.get("telephony", unknown)
    if not all(part.ok for part in needed.values()):
        state, status = "unavailable", 503
    else:
        state, status = "ok" if all(part.ok for part in parts.values()) else "degraded", 200
    return JsonResponse({"status": state, "parts": {name: asdict(part) for name, part in parts.items()}}, status=status)


def _ask_database() -> dict[str, Part]:
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    return {"database": Part(ok=True, age=0.0)}


def _ask_redis() -> dict[str, Part]:
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as client:
        client.ping()
    return {"redis": Part(ok=True, age=0.0)}


def _ask_telephony() -> dict[str, Part]:
    return {name: _part(registry.pulses[name]) for name in PARTS_OF_TELEPHONY if name in registry.pulses}


def _part(ask: Callable[[], registry.Pulse]) -> Part:
    try:
        pulse = ask()
    except Exception as error:  # a pulse that cannot be felt says nothing of the web
        return Part(ok=False, note=type(error).__name__)
    age = None if pulse.seen_at is None else round(max(0.0, (timezone.now() - pulse.seen_at).total_seconds()), 1)
    return Part(ok=pulse.ok, age=age, note=str(pulse.note))


_asked: dict[str, Future[dict[str, Part]]] = {}  # a question that hangs is not asked a second time beside the first
_asking = threading.Lock()


def _ask_all(questions: dict[str, Question]) -> dict[str, dict[str, Part]]:
    """Ask side by side, each in a thread of its own: a frozen engine must not freeze us. What hangs is left out."""
    with _asking:
        for name, question in questions.items():
            if name not in _asked or _asked[name].done():
                _asked[name] = _start(name, question)
        asked = {name: _asked[name] for name in questions}
    done, _late = wait(asked.values(), timeout=LONGEST_SECONDS)
    return {name: future.result() for name, future in asked.items() if future in done}


def _start(name: str, question: Question) -> Future[dict[str, Part]]:
    future: Future[dict[str, Part]] = Future()

    def ask() -> None:
        try:
            answer = question()
        except Exception as error:  # whatever it is, it is the answer
            answer = {name: Part(ok=False, note=type(error).__name__)}
        finally:
            connection.close()
        future.set_result(answer)

    threading.Thread(target=ask, daemon=True, name=f"readyz-{name}").start()
    return future
