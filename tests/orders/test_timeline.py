"""All that happened to an order in one line of time, however long it is."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dispatch.desk.models import CallBack
from orders.actors import driver as by_driver
from orders.models import Offer
from orders.services import contact, editing, lifecycle, offers
from tests.orders.conftest import ANNA, HTMX, driver, placed
from tests.orders.town import at_work, fleet, ordered

pytestmark = pytest.mark.django_db


def lines_of(answer) -> list[tuple[str, str]]:
    """(kind, words) of each line on the page, the newest first."""
    found = re.findall(r'<li class="timeline-line" data-group="(\w+)".*?<div>(.*?)</div></li>', page_of(answer), re.S)
    return [(group, " ".join(re.sub(r"<[^>]+>", " ", words).split())) for group, words in found]


def page_of(answer) -> str:
    return answer.content.decode()


@pytest.mark.feature("C4")
def test_vera_reads_who_was_asked_how_and_who_refused_after_how_long(by_vera, vera, signed_in):
    fleet()
    ivan, pyotr = at_work("17", 300), at_work("18", 900)
    order = ordered(by_vera)
    first = offers.offer(order_id=order.pk, call_sign="17", actor=by_vera)
    Offer.objects.filter(pk=first.pk).update(sent_at=timezone.now() - timedelta(seconds=2))
    offers.refuse(offer_id=first.pk, actor=by_driver(ivan.person), reason="колесо")
    second = offers.offer(order_id=order.pk, call_sign="18", actor=by_vera)
    offers.accept(offer_id=second.pk, actor=by_driver(pyotr.person))
    lines = lines_of(signed_in(vera).get(reverse("orders:detail", args=[order.pk])))
    assert [group for group, _ in lines] == ["offers", "offers", "offers", "offers", "states"]
    accepted, offered, refused, _first, taken = (words for _, words in lines)
    assert accepted.startswith("Offer accepted : 18 after 0 s")
    assert offered.startswith("Offered : 18 by hand")
    assert refused.startswith("Offer refused : 17 after 2 s")
    assert "колесо" in refused
    assert "Order taken" in taken
    assert "Vera" in taken


@pytest.mark.feature("C4")
def test_an_offer_to_all_is_one_line_with_all_of_them_and_each_refusal_its_own(by_vera, vera, signed_in):
    fleet()
    at_work("17", 300), at_work("18", 900), at_work("19", 1200)
    order = ordered(by_vera)
    sent = offers.broadcast(order_id=order.pk, actor=by_vera)
    offers.refuse(offer_id=sent[0].pk, actor=by_driver(sent[0].driver.person), reason="обед")
    offers.accept(offer_id=sent[1].pk, actor=by_driver(sent[1].driver.person))
    lines = lines_of(signed_in(vera).get(reverse("orders:history", args=[order.pk]), **HTMX))
    words = [words for _, words in lines]
    assert any(line.startswith("Offered to all : 17 , 18 , 19") for line in words)
    assert any(line.startswith("Offer refused : 17 to all after") and "обед" in line for line in words)
    assert any(line.startswith("Offer accepted : 18") for line in words)
    assert not any("taken back" in line for line in words)


@pytest.mark.feature("C4")
def test_changes_contacts_and_promised_calls_stand_in_the_same_line(order, vera, by_vera, signed_in):
    changed = editing.Wording(phone=ANNA, pickup="Садовая, 3", destination="", pickup_at=None, comment="")
    editing.edit(order_id=order.pk, wanted=changed, version=order.version, actor=by_vera)
    contact.note(order_id=order.pk, kind="client_asked", actor=by_vera, outcome="подождёт")
    promise = CallBack.objects.create(
        phone=ANNA, order=order, due_at=timezone.now(), note="про чемодан", created_by=vera
    )
    browser = signed_in(vera)
    answer = browser.get(reverse("orders:detail", args=[order.pk]))
    lines = lines_of(answer)
    assert [group for group, _ in lines] == ["calls", "calls", "changes", "states"]
    assert "про чемодан" in lines[0][1]
    assert "подождёт" in lines[1][1]
    assert re.search(r"Ленина, 5 .*Садовая, 3", lines[2][1])
    assert f'data-follows="callbacks:1 timeline:{order.pk}"' in page_of(answer)
    promise.done_at, promise.done_by = timezone.now(), vera
    promise.save()
    answer = browser.get(reverse("orders:detail", args=[order.pk]))
    assert "Called back as promised" in lines_of(answer)[0][1]
    assert f'data-follows="timeline:{order.pk}"' in page_of(answer)


@pytest.mark.feature("C4")
def test_the_page_costs_as_many_queries_for_a_long_life_as_for_a_short_one(by_vera, vera, anna, signed_in):
    fleet()
    short, long = placed(anna, by_vera), placed(anna, by_vera, "Садовая, 3")
    for order, times in ((short, 1), (long, 20)):
        for turn in range(times):
            _lives(order, driver(f"{order.pk}{turn}"), by_vera, vera)
    browser = signed_in(vera)

    def queries(order) -> int:
        with CaptureQueriesContext(connection) as captured:
            answer = browser.get(reverse("orders:history", args=[order.pk]))
        assert answer.status_code == 200
        return len(captured)

    queries(short)
    assert queries(long) == queries(short)


def _lives(order, one, by_vera, vera) -> None:
    lifecycle.move(order_id=order.pk, name="assign", actor=by_vera, driver=one)
    lifecycle.move(order_id=order.pk, name="unassign", actor=by_vera, reason="сломался")
    contact.note(order_id=order.pk, kind="client_asked", actor=by_vera)
    now = timezone.now()
    Offer.objects.create(
        order=order, driver=one, phase="manual", state="refused", sent_at=now, expires_at=now, ended_at=now
    )
    CallBack.objects.create(phone=ANNA, order=order, due_at=now, created_by=vera, done_at=now, done_by=vera)
