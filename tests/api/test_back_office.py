"""What the programs of the back office keep: merged cards, papers, many orders at once; by the desk's own verbs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dispatch.audit.models import Entry
from orders.models import Client, ClientMark, DriverDocument, Order
from orders.services import clients
from tests.orders.conftest import ANNA, placed

pytestmark = [pytest.mark.django_db, pytest.mark.feature("M14", "X6")]
HERS = "+79161112233"


@pytest.fixture
def twin(anna, olga):
    """Anna's other card, on the black list."""
    other = clients.add(name="Анна Петровна Петрова", numbers_typed=[HERS], actor=olga)
    clients.mark(client_id=other.pk, mark=ClientMark.BLACKLISTED, reason="не платит", actor=olga)
    return Client.objects.get(pk=other.pk)


def test_two_cards_become_one_and_nothing_of_them_is_lost(site, anna, twin, by_vera):
    order = placed(twin, by_vera)
    status, card = site.post(f"clients/{anna.pk}/merge/", {"gone": twin.pk, "notes": "одна и та же"})
    assert status == 200, card
    assert (card["name"], card["notes"]) == ("Анна Петровна Петрова", "одна и та же")
    assert (card["mark"], card["mark_reason"]) == ("blacklisted", "не платит"), "a mark is not lost by leaving it out"
    assert [(phone["number"], phone["is_main"]) for phone in card["phones"]] == [(ANNA, True), (HERS, False)]
    assert Order.objects.get(pk=order.pk).client == anna
    assert site.get(f"clients/{twin.pk}/")[1]["merged_into"] == anna.pk
    told = Entry.objects.get(verb="client.merged")
    assert (told.actor, told.details["gone"]["name"]) == (site.person, "Анна Петровна Петрова")


def test_cards_are_merged_with_the_choice_that_was_made(site, anna, twin):
    wish = {"gone": twin.pk, "name": "Анна", "mark_of": anna.pk}
    assert site.post(f"clients/{anna.pk}/merge/", {**wish, "mark_of": 1_000_000})[1]["errors"][0]["field"] == "mark_of"
    _status, card = site.post(f"clients/{anna.pk}/merge/", wish, key="M-1")
    assert (card["name"], card["mark"]) == ("Анна", "")
    assert site.post(f"clients/{anna.pk}/merge/", wish, key="M-1") == (200, card)
    assert Entry.objects.filter(verb="client.merged").count() == 1


def test_what_is_no_pair_is_not_merged(site, system, anna, twin):
    assert site.post(f"clients/{anna.pk}/merge/", {"gone": anna.pk})[0] == 409
    assert site.post(f"clients/{anna.pk}/merge/", {"gone": 999_999})[0] == 404
    assert site.post(f"clients/{anna.pk}/merge/")[1]["errors"][0]["field"] == "gone"
    robot = system("clients:read", "clients:write", name="Robot")
    assert robot.post(f"clients/{anna.pk}/merge/", {"gone": twin.pk})[1]["title"] == "no_scope"
    site.post(f"clients/{anna.pk}/merge/", {"gone": twin.pk})
    status, body = site.post(f"clients/{anna.pk}/merge/", {"gone": twin.pk})
    assert (status, body["detail"]) == (409, "One of these cards is not in use any more.")


def test_a_drivers_papers_are_added_renewed_and_removed(site, ivan):
    path = f"drivers/{ivan.pk}/documents/"
    yesterday = timezone.localdate() - timedelta(days=1)
    status, made = site.post(path, {"kind": "permit", "number": "77-1", "valid_until": yesterday.isoformat()}, key="P")
    assert (status, made["kind"], made["is_expired"]) == (201, "permit", True)
    assert site.post(path, {"kind": "passport"})[0] == 422
    assert site.post("drivers/999999/documents/", {"kind": "permit"})[0] == 404
    mine = f"{path}{made['id']}/"
    _status, renewed = site.patch(mine, {"valid_until": (yesterday + timedelta(days=365)).isoformat()})
    assert (renewed["number"], renewed["is_expired"]) == ("77-1", False)
    assert site.get(f"drivers/{ivan.pk}/")[1]["documents"] == [renewed]
    assert site.patch(f"drivers/{ivan.pk + 1}/documents/{made['id']}/", {})[0] == 404
    assert site.delete(f"drivers/{ivan.pk + 1}/documents/{made['id']}/")[0] == 404
    assert [site.delete(mine)[0] for _twice in range(2)] == [204, 204]
    assert not DriverDocument.objects.exists()
    assert list(Entry.objects.filter(target_id=str(ivan.pk)).order_by("pk").values_list("verb", flat=True)) == [
        "driver.document_saved", "driver.document_saved", "driver.document_removed",
    ]  # fmt: skip


def test_many_orders_are_cancelled_and_each_says_what_became_of_it(site, anna, by_vera):
    first, second, third = (placed(anna, by_vera, pickup=f"Ленина, {n}") for n in range(3))
    site.post(f"orders/{second.pk}/cancel/", {"reason": "передумал"})
    wish = {
        "act": "cancel", "orders": [third.pk, first.pk, second.pk, 999_999],
        "by_whom": "client", "reason": "концерт отменён",
    }  # fmt: skip
    status, told = site.post("orders/bulk/", wish, key="B-1")
    assert (status, told["done"], told["refused"]) == (200, 2, 2)
    results = {each["order"]: (each["is_done"], each["detail"]) for each in told["results"]}
    assert results[first.pk] == results[third.pk] == (True, "")
    assert results[999_999] == (False, "There is no such order.")
    assert (results[second.pk][0], results[second.pk][1] != "") == (False, True)
    event = first.events.get(transition="cancel")
    assert (event.actor, event.actor_kind, event.reason) == (site.person, "integration", "концерт отменён")
    assert event.by_whom == "client"
    assert site.post("orders/bulk/", wish, key="B-1") == (200, told)
    assert site.post("orders/bulk/", {**wish, "reason": " "})[0] == 409, "without a word why, nothing is cancelled"


def test_many_orders_wait_and_go_on_together(site, anna, by_vera):
    two = [placed(anna, by_vera, pickup=f"Ленина, {n}").pk for n in range(2)]
    assert site.post("orders/bulk/", {"act": "hold", "orders": two})[1]["done"] == 2
    assert Order.objects.filter(is_on_hold=True).count() == 2
    assert site.post("orders/bulk/", {"act": "resume", "orders": two * 2})[1]["done"] == 2
    assert site.post("orders/bulk/", {"act": "problem", "orders": two, "reason": "салют"})[1]["done"] == 2
    assert site.post("orders/bulk/", {"act": "release", "orders": two})[1]["refused"] == 2
    for wrong in (
        {"act": "explode", "orders": two},
        {"act": "hold", "orders": []},
        {"act": "hold", "orders": [1] * 201},
    ):
        assert site.post("orders/bulk/", wrong)[0] == 422


def test_another_order_costs_as_many_queries_as_the_one_before(site, anna, by_vera):
    orders = [placed(anna, by_vera, pickup=f"Ленина, {n}").pk for n in range(6)]
    costs, _warm = [], site.get("orders/counts/")
    for chosen in (orders[:1], orders[1:3], orders[3:6]):
        with CaptureQueriesContext(connection) as asked:
            site.post("orders/bulk/", {"act": "hold", "orders": chosen})
        costs.append(len(asked))
    assert costs[2] - costs[1] == costs[1] - costs[0]
