"""What other systems read: the same as the desk's pages show, with fixed numbers of queries."""

from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dispatch.api.scopes import Scope
from orders import trip
from orders.models import (
    Account,
    Client,
    ClientAddress,
    ClientPhone,
    Employee,
    Fleet,
    FleetNumber,
    Order,
    OrderStop,
    Tariff,
    TariffVersion,
)
from orders.services import assignment, editing, recurrences
from orders.services.recurrences import Plan
from places.models import Zone
from tests.orders.conftest import ANNA, placed
from tests.orders.town import ARBAT, at_work, ordered

pytestmark = pytest.mark.feature("M14", "X6")

READ = {  # address: its scope, and how many queries it takes, with two for the token at its first use
    "orders/": (Scope.ORDERS_READ, 5),
    "orders/counts/": (Scope.ORDERS_READ, 4),
    "orders/{order}/": (Scope.ORDERS_READ, 6),
    "orders/{order}/candidates/": (Scope.ORDERS_READ, 15),
    "orders/{order}/calls/": (Scope.ORDERS_READ, 5),
    "recurring/": (Scope.ORDERS_READ, 4),
    "recurring/{recurrence}/": (Scope.ORDERS_READ, 4),
    "clients/": (Scope.CLIENTS_READ, 4),
    "clients/{client}/": (Scope.CLIENTS_READ, 10),
    "companies/": (Scope.CLIENTS_READ, 4),
    "companies/{company}/": (Scope.CLIENTS_READ, 7),
    "drivers/": (Scope.DRIVERS_READ, 6),
    "drivers/{driver}/": (Scope.DRIVERS_READ, 9),
    "vehicles/": (Scope.DRIVERS_READ, 4),
    "vehicles/{vehicle}/": (Scope.DRIVERS_READ, 3),
    "addresses/?q=lenina": (Scope.PRICES_READ, 3),
    "fleets/": (Scope.PRICES_READ, 4),
    "fleets/{fleet}/": (Scope.PRICES_READ, 4),
    "tariffs/": (Scope.PRICES_READ, 4),
    "tariffs/{tariff}/": (Scope.PRICES_READ, 5),
    "zones/": (Scope.PRICES_READ, 3),
    "zones/{zone}/": (Scope.PRICES_READ, 3),
    "reports/": (Scope.REPORTS_READ, 4),
    "schema/": (None, 2),
}


@pytest.fixture
def town(anna, by_vera, ivan, order):
    """Two of everything that is listed."""
    company = Account.objects.create(name="Завод", currency="RUB", monthly_limit=1000)
    Employee.objects.create(account=company, client=anna, reference="A-1")
    ClientAddress.objects.create(client=anna, address="Арбат, 1", label="home")
    later = placed(anna, by_vera, pickup_at=timezone.now() + timedelta(days=2))
    tomorrow = timezone.localdate() + timedelta(days=1)
    plan = Plan(weekdays=range(7), at=time(7, 30), starts_on=tomorrow, ends_on=date(2100, 1, 1))
    recurrence = recurrences.begin(order_id=later.pk, plan=plan, actor=by_vera)
    assignment.assign(order_id=order.pk, call_sign="17", actor=by_vera, accepted=("no_position", "stale"))
    OrderStop.objects.create(order=order, place=1, address="Тверская, 1")
    fleet = Fleet.objects.create(name="Такси")
    FleetNumber.objects.create(fleet=fleet, e164="+74951234567", raw="123-45-67")
    tariff = Tariff.objects.create(fleet=fleet, name="Эконом", service_class="economy")
    TariffVersion.objects.create(tariff=tariff, valid_from=timezone.now(), currency="RUB", rates={"start": "100"})
    area = {"type": "Polygon", "coordinates": [[[37, 55], [38, 55], [38, 56], [37, 55]]]}
    zone = Zone.objects.create(name="Центр", area=area, south=55, north=56, west=37, east=38)
    return {
        "order": order.pk,
        "recurrence": recurrence.pk,
        "client": anna.pk,
        "company": company.pk,
        "vehicle": ivan.vehicle_id,
        "driver": at_work("7", 300).pk,
        "fleet": fleet.pk,
        "tariff": tariff.pk,
        "zone": zone.pk,
    }


@pytest.mark.parametrize("path", READ)
def test_each_address_is_read_with_its_scope_and_no_other(town, system, path):
    scope, queries = READ[path]
    path = path.format(**town)
    reader = system(*([scope] if scope else ["orders:write"]))
    with CaptureQueriesContext(connection) as asked:
        assert reader.get(path)[0] == 200
    assert len(asked) == queries, "\n".join(query["sql"][:150] for query in asked)
    if scope:
        others = system(*(each for each in Scope.values if each != scope), name="Robot")
        status, body = others.get(path)
        assert (status, body["title"]) == (403, "no_scope")
        assert scope in body["detail"]


@pytest.mark.parametrize("path", READ)
def test_no_address_takes_a_method_that_it_has_not(town, site, path):
    for method in ("PUT", "TRACE", "OPTIONS"):
        status, body = site._ask(method, path.format(**town), body={})
        assert (status, body["title"]) == (405, "no_such_method")


@pytest.mark.parametrize(
    "kind", ["orders", "clients", "companies", "drivers", "recurring", "fleets", "tariffs", "zones"]
)
@pytest.mark.parametrize("key", [987654321, 2**80])
def test_what_does_not_exist_is_a_404_with_a_sentence(site, kind, key):
    status, body = site.get(f"{kind}/{key}/")
    assert (status, body["title"]) == (404, "not_found")
    assert site.get("nonsense/of/mine")[0] == 404


def test_as_many_queries_for_a_full_page_as_for_an_empty_one(system, anna, by_vera, django_assert_num_queries):
    reader = system("orders:read")
    reader.get("orders/")
    for _each in range(12):
        OrderStop.objects.create(order=placed(anna, by_vera), place=1, address="Тверская, 1")
    with django_assert_num_queries(4):
        assert len(reader.get("orders/")[1]["orders"]) == 12


def test_an_order_says_all_that_the_desk_knows(town, site):
    _status, found = site.get(f"orders/{town['order']}/")
    assert (found["state"], found["state_text"], found["version"]) == ("assigned", "assigned", 2)
    assert found["pickup"] == {
        "address": "Ленина, 5", "latitude": None, "longitude": None, "entrance": "", "flat": "",
    }  # fmt: skip
    assert [stop["address"] for stop in found["stops"]] == ["Тверская, 1"]
    assert found["driver"]["call_sign"] == "17"
    assert [(event["name"], event["by"]) for event in found["events"]] == [
        ("place", "dispatcher"), ("assign", "dispatcher"),
    ]  # fmt: skip
    names = {action["name"] for action in found["actions"]}
    assert {"set_off", "cancel"} <= names
    assert not names & {"board", "reopen", "assign"}
    assert found["may_be_assigned"]
    assert site.last["Cache-Control"] == "no-store"


def test_whole_numbers_are_for_those_who_read_clients(town, system):
    whole, masked = system("orders:read", "clients:read"), system("orders:read", name="Robot")
    assert whole.get(f"orders/{town['order']}/")[1]["phone"] == ANNA
    for path in (f"orders/{town['order']}/", "orders/"):
        assert ANNA not in str(masked.get(path)[1])
        assert "••" in str(masked.get(path)[1])


def test_an_edit_of_a_number_is_masked_in_the_history_too(order, by_vera, system):
    said = trip.of(Order.objects.get(pk=order.pk))
    wanted = trip.joined(said, trip.Wording(phone="+79998887766", pickup=""), ["phone"])
    editing.edit(order_id=order.pk, wanted=wanted, version=1, actor=by_vera)
    (changes,) = (e["changes"] for e in system("orders:read").get(f"orders/{order.pk}/")[1]["events"] if e["changes"])
    assert changes == {"phone": ["+7••••••••89", "+7••••••••66"]}


def test_the_filter_of_the_list_is_that_of_the_desk(town, site, by_vera, anna):
    def found(**query):
        return {order["id"] for order in site.get("orders/", **query)[1]["orders"]}

    assert found(sign="17") == {town["order"]}
    assert found(state="scheduled", period="today") == set()
    assert town["order"] not in found(state="scheduled")
    assert len(found(q="912 345-67-89")) > 1
    assert found(nonsense="x", zone="x") == found()


def test_pages_go_on_where_the_last_one_ended(site, anna, by_vera):
    wanted = {placed(anna, by_vera, pickup=f"Ленина, {n}").pk for n in range(5)}
    seen, query = [], {"size": "2", "state": "all", "sort": "number"}
    while query:
        _status, page = site.get("orders/", **query)
        seen += [order["id"] for order in page["orders"]]
        placed(anna, by_vera) if len(seen) == 2 else None
        query = dict(pair.split("=") for pair in page["next"].partition("?")[2].split("&")) if page["next"] else None
    assert wanted <= set(seen)
    assert len(seen) == len(set(seen))


def test_clients_are_paged_and_found_by_a_number_in_any_writing(site, anna):
    for n in range(52):
        Client.objects.create(name=f"Гость {n}")
    _status, first = site.get("clients/")
    assert (len(first["clients"]), first["next"]) == (50, f"/api/v1/clients/?after={first['clients'][-1]['id']}")
    _status, second = site.get("clients/", after=str(first["clients"][-1]["id"]))
    assert (len(second["clients"]), second["next"]) == (3, None)
    assert [client["name"] for client in site.get("clients/", q="8 (912) 345 67 89")[1]["clients"]] == ["Анна Петрова"]
    assert site.get("clients/", mark="vip")[1]["clients"] == []


def test_who_could_drive_stands_with_what_speaks_against_him(site, by_vera):
    at_work("7", 300)
    at_work("8", 900)
    order = ordered(by_vera, options=["pet"])
    first, second = site.get(f"orders/{order.pk}/candidates/")[1]
    assert (first["driver"]["call_sign"], second["driver"]["call_sign"]) == ("7", "8")
    assert first["metres"] == pytest.approx(300, abs=5)
    assert [concern["name"] for concern in first["concerns"]] == ["no_options"]


def test_a_driver_says_his_shift_his_break_and_where_he_is(site):
    at_work("7", 300)
    (listed,) = site.get("drivers/", q="7")[1]["drivers"]
    assert (listed["on_shift"], listed["order"]) == (True, None)
    _status, found = site.get(f"drivers/{listed['id']}/")
    assert found["position"]["latitude"] == pytest.approx(ARBAT[0], abs=0.01)
    assert (found["shift"]["takes_next"], found["pause"]) == (False, None)


def test_a_company_says_what_is_left_of_its_limit(town, site):
    assert site.get("companies/")[1]["companies"][0]["balance"] == {"used": "0.00", "limit": "1000.00"}
    _status, company = site.get(f"companies/{town['company']}/")
    assert [(one["reference"], one["client"]["name"]) for one in company["employees"]] == [("A-1", "Анна Петрова")]


def test_a_report_counts_as_the_page_does(town, site, by_vera, order):
    _status, today = site.get("reports/")
    assert today["orders"]["orders"] == Order.objects.count()
    assert sum(row["orders"] for row in today["by"]["state"].values()) == today["orders"]["orders"]
    status, body = site.get("reports/", since="2026-02-02", until="2026-01-01")
    assert (status, [error["field"] for error in body["errors"]]) == (422, ["until"])


@pytest.mark.parametrize(
    ("language", "sentence"), [("ru", "По этому адресу ничего нет."), ("pl", "Pod tym adresem nic nie ma.")]
)
def test_a_refusal_is_said_in_the_language_that_is_asked_for(site, language, sentence):
    site.language = language
    assert site.get("orders/5/")[1]["detail"] == sentence


def test_numbers_of_a_family_belong_to_each_of_its_cards(site, anna):
    boris = Client.objects.create(name="Борис")
    ClientPhone.objects.create(client=boris, e164=ANNA, raw=ANNA, is_main=True)
    assert len(site.get("clients/", q=ANNA)[1]["clients"]) == 2
    assert site.get(f"clients/{boris.pk}/")[1]["phones"][0]["number"] == ANNA
