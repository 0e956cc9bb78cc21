"""What the programs of the back office keep: cards, papers, fleets, prices, zones; by the desk's own verbs."""

from base64 import b64encode
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dispatch.audit.models import Entry
from orders.models import Client, ClientMark, DriverDocument, Fleet, Order, Tariff, TariffVersion
from orders.services import clients
from places.models import Stand, Zone
from tests.orders.conftest import ANNA, placed
from tests.orders.test_fleets import PNG

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


def test_cards_that_are_likely_of_one_person_are_listed_page_by_page(site, system, anna, twin, monkeypatch):
    assert site.get("clients/duplicates/") == (200, {"duplicates": [], "next": None})
    for number in ("+79160000001", "+79160000002"):
        for client in (anna, twin):
            client.phones.create(e164=number, raw=number)
    twin.name = anna.name
    twin.save()
    for client in (anna, twin):
        client.addresses.create(label="дом", address="Ленина, 5")
    pair = [{"id": client.pk, "name": anna.name} for client in (anna, twin)]
    monkeypatch.setattr("orders.selectors.duplicates.PAGE", 1)
    _status, first = site.get("clients/duplicates/")
    assert first["duplicates"] == [
        {"number": "", "address": "ЛЕНИНА, 5", "clients": pair},
        {"number": "+79160000001", "address": "", "clients": pair},
    ]
    _status, second = site.get(first["next"].removeprefix("/api/v1/"))
    assert second == {"duplicates": [{"number": "+79160000002", "address": "", "clients": pair}], "next": None}
    masked = system("clients:merge").get("clients/duplicates/")[1]["duplicates"][1]["number"]
    assert masked.count("•") > 3
    assert system("clients:read").get("clients/duplicates/")[0] == 403


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


@pytest.fixture
def city(site):
    """The office's first fleet."""
    status, made = site.post("fleets/", {"name": "Городское", "numbers": ["8 (495) 123-45-67"]}, key="F-1")
    assert status == 201, made
    return made


def test_a_fleet_is_added_with_its_numbers_and_changed(site, city):
    assert (city["numbers"], city["is_default"], city["queue_offer_seconds"]) == (["+74951234567"], True, 20)
    path = f"fleets/{city['id']}/"
    _status, changed = site.patch(path, {"greeting": "Добрый день", "release_minutes": 30, "radius_m": 5000})
    assert (changed["name"], changed["numbers"], changed["release_minutes"]) == ("Городское", ["+74951234567"], 30)
    _status, renumbered = site.patch(path, {"numbers": ["+7 495 765 43 21"]})
    assert (renumbered["numbers"], renumbered["greeting"]) == (["+74957654321"], "Добрый день")
    assert site.get(path)[1] == renumbered
    told = Entry.objects.filter(verb="fleet.changed").order_by("pk").last()
    assert told.actor == site.person
    assert told.details["changes"] == {"numbers_added": ["+74957654321"], "numbers_removed": ["+74951234567"]}


def test_a_fleet_gets_its_logo_and_loses_it(site, system, city):
    path = f"fleets/{city['id']}/logo/"
    assert city["has_logo"] is False
    assert site.get(path)[0] == 404
    status, body = site.put(path, {"content": b64encode(b"<svg/>").decode()})
    assert (status, body["detail"]) == (409, "The logo is a picture: PNG, JPEG or WebP.")
    for wrong in ("not Base64", b64encode(PNG + b"x" * 256 * 1024).decode()):
        assert site.put(path, {"content": wrong})[1]["errors"][0]["field"] == "content"
    status, drawn = site.put(path, {"content": b64encode(PNG).decode()})
    assert (status, drawn["has_logo"]) == (200, True)
    assert site.get("fleets/")[1][0]["has_logo"]
    site.get(path)
    assert (site.last.content, site.last["Content-Type"]) == (PNG, "image/png")
    assert system("prices:read").put(path, {"content": ""})[0] == 403
    assert [site.delete(path)[0] for _ in range(2)] == [204, 204]
    assert site.get(f"fleets/{city['id']}/")[1]["has_logo"] is False
    assert Entry.objects.filter(verb="fleet.changed", actor=site.person).count() == 2


def test_a_fleet_is_refused_what_the_page_refuses(site, city):
    status, body = site.post("fleets/", {"name": "Городское"})
    assert (status, body["detail"]) == (409, "There is a fleet with this name already.")
    assert site.post("fleets/", {"name": "Люкс", "numbers": ["+74951234567"]})[0] == 409
    assert site.post("fleets/", {"name": "Люкс", "numbers": ["двенадцать"]})[0] == 409
    assert site.patch(f"fleets/{city['id']}/", {"is_active": False})[0] == 409, "the default stays in use"
    status, body = site.post("fleets/", {"name": "", "radius_m": -1, "queue_offer_seconds": 10**9})
    assert {error["field"] for error in body["errors"]} == {"name", "radius_m", "queue_offer_seconds"}
    assert site.patch("fleets/999999/", {})[0] == 404
    _status, other = site.post("fleets/", {"name": "Люкс", "is_default": True})
    assert other["is_default"]
    assert site.get(f"fleets/{city['id']}/")[1]["is_default"] is False
    assert Fleet.objects.count() == 2


RATES = {"start": "150", "per_km": [{"from_km": "0", "amount": "25.50"}], "options": {"pet": "100"}}


@pytest.fixture
def economy(site, city):
    wish = {"fleet": city["id"], "name": "Эконом", "service_class": "economy"}
    status, made = site.post("tariffs/", wish)
    assert (status, made["versions"], made["is_active"]) == (201, [], True)
    return made


def test_a_tariff_gets_new_prices_from_a_moment_on_and_planned_ones_are_withdrawn(site, economy):
    path = f"tariffs/{economy['id']}/"
    status, now = site.post(f"{path}versions/", {"rates": RATES}, key="V-1")
    assert (status, now["valid_to"], now["rates"]["per_km"]) == (201, None, RATES["per_km"])
    assert site.post(f"{path}versions/", {"rates": RATES}, key="V-1") == (201, now)
    holiday = (timezone.now() + timedelta(days=30)).replace(microsecond=0)
    _status, planned = site.post(f"{path}versions/", {"valid_from": holiday.isoformat(), "rates": {"start": "300"}})
    versions = site.get(path)[1]["versions"]
    assert [(each["id"], each["place"]) for each in versions] == [(planned["id"], "planned"), (now["id"], "now")]
    assert TariffVersion.objects.get(pk=now["id"]).valid_to == holiday
    status, body = site.delete(f"{path}versions/{now['id']}/")
    assert (status, body["detail"]) == (409, "This version has begun: make a new one instead.")
    assert site.delete(f"tariffs/{economy['id'] + 1}/versions/{planned['id']}/")[0] == 404
    assert site.delete(f"{path}versions/{planned['id']}/")[0] == 204
    assert [each["valid_to"] for each in site.get(path)[1]["versions"]] == [None]
    verbs = Entry.objects.filter(target_kind="tariff", actor=site.person).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["tariff.added", "tariff.priced", "tariff.priced", "tariff.version_withdrawn"]


def test_prices_of_a_holiday_end_by_themselves_and_the_old_ones_come_back(site, economy):
    path = f"tariffs/{economy['id']}/"
    _status, usual = site.post(f"{path}versions/", {"rates": RATES})
    begins = (timezone.now() + timedelta(days=30)).replace(microsecond=0)
    ends = begins + timedelta(days=2)
    dear = {"valid_from": begins.isoformat(), "valid_to": ends.isoformat(), "rates": {"start": "300"}}
    status, made = site.post(f"{path}versions/", dear)
    assert (status, made["rates"]["start"]) == (201, "300")
    back, holiday, now = TariffVersion.objects.all()
    assert (now.pk, now.valid_to, holiday.valid_to) == (usual["id"], begins, ends)
    assert (back.valid_from, back.valid_to, back.rates) == (ends, None, now.rates)
    assert site.post(f"{path}versions/", {**dear, "valid_to": begins.isoformat()})[0] == 409, "it ends after it begins"
    sooner = {**dear, "valid_from": (begins - timedelta(days=1)).isoformat()}
    assert site.post(f"{path}versions/", sooner)[1]["detail"].startswith("The next version begins before that")
    assert site.post(f"{path}versions/", {**sooner, "valid_to": begins.isoformat()})[0] == 201
    eve = TariffVersion.objects.get(valid_from=begins - timedelta(days=1))
    assert (eve.valid_to, TariffVersion.objects.count()) == (begins, 4), "the next one follows without a gap"


def test_prices_of_the_past_stay_and_what_makes_no_sense_names_its_place(site, economy):
    path = f"tariffs/{economy['id']}/versions/"
    past = (timezone.now() - timedelta(hours=1)).isoformat()
    assert site.post(path, {"valid_from": past, "rates": RATES})[0] == 409
    wrong = {
        "start": 150, "per_km": [{"from_km": "0", "amount": "25,50"}], "options": {"wings": "1"}, "fee": "1",
        "zones": [{"zone": "77", "amount": "5"}], "holidays": {"dates": ["1.1"], "percent": "50"},
    }  # fmt: skip
    status, body = site.post(path, {"rates": wrong})
    told = {error["field"]: error["message"] for error in body["errors"]}
    assert status == 422
    assert set(told) == {"rates.start", "rates.per_km.0.amount", "rates.fee", "rates.holidays.dates.0"}
    assert told["rates.start"] == "An amount is text such as “12.50”."
    nowhere = {"options": {"wings": "1"}, "zones": [{"zone": "77", "amount": "5"}],
               "zone_pairs": [{"from": "1", "to": "2", "amount": "9"}]}  # fmt: skip
    assert {error["field"] for error in site.post(path, {"rates": nowhere})[1]["errors"]} == {
        "rates.options.wings", "rates.zones.0.zone", "rates.zone_pairs.0.from", "rates.zone_pairs.0.to",
    }  # fmt: skip
    assert not TariffVersion.objects.exists()
    assert site.post("tariffs/999999/versions/", {"rates": RATES})[0] == 404


def test_a_class_of_a_fleet_has_one_tariff_in_use(site, city, economy):
    again = {"fleet": city["id"], "name": "Эконом 2", "service_class": "economy"}
    status, body = site.post("tariffs/", again)
    assert (status, body["detail"]) == (409, "“Городское” has a tariff in use for this class already.")
    assert site.post("tariffs/", {**again, "fleet": 999_999})[0] == 422
    assert site.patch(f"tariffs/{economy['id']}/", {"is_active": False})[1]["name"] == "Эконом"
    assert site.post("tariffs/", again)[0] == 201
    assert site.patch(f"tariffs/{economy['id']}/", {"is_active": True})[0] == 409
    assert Tariff.objects.filter(is_active=True).count() == 1


def square(west, south, size=0.1):
    east, north = west + size, south + size
    return {"type": "Polygon", "coordinates": [[[west, south], [east, south], [east, north], [west, north]]]}


def test_a_zone_is_drawn_redrawn_and_taken_out_of_use(site):
    stand = Stand.objects.create(name="Вокзал", latitude=55.75, longitude=37.65)
    feature = {"type": "Feature", "properties": {"name": "anything"}, "geometry": square(37.6, 55.7)}
    status, made = site.post("zones/", {"name": "Центр", "area": feature, "rank": 2}, key="Z-1")
    assert (status, made["rank"], made["release_minutes"]) == (201, 2, None)
    ring = made["area"]["coordinates"][0]
    assert (made["area"]["type"], len(ring), ring[0] == ring[-1]) == ("Polygon", 5, True)
    stand.refresh_from_db()
    assert stand.zone_id == made["id"]
    path = f"zones/{made['id']}/"
    _status, moved = site.patch(path, {"area": square(30, 50)})
    assert (moved["name"], moved["area"]["coordinates"][0][0]) == ("Центр", [30, 50])
    stand.refresh_from_db()
    assert (stand.zone_id, Zone.objects.get().west) == (None, 30)
    assert [site.delete(path)[0] for _twice in range(2)] == [204, 204]
    assert site.get(path)[1]["is_active"] is False
    assert site.patch(path, {"is_active": True, "release_minutes": 40})[1]["release_minutes"] == 40
    assert Entry.objects.filter(verb="zone.changed", actor=site.person).count() == 3


@pytest.mark.parametrize(
    "area",
    [
        {}, {"type": "Point", "coordinates": [1, 2]}, {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}, 5, "x",
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [10**400, 1], [1, 0]]]},
        {"type": "FeatureCollection", "features": [square(1, 1), square(2, 2)]},
    ],
)  # fmt: skip
def test_what_is_no_area_is_no_zone(site, area):
    status, body = site.post("zones/", {"name": "Центр", "area": area})
    assert (status, [error["field"] for error in body["errors"]]) == (422, ["area"]), body
    assert not Zone.objects.exists()


def test_a_map_of_zones_is_taken_over_as_a_whole(site):
    site.post("zones/", {"name": "Центр", "area": square(37, 55), "rank": 3})

    def named(*features):
        drawn = [{"type": "Feature", "properties": {"name": name}, "geometry": area} for name, area in features]
        return {"type": "FeatureCollection", "features": drawn}

    status, taken = site.post("zones/drawings/", named(("Центр", square(30, 50)), ("Север", square(31, 51))))
    assert (status, [(each["name"], each["rank"]) for each in taken]) == (200, [("Центр", 3), ("Север", 0)])
    assert Zone.objects.get(name="Центр").west == 30
    assert site.post("zones/drawings/", named(("Юг", square(1, 1)), ("", square(2, 2))))[0] == 409
    assert site.post("zones/drawings/", named(("Юг", square(1, 1)), ("Запад", {"type": "Point"})))[0] == 422
    assert Zone.objects.count() == 2
    assert site.post("zones/", {"name": "Центр", "area": square(1, 1)})[1]["detail"] == (
        "There is a zone of this name already."
    )


def test_who_may_only_read_prices_keeps_none(system, city):
    robot = system("prices:read", name="Robot")
    for path in ("fleets/", "tariffs/", "zones/", "zones/drawings/"):
        assert robot.post(path)[1]["title"] == "no_scope"
    assert robot.patch(f"fleets/{city['id']}/", {})[0] == 403
