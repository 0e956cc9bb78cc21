"""How far it is and how long it takes: by a routing engine where the settings name one, else by our own estimate."""

import json
import logging
import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from django.conf import settings

from places.geo import Point, distance_m

log = logging.getLogger(__name__)

DETOUR = 1.35  # streets against the crow, in towns
PACE = (  # up to so many metres of the way at so many metres a second: traffic lights first, then main roads
    (2_000, 18 / 3.6),
    (10_000, 26 / 3.6),
    (30_000, 40 / 3.6),
    (math.inf, 70 / 3.6),
)
LONGEST_ANSWER = 1_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Estimate:
    distance_m: int
    duration_s: int
    source: str  # own, valhalla, osrm


class NoRoute(Exception):
    """The engine is well, and knows no way."""


class Breaker:
    """After a failure the engine is left alone for a while; then one question goes through to see if it is back."""

    def __init__(self, rest_seconds: float) -> None:
        self._rest = rest_seconds
        self._closed_until = 0.0
        self._lock = threading.Lock()

    def lets_through(self, now: float) -> bool:
        with self._lock:
            if not self._closed_until:
                return True
            if now < self._closed_until:
                return False
            self._closed_until = now + self._rest  # this one goes; the others wait for what it finds
            return True

    def failed(self, now: float) -> None:
        with self._lock:
            self._closed_until = now + self._rest

    def worked(self) -> None:
        with self._lock:
            self._closed_until = 0.0


_breakers: dict[str, Breaker] = {}  # by the engine's address
# A thread of its own, because a socket's timeout counts from byte to byte: an engine that drips has no end otherwise.
_asking = ThreadPoolExecutor(max_workers=4, thread_name_prefix="routing")


def estimate(points: Sequence[Point]) -> Estimate:
    """The way through all points in their order. Never raises and never takes longer than ROUTING_SECONDS."""
    engine = ENGINES.get(settings.ROUTING_KIND)
    if not settings.ROUTING_URL or engine is None or len(points) < 2:
        return own(points)
    breaker = _breakers.setdefault(settings.ROUTING_URL, Breaker(settings.ROUTING_REST_SECONDS))
    if not breaker.lets_through(time.monotonic()):
        return own(points)
    try:
        question = _asking.submit(engine, settings.ROUTING_URL.rstrip("/"), points, settings.ROUTING_SECONDS)
        answer = question.result(timeout=settings.ROUTING_SECONDS)
    except NoRoute:
        breaker.worked()
        return own(points)
    except Exception as failure:  # whatever a foreign server does, the desk has its figure
        breaker.failed(time.monotonic())
        log.warning("The routing engine failed (%s: %s); own estimates for now.", type(failure).__name__, failure)
        return own(points)
    breaker.worked()
    return answer


def own(points: Sequence[Point]) -> Estimate:
    """By the distance as the crow flies, the usual detour of streets and the usual pace of a way of that length."""
    metres = DETOUR * sum(distance_m(here, there) for here, there in pairwise(points))
    seconds, done = 0.0, 0.0
    for until, pace in PACE:
        part = max(0.0, min(metres, until) - done)
        seconds, done = seconds + part / pace, done + part
    return Estimate(round(metres), round(seconds), "own")


def valhalla(url: str, points: Sequence[Point], seconds: float) -> Estimate:
    """`POST /route`; lengths in kilometres, times in seconds."""
    asked = {
        "locations": [{"lat": point.latitude, "lon": point.longitude} for point in points],
        "costing": "auto",
        "units": "kilometers",
        "directions_type": "none",
    }
    request = Request(  # noqa: S310
        f"{url}/route", json.dumps(asked).encode(), {"Content-Type": "application/json", "Accept": "application/json"}
    )
    summary = _answer(request, seconds)["trip"]["summary"]
    return _plausible(summary["length"] * 1000, summary["time"], "valhalla")


def osrm(url: str, points: Sequence[Point], seconds: float) -> Estimate:
    """`GET /route/v1/driving/{longitude},{latitude};…`; metres and seconds."""
    way = ";".join(f"{point.longitude:.6f},{point.latitude:.6f}" for point in points)
    answer = _answer(Request(f"{url}/route/v1/driving/{way}?overview=false&steps=false"), seconds)  # noqa: S310
    if answer["code"] != "Ok":
        raise NoRoute(answer["code"])
    route = answer["routes"][0]
    return _plausible(route["distance"], route["duration"], "osrm")


def _answer(request: Request, seconds: float) -> Any:
    try:
        with urlopen(request, timeout=seconds) as response:  # noqa: S310  (an administrator's setting, not a visitor's)
            return json.loads(response.read(LONGEST_ANSWER))
    except HTTPError as refusal:
        with refusal:
            if refusal.code == 400:  # how both say that they know no way between such points
                raise NoRoute(refusal.reason) from refusal
            raise


def _plausible(metres: float, seconds: float, source: str) -> Estimate:
    if not (0 <= metres < 5e7 and 0 <= seconds < 1e7):
        raise ValueError(f"{metres} m in {seconds} s")
    return Estimate(round(metres), round(seconds), source)


ENGINES: Mapping[str, Callable[[str, Sequence[Point], float], Estimate]] = {"valhalla": valhalla, "osrm": osrm}
