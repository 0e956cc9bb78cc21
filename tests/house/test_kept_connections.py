"""What one request leaves of the database is there for the next; and never anything that is broken."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import ProgrammingError, connection, transaction

from dispatch.database.base import kept

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def two_are_kept(monkeypatch):
    monkeypatch.setattr(kept, "limit", 2)
    yield
    kept.limit = 0
    while kept._idle:
        kept._idle.pop()[2].close()


def request(ask):
    """In a thread that ends with it, as under ASGI."""

    def answer():
        try:
            return ask()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(answer).result()


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        return cursor.fetchone()[0]


def test_the_next_request_speaks_to_the_same_backend():
    assert request(backend) == request(backend)


def test_two_at_once_have_one_each():
    def both():
        return backend(), request(backend)

    mine, other = request(both)
    assert mine != other
    assert {request(backend), *request(both)} == {mine, other}


def test_one_that_the_database_has_ended_is_not_taken_again():
    assert backend()  # our own, so that the request makes one
    first = request(backend)
    with connection.cursor() as cursor:
        cursor.execute("select pg_terminate_backend(%s, 3000)", [first])
    assert request(backend) != first


def test_nobody_gets_another_ones_transaction():
    def breaks_off():
        transaction.set_autocommit(False)
        return backend()

    assert request(breaks_off) != request(backend)


def test_what_an_error_was_met_in_is_not_kept():
    def errs():
        pid = backend()
        with pytest.raises(ProgrammingError), connection.cursor() as cursor:
            cursor.execute("select 1 from nothing_at_all")
        return pid

    assert request(errs) != request(backend)


def test_elsewhere_nothing_is_kept(monkeypatch):
    monkeypatch.setattr(kept, "limit", 0)
    assert request(backend) != request(backend)


def test_a_database_that_is_away_is_told_at_once(monkeypatch):
    request(backend)
    monkeypatch.setitem(connection.settings_dict, "PORT", 1)
    with pytest.raises(Exception, match="refused"):
        request(backend)
