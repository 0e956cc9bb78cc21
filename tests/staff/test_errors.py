"""What a person or another system is told when it is not their fault."""

import pytest
from django.db import OperationalError
from django.db.backends.utils import CursorWrapper


def is_away(*_told: object, **_more: object) -> None:
    raise OperationalError("connection to server failed: Connection refused")


@pytest.mark.parametrize(
    ("address", "said"), [("/desk/", "The database does not answer"), ("/api/v1/orders/", '"title":"no_database"')]
)
def test_whoever_comes_while_the_database_is_away_is_told_to_come_again(enter, vera, monkeypatch, address, said):
    client = enter(vera)
    client.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr(CursorWrapper, "execute", is_away)
        answer = client.get(address, headers={"Authorization": "Bearer of-a-token"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert said in answer.content.decode()
