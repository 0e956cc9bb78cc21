"""What browsers may register with lies in the PBX's AstDB, and nothing else does."""

import json
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from dispatch.staff.models import Person
from telephony.ami.guard import Reply
from telephony.line_book import LineBook
from telephony.models import BrowserLine
from telephony.services import browser_line
from tests.telephony import office
from tests.telephony.link.conftest import in_database

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.feature("W1")]


class AstDb:
    """As much of a session as the book needs."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.written = 0

    async def read_list(self, _action: str, **_asked: str) -> Reply:
        items = [
            {"Event": "DBGetTreeResponse", "Key": f"/desk-line/auth/{key}", "Val": value}
            for key, value in self.kept.items()
        ]
        return Reply(True, "", {}, tuple(items))

    async def order(self, action: str, **asked: str) -> Reply:
        assert asked["Family"] == "desk-line/auth"
        self.written += 1
        if action == "DBPut":
            self.kept[asked["Key"]] = asked["Val"]
        else:
            del self.kept[asked["Key"]]
        return Reply(True, "", {})


@pytest.fixture
def astdb() -> AstDb:
    return AstDb()


@pytest.fixture
def book(settings) -> LineBook:
    settings.PHONE_URL = "/phone-line/"
    return LineBook(in_database)


def given() -> BrowserLine:
    vera = Person.objects.filter(username="vera").first() or office.vera()
    session = SessionStore()
    session.create()
    return browser_line.give(person=vera, tab="a" * 32, session_key=session.session_key, device="")


async def test_the_pbx_has_what_is_valid_now_and_each_change(book, astdb):
    line = await in_database(given)
    await book.agree(astdb)
    assert json.loads(astdb.kept["101w"]) == {
        "auth_type": "md5",
        "username": "101w",
        "realm": "taxi-desk",
        "md5_cred": line.ha1,
    }
    await book.agree(astdb)
    assert astdb.written == 1  # nothing new
    line = await in_database(given)
    await book.agree(astdb)
    assert json.loads(astdb.kept["101w"])["md5_cred"] == line.ha1
    await in_database(lambda: BrowserLine.objects.update(valid_until=timezone.now() - timedelta(seconds=1)))
    await book.agree(astdb)
    assert astdb.kept == {}


async def test_what_another_wrote_there_does_not_stay(book, astdb):
    astdb.kept = {"102w": "{}", "103w": "nonsense"}
    await book.agree(astdb)
    assert astdb.kept == {}


async def test_an_office_that_has_no_such_telephone_any_more_empties_it_once(book, astdb, settings):
    settings.PHONE_URL = ""
    astdb.kept = {"101w": "{}"}
    await book.agree(astdb)
    astdb.kept = {"101w": "{}"}
    await book.agree(astdb)
    assert astdb.kept == {"101w": "{}"}
