"""A request whose answer got lost is sent again, and nothing is done twice."""

import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from dispatch.api.models import KeptAnswer
from dispatch.api.tasks import forget_old_answers
from orders.models import Client, Order
from orders.services import intake
from tests.orders.conftest import ANNA
from tests.orders.test_races import all_at_once

WISH = {"phone": ANNA, "pickup": {"address": "Ленина, 5"}}

pytestmark = [pytest.mark.django_db, pytest.mark.feature("M14", "X6")]


def test_the_same_request_is_answered_as_the_first_time(site):
    status, made = site.post("orders/", WISH, key="A-1")
    first = site.last
    assert (status, "Idempotent-Replayed" in first) == (201, False)
    again_status, again = site.post("orders/", WISH, key="A-1")
    assert (again_status, again, site.last["Location"]) == (201, made, first["Location"])
    assert site.last["Idempotent-Replayed"] == "true"
    assert site.last["Content-Type"] == first["Content-Type"]
    assert Order.objects.count() == 1


def test_another_request_with_that_key_is_refused(site, order):
    site.post("orders/", {**WISH, "pickup": {"address": "Тверская, 1"}}, key="A-1")
    for ask in (
        lambda: site.post("orders/", WISH, key="A-1"),
        lambda: site.post("clients/", WISH, key="A-1"),
        lambda: site.patch(f"orders/{order.pk}/", WISH, key="A-1"),
    ):
        status, body = ask()
        assert (status, body["errors"][0]["field"]) == (422, "Idempotency-Key")
    assert Order.objects.count() == 2


def test_a_refusal_is_kept_too_and_what_it_had_begun_is_not(site, order):
    path = f"orders/{order.pk}/driver/"
    status, refused = site.post(path, {"call_sign": "404"}, key="B")
    assert site.post(path, {"call_sign": "404"}, key="B") == (status, refused) == (409, refused)
    assert (site.last["Content-Type"], site.last["Idempotent-Replayed"]) == ("application/problem+json", "true")


def test_each_system_has_keys_of_its_own(site, system):
    robot = system(name="Robot")
    assert site.post("orders/", WISH, key="1")[0] == 201
    assert robot.post("orders/", {**WISH, "accept": ["twin"]}, key="1")[0] == 201
    assert Order.objects.count() == 2


def test_without_a_key_nothing_is_kept(site):
    site.post("orders/", WISH)
    assert not KeptAnswer.objects.exists()
    assert site.post("orders/", WISH, key="x" * 121)[0] == 422


def test_an_error_of_ours_keeps_nothing_and_does_nothing(site, monkeypatch, caplog):
    def breaks(**_said):
        Client.objects.create(name="half a client")
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(intake, "place", breaks)
        status, body = site.post("orders/", WISH, key="C")
    assert (status, body["title"]) == (500, "unexpected")
    assert site.last["Content-Type"] == "application/problem+json"
    assert "ZeroDivisionError" in caplog.text
    assert not Client.objects.exists()
    assert site.post("orders/", WISH, key="C")[0] == 201, "the same key does it once we are well again"


def test_keys_are_forgotten_after_a_day(site):
    site.post("orders/", WISH, key="old")
    KeptAnswer.objects.update(at=timezone.now() - timedelta(hours=25))
    status, _body = site.post("orders/", {**WISH, "accept": ["twin"]}, key="old")
    assert (status, Order.objects.count()) == (201, 2), "before the sweeper comes, too"
    KeptAnswer.objects.update(at=timezone.now() - timedelta(hours=25))
    assert forget_old_answers() == 1
    assert forget_old_answers() == 0


def test_every_post_and_patch_takes_a_key(site):
    for path, methods in site.get("schema/")[1]["paths"].items():
        for method, operation in methods.items():
            takes = any(each["name"] == "Idempotency-Key" for each in operation.get("parameters", []))
            assert takes == (method in ("post", "patch")), f"{method} {path}"


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_are_one_order_and_all_hear_of_it(site):
    answers = all_at_once([lambda: site.post("orders/", WISH, key="D")] * 8)
    assert {status for status, _body in answers} == {201}, answers
    assert len({body["id"] for _status, body in answers}) == 1
    assert Order.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_waits_for_its_twin_does_not_wait_for_ever(site, settings, monkeypatch):
    settings.API_TWIN_SECONDS = 1
    inside, free, place = threading.Event(), threading.Event(), intake.place

    def slow(**said):
        inside.set()
        assert free.wait(20)
        return place(**said)

    monkeypatch.setattr(intake, "place", slow)

    def second():
        assert inside.wait(20)
        try:
            return site.post("orders/", WISH, key="E")
        finally:
            free.set()

    first, late = all_at_once([lambda: site.post("orders/", WISH, key="E"), second])
    assert first[0] == 201
    assert (late[0], late[1]["title"]) == (409, "in_progress")
    assert Order.objects.count() == 1
