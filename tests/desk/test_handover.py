"""Vera goes home: what is open is handed over, and Boris accepts it; calls that were promised are not forgotten."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone

from dispatch.audit.models import Entry
from dispatch.desk import handover
from dispatch.desk.models import CallBack, Handover
from dispatch.live import registry
from dispatch.live.registry import Viewer
from dispatch.staff.refusal import Refused
from dispatch.staff.services.shifts import end_shift
from orders.flow import State
from tests.desk.test_shifts_page import talk
from tests.telephony import office

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C1")]


def browser(person) -> Browser:
    made = Browser()
    made.force_login(person)
    return made


def test_at_the_end_of_a_shift_what_is_open_is_left_to_the_next():
    vera, boris = office.vera(), office.boris()
    anna = office.client()
    now = timezone.now()
    waits = office.order(anna)
    office.order(anna, state=State.SCHEDULED, pickup_at=now + timedelta(hours=5))  # not soon
    office.order(anna, state=State.COMPLETED, problem="lost umbrella")  # closed
    trouble = office.order(anna, by=office.driver(), problem="wrong entrance")
    CallBack.objects.create(phone=office.ANNA, due_at=now, note="price", created_by=vera)
    browser(vera).post("/shift/end/", {"note": "The lift is broken"})
    left = Handover.objects.get()
    kinds = [(item["kind"], item["key"]) for item in left.items]
    assert kinds == [("unassigned", waits.pk), ("problem", trouble.pk), ("call_back", CallBack.objects.get().pk)]
    assert (left.note, left.accepted_at) == ("The lift is broken", None)

    page = browser(boris).get("/desk/").content.decode()
    assert "Handover from Ivanova Vera" in page
    assert "The lift is broken" in page
    browser(boris).post(f"/handovers/{left.pk}/accept/")
    left.refresh_from_db()
    assert left.accepted_by == boris
    assert Entry.objects.get(verb="handover.accepted").actor == boris
    assert registry.renderers["handover"]([str(left.pk)], Viewer("en", "dispatcher")) == {str(left.pk): None}


def test_nobody_is_there_and_it_waits_for_who_comes_next():
    vera = office.vera()
    office.order(office.client())
    end_shift(shift=vera.shifts.get(), actor=vera)  # she signed out, without a word
    assert handover.waiting().count() == 1
    boris = office.boris()
    assert "Handover from Ivanova Vera" in browser(boris).get("/desk/").content.decode()


def test_where_nothing_is_open_nothing_is_left():
    vera = office.vera()
    end_shift(shift=vera.shifts.get(), actor=vera)
    assert not Handover.objects.exists()


def test_of_two_who_accept_one_is_told_who_did():
    vera, boris = office.vera(), office.boris()
    handover.hand_over(shift=vera.shifts.get(), actor=vera, note="hello")
    left = Handover.objects.get()
    handover.accept(handover_id=left.pk, person=boris)
    with pytest.raises(Refused, match="Petrov Boris has accepted this handover already"):
        handover.accept(handover_id=left.pk, person=vera)


def test_in_the_middle_of_a_call_nothing_is_handed_over():
    vera = office.vera()
    talk(vera, "101")
    assert browser(vera).post("/shift/end/", {"note": "bye"}).status_code == 409
    assert not Handover.objects.exists()
    assert vera.shifts.get().ended_at is None


def test_a_promised_call_is_counted_on_every_desk_until_it_is_made():
    vera, boris = office.vera(), office.boris()
    trip = office.order(office.client())
    assert "8 (916) 123-45-67" in browser(vera).get(f"/call-backs/?order={trip.pk}").content.decode()
    sent = {"phone": "8 916 123-45-67", "due": "+20", "note": "price", "order": trip.pk}
    assert browser(vera).post("/call-backs/", sent)["Location"] == "/call-backs/"
    promised = CallBack.objects.get()
    assert (promised.order, promised.phone, promised.created_by) == (trip, office.ANNA, vera)
    assert '<span class="number">1</span>' in registry.renderers["callbacks"](["1"], Viewer("en", "dispatcher"))["1"]
    browser(boris).post(f"/call-backs/{promised.pk}/done/")
    promised.refresh_from_db()
    assert promised.done_by == boris
    assert '<span class="number">0</span>' in registry.renderers["callbacks"](["1"], Viewer("en", "dispatcher"))["1"]
    browser(boris).post(f"/call-backs/{promised.pk}/done/")
    promised.refresh_from_db()
    assert promised.done_at is None


def test_a_client_whose_number_she_may_not_see_is_called_back_all_the_same():
    vera, anna = office.vera(), office.client()
    page = browser(vera).get(f"/call-backs/?client={anna.pk}")
    shown = page.context["form"].initial["phone"]
    assert "•" in shown
    browser(vera).post("/call-backs/", {"phone": shown, "due": "", "client": anna.pk})
    assert CallBack.objects.get().phone == office.ANNA


@pytest.mark.parametrize("query", ["?order=x", "?order=9999999999999999999999", "?client=0", "?call=-1"])
def test_what_is_not_there_is_no_error(query):
    assert browser(office.vera()).get(f"/call-backs/{query}").status_code == 200
