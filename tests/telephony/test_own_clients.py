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
from dispatch.staff.models import Person, Shift
from dispatch.staff.services import breaks, people
from orders import numbers
from orders.models import Client, ClientPhone
from orders.services import clients, merging
from orders.services.clients import Own
from telephony.core import rules
from telephony.models import Extension, Lease
from telephony.recognition import Kind, Recognition, colleagues_on_mobile, recognise
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


def anna(of, *given, seconds=10, then="", instead="", name="Anna Sidorova"):
    made = office.client(name, *given)
    own = {
        "responsible": of,
        "own_seconds": seconds,
        "own_then": then or ("number" if instead else ""),
        "own_instead": instead,
    }
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


def test_after_her_telephone_it_may_be_her_mobile_or_her_own_extension(django_assert_num_queries):
    sits, boris = vera(), office.boris()
    Person.objects.filter(pk=sits.pk).update(mobile="8 (905) 555-55-55", own_extension="103")
    anna(sits, then="mobile")
    anna(sits, "+79262222222", then="extension", name="Olga Own")
    anna(boris, "+79031112233", then="mobile", name="Irina Own")  # whose person has none
    with django_assert_num_queries(2):
        book = own_clients.book(own_clients.ways())
    assert book["desk-own", "79161234567"] == f"{sits.pk}-10-79055555555"
    assert book["desk-own", "79262222222"] == f"{sits.pk}-10-103"
    assert book["desk-own", "79031112233"] == f"{boris.pk}-10-queue"


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
    said = {
        "name": hers.name,
        "responsible": sits.pk,
        "own_seconds": "10",
        "own_then": "number",
        "own_instead": "8 905 555 55 55",
    }
    assert client.post(reverse("orders:client-edit", args=[hers.pk]), said).status_code == 302
    hers.refresh_from_db()
    assert (hers.responsible, hers.own_seconds, hers.own_then, hers.own_instead) == (sits, 10, "number", "+79055555555")
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
        ("own_instead", ""),
        ("own_then", "mobile"),
        ("own_then", "extension"),
        ("own_then", "the moon"),
        ("responsible", "marina"),
    ],
)
def test_what_cannot_be_is_said_at_the_field(client, field, value):
    boris = office.boris()
    client.force_login(boris)
    value = office.marina().pk if value == "marina" else value  # a manager has no telephone of the desk
    hers = office.client()
    said = {"name": hers.name, "responsible": boris.pk, "own_then": "number", "own_instead": "103"}
    answer = client.post(reverse("orders:client-edit", args=[hers.pk]), said | {field: value})
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
    assert Own().columns == {"responsible": None, "own_seconds": 20, "own_then": "", "own_instead": ""}


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


# --- her mobile telephone, whose number nobody reads -----------------------------------------------------------------


MOBILE = "79055555555"


def on_mobile():
    sits = office.vera()
    Person.objects.filter(pk=sits.pk).update(mobile="8 (905) 555-55-55")
    return sits


def test_while_her_mobile_rings_every_desk_reads_so_and_nobody_its_number(client):
    sits = on_mobile()
    call = her_call(by=MOBILE, to="101", client=office.client(), recognised="known")
    html = registry.renderers["call"]([str(call.pk)], DESK)[str(call.pk)]
    assert "for Ivanova Vera, own client" in html
    assert "rings at Ivanova Vera, mobile" in " ".join(strip_tags(html).split())
    assert MOBILE not in html
    assert "905" not in strip_tags(html)
    now = timezone.now()
    Lease.objects.update_or_create(pk=1, defaults={"pbx": "up", "renewed_at": now, "pbx_seen_at": now, "epoch": 1})
    client.force_login(sits)
    answer = client.post(reverse("telephony:pick", args=[call.pk]), {"id": str(uuid.uuid4())})
    assert answer.content.decode().startswith("It rings at Ivanova Vera, mobile")


def test_what_she_answers_there_is_hers_on_the_list_and_in_the_history(client):
    sits = on_mobile()
    call = office.answered(sits, MOBILE, caller_e164=office.ANNA, client=office.client())
    office.leg(call, MOBILE, role="own", person=sits, outcome="answered", answered_at=call.answered_at)
    client.force_login(office.sofia())
    for page in (f"/calls/{call.pk}/", "/calls/"):
        html = client.get(page).content.decode()
        assert "Ivanova Vera" in html
        assert MOBILE[1:] not in re.sub(r"\D", "", strip_tags(html))


def test_two_who_share_a_mobile_are_neither():
    sits, boris = on_mobile(), office.boris()
    assert colleagues_on_mobile([MOBILE, "101", "", office.ANNA]) == {MOBILE: sits}
    Person.objects.filter(pk=boris.pk).update(mobile="+79055555555")
    assert colleagues_on_mobile([MOBILE]) == {}


def test_a_colleague_who_is_called_on_his_mobile_is_a_colleague():
    sits = on_mobile()
    assert recognise(MOBILE, direction="out") == Recognition(Kind.STAFF, person_id=sits.pk)
    assert recognise(MOBILE, direction="in").kind == Kind.NEW  # calls as anybody does, and may want a taxi
    office.client("Vera herself", "+79055555555")
    assert recognise(MOBILE, direction="out").kind == Kind.KNOWN
