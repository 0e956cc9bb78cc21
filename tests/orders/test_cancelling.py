"""Who called it off, and why: the office's list, what is written to the order, and what the reports count."""

import pytest
from django.utils import timezone

from dispatch.audit.models import Entry
from dispatch.reports import facts, figures, tables
from dispatch.reports.periods import Period
from dispatch.staff.models import Role
from orders.actors import SYSTEM, Actor
from orders.flow import ActorKind, State
from orders.models import CalledOffBy, CancelReason, Fleet, Order, OrderEvent
from orders.selectors import cancelling
from orders.services import assignment, contact, lifecycle
from tests.orders.conftest import HTMX, person, placed

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C4", "C6")]


@pytest.fixture
def broken_down(db) -> CancelReason:
    return CancelReason.objects.create(by_whom=CalledOffBy.DRIVER, text="машина сломалась")


@pytest.fixture
def veras(vera, signed_in):
    return signed_in(vera)


def cancelled(browser, order: Order, **typed: object):
    return browser.post(f"/orders/{order.pk}/cancel/", typed, **HTMX)


def last(order: Order) -> OrderEvent:
    return order.events.latest("pk")


def test_a_reason_of_the_list_says_whose_doing_it_is(order, veras, broken_down):
    page = cancelled(veras, order, cause=broken_down.pk).content.decode()
    event = last(order)
    assert (event.reason, event.by_whom, event.actor_kind) == ("машина сломалась", "driver", "dispatcher")
    assert "машина сломалась" in page
    assert "the driver" in page


def test_what_is_not_on_the_list_is_said_in_words(order, veras):
    assert "in a few words" in cancelled(veras, order, cause="client").content.decode()
    cancelled(veras, order, cause="client", reason="заболел")
    assert (last(order).reason, last(order).by_whom) == ("заболел", "client")


@pytest.mark.parametrize("cause", ["", "nobody", "987654321", "9" * 40, "-1"])
def test_nothing_is_cancelled_without_saying_who(order, veras, cause):
    answer = cancelled(veras, order, cause=cause, reason="x")
    assert answer.status_code == 409
    assert "Choose who called it off" in answer.content.decode()
    order.refresh_from_db()
    assert order.state == State.SEARCHING


def test_a_reason_that_is_switched_off_is_neither_offered_nor_taken(order, veras, broken_down):
    assert "машина сломалась" in veras.get(f"/orders/{order.pk}/", **HTMX).content.decode()
    CancelReason.objects.update(is_active=False)
    assert "машина сломалась" not in veras.get(f"/orders/{order.pk}/", **HTMX).content.decode()
    assert cancelled(veras, order, cause=broken_down.pk).status_code == 409


def test_a_fleet_has_reasons_of_its_own(anna, by_vera, veras, broken_down, django_assert_num_queries):
    daisy, night = Fleet.objects.create(name="Ромашка"), Fleet.objects.create(name="Ночной")
    CancelReason.objects.create(fleet=night, by_whom=CalledOffBy.OFFICE, text="закрыто на ночь")
    with django_assert_num_queries(1):
        of_night = dict(cancelling.offered(night.pk))
    of_daisy = dict(cancelling.offered(daisy.pk))
    assert [one.text for one in of_night[CalledOffBy.OFFICE]] == ["закрыто на ночь"]
    assert of_daisy[CalledOffBy.OFFICE] == []
    assert [one.text for one in of_daisy[CalledOffBy.DRIVER]] == ["машина сломалась"]
    assert list(of_daisy) == list(CalledOffBy)


def test_who_presses_the_button_is_not_whose_doing_it_is(anna, by_vera, olga, ivan):
    def end(name: str, actor=by_vera, **said: str) -> str:
        order = placed(anna, by_vera)
        lifecycle.move(order_id=order.pk, name=name, actor=actor, **said)
        return last(order).by_whom

    assert end("cancel", reason="x") == "office"
    assert end("cancel", reason="x", by_whom="other") == "other"
    assert end("cancel", actor=Actor(ActorKind.CLIENT), reason="x") == "client"
    assert end("cancel", actor=SYSTEM, reason="x") == "office"
    order = placed(anna, by_vera)
    contact.note(order_id=order.pk, kind="client_asked", actor=by_vera)
    lifecycle.move(order_id=order.pk, name="give_up", actor=by_vera)
    assert last(order).by_whom == "office"
    order = placed(anna, by_vera)
    assignment.assign(order_id=order.pk, call_sign="17", actor=by_vera)
    for step in ("set_off", "arrive"):
        lifecycle.move(order_id=order.pk, name=step, actor=by_vera)
    assert last(order).by_whom == ""
    contact.note(order_id=order.pk, kind="client_called", actor=by_vera)
    lifecycle.move(order_id=order.pk, name="no_show", actor=by_vera)
    assert last(order).by_whom == "client"


@pytest.mark.feature("C3")
def test_many_are_cancelled_for_one_reason(anna, by_vera, veras, broken_down):
    orders = [placed(anna, by_vera, f"Мира, {number}") for number in range(2)]
    sent = {"act": "cancel", "order": [one.pk for one in orders]}
    assert veras.post("/orders/bulk/", sent, **HTMX).status_code == 409
    veras.post("/orders/bulk/", sent | {"cause": broken_down.pk}, **HTMX)
    assert {last(one).by_whom for one in orders} == {"driver"}


@pytest.mark.feature("C12")
def test_the_report_counts_by_whom_and_why_and_keeps_what_was_written_before(anna, by_vera, veras, broken_down):
    since = timezone.now()
    cancelled(veras, placed(anna, by_vera), cause=broken_down.pk)
    cancelled(veras, placed(anna, by_vera), cause="client", reason="заболел")
    old = placed(anna, by_vera)
    Order.objects.filter(pk=old.pk).update(state=State.CANCELLED)  # before there was a list
    old.events.create(
        at=timezone.now(), transition="cancel", from_state="searching", to_state="cancelled",
        actor=by_vera.person, actor_kind="dispatcher", reason="как раньше",
    )  # fmt: skip
    facts.rebuild()
    found = figures.of(Period(since, timezone.now()))
    ends = next(table for table in tables.tables(found) if table.name == "end")
    assert sorted((row[0], row[1], row[2]) for row in ends.rows) == [
        ("the client", "заболел", 1),
        ("the dispatcher", "как раньше", 1),
        ("the driver", "машина сломалась", 1),
    ]


def test_marina_keeps_the_list(marina, vera, signed_in):
    browser = signed_in(marina)
    typed = {"text": "передумал", "by_whom": "client", "fleet": "", "is_active": "on"}
    assert browser.post("/cancel-reasons/", typed).status_code == 302
    kept = CancelReason.objects.get()
    assert (kept.text, kept.by_whom, kept.fleet) == ("передумал", "client", None)
    twice = browser.post("/cancel-reasons/", typed)
    assert twice.status_code == 422
    assert "has this reason already" in twice.content.decode()
    browser.post(f"/cancel-reasons/{kept.pk}/", typed | {"is_active": ""})
    kept.refresh_from_db()
    assert not kept.is_active
    assert list(
        Entry.objects.filter(verb__startswith="cancel_reason").order_by("pk").values_list("verb", flat=True)
    ) == [
        "cancel_reason.added",
        "cancel_reason.changed",
    ]
    admin = signed_in(person("ada", Role.ADMINISTRATOR))
    assert "передумал" in admin.get("/cancel-reasons/").content.decode()
    assert signed_in(vera).get("/cancel-reasons/").status_code == 404
