"""Own clients: whose they are on the card, when it rings at her first, what the PBX is told, and what the desks see."""

import re
import time
import uuid
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from dispatch.audit.models import Entry
from dispatch.live import registry
from dispatch.live.models import Change
from dispatch.live.registry import Viewer
from dispatch.staff.models import Shift
from dispatch.staff.services import breaks, people
from orders import numbers
from orders.models import Client, ClientPhone
from orders.services import clients, merging
from orders.services.clients import Own
from telephony.core import rules
from telephony.models import Extension, Lease
from telephony.services import membership, own_clients
from telephony.services.own_clients import Plan, Way
from tests.telephony import office

pytestmark = [pytest.mark.django_db, pytest.mark.feature("P10")]

DESK = Viewer("en", "dispatcher", None)


def vera():
    made = office.vera()
    made.own_clients = True
    made.save()
    return made


def anna(of, *given, seconds=10, instead="", name="Anna Sidorova"):
    made = office.client(name, *given)
    own = {"responsible": of, "own_seconds": seconds, "own_instead": instead}
    Client.objects.filter(pk=made.pk).update(**own)
    return made


def her_call(by="101", to="101", **fields):
    handling = {"phase": "own", "by": by, "to": to, "since": timezone.now().isoformat(), "second": None}
    return office.call(office.ANNA, queue="", ringing=[by], handling=handling, **fields)


# --- what the PBX is told -----------------------------------------------------------------------------------------


def test_a_number_is_kept_in_each_writing_of_a_carrier():
    assert numbers.writings("+79161234567") == {"79161234567", "89161234567", "9161234567"}
    assert numbers.writings("+48221234567") == {"48221234567", "0048221234567"}
    for writing in numbers.writings("+79161234567"):
        assert numbers.e164(writing) == "+79161234567"


def test_the_book_says_who_for_how_long_and_what_then(django_assert_num_queries):
    sits = vera()
    anna(sits)
    anna(sits, "+79031112233", seconds=20, instead="103", name="Boris Own")
    anna(sits, "+79262222222", instead="+79055555555", name="Olga Own")
    office.client("Nobody's", "+79261111111")
    anna(sits, "+79263333333", instead="+79055555556", name="Irina Own")
    with django_assert_num_queries(2):  # cards, and the dialling rules for the numbers of the street
        found = own_clients.ways()
    book = own_clients.book(found)
    assert book["desk-own", "79161234567"] == f"{sits.pk}-10-queue"
    assert book["desk-own", "89031112233"] == f"{sits.pk}-20-103"
    assert book["desk-own", "79262222222"] == f"{sits.pk}-10-79055555555"
    assert not [key for _, key in book if key.endswith("9261111111")]


def test_who_works_here_no_more_has_no_clients():
    sits = vera()
    anna(sits)
    sits.is_active = False
    sits.save()
    assert own_clients.ways() == []


def test_a_familys_number_leads_to_her_whose_all_of_them_are_and_else_to_the_queue():
    sits, boris = vera(), office.boris()
    anna(sits)
    anna(sits, office.ANNA, name="Her husband")
    assert ("desk-own", "79161234567") in own_clients.book(own_clients.ways())
    anna(boris, office.ANNA, name="Her son")
    assert own_clients.book(own_clients.ways()) == {}


def test_only_what_changed_is_sent_and_a_seat_is_taken_away_first():
    there = {("desk-own", "1"): "17-10-queue", ("desk-own", "2"): "17-10-queue", ("desk-seat", "17"): "101"}
    wanted = {("desk-own", "1"): "17-20-queue", ("desk-own", "3"): "18-10-queue"}
    assert own_clients.plan(wanted, there) == Plan(
        put=(("desk-own", "1", "17-20-queue"), ("desk-own", "3", "18-10-queue")),
        drop=(("desk-seat", "17"), ("desk-own", "2")),
    )
    assert own_clients.plan(there, there) == Plan()


def test_ten_thousand_own_clients_are_no_burden():
    ways = [Way(f"+7916{number:07d}", number % 20, 20, "queue") for number in range(10_000)]
    own_clients.book(ways)  # the first time each number is parsed
    began = time.perf_counter()
    book = own_clients.book(ways)
    own_clients.plan(book, book)
    assert len(book) == 30_000
    assert time.perf_counter() - began < 1


# --- who has a seat ------------------------------------------------------------------------------------------------


@pytest.mark.feature("P11")
def test_her_own_clients_reach_her_while_she_is_at_the_desk_and_wants_them(django_assert_num_queries):
    sits = vera()
    office.boris()  # does not want them
    with django_assert_num_queries(3):
        assert membership.roster().for_own == {str(sits.pk): "101"}
    breaks.begin(shift=sits.shifts.get(), reason="lunch", note="", actor=sits)
    assert membership.roster().for_own == {}
    breaks.end(shift=sits.shifts.get(), actor=sits)
    assert membership.roster().for_own == {str(sits.pk): "101"}
    Extension.objects.filter(number="101").update(is_active=False)
    assert membership.roster().for_own == {}
    Extension.objects.filter(number="101").update(is_active=True)
    Shift.objects.update(ended_at=timezone.now())
    assert membership.roster().for_own == {}


@pytest.mark.feature("P11")
def test_the_switch_is_hers_alone_and_the_journal_knows_it(client):
    sits = office.vera()
    client.force_login(sits)
    assert (
        client.post(reverse("desk:own-clients"), {"wanted": "yes"}, headers={"HX-Request": "true"}).status_code == 204
    )
    sits.refresh_from_db()
    assert sits.own_clients
    assert Change.objects.filter(topic=f"person.{sits.pk}", kind="shift").count() == 1
    people.take_own_clients(person=sits)  # nothing new
    assert Entry.objects.filter(verb="person.changed").count() == 1
    shift = sits.shifts.get()
    drawn = registry.renderers["shift"]([str(shift.pk)], Viewer("en", "dispatcher", sits.pk))[str(shift.pk)]
    assert 'role="switch" aria-checked="true"' in drawn
    client.post(reverse("desk:own-clients"), {"wanted": "no"})
    sits.refresh_from_db()
    assert not sits.own_clients


# --- the card of the client ----------------------------------------------------------------------------------------


def test_the_card_says_whose_client_it_is_and_the_journal_who_said_so(client):
    sits = office.vera()
    client.force_login(office.boris())
    hers = office.client()
    said = {"name": hers.name, "responsible": sits.pk, "own_seconds": "10", "own_instead": "8 905 555 55 55"}
    assert client.post(reverse("orders:client-edit", args=[hers.pk]), said).status_code == 302
    hers.refresh_from_db()
    assert (hers.responsible, hers.own_seconds, hers.own_instead) == (sits, 10, "+79055555555")
    card = " ".join(strip_tags(client.get(reverse("orders:client", args=[hers.pk])).content.decode()).split())
    assert "Whose client Ivanova Vera 10 s, then 8 (905) 555-55-55, then the queue" in card
    assert "does not take calls of own clients now" in card
    changes = Entry.objects.get(verb="client.changed").details["changes"]
    assert changes["responsible"] == ["", "Ivanova Vera"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("own_seconds", "4"),
        ("own_seconds", "61"),
        ("own_instead", "wherever"),
        ("own_instead", "1"),
        ("responsible", "marina"),
    ],
)
def test_what_cannot_be_is_said_at_the_field(client, field, value):
    client.force_login(office.boris())
    value = office.marina().pk if value == "marina" else value  # a manager has no telephone of the desk
    hers = office.client()
    answer = client.post(reverse("orders:client-edit", args=[hers.pk]), {"name": hers.name, field: value})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors


def test_a_new_card_is_somebodys_at_once(client):
    sits = office.vera()
    client.force_login(sits)
    client.post(
        reverse("orders:client-new"), {"name": "Olga", "new_numbers": "8 916 765 43 21", "responsible": sits.pk}
    )
    made = Client.objects.get(name="Olga")
    assert (made.responsible, made.own_seconds, made.own_instead) == (sits, 20, "")


def test_who_changes_a_card_elsewhere_leaves_it_whose_it_is():
    sits = office.vera()
    hers = anna(sits)
    clients.change(client_id=hers.pk, name="Anna", notes="", phones=clients.Phones(), actor=sits)
    hers.refresh_from_db()
    assert hers.responsible == sits


def test_two_cards_that_become_one_stay_hers(client):
    sits, olga = office.vera(), office.sofia()
    kept, gone = office.client("Anna"), anna(sits, "+79031112233", name="Anna S.")
    client.force_login(olga)
    page = client.get(reverse("orders:client-merge", args=[kept.pk]), {"with": gone.pk}).content.decode()
    assert "Whose client|nobody's: the queue|Ivanova Vera" in unescape(re.sub(r"(<[^>]*>)+", "|", page))
    choice = merging.Choice(name="Anna", notes="", mark_of=kept.pk)
    merging.merge(kept_id=kept.pk, gone_id=gone.pk, choice=choice, actor=olga)
    kept.refresh_from_db()
    assert (kept.responsible, kept.own_seconds) == (sits, 10)
    assert ClientPhone.objects.filter(client=kept).count() == 2
    assert {way.number for way in own_clients.ways()} == {"+79161234567", "+79031112233"}


def test_own_without_words_is_nobodys():
    assert Own().columns == {"responsible": None, "own_seconds": 20, "own_instead": ""}


# --- what the desks see --------------------------------------------------------------------------------------------


def test_every_desk_sees_for_whom_it_rings(django_assert_num_queries):
    office.vera()
    call = her_call(client=office.client(), recognised="known")
    html = registry.renderers["call"]([str(call.pk)], DESK)[str(call.pk)]
    assert "for Ivanova Vera, own client" in html
    assert 'data-only-at="101"' in html


@pytest.mark.parametrize(("extension", "why"), [("101", None), ("102", rules.Refusal(rules.OWN_CLIENT, {"by": "101"}))])
def test_nobody_but_her_picks_it_while_it_rings_at_her(extension, why):
    rings = rules.Standing(ended=False, waits_in="", only_at="101")
    assert rules.refusal(rules.Pick(extension), rings, rules.Phone()) == why


def test_who_asks_for_it_all_the_same_reads_why_not(client):
    office.vera()
    now = timezone.now()
    Lease.objects.update_or_create(pk=1, defaults={"pbx": "up", "renewed_at": now, "pbx_seen_at": now, "epoch": 1})
    client.force_login(office.boris())
    answer = client.post(reverse("telephony:pick", args=[her_call().pk]), {"id": str(uuid.uuid4())})
    assert answer.status_code == 409
    assert answer.content.decode().startswith("It rings at Ivanova Vera, whose client this is.")


def test_the_breakdown_says_that_it_rang_at_her_before_the_queue(client):
    sits, boris = office.vera(), office.boris()
    call = office.answered(boris, "102", caller_e164=office.ANNA, client=office.client())
    rang = {"started_at": call.started_at, "ended_at": call.started_at + timedelta(seconds=10)}
    office.leg(call, "101", role="own", person=sits, outcome="noanswer", **rang)
    client.force_login(office.sofia())
    page = " ".join(strip_tags(client.get(f"/calls/{call.pk}/").content.decode()).split())
    assert "The telephone of Ivanova Vera rang for 0:10: no answer own client, before the queue" in page
