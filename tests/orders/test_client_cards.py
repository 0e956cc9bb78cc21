"""The card of a client: marks that end, proposals for the black list, saved addresses."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dispatch.audit.models import Entry
from dispatch.live.models import Change
from dispatch.staff.refusal import Refused
from orders import tasks
from orders.models import Client, ClientAddress, ClientMark, ClientPhone, MarkProposal
from orders.selectors import cards
from orders.services import clients, intake, proposals
from orders.services.intake import Booking, Doubtful
from telephony import recognition
from tests.orders.conftest import ANNA, HTMX, placed

pytestmark = pytest.mark.django_db
BLACK = ClientMark.BLACKLISTED


def wants_a_car() -> Booking:
    return Booking(phone=ANNA, phone_raw=ANNA, pickup="Ленина, 5")


def ended(client: Client) -> None:
    Client.objects.filter(pk=client.pk).update(mark_until=timezone.now() - timedelta(seconds=1))


@pytest.mark.feature("C10")
def test_a_ban_for_a_week_counts_everywhere_until_its_last_moment(anna, olga, by_vera):
    until = timezone.now() + timedelta(days=7)
    clients.mark(client_id=anna.pk, mark=BLACK, reason="не вышла", until=until, actor=olga)
    anna.refresh_from_db()
    assert (anna.mark_at(until - timedelta(seconds=1)), anna.mark_at(until)) == (BLACK, ClientMark.NONE)
    assert (anna.marked_by, anna.mark_now) == (olga, BLACK)
    assert recognition.recognise(ANNA).kind == "blacklisted"
    assert cards.clients(mark=BLACK) == [anna]
    with pytest.raises(Doubtful):
        intake.place(booking=wants_a_car(), actor=by_vera)
    ended(anna)
    assert recognition.recognise(ANNA).kind == "known"
    assert cards.clients(mark=BLACK) == []
    assert intake.place(booking=wants_a_car(), actor=by_vera).client == anna


@pytest.mark.feature("C10")
def test_when_a_mark_ends_the_open_orders_are_drawn_anew(anna, olga, order):
    clients.mark(client_id=anna.pk, mark=BLACK, reason="x", until=timezone.now() + timedelta(hours=1), actor=olga)
    assert tasks.lift_ended_marks() == 0
    ended(anna)
    Change.objects.all().delete()
    assert tasks.lift_ended_marks() == 1
    assert tasks.lift_ended_marks() == 0
    anna.refresh_from_db()
    assert (anna.mark, anna.mark_until, anna.mark_reason) == ("", None, "")
    assert Change.objects.filter(kind="order", key=str(order.pk)).exists()
    assert Entry.objects.get(verb="client.mark_ended").actor is None


def test_a_mark_does_not_end_before_it_begins(anna, olga):
    with pytest.raises(Refused):
        clients.mark(client_id=anna.pk, mark=BLACK, reason="x", until=timezone.now(), actor=olga)


@pytest.mark.feature("C10")
def test_vera_proposes_and_marina_decides(anna, vera, marina, signed_in):
    card = reverse("orders:client", args=[anna.pk])
    propose = reverse("orders:client-propose", args=[anna.pk])
    page = signed_in(vera).post(propose, {"proposal-reason": "ругается"}, **HTMX)
    assert "A supervisor or a manager will decide." in page.content.decode()
    again = signed_in(vera).post(propose, {"proposal-reason": "ещё"}, **HTMX)
    assert (again.status_code, MarkProposal.objects.count()) == (422, 1)
    anna.refresh_from_db()
    assert anna.mark_now == ClientMark.NONE  # only proposed
    proposal = MarkProposal.objects.get()
    assert "proposes the black list: ругается" in signed_in(marina).get(reverse("orders:clients")).content.decode()
    assert "ругается" not in signed_in(vera).get(reverse("orders:clients")).content.decode()
    confirm = reverse("orders:proposal-confirm", args=[proposal.pk])
    assert signed_in(vera).post(confirm).status_code == 403
    assert signed_in(marina).post(confirm, {"until": "2099-01-01T08:00"}).status_code == 302
    anna.refresh_from_db()
    assert (anna.mark_now, anna.mark_reason, anna.marked_by, anna.mark_until.year) == (BLACK, "ругается", marina, 2099)
    assert "counts until" in signed_in(vera).get(card).content.decode()
    assert signed_in(marina).post(reverse("orders:proposal-reject", args=[proposal.pk])).status_code == 409
    verbs = set(Entry.objects.values_list("verb", flat=True))
    assert {"client.blacklist_proposed", "client.blacklist_confirmed", "client.marked"} <= verbs


def test_olga_rejects_and_vera_may_propose_anew(anna, vera, olga):
    first = proposals.propose(client_id=anna.pk, reason="ругается", actor=vera)
    proposals.reject(proposal_id=first.pk, actor=olga)
    anna.refresh_from_db()
    assert anna.mark_now == ClientMark.NONE
    proposals.propose(client_id=anna.pk, reason="опять ругается", actor=vera)
    clients.mark(client_id=anna.pk, mark=BLACK, reason="сама видела", actor=olga)  # answers the open proposal
    assert not MarkProposal.objects.filter(decided_at=None).exists()
    with pytest.raises(Refused):
        proposals.propose(client_id=anna.pk, reason="и ещё", actor=vera)


@pytest.mark.feature("C10")
def test_vera_saves_changes_and_removes_an_address(anna, vera, marina, signed_in):
    browser, new = signed_in(vera), reverse("orders:address-new", args=[anna.pk])
    home = {"label": "дом", "address": "Ленина, 5", "entrance": "2", "flat": "17", "comment": "домофон не работает"}
    assert browser.post(new, home, **HTMX).status_code == 200
    address = ClientAddress.objects.get()
    assert "домофон не работает" in browser.get(reverse("orders:client", args=[anna.pk])).content.decode()
    twice = browser.post(new, home | {"address": "ленина, 5"}, **HTMX)
    assert (twice.status_code, "on the card already" in twice.content.decode()) == (422, True)
    for wrong in ({"latitude": "91", "longitude": "0"}, {"latitude": "55.7"}):
        assert browser.post(new, home | {"address": "X"} | wrong, **HTMX).status_code == 422
    one = reverse("orders:address", args=[address.pk])
    assert browser.post(one, home | {"flat": "18", "latitude": "55.7", "longitude": "37.6"}, **HTMX).status_code == 200
    address.refresh_from_db()
    assert (address.flat, address.latitude) == ("18", 55.7)
    assert signed_in(marina).post(one, home).status_code == 403
    assert browser.post(reverse("orders:address-remove", args=[address.pk]), **HTMX).status_code == 200
    assert not ClientAddress.objects.exists()
    verbs = ["client.address_saved", "client.address_saved", "client.address_removed"]
    assert (
        list(Entry.objects.filter(verb__startswith="client.address").order_by("pk").values_list("verb", flat=True))
        == verbs
    )


@pytest.mark.feature("C10")
def test_a_number_is_found_in_any_writing_and_never_by_a_part(anna):
    Client.objects.create(name="Борис")
    for text in ("8 (912) 345-67-89", "+7 912 345 67 89", "анна", "ПЕТРОВА"):
        assert cards.clients(text=text) == [anna], text
    assert cards.clients(text="6789") == []


@pytest.mark.feature("C10")
def test_the_list_and_the_card_take_a_fixed_number_of_queries(anna, by_vera, django_assert_num_queries):
    for number in range(60):
        client = Client.objects.create(name=f"Клиент {number}")
        ClientPhone.objects.create(client=client, e164=f"+790000000{number:02}", raw="x", is_main=True)
    placed(anna, by_vera)
    for text in ("", "клиент", ANNA):
        with django_assert_num_queries(2):
            assert [list(client.phones.all()) for client in cards.clients(text=text)]
    with django_assert_num_queries(7):
        card = cards.client_card(anna.pk)
        assert list(card.client.addresses.all()) == []
    seen, after = [], None
    while page := cards.clients(text="клиент", after=after)[: cards.PAGE]:
        seen += page
        after = page[-1].pk
    assert len(seen) == len({client.pk for client in seen}) == 60
