"""The demo town, and the sign-ins of this installation."""

import json
from collections import Counter
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from dispatch.desk import demo
from dispatch.staff.models import Person
from orders import facts
from orders.flow import OPEN_STATES, ActorKind, Facts, State, refusal
from orders.models import Client, Driver, Fleet, Order, Tariff
from telephony.models import Extension


@pytest.fixture(autouse=True)
def quick_hash(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def town(db) -> None:
    assert demo.lay_out()


def test_everybody_is_there(town):
    at_work = Driver.objects.filter(on_shift=True).exclude(call_sign="17").values_list("call_sign", flat=True)
    assert {person.username: person.roles for person in Person.objects.all()} == {
        "vera": ["dispatcher"],
        "boris": ["dispatcher"],
        "sofia": ["supervisor"],
        "marina": ["manager"],
        "anton": ["administrator"],
        "driver17": ["driver"],
    } | {f"cab{sign}": ["driver"] for sign in at_work}
    assert list(Extension.objects.order_by("number").values_list("number", "owner__username")) == [
        ("101", "vera"),
        ("102", "boris"),
        ("103", "sofia"),
        ("104", None),
    ]
    assert Driver.objects.get(call_sign="17").person.username == "driver17"


def test_the_second_time_nothing_changes(town):
    Client.objects.filter(name="Анна Сидорова").update(notes="Домофон починили.")
    before = [model.objects.count() for model in (Person, Extension, Client, Driver, Order)]
    assert not demo.lay_out()
    assert [model.objects.count() for model in (Person, Extension, Client, Driver, Order)] == before
    assert Client.objects.get(name="Анна Сидорова").notes == "Домофон починили."


def test_the_orders_are_a_few_dozen_of_the_last_days_and_some_open_ones(town):
    states = Counter(Order.objects.exclude(channel="recurring").values_list("state", flat=True))
    assert sum(states[state] for state in OPEN_STATES) == (len(demo.UNDER_WAY) + demo.SEARCHED + len(demo.PRE_ORDERS))
    assert {State.COMPLETED, State.CANCELLED, State.NO_SHOW, State.UNFULFILLED} <= set(states)
    assert 30 <= sum(states.values()) <= 60
    now = timezone.now()
    moments = list(Order.objects.order_by("pk").values_list("created_at", flat=True))
    assert now - timedelta(days=3, minutes=1) < moments[0]
    assert max(moments) < now
    assert not Order.objects.open().filter(driver__call_sign="17").exists()


def test_one_client_is_fetched_every_morning(town):
    coming = Order.objects.filter(recurrence__pattern__state=State.COMPLETED, channel="recurring")
    assert len(coming) in (2, 3)  # today's may be over
    assert {order.state for order in coming} == {State.SCHEDULED}
    assert {f"{timezone.localtime(order.pickup_at):%H:%M}" for order in coming} == {"08:15"}


def test_every_order_has_a_past_that_the_machine_allows(town):
    for order in Order.objects.exclude(channel="recurring").prefetch_related("events"):
        state, at, noted, version = State.DRAFT, order.created_at, set(), 0
        for event in sorted(order.events.all(), key=lambda event: event.pk):
            assert event.at >= at
            at = event.at
            if event.transition in facts.NOTES:
                noted.add(event.transition)
                continue
            known = Facts(
                pickup_time=order.pickup_at is not None,
                driver_named=event.driver is not None,
                driver_free=True,
                reason=bool(event.reason),
                client_called=facts.CALLED in noted,
                client_asked=facts.ASKED in noted,
            )
            assert refusal(state, event.transition, ActorKind(event.actor_kind), known) is None
            state, version = State(event.to_state), version + 1
        assert (order.state, order.version, order.state_since) == (state, version, max_move(order))
        assert order.state_since <= timezone.now()


def max_move(order):
    return max(event.at for event in order.events.all() if event.transition not in facts.NOTES)


@pytest.mark.parametrize("step", ["complete", "cancel"])
def test_no_past_against_the_machine_can_be_written(town, step):
    """An order that is searched for cannot be completed, nor cancelled without a reason."""
    steps = (demo.PLACE, demo.Step(step, timedelta()))
    trip = demo.Trip(Client.objects.first(), "+79161234567", "Арбат, 1", "", timezone.now(), steps)
    with pytest.raises(ValueError, match=f"{step} of an order that is searching"):
        demo.past.write(trip=trip, by=Person.objects.get(username="vera"))


def sign_ins(file) -> dict[str, dict[str, str]]:
    return {line["username"]: line for line in json.loads(file.read_text())}


@pytest.mark.django_db
def test_each_installation_has_passwords_of_its_own(tmp_path, client):
    first, second = tmp_path / "a" / "sign-in.json", tmp_path / "b.json"
    call_command("people", "--sign-in", str(first), stdout=StringIO())
    assert first.stat().st_mode & 0o777 == 0o600
    vera = sign_ins(first)["vera"]
    assert (vera["role"], vera["name"]) == ("dispatcher", "Иванова Вера")
    assert Counter(line["role"] for line in sign_ins(first).values())["dispatcher"] == 2
    assert client.post("/sign-in/", {"username": "vera", "password": vera["password"]}).status_code == 302
    Person.objects.all().update(password="!")
    call_command("people", "--sign-in", str(second), stdout=StringIO())
    assert sign_ins(second)["vera"]["password"] != vera["password"]


def test_the_second_run_keeps_the_passwords(tmp_path, town):
    file = tmp_path / "sign-in.json"
    call_command("people", "--sign-in", str(file), stdout=StringIO())
    before, hashes = sign_ins(file), dict(Person.objects.values_list("username", "password"))
    call_command("people", "--sign-in", str(file), stdout=StringIO())
    assert sign_ins(file) == before
    assert dict(Person.objects.values_list("username", "password")) == hashes


def test_a_new_database_takes_the_passwords_of_the_file(tmp_path, town):
    file = tmp_path / "sign-in.json"
    call_command("people", "--sign-in", str(file), stdout=StringIO())
    before = sign_ins(file)
    Person.objects.all().update(password="!")
    call_command("people", "--sign-in", str(file), stdout=StringIO())
    assert sign_ins(file) == before
    assert all(Person.objects.get(username=name).check_password(line["password"]) for name, line in before.items())


@pytest.mark.parametrize("left", ["", "[", '{"a": 1}', '[{"username": "vera"}]', '["vera"]'])
def test_a_file_that_is_lost_or_broken_is_written_anew(tmp_path, town, left):
    file = tmp_path / "sign-in.json"
    call_command("people", "--sign-in", str(file), stdout=StringIO())
    file.write_text(left)
    call_command("people", "--sign-in", str(file), stdout=StringIO())
    assert Person.objects.get(username="vera").check_password(sign_ins(file)["vera"]["password"])


def test_two_fleets_have_numbers_and_prices_and_the_orders_are_priced(town):
    daisy, night = Fleet.objects.order_by("-is_default")
    assert (daisy.is_default, night.is_default) == (True, False)
    assert [fleet.numbers.get().raw for fleet in (daisy, night)] == ["4950000", "4950001"]
    assert {tariff.versions.count() for tariff in Tariff.objects.all()} == {1}
    orders = Order.objects.all()
    assert {order.fleet for order in orders} == {daisy, night}
    priced = [order for order in orders if order.price is not None]
    assert len(priced) == len(orders)
    assert all(order.price % 10 == 0 and order.price_lines and order.distance_m for order in priced)
