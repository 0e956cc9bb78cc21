"""The page and the state, without a browser."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dispatch.live.models import Topic
from dispatch.live.numbers import private
from orders.models import Order
from tests.desk.office import on_shift, ring


def test_the_state_has_the_numbers_of_before_and_every_live_container(client: Client, vera):
    call = ring("+79161110001", at=["101"])
    order = Order.objects.create(state="searching", state_since=call.started_at, pickup="Arbat 1")
    Topic.objects.create(name="calls", last=41)
    client.force_login(vera)
    answer = client.get("/desk/state/").json()
    assert answer["numbers"] == {"calls": 41, "orders": 0, "staff": 0, private(vera.pk): 0}
    for wanted in (
        f'id="call-{call.pk}"', f'id="order-{order.pk}"', f'id="person-{vera.pk}"',
        'data-live="call"', 'data-live="talk"', 'data-live="order"', 'data-live="person"',
    ):  # fmt: skip
        assert wanted in answer["html"]


def test_the_page_and_the_state_are_the_same_fragments(client: Client, vera):
    call = ring("+79161110001", at=["101"])
    client.force_login(vera)
    page, state = client.get("/desk/").content.decode(), client.get("/desk/state/").json()["html"]
    card = state[state.index(f'<li id="call-{call.pk}"') :].partition("<form")[0].partition("<time")[0]
    assert card in page


def test_the_state_takes_as_many_queries_for_one_call_as_for_ten(client: Client, vera, boris):
    client.force_login(vera)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/desk/state/").status_code == 200
        return len(captured)

    ring("+79161110000", at=["101"])
    Order.objects.create(state="searching", state_since=boris.date_joined, pickup="Arbat 0")
    few = queries()
    for number in range(9):
        ring(f"+7916111000{number}", at=["101", "102"])
        Order.objects.create(state="searching", state_since=boris.date_joined, pickup=f"Arbat {number}")
    assert queries() == few


def test_without_a_shift_the_desk_is_its_start_and_has_no_state(client: Client, vera_off_shift):
    client.force_login(vera_off_shift)
    assert client.get("/desk/")["Location"] == "/shift/"
    assert client.get("/desk/state/").status_code == 409
    on_shift(vera_off_shift, "101")
    assert client.get("/desk/").status_code == 200


def test_the_page_runs_no_script_and_no_style_of_its_own(client: Client, vera):
    ring("+79161110001", at=["101"])
    client.force_login(vera)
    answer = client.get("/desk/")
    page = answer.content.decode()
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "<style" not in page
    assert " style=" not in page
    assert page.count("<script") == page.count("<script src=") + page.count('<script type="module" src=')
