"""The list and its filter panel: what is found, in which order, in how many queries."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.utils import timezone

from dispatch.live import drawing, registry
from dispatch.live.numbers import Told
from dispatch.live.registry import Viewer
from dispatch.staff.models import Person
from orders import actors, urgency
from orders.filters import Filter
from orders.live import render_orders
from orders.models import Account, Client, Fleet, Order, Tariff, TariffVersion
from orders.selectors import counting, listing, searching
from orders.selectors.listing import page
from orders.services import assignment, lifecycle, marks
from orders.services.editing import Wording, edit
from orders.urgency import RANKS, Patience, Reason
from places.models import Zone
from tests.orders.conftest import ANNA, person, placed

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=ZoneInfo("Europe/Moscow"))
MINUTE = timedelta(minutes=1)


@pytest.fixture
def town(anna, by_vera, ivan):
    """Five open orders in their order on the list, and one closed."""
    later = timezone.now() + timedelta(hours=6)
    preorder = placed(anna, by_vera, "Позже, 1", pickup_at=later)
    busy = placed(anna, by_vera, "В пути, 1")
    assignment.assign(order_id=busy.pk, call_sign="17", actor=by_vera)
    first = placed(Client.objects.create(name="Олег"), by_vera, "Первый, 1")
    second = placed(anna, by_vera, "Второй, 1", destination="Вокзал")
    soonest = placed(anna, by_vera, "Срочный, 1", pickup_at=timezone.now() - timedelta(minutes=5))
    closed = placed(anna, by_vera, "Закрыт, 1")
    lifecycle.move(order_id=closed.pk, name="cancel", actor=by_vera, reason="x")
    return [soonest, first, second, busy, preorder], closed


def pickups(query: dict[str, str], person: Person | None = None) -> set[str]:
    return {order.pickup for order in page(Filter.read(query), person_id=person.pk if person else None).orders}


@pytest.mark.feature("C3")
def test_the_list_begins_with_who_waits_longest_without_a_driver(town, django_assert_num_queries):
    in_order, _closed = town
    with django_assert_num_queries(2):
        found = page(Filter()).orders
        assert [(order.client.name, order.driver, order.fleet, order.zone, order.account) for order in found]
    assert list(found) == in_order


@pytest.mark.feature("C3")
@pytest.mark.parametrize(
    ("state", "due", "since", "fields", "why"),
    [
        ("searching", -6, -6, {}, Reason.OVERDUE),
        ("offered", -6, 0, {}, Reason.OVERDUE),
        ("searching", -4, -4, {}, Reason.SOON),
        ("searching", -60, -60, {"is_on_hold": True}, Reason.LATER),
        ("arrived", -20, -6, {}, Reason.WAITING),
        ("arrived", -20, -4, {}, Reason.CALM),
        ("en_route", -16, -2, {}, Reason.LATE),
        ("en_route", -14, -2, {}, Reason.CALM),
        ("assigned", -1, -2, {"is_later": True}, Reason.LATE),
        ("scheduled", 29, -600, {"is_later": True}, Reason.SOON),
        ("scheduled", 31, -600, {"is_later": True}, Reason.LATER),
        ("on_board", -90, -60, {}, Reason.CALM),
    ],
)
def test_urgency_has_a_reason(state, due, since, fields, why):
    patience = Patience(*(minutes * MINUTE for minutes in (5, 5, 15, 30)))
    known = {"is_later": False, "is_on_hold": False} | fields
    found = urgency.reason(
        state=state, due_at=NOON + due * MINUTE, since=NOON + since * MINUTE, now=NOON, patience=patience, **known
    )
    assert found == why


@pytest.mark.feature("C3")
def test_the_database_ranks_as_the_machine_of_urgency_does(town, by_vera):
    in_order, _closed = town
    for place, order in enumerate(in_order):
        Order.objects.filter(pk=order.pk).update(state_since=timezone.now() - place * 3 * MINUTE)
    Order.objects.filter(pk=in_order[3].pk).update(state="arrived")
    marks.hold(order_id=in_order[1].pk, actor=by_vera)
    for ahead in (0, 4, 10, 16, 40, 400):
        now = timezone.localtime() + ahead * MINUTE
        found = [RANKS[listing.reason_of(order, now)] for order in page(Filter(), now=now).orders]
        assert found == sorted(found), ahead


@pytest.mark.feature("C3")
@pytest.mark.parametrize(
    "query",
    [
        {},
        {"state": "all"},
        *(
            {"state": "all", "sort": turn + name}
            for turn in ("", "-")
            for name in ("number", "time", "client", "driver", "price", "way", "state")
        ),
    ],
    ids=str,
)
def test_pages_go_on_where_the_last_one_ended(town, query):
    Order.objects.filter(pk__in=[town[0][0].pk, town[0][1].pk]).update(price=300, currency="RUB")
    wanted = Filter.read(query)
    whole, after = [], ""
    while True:
        part = page(wanted, after=after, size=2)
        whole += part.orders
        after = part.after
        if not after:
            break
    assert [order.pk for order in whole] == [order.pk for order in page(wanted, size=50).orders]
    assert len(whole) == (6 if query else 5)


@pytest.mark.feature("C3")
def test_what_has_no_price_stands_last_whichever_way_it_is_sorted(town):
    cheap, dear = town[0][:2]
    Order.objects.filter(pk=cheap.pk).update(price=100)
    Order.objects.filter(pk=dear.pk).update(price=900)
    assert list(page(Filter(sort="price")).orders)[:2] == [cheap, dear]
    assert list(page(Filter(sort="-price")).orders)[:2] == [dear, cheap]


@pytest.mark.feature("C2")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "вокзал"}, {"Второй, 1"}),
        ({"q": "первый"}, {"Первый, 1"}),
        ({"q": "gthdsq"}, {"Первый, 1"}),  # typed with the Latin keyboard on
        ({"q": "pervyi"}, {"Первый, 1"}),
        ({"q": "перивй"}, {"Первый, 1"}),  # a slip
        ({"q": "перв 1"}, {"Первый, 1"}),
        ({"q": "олег"}, {"Первый, 1"}),
        ({"q": "17"}, {"В пути, 1"}),
        ({"state": "scheduled"}, {"Позже, 1"}),
        ({"state": "closed"}, {"Закрыт, 1"}),
        ({"state": "unassigned"}, {"Первый, 1", "Второй, 1", "Срочный, 1"}),
        ({"state": "unassigned,assigned", "q": "пути"}, {"В пути, 1"}),
        ({"state": "unassigned,scheduled", "q": "позже"}, {"Позже, 1"}),
        ({"state": "closed", "q": "8 912 345 67 89"}, {"Закрыт, 1"}),
        ({"state": "closed", "q": "+7(912)345-67-89"}, {"Закрыт, 1"}),
        ({"state": "closed", "q": "345678"}, {"Закрыт, 1"}),
        ({"state": "closed", "q": "345-67-89"}, {"Закрыт, 1"}),  # the end of a mobile, and as long as a city's number
        ({"state": "closed", "q": "зыкрыт"}, {"Закрыт, 1"}),
        ({"state": "closed", "q": "pfrhsn"}, {"Закрыт, 1"}),
        ({"q": "%_"}, set()),
        ({"state": "nonsense", "q": "первый", "client": "x", "driver": "-1"}, {"Первый, 1"}),
        ({"sign": "17"}, {"В пути, 1"}),
        ({"state": "all", "period": "yesterday"}, set()),
        ({"state": "all", "period": "nonsense", "q": "закрыт"}, {"Закрыт, 1"}),
    ],
    ids=lambda case: str(case if isinstance(case, dict) else sorted(case)),  # a set's own order changes with each run
)
def test_the_filter_finds_by_state_text_phone_and_call_sign(town, query, found):
    assert pickups(query) == found


@pytest.mark.feature("C2")
def test_every_condition_narrows_and_all_combine(anna, by_vera, by_boris, vera, boris):
    fleet = Fleet.objects.create(name="City")
    tariff = Tariff.objects.create(fleet=fleet, name="Day", service_class="business")
    version = TariffVersion.objects.create(tariff=tariff, valid_from=timezone.now(), currency="RUB", rates={})
    zone = Zone.objects.create(name="Centre", area={}, south=0, north=1, west=0, east=1)
    firm = Account.objects.create(name="Firm", currency="RUB")
    vip = Client.objects.create(name="Вип", mark="vip")
    Client.objects.filter(pk=anna.pk).update(created_at=timezone.now() - timedelta(days=30))
    anna.refresh_from_db()
    conditions = {
        "fleet": ({"fleet": fleet}, str(fleet.pk)),
        "tariff": ({"tariff_version": version}, str(tariff.pk)),
        "zone": ({"zone": zone}, str(zone.pk)),
        "class": ({"service_class": "business"}, "business"),
        "payment": ({"payment": "card"}, "card"),
        "channel": ({"channel": "api"}, "api"),
        "clients": ({"account": firm}, "corporate"),
    }
    for name, (fields, value) in conditions.items():
        placed(anna, by_vera, name, **fields)
        assert pickups({name: value}) == {name}
    everything = {field: value for fields, _value in conditions.values() for field, value in fields.items()}
    both = placed(vip, by_boris, "всё", **everything)
    query = {name: value for name, (_fields, value) in conditions.items()} | {"by": "me", "state": "unassigned"}
    assert pickups(query, boris) == {"всё"}
    assert pickups(query, vera) == set()
    assert pickups({"clients": "vip"}) == pickups({"clients": "new"}) == {"всё"}
    assert pickups({"by": str(boris.pk)}) == {"всё"}
    assert pickups({"state": "problem"}) == set()
    marks.raise_problem(order_id=both.pk, problem="не тот адрес", actor=by_vera)
    assert pickups({"state": "problem"}) == pickups({"state": "problem,closed"}) == {"всё"}


@pytest.mark.feature("C2")
def test_all_of_the_filter_stands_in_the_address():
    given = {
        "state": "unassigned,problem", "from": "2026-11-01", "to": "2026-11-03", "class": "comfort", "tariff": "3",
        "zone": "4", "fleet": "5", "driver": "6", "sign": "17", "client": "7", "by": "me", "channel": "phone",
        "payment": "cash", "clients": "vip", "q": "ё", "sort": "-price",
    }  # fmt: skip
    wanted = Filter.read(given)
    assert {field for field in Filter.__dataclass_fields__ if not getattr(wanted, field)} == {"period"}
    assert "q=%D1%91" in wanted.query
    assert Filter.read(QueryDict(wanted.query)) == wanted
    assert Filter.read({"state": "open", "sort": "urgency"}) == Filter()
    assert Filter.read({"by": "x", "from": "2026-13-01", "class": "<b>", "sort": "'", "zone": "9" * 30}) == Filter()


@pytest.mark.feature("C2")
def test_days_are_those_of_the_office():
    assert Filter(period="today").bounds(NOON) == (NOON.replace(hour=0), NOON.replace(hour=0) + timedelta(1))
    since, until = Filter(since=date(2026, 11, 1), until=date(2026, 11, 1)).bounds(NOON)
    assert (since.isoformat(), until.isoformat()) == ("2026-11-01T00:00:00+03:00", "2026-11-02T00:00:00+03:00")
    assert Filter(period="month").bounds(NOON)[0] == NOON.replace(hour=0) - timedelta(30)
    assert not Filter(period="tomorrow", state=("scheduled",)).is_live
    assert Filter.read({"from": "0001-01-01", "to": "9999-12-31"}) == Filter()


@pytest.mark.feature("C3")
def test_the_history_is_newest_first_and_says_how_far_back_it_looked(town, anna, by_vera, settings):
    _in_order, closed = town
    old = placed(anna, by_vera, "Давно, 1")
    lifecycle.move(order_id=old.pk, name="cancel", actor=by_vera, reason="x")
    Order.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=400))
    found = page(Filter(state=("closed",)))
    assert (list(found.orders), found.back_to, found.after) == ([closed, old], None, "")
    settings.LIST_SEARCH_SECONDS = 0  # no time at all
    found = page(Filter(state=("closed",), text="Давно"))
    assert list(found.orders) == []
    by_price = page(Filter(state=("closed",), sort="price"))
    assert list(by_price.orders) == [closed]
    assert (timezone.now() - by_price.back_to).days == 31
    settings.LIST_SEARCH_SECONDS = 5
    assert list(page(Filter(state=("closed",), text="Давно")).orders) == [old]


@pytest.mark.feature("C2", "C3")
@pytest.mark.parametrize("near", [0, 1, 3, 1000])
@pytest.mark.parametrize("query", [{}, {"period": "month"}, {"period": "month", "payment": "cash"}, {"zone": "7"}])
def test_wherever_the_near_past_ends_a_text_finds_the_same_pages(anna, by_vera, monkeypatch, near, query):
    monkeypatch.setattr(searching, "NEAR", near)
    zone = Zone.objects.create(pk=7, name="Centre", area={}, south=0, north=0, west=0, east=0)
    matching = []
    for number, days in enumerate((0, 1, 2, 2, 20, 45, 300, 700)):
        for street in ("Ленина", "Мира"):
            order = placed(anna, by_vera, f"{street}, {number}")
            Order.objects.filter(pk=order.pk).update(created_at=timezone.now() - timedelta(days=days), zone=zone)
            if street == "Ленина" and (days < 31 or "period" not in query):
                matching.append(order.pk)
    wanted = Filter.read({"state": "all", "q": "ktybyf", **query})
    shown, found = [], page(wanted, size=2)
    while found.after:
        shown += [order.pk for order in found.orders]
        found = page(wanted, size=2, after=found.after)
    shown += [order.pk for order in found.orders]
    due = Order.objects.in_bulk(matching)
    assert shown == sorted(matching, key=lambda pk: (due[pk].due_at, pk), reverse=True)

    upwards = page(Filter.read({"state": "all", "q": "ktybyf", "period": "month", "sort": "time"})).orders
    assert [order.due_at for order in upwards] == sorted(order.due_at for order in upwards)
    assert len(upwards) == 5


@pytest.mark.feature("C3")
def test_where_the_time_ran_out_one_can_look_further_back(town, monkeypatch):
    _in_order, closed = town
    answers = iter([[(closed.pk, closed.created_at)], None])
    monkeypatch.setattr(searching, "_within", lambda seconds, question: next(answers))
    found = page(Filter(state=("closed",), zone=None, payment="cash"))
    assert list(found.orders) == [closed]
    assert found.back_to is not None
    assert found.after
    monkeypatch.undo()
    assert list(page(Filter(state=("closed",), payment="cash"), after=found.after).orders) == []


def test_a_forged_key_of_a_page_is_the_first_page(town):
    for after in ("1-2-3-4", "WzEsMl0", "W10", "é", "bnVsbA", "W3sidCI6IngifSwxXQ", "W1tb" * 2000):
        for wanted in (Filter(), Filter(state=("all",))):
            assert list(page(wanted, after=after).orders)[:1] == list(page(wanted).orders)[:1], after


@pytest.mark.feature("C2")
def test_the_filter_by_client_and_driver_is_in_the_address(town, anna, ivan):
    wanted = Filter.read({"client": str(anna.pk), "driver": str(ivan.pk)})
    assert [order.pickup for order in page(wanted).orders] == ["В пути, 1"]
    order = page(Filter(text=f"#{page(wanted).orders[0].pk}")).orders
    assert [o.pickup for o in order] == ["В пути, 1"]


@pytest.mark.feature("C2")
@pytest.mark.parametrize(
    ("query", "queries"),
    [
        ({}, 2), ({"zone": "1", "by": "me"}, 2), ({"q": "ленина"}, 4), ({"sort": "price"}, 2),
        ({"period": "today"}, 6), ({"state": "closed", "q": "ленина"}, 30), ({"state": "closed", "driver": "1"}, 2),
    ],
    ids=str,
)  # fmt: skip
def test_a_page_takes_a_fixed_number_of_queries(town, anna, by_vera, query, queries, django_assert_max_num_queries):
    for house in range(20):
        placed(anna, by_vera, f"Ленина, {house}")
    with django_assert_max_num_queries(queries):  # of the history with a text: six steps, each with its savepoint
        page(Filter.read(query), person_id=1)


@pytest.mark.feature("C2")
def test_the_tabs_count_what_is_in_each_group(town, by_vera, django_assert_num_queries):
    marks.raise_problem(order_id=town[0][0].pk, problem="не тот адрес", actor=by_vera)
    with django_assert_num_queries(2):
        counted = counting.counts()
    assert counted == {
        "open": 5, "unassigned": 3, "offered": 0, "assigned": 1, "arrived": 0, "on_board": 0, "scheduled": 1,
        "problem": 1, "closed": 1,
    }  # fmt: skip
    assert counting.counts(Filter(text="Закрыт", state=("assigned",)))["closed"] == 1
    assert counting.counts(Filter(text="Второй"))["open"] == 1
    assert counting.counts(Filter(period="yesterday"))["closed"] == 0


@pytest.mark.feature("C2")
def test_more_than_a_thousand_is_not_counted_on(town, monkeypatch, signed_in, vera):
    monkeypatch.setattr(counting, "MANY", 2)
    assert counting.counts()["open"] == 3
    assert "2+" in signed_in(vera).get("/orders/").content.decode()


@pytest.mark.feature("C2")
def test_a_batch_is_read_once_and_counted_once_for_all_viewers(town, django_assert_num_queries):
    """However many changes, languages and roles: the rows are read once, and the groups counted once."""
    keys = [str(order.pk) for order in town[0]]
    told = [Told("orders", number, "order", key) for number, key in enumerate(keys, start=1)]
    viewers = [Viewer(language, role) for language in ("en", "ru", "he") for role in ("dispatcher", "supervisor")]
    with django_assert_num_queries(3):
        frames = drawing.frames({"orders": told}, {"orders": viewers})
    assert len(frames) == 6
    for frame in frames.values():
        assert frame.count('"kind": "order"') == 5
        assert frame.count('"kind": "order-counts"') == 1
    assert registry.once("orders", lambda: "not kept after the batch") == "not kept after the batch"


@pytest.mark.feature("C3")
def test_a_row_is_drawn_once_for_all_who_may_see_the_same(town, django_assert_num_queries):
    in_order, closed = town
    keys = [str(order.pk) for order in [*in_order, closed]] + ["987654"]
    with django_assert_num_queries(1):
        drawn = render_orders(keys, Viewer("en", "dispatcher"))
    assert (drawn[str(closed.pk)], drawn["987654"]) == (None, None)
    row = drawn[str(in_order[3].pk)]
    assert f'id="order-{in_order[3].pk}"' in row
    assert 'data-state="assigned"' in row
    assert 'data-sign="17"' in row
    assert "8 (912) 345-67-89" in row
    assert "white Škoda" in row
    masked = render_orders(keys, Viewer("en", "manager"))[str(in_order[3].pk)]
    assert "8 (912) 345-67-89" not in masked
    assert ANNA.lstrip("+") not in masked
    assert "assigned" in row
    assert Order.objects.count() == 6


def test_an_order_is_found_by_what_it_says_now(order, anna):
    assert pickups({"q": "ленина"}) == {"Ленина, 5"}
    wanted = Wording(phone=ANNA, pickup="Мира, 7", destination="", pickup_at=None, comment="")
    edit(order_id=order.pk, wanted=wanted, version=order.version, actor=actors.staff(person("x", "dispatcher")))
    assert pickups({"q": "ленина"}) == set()
    assert pickups({"q": "мира"}) == {"Мира, 7"}
