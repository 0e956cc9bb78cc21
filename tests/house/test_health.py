"""Signs of life for whoever watches the processes."""

import signal
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from dispatch.live import registry
from tests import engines


@pytest.fixture
def pulses(monkeypatch):
    """The pulses of link and PBX, to be set by the test; nobody else's."""
    mine: dict = {}
    monkeypatch.setattr(registry, "pulses", mine)
    return mine


def alive(age: float, *, ok: bool = True, note: str = "") -> registry.Pulse:
    return registry.Pulse(ok=ok, seen_at=timezone.now() - timedelta(seconds=age), note=note)


def test_alive_asks_nobody(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"alive\n")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_proxy_asks_by_a_name_that_no_person_uses(client, pulses, path):
    with override_settings(ALLOWED_HOSTS=["desk.example.org"]):
        assert client.get(path, headers={"host": "web:8000"}).status_code == 200
        assert client.get("/sign-in/", headers={"host": "web:8000"}).status_code == 400


@pytest.mark.django_db
def test_ready_with_everything_there(client, pulses):
    pulses |= {"link": lambda: alive(0.4), "pbx": lambda: alive(0.1)}
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert answer.json()["parts"]["link"] == {"ok": True, "age": pytest.approx(0.4, abs=0.3), "note": ""}


@pytest.mark.django_db
def test_without_telephony_it_is_degraded_but_of_use(client, pulses):
    pulses |= {"link": lambda: alive(0.4), "pbx": lambda: alive(9.0, ok=False, note="refused")}
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"
    assert answer.json()["parts"]["pbx"] == {"ok": False, "age": pytest.approx(9.0, abs=0.3), "note": "refused"}


@pytest.mark.django_db
def test_a_pulse_that_was_never_felt_has_no_age(client, pulses):
    pulses |= {"link": lambda: registry.Pulse(ok=False, seen_at=None)}
    assert client.get("/readyz").json()["parts"]["link"] == {"ok": False, "age": None, "note": ""}


@pytest.mark.django_db
def test_a_pulse_that_raises_is_no_reason_to_stop(client, pulses):
    def broken():
        raise RuntimeError("broken")

    pulses |= {"link": broken}
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["parts"]["link"] == {"ok": False, "age": None, "note": "RuntimeError"}


@pytest.mark.django_db
@override_settings(REDIS_URL="redis://127.0.0.1:1/0")
def test_without_redis_it_is_of_no_use(client, pulses):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["status"] == "unavailable"
    assert answer.json()["parts"]["redis"] == {"ok": False, "age": None, "note": "ConnectionError"}


@pytest.mark.django_db
def test_without_the_database_it_is_of_no_use(client, pulses, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "PORT", 1)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["database"]["note"] == "OperationalError"


@pytest.mark.skipif(not engines._servers, reason="freezes PostgreSQL: unset DATABASE_URL, so that the tests start one")
def test_a_frozen_database_does_not_freeze_the_answer(client, pulses, django_db_setup, django_db_blocker):
    postmaster = next(server for server in engines._servers if server.name == "postgres").process
    with django_db_blocker.unblock():
        assert client.get("/readyz").status_code == 200
        postmaster.send_signal(signal.SIGSTOP)
        try:
            for _ in range(2):
                started = time.monotonic()
                answer = client.get("/readyz")
                assert time.monotonic() - started < 2
                assert answer.status_code == 503
                parts = answer.json()["parts"]
                assert (parts["database"]["ok"], parts["redis"]["ok"]) == (False, True)
        finally:
            postmaster.send_signal(signal.SIGCONT)
        deadline = time.monotonic() + 10
        while client.get("/readyz").status_code != 200:
            assert time.monotonic() < deadline
