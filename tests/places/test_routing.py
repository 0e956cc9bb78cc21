"""The desk has a distance and a time at once, whatever the engine does."""

import json
import time

import pytest

from places import routing
from places.geo import Point
from tests.places import engine as engines

HERE, BETWEEN, THERE = Point(55.7520, 37.6175), Point(55.80, 37.55), Point(55.9726, 37.4146)
# as Valhalla 3 and osrm-routed 5 write them
VALHALLA = {
    "trip": {
        "locations": [{"type": "break", "lat": 55.752, "lon": 37.6175, "original_index": 0}],
        "legs": [{"maneuvers": [], "summary": {"time": 2045.77, "length": 33.415}, "shape": "yx{…"}],
        "summary": {"has_toll": False, "min_lat": 55.7, "time": 2045.77, "length": 33.415, "cost": 2200.1},
        "status_message": "Found route between points",
        "status": 0,
        "units": "kilometers",
        "language": "en-US",
    }
}
OSRM = {
    "code": "Ok",
    "routes": [
        {
            "legs": [{"steps": [], "summary": "", "weight": 2150.2, "duration": 2098.7, "distance": 34012.4}],
            "weight_name": "routability",
            "weight": 2150.2,
            "duration": 2098.7,
            "distance": 34012.4,
        }
    ],
    "waypoints": [{"hint": "…", "distance": 4.15, "name": "Friedrichstraße", "location": [37.6175, 55.752]}],
}


@pytest.fixture
def engine(settings):
    routing._breakers.clear()
    settings.ROUTING_SECONDS = 0.3
    with engines.running() as engine:
        settings.ROUTING_URL, settings.ROUTING_KIND = engine.url + "/", "valhalla"
        yield engine
    routing._breakers.clear()


def test_our_own_estimate_is_near_what_a_taxi_needs():
    way = routing.own([HERE, THERE])
    assert 33_000 < way.distance_m < 40_000
    assert 40 * 60 < way.duration_s < 65 * 60
    assert routing.own([HERE, BETWEEN, THERE]).distance_m > way.distance_m
    assert routing.own([HERE]) == routing.own([]) == routing.Estimate(0, 0, "own")


def test_a_longer_way_never_takes_less_time():
    ways = [routing.own([HERE, Point(55.752 + n / 500, 37.6175)]) for n in range(200)]
    assert ways == sorted(ways, key=lambda way: way.duration_s)


def test_without_an_engine_nobody_is_asked(settings):
    settings.ROUTING_URL = ""
    assert routing.estimate([HERE, THERE]).source == "own"


def test_valhalla_answers(engine):
    engine.answer = engines.says(VALHALLA)
    assert routing.estimate([HERE, BETWEEN, THERE]) == routing.Estimate(33415, 2046, "valhalla")
    method, path, body = engine.questions[0]
    assert (method, path) == ("POST", "/route")
    asked = json.loads(body)
    assert asked["locations"][1] == {"lat": 55.80, "lon": 37.55}
    assert (asked["costing"], asked["units"]) == ("auto", "kilometers")


def test_osrm_answers(engine, settings):
    settings.ROUTING_KIND = "osrm"
    engine.answer = engines.says(OSRM)
    assert routing.estimate([HERE, THERE]) == routing.Estimate(34012, 2099, "osrm")
    assert engine.questions[0][:2] == (
        "GET",
        "/route/v1/driving/37.617500,55.752000;37.414600,55.972600?overview=false&steps=false",
    )


@pytest.mark.parametrize(
    "answer",
    [
        engines.says({"error": "internal"}, 500),
        engines.says(b"<html>Bad gateway</html>", 502),
        engines.says(b"<html>no JSON</html>"),
        engines.says({"trip": {"summary": {}}}),
        engines.says({"trip": {"summary": {"length": -3, "time": 20}}}),
        engines.says({"trip": {"summary": {"length": "far", "time": None}}}),
        engines.says([]),
        engines.says(b'{"trip": {"summary": {"length": NaN, "time": 3}}}'),
        engines.says(b""),
        lambda handler: handler.wfile.write(b"\x00\x01nonsense\r\n\r\n"),
        lambda handler: None,
    ],
)
def test_a_broken_engine_costs_nothing_but_its_accuracy(engine, answer):
    engine.answer = answer
    assert routing.estimate([HERE, THERE]) == routing.own([HERE, THERE])
    assert routing.estimate([HERE, THERE]).source == "own"
    assert len(engine.questions) == 1, "and it is left alone for a while"


@pytest.mark.parametrize("behaviour", [engines.hangs, engines.drips])
def test_a_slow_engine_is_waited_for_once(engine, behaviour):
    engine.answer = behaviour(engine)
    started = time.monotonic()
    for _keystroke in range(10):
        assert routing.estimate([HERE, THERE]).source == "own"
    assert engines.took(started) < 1
    engine.over.set()


def test_an_engine_that_is_back_is_used_again(engine, settings):
    settings.ROUTING_REST_SECONDS = 0.05
    engine.answer = engines.says({}, 503)
    assert routing.estimate([HERE, THERE]).source == "own"
    engine.answer = engines.says(VALHALLA)
    time.sleep(0.06)
    assert routing.estimate([HERE, THERE]).source == "valhalla"
    assert routing.estimate([HERE, THERE]).source == "valhalla"


@pytest.mark.parametrize(
    ("kind", "refusal"),
    [
        ("osrm", {"code": "NoRoute", "message": "Impossible route between points"}),
        ("valhalla", {"error_code": 442, "error": "No path could be found for input", "status_code": 400}),
    ],
)
def test_no_way_is_no_fault_of_the_engine(engine, settings, kind, refusal):
    settings.ROUTING_KIND = kind
    engine.answer = engines.says(refusal, 400)
    assert routing.estimate([HERE, THERE]).source == "own"
    engine.answer = engines.says(OSRM if kind == "osrm" else VALHALLA)
    assert routing.estimate([HERE, THERE]).source == kind


def test_an_engine_that_is_not_there(settings):
    routing._breakers.clear()
    settings.ROUTING_URL, settings.ROUTING_KIND = "http://127.0.0.1:9", "osrm"
    assert routing.estimate([HERE, THERE]).source == "own"
    routing._breakers.clear()


def test_only_one_asks_whether_it_is_back():
    breaker = routing.Breaker(rest_seconds=15)
    breaker.failed(now=100)
    assert not breaker.lets_through(now=114)
    assert [breaker.lets_through(now=116) for _asker in range(3)] == [True, False, False]
    breaker.worked()
    assert all(breaker.lets_through(now=117) for _asker in range(3))
