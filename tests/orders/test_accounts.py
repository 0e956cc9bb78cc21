"""Companies that pay for their people's trips."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from dispatch.audit.models import Entry
from dispatch.staff.refusal import Refused
from orders import trip as trips
from orders.models import Account, Client, ClientPhone, Employee, Order, Payment, ServiceClass
from orders.selectors import accounts as reading
from orders.services import editing, intake
from orders.services.accounts import Trip, check
from orders.services.intake import Booking, Doubtful
from tests.orders.conftest import ANNA, placed

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C10")]


@pytest.fixture
def factory(db) -> Account:
    return Account.objects.create(name="Завод", currency="RUB", monthly_limit=Decimal(1000))


@pytest.fixture
def employed(factory, anna) -> Employee:
    return Employee.objects.create(account=factory, client=anna, reference="отдел 7", monthly_limit=Decimal(600))


def trip(client: Client, account: Account | None, price: int | None = 100, **more: object) -> Trip:
    fields: dict = {
        "client_id": client.pk,
        "payment": Payment.ACCOUNT,
        "service_class": ServiceClass.ECONOMY,
        "at": timezone.now(),
        "price": None if price is None else Decimal(price),
        "account_id": account.pk if account else None,
    }
    return Trip(**fields | more)


def paid(client: Client, account: Account, price: int, by, **more: object) -> Order:
    fields = {"payment": Payment.ACCOUNT, "account": account, "price": Decimal(price), "currency": "RUB"}
    return placed(client, by, **fields | more)


def test_anna_rides_within_both_limits(employed, factory, anna, by_vera):
    paid(anna, factory, 500, by_vera)
    assert check(trip=trip(anna, factory, 100), actor=by_vera) == ()
    assert check(trip=trip(anna, factory, None), actor=by_vera) == ()  # without a price nothing is known to be too much


def test_over_her_own_limit_only_olga_may_take_it(employed, factory, anna, by_vera, by_olga):
    paid(anna, factory, 500, by_vera)
    with pytest.raises(Refused, match="100.00 RUB left of the own limit at Завод.* A supervisor can take"):
        check(trip=trip(anna, factory, 101), actor=by_vera)
    concern = check(trip=trip(anna, factory, 101), actor=by_olga)[0]
    assert concern.name == "over_limit"


def test_the_whole_companys_limit_counts_all_its_people(employed, factory, anna, by_vera):
    oleg = Client.objects.create(name="Олег")
    Employee.objects.create(account=factory, client=oleg)
    paid(anna, factory, 500, by_vera)
    paid(oleg, factory, 450, by_vera)
    with pytest.raises(Refused, match="Завод has 50.00 RUB left"):
        check(trip=trip(oleg, factory, 51), actor=by_vera)


def test_cancelled_trips_other_months_and_other_ways_to_pay_do_not_count(employed, factory, anna, by_vera):
    now = timezone.now()
    begin, end = reading.month_of(now)
    cancelled = paid(anna, factory, 400, by_vera)
    Order.objects.filter(pk=cancelled.pk).update(state="cancelled")
    paid(anna, factory, 400, by_vera, pickup_at=end)
    paid(anna, factory, 400, by_vera, pickup_at=begin - timedelta(seconds=1))
    paid(anna, factory, 400, by_vera, payment=Payment.CASH)
    paid(anna, factory, 400, by_vera, currency="EUR")
    assert reading.used(factory, now) == 0
    counted = paid(anna, factory, 300, by_vera, pickup_at=end - timedelta(seconds=1))
    assert reading.used(factory, now) == 300
    assert reading.used(factory, now, but=counted.pk) == 0  # an order that is being changed
    assert check(trip=trip(anna, factory, 600, order_id=counted.pk), actor=by_vera) == ()


def test_a_month_is_the_offices_and_december_ends(settings):
    begin, end = reading.month_of(datetime.fromisoformat("2026-12-31T22:30:00+00:00"))  # already January in Moscow
    assert (begin.isoformat(), end.isoformat()) == ("2027-01-01T00:00:00+03:00", "2027-02-01T00:00:00+03:00")


@pytest.mark.parametrize("spoil", ["company off", "employee off", "not hers", "class", "no company"])
def test_what_nobody_can_confirm_is_refused_with_a_sentence(spoil, employed, factory, anna, by_olga):
    Account.objects.filter(pk=factory.pk).update(is_active=spoil != "company off", classes=["comfort"])
    Employee.objects.filter(pk=employed.pk).update(is_active=spoil != "employee off")
    if spoil == "not hers":
        employed.delete()
    wanted = trip(anna, None if spoil == "no company" else factory)
    with pytest.raises(Refused) as refused:
        check(trip=wanted, actor=by_olga)
    assert {
        "company off": "Завод does not pay for trips now.",
        "employee off": "Завод does not pay for this client.",
        "not hers": "Завод does not pay for this client.",
        "class": "Завод pays only for: comfort.",
        "no company": "Choose the company that pays.",
    }[spoil] == refused.value.sentence


def test_cash_where_the_company_forbids_it_is_to_be_confirmed(employed, factory, anna, by_vera):
    cash = trip(anna, None, payment=Payment.CASH)
    assert check(trip=cash, actor=by_vera) == ()
    Account.objects.filter(pk=factory.pk).update(forbids_cash=True)
    assert [concern.name for concern in check(trip=cash, actor=by_vera)] == ["cash"]
    assert check(trip=trip(anna, None, payment=Payment.CARD), actor=by_vera) == ()


def test_marina_keeps_the_companies_and_vera_reads_them(anna, vera, marina, signed_in):
    browser = signed_in(marina)
    typed = {"name": "Банк", "monthly_limit": "5000", "currency": "RUB", "classes": ["comfort"], "is_active": "on"}
    assert browser.post(reverse("orders:account-new"), typed | {"monthly_limit": "-1"}).status_code == 422
    assert browser.post(reverse("orders:account-new"), typed).status_code == 302
    bank = Account.objects.get(name="Банк")
    assert browser.post(reverse("orders:account-new"), typed).status_code == 422  # the name is taken
    add = reverse("orders:employee-new", args=[bank.pk])
    person = {"number": "8 912 345-67-89", "reference": "касса", "is_active": "on"}
    assert browser.post(add, person | {"number": "12"}).status_code == 422
    assert browser.post(add, person).status_code == 302
    assert browser.post(add, person).status_code == 422  # she belongs to it already
    hers = Employee.objects.get()
    assert (hers.client, hers.reference) == (anna, "касса")
    assert browser.post(add, {"number": "89000000001", "name": "Новый", "is_active": "on"}).status_code == 302
    assert Client.objects.get(phones__e164="+79000000001").name == "Новый"
    card = signed_in(vera).get(reverse("orders:account", args=[bank.pk])).content.decode()
    assert "касса" in card
    assert "345-67-89" not in card  # whole numbers are not for a list
    assert "Банк" in signed_in(vera).get(reverse("orders:client", args=[anna.pk])).content.decode()
    change = {"reference": "касса 2", "monthly_limit": "50"}
    assert browser.post(reverse("orders:employee", args=[hers.pk]), change).status_code == 302
    hers.refresh_from_db()
    assert (hers.reference, hers.monthly_limit, hers.is_active) == ("касса 2", Decimal(50), False)
    assert browser.post(reverse("orders:employee-remove", args=[hers.pk])).status_code == 302
    assert not Employee.objects.filter(client=anna).exists()
    assert "employee.removed" in set(Entry.objects.values_list("verb", flat=True))


def test_a_shared_number_asks_who_of_them(anna, factory, marina, signed_in):
    oleg = Client.objects.create(name="Олег")
    ClientPhone.objects.create(client=oleg, e164=ANNA, raw=ANNA, is_main=True)
    add = reverse("orders:employee-new", args=[factory.pk])
    page = signed_in(marina).post(add, {"number": ANNA, "is_active": "on"})
    assert page.status_code in (302, 422)
    assert signed_in(marina).post(add, {"number": ANNA, "client": oleg.pk, "is_active": "on"}).status_code == 302
    assert Employee.objects.filter(client=oleg).exists()


def test_list_and_card_take_a_fixed_number_of_queries(factory, by_vera, django_assert_num_queries):
    for number in range(60):
        Account.objects.create(name=f"Фирма {number:02}", currency="RUB")
        client = Client.objects.create(name=f"Клиент {number}")
        Employee.objects.create(account=factory, client=client)
        paid(client, factory, 1, by_vera)
    with django_assert_num_queries(2):
        lines = reading.accounts()
    assert len(lines) == reading.PAGE + 1
    assert next(line for line in lines if line.account == factory).balance.used == 60
    with django_assert_num_queries(5):
        card = reading.card(factory.pk)
        assert [list(member.employee.client.phones.all()) for member in card.members]
    assert (len(card.members), card.balance.used, card.members[0].balance.used) == (50, 60, 1)
    assert len(reading.card(factory.pk, after=card.after).members) == 10


# --- where an order is taken and changed -----------------------------------------------------------------------------


def booked(account: Account, **more: object) -> Booking:
    fields: dict = {"phone": ANNA, "phone_raw": ANNA, "pickup": "Ленина, 5", "payment": "account", "account": account}
    return Booking(**fields | more)


def priced(monkeypatch, amount: int) -> None:
    def put(order, *, at, stops=()):
        order.price, order.currency = Decimal(amount), "RUB"

    monkeypatch.setattr("orders.services.pricing.price", put)


def test_an_order_over_the_limit_is_olgas_to_confirm(employed, factory, anna, by_vera, by_olga, monkeypatch):
    priced(monkeypatch, 350)
    assert intake.place(booking=booked(factory), actor=by_vera).account == factory
    other = booked(factory, pickup="Мира, 1")
    with pytest.raises(Refused, match="A supervisor can take"):
        intake.place(booking=other, actor=by_vera, accepted=frozenset({"over_limit"}))
    with pytest.raises(Doubtful) as doubtful:
        intake.place(booking=other, actor=by_olga)
    assert [concern.name for concern in doubtful.value.concerns] == ["over_limit"]
    assert intake.place(booking=other, actor=by_olga, accepted=frozenset({"over_limit"})).price == 350


def test_several_cars_are_counted_together(employed, factory, anna, by_vera, monkeypatch):
    priced(monkeypatch, 350)
    with pytest.raises(Refused):
        intake.place(booking=booked(factory, cars=2), actor=by_vera)
    assert not Order.objects.exists()


def test_an_edit_cannot_slip_past_the_company(employed, factory, anna, by_vera, by_olga):
    order = placed(anna, by_vera, price=Decimal(700), currency="RUB")
    wanted = replace(trips.of(order), payment="account", account=factory)
    with pytest.raises(Refused, match="A supervisor can take"):
        editing.edit(order_id=order.pk, wanted=wanted, version=order.version, actor=by_vera)
    editing.edit(order_id=order.pk, wanted=wanted, version=order.version, actor=by_olga)
    order.refresh_from_db()
    assert order.account == factory
