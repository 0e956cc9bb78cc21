"""The driver's page: his shift, his offers, his trip, his position; nothing of another's, and nothing twice."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from dispatch.desk.doorkeeper import visitors
from dispatch.live.models import Change
from dispatch.live.numbers import heard_by
from dispatch.live.registry import Viewer
from orders import trip
from orders.flow import State
from orders.live import render_drive
from orders.models import DriverAct, DriverBreak, DriverPosition, DriverShift, FleetNumber, Order
from orders.services import assignment, editing, lifecycle, offers, reservations
from orders.tasks import forget_old_acts, search_due
from orders.templatetags.orders import pickup_time
from tests.orders import town
from tests.orders.conftest import ANNA, HTMX, placed

pytestmark = pytest.mark.django_db
SHIFT = "/driver/shift/"


def text_of(answer) -> str:
    return answer.content.decode()


def press(browser, path: str, *, key: str = "", ago: int = 0, **fields):
    """As the page's script sends it; answers the sentence of a refusal."""
    at = (timezone.now() - timedelta(seconds=ago)).isoformat()
    answer = browser.post(path, {"key": key or str(uuid4()), "at": at, **fields}, **HTMX)
    told = answer.json()
    assert (answer.status_code == 409) == bool(told["sentence"])
    assert 'data-live="drive"' in told["html"]
    return told["sentence"]


@pytest.fixture
def seven(db):
    return town.at_work("7", 500)


@pytest.fixture
def phone(seven, signed_in):
    return signed_in(seven.person)


@pytest.mark.feature("C7", "C10")
def test_ivan_begins_his_shift_in_a_car_has_a_break_and_ends_it(ivan, pyotr, signed_in):
    for one in (ivan, pyotr):
        one.on_shift = False
        one.save()
    phone = signed_in(ivan.person)
    page = text_of(phone.get("/driver/"))
    assert "You are not on shift" in page
    assert "A117BC" in page
    assert "like 18:30" in press(phone, SHIFT, act="start", until="soon")
    assert press(phone, SHIFT, act="start", vehicle=ivan.vehicle_id, until="23:59") == ""
    shift = DriverShift.objects.get()
    assert (shift.driver, shift.vehicle, shift.ends_at.minute) == (ivan, ivan.vehicle, 59)
    assert "is driven by driver 17" in press(signed_in(pyotr.person), SHIFT, act="start", vehicle=ivan.vehicle_id)
    assert press(phone, SHIFT, act="break", reason="обед") == ""
    assert DriverBreak.objects.get().reason == "обед"
    assert "You have a break" in text_of(phone.get("/driver/"))
    assert phone.post(SHIFT, {"act": "resume"})["Location"] == "/driver/"  # without the script
    assert press(phone, SHIFT, act="end") == ""
    ivan.refresh_from_db()
    assert (ivan.on_shift, DriverShift.objects.get().ended_at is not None) == (False, True)


@pytest.mark.feature("C7")
def test_an_offer_comes_with_its_countdown_and_seven_drives_it_to_the_end(seven, phone, by_vera):
    fleet = town.fleet()
    FleetNumber.objects.create(fleet=fleet, e164="+74951234567", raw="4951234567")
    order = town.ordered(by_vera)
    search_due()
    offer = order.offers.get()
    page = text_of(phone.get("/driver/"))
    assert f'data-offer="{offer.pk}"' in page
    assert "data-until=" in page
    assert "the nearest: 0.5 km, 2 min" in page
    assert 'href="tel:+74951234567"' in page
    assert press(phone, reverse("orders:own-offer", args=[offer.pk, "seen"])) == ""
    assert press(phone, reverse("orders:own-offer", args=[offer.pk, "accept"])) == ""
    for name in ("set_off", "arrive", "board", "complete"):
        assert press(phone, reverse("orders:own-move", args=[order.pk, name])) == ""
    order.refresh_from_db()
    assert (order.state, order.driver) == (State.COMPLETED, seven)
    page = text_of(phone.get("/driver/"))
    assert "You are free" in page
    assert ANNA not in page


@pytest.mark.feature("C7", "X2")
def test_what_a_tunnel_kept_is_done_once_and_in_its_order(seven, phone, by_vera):
    order = town.ordered(by_vera)
    assignment.assign(order_id=order.pk, call_sign="7", actor=by_vera)
    key = str(uuid4())
    way = [("set_off", str(uuid4())), ("arrive", key), ("board", str(uuid4()))]
    for name, each in way:
        assert press(phone, reverse("orders:own-move", args=[order.pk, name]), key=each, ago=300) == ""
    assert press(phone, reverse("orders:own-move", args=[order.pk, "arrive"]), key=key, ago=300) == ""  # sent again
    assert list(order.events.order_by("id").values_list("transition", flat=True))[2:] == ["set_off", "arrive", "board"]
    assert DriverAct.objects.count() == 3


@pytest.mark.feature("C7")
def test_what_comes_far_too_late_is_refused_and_explained_the_same_each_time(seven, phone, by_vera):
    order = town.ordered(by_vera)
    assignment.assign(order_id=order.pk, call_sign="7", actor=by_vera)
    path, key = reverse("orders:own-move", args=[order.pk, "set_off"]), str(uuid4())
    sentence = press(phone, path, key=key, ago=3600)
    assert "too late" in sentence
    assert press(phone, path, key=key, ago=3600) == sentence
    order.refresh_from_db()
    assert order.state == State.ASSIGNED
    offered = town.ordered(by_vera, is_on_hold=True)
    lifecycle.move(order_id=order.pk, name="unassign", actor=by_vera, reason="x")
    offer = offers.offer(order_id=offered.pk, call_sign="7", actor=by_vera)
    town.runs_out(offered)
    assert "ran out at" in press(phone, reverse("orders:own-offer", args=[offer.pk, "accept"]), ago=20)


@pytest.mark.feature("C7")
def test_the_next_order_is_wanted_kept_and_begun_by_completing(seven, phone, by_vera):
    town.fleet()
    now = town.ordered(by_vera, is_on_hold=True)
    assignment.assign(order_id=now.pk, call_sign="7", actor=by_vera)
    for name in ("set_off", "arrive", "board"):
        lifecycle.move(order_id=now.pk, name=name, actor=by_vera)
    assert press(phone, SHIFT, act="next") == ""
    later = town.ordered(by_vera)
    search_due()
    assert "Take it as the next one" in text_of(phone.get("/driver/"))
    press(phone, reverse("orders:own-offer", args=[later.offers.get().pk, "accept"]))
    assert f"Next: order {later.pk}" in text_of(phone.get("/driver/"))
    press(phone, reverse("orders:own-move", args=[now.pk, "complete"]))
    later.refresh_from_db()
    assert (later.state, later.driver) == (State.ASSIGNED, seven)


@pytest.mark.feature("C7")
def test_his_position_is_written_down_and_a_stand_takes_him_into_its_queue(seven, phone):
    stand = town.stand("Вокзал", north_m=4000)
    DriverPosition.objects.all().delete()
    here = {"latitude": stand.latitude, "longitude": stand.longitude, "accuracy": 12}
    assert phone.post("/driver/position/", here).status_code == 204
    place = DriverPosition.objects.get()
    assert (place.stand, place.accuracy_m) == (stand, 12)
    came = place.stand_since
    assert "Вокзал: number 1 in the queue" in text_of(phone.get("/driver/"))
    assert phone.post("/driver/position/", here).status_code == 204
    assert DriverPosition.objects.get().stand_since == came  # his place stays his
    old = here | {"latitude": 1, "at": (timezone.now() - timedelta(hours=1)).isoformat()}
    assert phone.post("/driver/position/", old).status_code == 204
    assert DriverPosition.objects.get().latitude == stand.latitude  # what was seen before is older news
    phone.post("/driver/position/", here | {"latitude": stand.latitude + 0.01})
    assert DriverPosition.objects.get().stand is None
    for nonsense in (
        {},
        {"latitude": "x", "longitude": 1},
        {"latitude": "nan", "longitude": 1},
        here | {"latitude": 91},
    ):
        assert phone.post("/driver/position/", nonsense).status_code == 400
    DriverShift.objects.update(ended_at=timezone.now())
    assert phone.post("/driver/position/", here).status_code == 409


@pytest.fixture
def tomorrow(seven, anna, by_vera) -> Order:
    """Kept for seven."""
    order = placed(anna, by_vera, "Садовая, 3", pickup_at=timezone.now() + timedelta(hours=20), comment="с собакой")
    return reservations.reserve(order_id=order.pk, call_sign="7", actor=by_vera)


def answers(order: Order, answer: str) -> str:
    return reverse("orders:own-reservation", args=[order.pk, answer])


@pytest.mark.feature("C7", "C8")
def test_seven_says_that_he_will_come_and_another_time_asks_him_again(seven, phone, tomorrow, by_vera):
    page = text_of(phone.get("/driver/"))
    assert "Садовая, 3" in page
    assert "с собакой" in page
    assert f"to be confirmed by {pickup_time(tomorrow.confirm_by)}" in page
    assert ANNA not in page
    assert press(phone, answers(tomorrow, "confirm")) == ""
    tomorrow.refresh_from_db()
    assert tomorrow.confirmed_at is not None
    assert "I will come" not in text_of(phone.get("/driver/"))
    wanted = replace(trip.of(tomorrow), pickup_at=tomorrow.pickup_at + timedelta(hours=1))
    before = tomorrow.confirm_by
    editing.edit(order_id=tomorrow.pk, wanted=wanted, version=tomorrow.version, actor=by_vera)
    tomorrow.refresh_from_db()
    assert (tomorrow.confirmed_at, tomorrow.confirm_by) == (None, before + timedelta(hours=1))
    assert "I will come" in text_of(phone.get("/driver/"))


@pytest.mark.feature("C8")
def test_seven_gives_it_back_and_who_lost_it_is_told(seven, phone, tomorrow, ivan, by_vera, signed_in):
    assert "Give the reason" in press(phone, answers(tomorrow, "free"))
    assert signed_in(ivan.person).post(answers(tomorrow, "free"), **HTMX).status_code == 404  # it was never his
    assert phone.post(answers(tomorrow, "sell"), **HTMX).status_code == 404
    assert press(phone, answers(tomorrow, "free"), reason="trouble with the car") == ""
    tomorrow.refresh_from_db()
    assert tomorrow.reserved_for is None
    assert tomorrow.events.last().reason == "trouble with the car"
    assert "Садовая, 3" not in text_of(phone.get("/driver/"))
    assert "is not reserved for this driver any more" in press(phone, answers(tomorrow, "confirm"))


@pytest.mark.feature("C8")
def test_his_page_is_drawn_anew_whenever_a_pre_order_becomes_or_ceases_to_be_his(seven, anna, by_vera):
    def told() -> int:
        return Change.objects.filter(topic=f"person.{seven.person_id}").count()

    order = placed(anna, by_vera, pickup_at=timezone.now() + timedelta(hours=20))
    counts = [told()]
    for act in (
        lambda: reservations.reserve(order_id=order.pk, call_sign="7", actor=by_vera),
        lambda: reservations.reserve(order_id=order.pk, call_sign=town.at_work("8", 900).call_sign, actor=by_vera),
        lambda: reservations.reserve(order_id=order.pk, call_sign="7", actor=by_vera),
        lambda: lifecycle.move(order_id=order.pk, name="cancel", actor=by_vera, reason="x"),
    ):
        act()
        counts.append(told())
    assert counts == sorted(set(counts))


def test_another_drivers_offer_and_order_do_not_exist(seven, phone, by_vera, ivan):
    order, taken = town.ordered(by_vera), town.ordered(by_vera)
    offer = offers.offer(order_id=order.pk, call_sign="17", actor=by_vera)
    assignment.assign(order_id=taken.pk, call_sign="17", actor=by_vera, accepted=["has_offer"])
    for path in (
        reverse("orders:own-offer", args=[offer.pk, "accept"]),
        reverse("orders:own-move", args=[taken.pk, "set_off"]),
        reverse("orders:own-offer", args=[offer.pk, "steal"]),
    ):
        assert phone.post(path, **HTMX).status_code == 404


def test_a_key_of_another_person_is_no_key_of_his(seven, phone, ivan, signed_in):
    key = str(uuid4())
    assert press(phone, SHIFT, act="break", key=key) == ""
    assert "There is no such action" in press(signed_in(ivan.person), SHIFT, act="fly", key=key)


@pytest.mark.feature("C7")
def test_the_page_is_installable_and_reads_in_his_language(seven, phone):
    page = phone.get("/driver/")
    assert "manifest-src 'self'" in page["Content-Security-Policy"]
    assert "worker-src 'self'" in page["Content-Security-Policy"]
    manifest = json.loads(text_of(phone.get("/driver/app.webmanifest")))
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/driver/", "/driver/", "standalone")
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}
    worker = phone.get("/driver/worker.js")
    assert worker["Content-Type"].startswith("text/javascript")
    seven.person.language = "he"
    seven.person.save()
    assert json.loads(text_of(phone.get("/driver/app.webmanifest")))["dir"] == "rtl"
    assert 'dir="rtl"' in text_of(phone.get("/driver/"))


@pytest.mark.feature("C7", "X1")
def test_the_socket_admits_him_to_his_own_topic_and_no_other(seven, phone, vera, by_vera):
    key = phone.cookies["sessionid"].value
    visitor = visitors([key])[key]
    assert (visitor.person_id, visitor.audience) == (seven.person_id, "driver")
    assert heard_by(visitor.person_id, visitor.audience) == (f"person.{seven.person_id}",)
    state = phone.get("/driver/state/").json()
    assert list(state["numbers"]) == [f"person.{seven.person_id}"]
    offers.offer(order_id=town.ordered(by_vera).pk, call_sign="7", actor=by_vera)
    drawn = render_drive([str(seven.pk), "0"], Viewer("ru", "driver", seven.person_id))
    assert "data-offer=" in drawn[str(seven.pk)]
    assert drawn["0"] is None
    assert render_drive(["1"], Viewer("ru", "dispatcher")) == {"1": None}


def test_the_page_takes_a_fixed_number_of_queries(seven, by_vera, django_assert_max_num_queries):
    from orders.selectors import driving

    offers.offer(order_id=town.ordered(by_vera).pk, call_sign="7", actor=by_vera)
    with django_assert_max_num_queries(10):
        own = driving.read(seven.person_id)
        assert [offer.order.client.name for offer in own.asked] == ["Анна"]
    assert driving.read(by_vera.person.pk) is None


def test_old_presses_are_forgotten(seven, phone):
    press(phone, SHIFT, act="break")
    press(phone, SHIFT, act="resume")
    DriverAct.objects.filter(name=SHIFT).first()
    DriverAct.objects.update(received_at=timezone.now() - timedelta(days=8))
    press(phone, SHIFT, act="break")
    assert forget_old_acts() == 2
    assert Order.objects.count() == 0
