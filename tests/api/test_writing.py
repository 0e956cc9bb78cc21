"""What other systems do: the same verbs, guards and refusals as the desk's, under their own name."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dispatch.audit.models import Entry
from orders.models import (
    Account,
    Client,
    ClientMark,
    DriverPosition,
    DriverShift,
    Employee,
    Fleet,
    KeptQuote,
    Offer,
    Order,
    OrderEvent,
    Recurrence,
)
from orders.services import assignment, clients, editing, lifecycle
from places.models import Place
from telephony.models import Call
from tests.orders.conftest import ANNA, placed
from tests.orders.test_quoting import RATES, tariff
from tests.orders.town import ARBAT, at_work, ordered

pytestmark = pytest.mark.feature("M14", "X6")


@pytest.fixture
def priced_town(db):
    fleet = Fleet.objects.create(name="City", is_default=True)
    tariff(fleet, RATES)
    return fleet


HERE = {"address": "Арбат, 1", "latitude": ARBAT[0], "longitude": ARBAT[1]}
INSIST = ["no_position", "stale", "off_shift"]


def test_the_shop_takes_an_order_for_a_new_client(site):
    later = (timezone.now() + timedelta(days=2)).replace(microsecond=0)
    status, made = site.post(
        "orders/",
        {
            "phone": "8 (916) 111-22-33", "name": "Мария", "pickup": {**HERE, "entrance": "2", "flat": "17"},
            "pickup_at": later.isoformat(), "stops": [{"address": "Тверская, 1"}], "destination": {"address": "Вокзал"},
            "options": ["pet", "child_seat"], "passengers": 3, "flight": "su 01402", "reference": "A-77",
            "comment": "Звонить заранее",
        },
    )  # fmt: skip
    assert status == 201, made
    assert site.last["Location"] == f"/api/v1/orders/{made['id']}/"
    order = Order.objects.get(pk=made["id"])
    assert (order.state, order.phone, order.phone_raw) == ("scheduled", "+79161112233", "8 (916) 111-22-33")
    assert (order.pickup_entrance, order.pickup_flat, order.pickup_latitude) == ("2", "17", ARBAT[0])
    assert (order.flight, order.options, order.pickup_at) == ("SU1402", ["child_seat", "pet"], later)
    assert [stop.address for stop in order.stops.all()] == ["Тверская, 1"]
    assert (order.channel, order.source, made["reference"]) == ("api", "api:A-77", "A-77")
    assert (order.client.name, order.created_by) == ("Мария", site.person)
    assert [(e["name"], e["by"], e["who"]) for e in made["events"]] == [("schedule", "integration", "Web site")]
    assert Entry.objects.get(verb="order.schedule").actor_name == "Web site"


def test_several_cars_and_a_way_back_are_one_series(site, anna):
    soon = timezone.now() + timedelta(hours=3)
    _status, made = site.post(
        "orders/",
        {"phone": ANNA, "pickup": HERE, "destination": {"address": "Вокзал"}, "cars": 2, "return_at": soon.isoformat()},
    )
    together = Order.objects.filter(series=made["series"]).order_by("pk")
    assert [(order.pickup, order.destination) for order in together] == [
        ("Арбат, 1", "Вокзал"), ("Арбат, 1", "Вокзал"), ("Вокзал", "Арбат, 1"), ("Вокзал", "Арбат, 1"),
    ]  # fmt: skip


def test_what_cannot_be_taken_names_its_fields(site):
    status, body = site.post(
        "orders/",
        {"phone": "12", "pickup": {"address": "", "latitude": 91}, "options": ["wings"], "passengers": 0, "company": 5,
         "stops": [{"address": "Тверская, 1"}, {}]},
    )  # fmt: skip
    assert (status, body["title"]) == (422, "invalid")
    fields = {error["field"] for error in body["errors"]}
    assert fields == {"phone", "pickup.address", "options.0", "passengers", "company", "stops.1.address"}
    assert not Order.objects.exists()
    status, body = site.post("orders/", {"phone": ANNA, "pickup": {"address": "x", "latitude": 5}})
    assert body["errors"] == [{"field": "pickup", "message": "Give both coordinates, or none."}]
    status, body = site.post("orders/", {"phone": ANNA, "pickup": HERE, "payment": "account"})
    assert body["errors"] == [{"field": "company", "message": "Choose the company that pays."}]


def test_a_body_that_is_no_json_is_refused(site):
    from django.test import Client as Browser

    told = {"authorization": f"Bearer {site.text}"}
    for body, kind, status in (("{", "application/json", 400), ("a=b", "application/x-www-form-urlencoded", 415)):
        answer = Browser().post("/api/v1/orders/", body, content_type=kind, headers=told)
        assert (answer.status_code, answer.json()["title"]) == (status, "not_json")
    assert site.post("orders/", [1])[0] == 422


def test_a_twin_is_asked_about_and_taken_when_that_is_accepted(site, order):
    wish = {"phone": ANNA, "pickup": {"address": "Ленина, 5"}}
    status, body = site.post("orders/", wish)
    assert (status, body["title"], [each["name"] for each in body["concerns"]]) == (409, "doubtful", ["twin"])
    assert site.post("orders/", {**wish, "accept": ["twin"]})[0] == 201


def test_the_black_list_stops_a_system_as_it_stops_a_dispatcher(site, anna, olga, settings):
    settings.BLACKLIST_RULE = "stop"
    clients.mark(client_id=anna.pk, mark=ClientMark.BLACKLISTED, reason="не платит", actor=olga)
    status, body = site.post("orders/", {"phone": ANNA, "pickup": HERE})
    assert (status, body["title"]) == (409, "refused")
    assert "Only a supervisor" in body["detail"]


def test_a_number_of_several_clients_asks_which(site, anna):
    boris = clients.add(name="Борис", numbers_typed=[ANNA], actor=None)
    status, body = site.post("orders/", {"phone": ANNA, "pickup": HERE})
    assert (status, body["title"]) == (409, "ambiguous")
    assert [each["name"] for each in body["clients"]] == ["Анна Петрова", "Борис"]
    _status, made = site.post("orders/", {"phone": ANNA, "pickup": HERE, "client": boris.pk})
    assert made["client"]["id"] == boris.pk


def test_changes_of_different_fields_join_and_of_the_same_one_are_a_conflict(site, order, by_vera):
    assert site.patch(f"orders/{order.pk}/", {"comment": "у шлагбаума"})[1]["errors"][0]["field"] == "version"
    _status, changed = site.patch(f"orders/{order.pk}/", {"version": 1, "comment": "у шлагбаума"})
    assert (changed["version"], changed["comment"], changed["pickup"]["address"]) == (2, "у шлагбаума", "Ленина, 5")
    _status, joined = site.patch(f"orders/{order.pk}/", {"version": 1, "pickup": {"address": "Ленина, 7"}})
    assert (joined["comment"], joined["pickup"]["address"]) == ("у шлагбаума", "Ленина, 7")
    status, body = site.patch(f"orders/{order.pk}/", {"version": 1, "comment": "у ворот"})
    assert (status, body["title"], body["version"]) == (409, "conflict", 3)
    assert body["conflicts"] == [
        {"field": "comment", "before": "", "theirs": "у шлагбаума", "mine": "у ворот"}
    ]  # fmt: skip
    assert Order.objects.get(pk=order.pk).comment == "у шлагбаума"


def test_a_conflict_tells_no_whole_number_to_whom_none_is_shown(site, system, order):
    site.patch(f"orders/{order.pk}/", {"version": 1, "phone": "+79998887766"})
    wish, robot = {"version": 1, "phone": "+79991112233"}, system("orders:write", name="Robot")
    status, body = robot.patch(f"orders/{order.pk}/", wish)
    assert (status, body["title"]) == (409, "conflict")
    assert (body["conflicts"][0]["theirs"], body["conflicts"][0]["before"]) == ("+7••••••••66", "+7••••••••89")
    assert site.patch(f"orders/{order.pk}/", wish)[1]["conflicts"][0]["before"] == ANNA


def test_who_may_only_write_clients_reads_no_numbers(system, anna):
    robot = system("clients:write", name="Robot")
    for status, card in (
        robot.patch(f"clients/{anna.pk}/", {}),
        robot.post(f"clients/{anna.pk}/mark/", {"mark": "vip"}),
        robot.post("clients/", {"phones": ["+79998887766"]}),
    ):
        assert status in (200, 201)
        assert "••" in card["phones"][0]["number"]


def test_a_change_that_takes_the_driver_away_is_decided_first(site, order, ivan, by_vera):
    assignment.assign(order_id=order.pk, call_sign="17", actor=by_vera, accepted=INSIST)
    wish = {"version": 2, "pickup": {"address": "Другой конец города, 9"}}
    status, body = site.patch(f"orders/{order.pk}/", wish)
    assert (status, body["title"], body["outlook"]["moved"]) == (409, "undecided", ["place"])
    assert body["choices"] == [editing.RESTART, editing.KEEP]
    _status, kept = site.patch(f"orders/{order.pk}/", {**wish, "accept": ["keep"]})
    assert (kept["state"], kept["driver"]["call_sign"]) == ("assigned", "17")


def test_a_closed_order_is_not_corrected_by_a_system(site, order, by_vera):
    lifecycle.move(order_id=order.pk, name="cancel", actor=by_vera, reason="передумал")
    assert site.patch(f"orders/{order.pk}/", {"version": 2, "comment": "x", "reason": "y"})[0] == 409
    assert site.post(f"orders/{order.pk}/reopen/", {"reason": "x"})[0] == 404


def test_a_trip_is_driven_by_the_actions_that_the_order_names(site, order, ivan):
    status, body = site.post(f"orders/{order.pk}/driver/", {"call_sign": "17", "accept": ["no_position"]})
    assert status == 200, body
    for name in ("set_off", "arrive", "board", "complete"):
        assert name in [action["name"] for action in body["actions"]]
        status, body = site.post(f"orders/{order.pk}/{name}/", {"version": body["version"]})
        assert status == 200, body
    assert (body["state"], body["actions"]) == ("completed", [])
    again = site.post(f"orders/{order.pk}/complete/", {"version": body["version"] - 1})
    assert again[1]["version"] == body["version"], "whose answer got lost asks again, and it is done once"
    status, body = site.post(f"orders/{order.pk}/cancel/", {"reason": "поздно"})
    assert (status, body["title"]) == (409, "refused")


@pytest.mark.parametrize("name", ["explode", "assign", "offer", "hand_back", "expire"])
def test_what_is_no_action_of_a_system_does_not_exist(site, order, name):
    assert site.post(f"orders/{order.pk}/{name}/")[0] == 404


def test_a_client_cancels_in_the_other_system_and_history_says_so(site, order):
    _status, body = site.post(f"orders/{order.pk}/cancel/", {"by": "client", "reason": "передумал"})
    assert (body["state"], body["events"][-1]["by"], body["events"][-1]["by_whom"]) == ("cancelled", "client", "client")
    assert site.post(f"orders/{order.pk}/release/", {"by": "client"})[0] == 404, "a client has few actions"
    _status, made = site.post("orders/", {"phone": ANNA, "pickup": HERE, "by": "client"})
    assert made["events"][0]["by"] == "client"


def test_a_system_says_whose_doing_a_cancellation_is(site, order, anna, by_vera):
    other = placed(anna, by_vera)
    _status, body = site.post(f"orders/{order.pk}/cancel/", {"by_whom": "driver", "reason": "прокол"})
    assert body["events"][-1]["by_whom"] == "driver"
    assert site.post(f"orders/{other.pk}/cancel/", {"reason": "дубль"})[1]["events"][-1]["by_whom"] == "other"


def test_what_speaks_against_a_driver_is_said_and_may_be_accepted(site, by_vera):
    at_work("7", 300)
    order = ordered(by_vera, options=["pet"])
    status, body = site.post(f"orders/{order.pk}/driver/", {"call_sign": "7"})
    assert (status, body["title"], [each["name"] for each in body["concerns"]]) == (409, "doubtful", ["no_options"])
    assert site.post(f"orders/{order.pk}/driver/", {"call_sign": "7", "accept": ["no_options"]})[0] == 200
    other = placed(order.client, by_vera)
    status, body = site.post(f"orders/{other.pk}/driver/", {"call_sign": "7", "accept": ["busy"]})
    assert (status, body["title"]) == (409, "refused")
    assert site.post(f"orders/{other.pk}/driver/", {"call_sign": "404"})[1]["title"] == "refused"


def test_an_order_is_offered_to_one_and_to_all(site, by_vera):
    at_work("7", 300)
    at_work("8", 600)
    order = ordered(by_vera)
    _status, body = site.post(f"orders/{order.pk}/offers/", {"call_sign": "7"})
    assert (body["state"], [offer["driver"] for offer in body["offers"]]) == ("offered", ["7"])
    assert site.post(f"orders/{order.pk}/recall/")[1]["state"] == "searching"
    assert site.post(f"orders/{order.pk}/offers/")[1]["state"] == "offered"
    assert Offer.objects.live().filter(order=order).count() == 2
    site.post(f"orders/{order.pk}/recall/")
    assert site.post(f"orders/{order.pk}/search/")[1]["events"][-1]["name"] == "search_again"


def test_notes_marks_and_reservations(site, anna, by_vera, ivan):
    order = placed(anna, by_vera)
    assert site.post(f"orders/{order.pk}/give_up/")[0] == 409
    assert site.post(f"orders/{order.pk}/contact/", {"kind": "client_asked", "outcome": "не ждёт"})[0] == 200
    assert site.post(f"orders/{order.pk}/marks/", {"name": "problem", "problem": "вещи"})[1]["problem"] == "вещи"
    assert site.post(f"orders/{order.pk}/marks/", {"name": "settle"})[1]["problem"] == ""
    past = (timezone.now() - timedelta(hours=1)).isoformat()
    assert site.post(f"orders/{order.pk}/marks/", {"name": "hold", "until": past})[0] == 409
    assert site.post(f"orders/{order.pk}/marks/", {"name": "hold"})[1]["is_on_hold"] is True
    assert site.post(f"orders/{order.pk}/marks/", {"name": "resume"})[1]["is_on_hold"] is False
    assert site.post(f"orders/{order.pk}/give_up/")[1]["state"] == "unfulfilled"
    later = placed(anna, by_vera, pickup_at=timezone.now() + timedelta(days=1))
    _status, kept = site.post(f"orders/{later.pk}/reservation/", {"call_sign": "17"})
    assert (kept["events"][-1]["name"], kept["confirm_by"] is None) == ("reserve", False)
    assert site.post(f"orders/{later.pk}/reservation/confirm/")[1]["confirmed_at"]
    assert site.post(f"orders/{later.pk}/reservation/free/")[0] == 409, "with a reason only"
    assert site.post(f"orders/{later.pk}/reservation/free/", {"reason": "болен"})[1]["confirm_by"] is None


def test_an_order_comes_back_skips_pauses_and_ends(site, anna, by_vera):
    tomorrow = timezone.localtime() + timedelta(days=1)
    order = placed(anna, by_vera, pickup_at=tomorrow)
    plan = {"weekdays": list(range(7)), "time": "07:30", "starts_on": tomorrow.date().isoformat()}
    status, made = site.post(f"orders/{order.pk}/recurring/", plan)
    assert (status, made["time"], len(made["days"]) > 20) == (201, "07:30:00", True)
    path = f"recurring/{made['id']}/"
    assert site.patch(path, {"time": "08:15"})[1]["time"] == "08:15:00"
    day = made["days"][5]["day"]
    assert day in site.post(f"{path}skip/", {"day": day})[1]["skipped"]
    assert site.post(f"{path}skip/", {"day": day})[0] == 409
    assert site.post(f"{path}unskip/", {"day": day})[1]["skipped"] == []
    assert site.post(f"{path}pause/", {"first": day})[1]["paused_from"] == day
    assert site.post(f"{path}resume/")[1]["paused_from"] is None
    assert site.post(f"{path}end/")[1]["days"] == []
    assert site.post(f"{path}explode/")[0] == 404
    assert Recurrence.objects.get().ended_at


def test_the_site_keeps_its_clients(site):
    status, made = site.post("clients/", {"name": "Мария", "phones": ["8 916 111-22-33", "+79161112244"]})
    assert (status, [phone["number"] for phone in made["phones"]]) == (201, ["+79161112233", "+79161112244"])
    path = f"clients/{made['id']}/"
    second = made["phones"][1]["id"]
    _status, changed = site.patch(
        path, {"notes": "с собакой", "main_phone": second, "remove_phones": [made["phones"][0]["id"]]}
    )
    assert (changed["name"], changed["notes"]) == ("Мария", "с собакой")
    assert changed["phones"] == [{"id": second, "number": "+79161112244", "is_main": True}]
    assert site.patch(path, {"remove_phones": [second]})[0] == 409, "one number stays"
    assert len(site.get(path)[1]["phones"]) == 1, "and what was refused is taken back whole"
    assert site.post(f"{path}mark/", {"mark": "blacklisted"})[0] == 409, "with a reason only"
    assert site.post(f"{path}mark/", {"mark": "blacklisted", "reason": "не платит"})[1]["mark"] == "blacklisted"
    assert site.post(f"{path}mark/", {"mark": ""})[1]["mark"] == ""
    status, home = site.post(f"{path}addresses/", {**HERE, "label": "home", "flat": "5"})
    assert (status, home["label"], home["latitude"]) == (201, "home", ARBAT[0])
    assert site.post(f"{path}addresses/", HERE)[0] == 409, "the card has it already"
    assert site.patch(f"{path}addresses/{home['id']}/", {"flat": "6"})[1]["label"] == "home"
    assert [site.delete(f"{path}addresses/{home['id']}/")[0] for _twice in range(2)] == [204, 204]
    assert Entry.objects.filter(verb="client.changed", actor=site.person).count() == 1
    assert site.post("clients/", {"name": "x", "phones": []})[0] == 422
    assert site.post("clients/", {"name": "x", "phones": ["12"]})[0] == 409


def test_a_merged_card_is_not_written_to(site, anna):
    shell = Client.objects.create(name="", merged_into=anna)
    assert site.get(f"clients/{shell.pk}/")[1]["merged_into"] == anna.pk
    assert site.patch(f"clients/{shell.pk}/", {"name": "x"})[0] == 404
    assert site.post(f"clients/{shell.pk}/mark/", {"mark": "vip"})[0] == 404
    assert site.post(f"clients/{shell.pk}/addresses/", HERE)[0] == 404


def test_a_drivers_shift_break_and_position(site, ivan):
    path = f"drivers/{ivan.pk}/"
    assert site.post(f"{path}position/", {"latitude": ARBAT[0], "longitude": ARBAT[1]})[0] == 409, "not on shift"
    status, begun = site.post(f"{path}shift/")
    assert (status, begun["shift"]["vehicle"]["plate"]) == (201, ivan.vehicle.plate)
    assert site.patch(f"{path}shift/", {"takes_next": True})[1]["shift"]["takes_next"] is True
    assert site.post(f"{path}break/", {"reason": "обед"})[1]["pause"]["reason"] == "обед"
    assert site.delete(f"{path}break/")[0] == 204
    _status, seen = site.post(f"{path}position/", {"latitude": ARBAT[0], "longitude": ARBAT[1], "accuracy_m": 12})
    assert seen["position"]["accuracy_m"] == 12
    assert site.post(f"{path}position/", {"latitude": 91, "longitude": 0})[0] == 422
    assert site.delete(f"{path}shift/")[0] == 204
    assert DriverShift.objects.get().ended_at
    assert DriverPosition.objects.exists()
    assert site.delete("drivers/999999/shift/")[0] == 404


def test_a_price_is_asked_kept_and_holds_for_the_order(site, anna, priced_town):
    trip = {"pickup": HERE, "destination": {"address": "Вокзал", "latitude": ARBAT[0] + 0.05, "longitude": ARBAT[1]}}
    _status, asked = site.post("quotes/", trip)
    assert (asked["currency"], asked["is_least"], float(asked["price"]) > 0) == ("RUB", False, True)
    assert site.post("quotes/", {**trip, "service_class": "business"})[0] == 409, "nobody has a price for that"
    status, kept = site.post("quotes/kept/", {**trip, "phone": ANNA, "reason": "дорого"})
    assert (status, kept["price"], kept["phone"]) == (201, asked["price"], ANNA)
    _status, made = site.post("orders/", {"phone": ANNA, **trip, "quote": kept["id"]})
    assert (made["price"], KeptQuote.objects.get().order_id) == (kept["price"], made["id"])


def test_the_desk_opens_a_kept_price_as_the_form_it_would_have_been(site, anna, priced_town, vera, signed_in):
    later = (timezone.localtime() + timedelta(days=1)).replace(second=0, microsecond=0)
    _status, kept = site.post(
        "quotes/kept/",
        {"pickup": {**HERE, "flat": "5"}, "phone": ANNA, "stops": [{"address": "Тверская, 1"}], "options": ["pet"],
         "pickup_at": later.isoformat(), "waits_and_returns": True},
    )  # fmt: skip
    answer = signed_in(vera).post(f"/orders/quotes/{kept['id']}/order/")
    assert answer.status_code == 302
    order = Order.objects.get()
    assert (order.pickup_flat, order.options, order.waits_and_returns, order.pickup_at) == ("5", ["pet"], True, later)
    assert [stop.address for stop in order.stops.all()] == ["Тверская, 1"]


def test_a_company_pays_for_its_people_only(site, anna):
    company = Account.objects.create(name="Завод", currency="RUB")
    wish = {"phone": ANNA, "pickup": HERE, "payment": "account", "company": company.pk}
    status, body = site.post("orders/", wish)
    assert (status, body["detail"]) == (409, "Завод does not pay for this client.")
    Employee.objects.create(account=company, client=anna)
    _status, made = site.post("orders/", wish)
    assert made["company"]["name"] == "Завод"
    _status, changed = site.patch(f"orders/{made['id']}/", {"version": 1, "payment": "cash"})
    assert changed["company"] is None
    assert OrderEvent.objects.get(transition="edit").changes["account"] == ["Завод", ""]


def test_a_booking_portal_keeps_its_company_and_its_people(site, anna):
    status, made = site.post("companies/", {"name": "Завод", "currency": "RUB", "monthly_limit": "5000"})
    assert (status, made["balance"]["limit"]) == (201, "5000.00")
    assert site.post("companies/", {"name": "Завод", "currency": "RUB"})[0] == 409
    path = f"companies/{made['id']}/"
    assert site.patch(path, {"forbids_cash": True})[1]["forbids_cash"] is True
    _status, hired = site.post(f"{path}employees/", {"phone": ANNA, "reference": "A-1"})
    (anna_there,) = hired["employees"]
    assert (anna_there["client"]["id"], anna_there["reference"]) == (anna.pk, "A-1")
    assert site.post(f"{path}employees/", {"phone": ANNA})[0] == 409
    mine = f"{path}employees/{anna_there['id']}/"
    _status, changed = site.patch(mine, {"monthly_limit": "100"})
    assert (changed["employees"][0]["balance"]["limit"], changed["employees"][0]["reference"]) == ("100.00", "A-1")
    assert site.patch(f"companies/999999/employees/{anna_there['id']}/", {})[0] == 404
    assert site.delete(mine)[0] == 204
    assert site.get(path)[1]["employees"] == []
    assert Client.objects.filter(pk=anna.pk).exists()


def test_a_driver_is_kept_from_a_client_and_let_again(site, anna, ivan):
    _status, card = site.post(f"clients/{anna.pk}/blocks/", {"call_sign": "17", "reason": "ссора"})
    (block,) = card["blocks"]
    assert (block["driver"], block["reason"]) == ("17", "ссора")
    assert site.delete(f"clients/{anna.pk + 1}/blocks/{block['id']}/")[0] == 404
    assert site.delete(f"clients/{anna.pk}/blocks/{block['id']}/")[0] == 204
    assert site.get(f"clients/{anna.pk}/")[1]["blocks"] == []


def test_drivers_and_cars_are_kept_from_another_system(site):
    who = {"call_sign": "42", "first_name": "Иван", "last_name": "Соколов"}
    status, made = site.post(
        "drivers/", {**who, "add_phones": ["8 903 111-22-33"], "plate": "а 123 вс", "description": "белая Škoda"}
    )
    assert (status, made["phones"][0]["number"], made["vehicle"]["description"]) == (201, "+79031112233", "белая Škoda")
    assert site.post("drivers/", who)[0] == 409, "the call sign is taken"
    path = f"drivers/{made['id']}/"
    _status, changed = site.patch(path, {"last_name": "Орлов"})
    assert (changed["last_name"], changed["first_name"]) == ("Орлов", "Иван")
    assert changed["vehicle"] == made["vehicle"]
    assert site.patch(path, {"plate": ""})[1]["vehicle"] is None
    car = f"vehicles/{made['vehicle']['id']}/"
    assert site.patch(car, {"classes": ["comfort", "business"], "seats": 6})[1]["classes"] == ["comfort", "business"]
    assert site.get(car)[1]["seats"] == 6
    assert site.post("vehicles/", {"plate": made["vehicle"]["plate"]})[0] == 409
    assert site.post("vehicles/", {"plate": "В 5", "seats": 0})[0] == 422
    assert site.post("vehicles/", {"plate": "В 5"})[1]["classes"] == ["economy"]


def test_the_calls_of_an_order_are_told_without_their_sound(site, system, order, vera):
    Call.objects.create(
        key="1", direction="in", state="ended", result="answered", caller_e164=ANNA, order=order, answered_by=vera,
        started_at=timezone.now(),
    )  # fmt: skip
    (call,) = site.get(f"orders/{order.pk}/calls/")[1]
    assert (call["number"], call["answered_by"], call["result"]) == (ANNA, str(vera), "answered")
    assert ANNA not in str(system("orders:read", name="Robot").get(f"orders/{order.pk}/calls/")[1])
    assert site.get("orders/999999/calls/")[0] == 404


def test_of_a_call_that_we_placed_the_number_is_whom_we_called(site, system, order):
    Call.objects.create(
        key="2", direction="out", state="ended", result="answered", caller_raw="101", dialled=ANNA.removeprefix("+"),
        order=order, started_at=timezone.now(),
    )  # fmt: skip
    assert site.get(f"orders/{order.pk}/calls/")[1][0]["number"] == ANNA
    assert ANNA not in str(system("orders:read", name="Robot").get(f"orders/{order.pk}/calls/")[1])


def test_the_site_asks_the_directory_while_its_visitor_types(site):
    Place.objects.create(name="вокзал", latitude=55.75, longitude=37.61)
    assert site.get("addresses/", q="")[1] == []
    assert isinstance(site.get("addresses/", q="вокз", near="55.7,37.6")[1], list)
    assert site.get("addresses/", q="вокз", near="nonsense")[0] == 200
