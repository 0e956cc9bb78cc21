"""Two cards of one person become one, and a person is forgotten."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db import DatabaseError, connection, models, transaction
from django.urls import reverse
from django.utils import timezone

from dispatch.audit.models import Entry
from dispatch.staff.refusal import Refused
from orders.models import (
    Account,
    Client,
    ClientAddress,
    ClientMark,
    ClientPhone,
    Draft,
    Employee,
    Order,
    OrderEvent,
    OrderStop,
)
from orders.selectors import cards, duplicates
from orders.services import clients, editing, lifecycle
from orders.services.anonymising import PLACES, TEXTS, anonymise
from orders.services.card_numbers import Phones
from orders.services.editing import Wording
from orders.services.merging import Choice, merge
from telephony import recognition
from telephony.models import Call, Leg, Recording
from tests.orders.conftest import ANNA, placed

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C10")]
CITY = "+74951234567"


@pytest.fixture
def twin(anna, olga) -> Client:
    """A second card of Anna, with her number again, another one, the same address in capitals, and a mark."""
    twin = Client.objects.create(name="Аня", notes="глуховата")
    ClientPhone.objects.create(client=twin, e164=ANNA, raw=ANNA)
    ClientPhone.objects.create(client=twin, e164=CITY, raw="123-45-67", is_main=True)
    ClientAddress.objects.create(client=anna, label="дом", address="Ленина, 5")
    ClientAddress.objects.create(client=twin, label="дом", address="ЛЕНИНА, 5")
    ClientAddress.objects.create(client=twin, label="дача", address="Садовая, 9")
    return clients.mark(client_id=twin.pk, mark=ClientMark.VIP, reason="директор", actor=olga)


def call(client: Client | None, number: str = ANNA, **fields: object) -> Call:
    facts = {"direction": "in", "state": "ended", "caller_raw": number, "caller_e164": number, "caller_name": "Анна"}
    return Call.objects.create(
        key=f"{Call.objects.count()}", client=client, started_at=timezone.now(), **facts | fields
    )


def test_everything_of_both_stays_and_the_journal_knows_both(anna, twin, by_vera, olga):
    order = placed(twin, by_vera, "Садовая, 9")
    company = Account.objects.create(name="Завод", currency="RUB")
    Employee.objects.create(account=company, client=twin, reference="7")
    Employee.objects.create(account=company, client=anna, reference="8")
    draft = Draft.objects.create(owner=by_vera.person, fields={"client": str(twin.pk), "pickup": "x"})
    heard, choice = call(twin), call(None, choices=[{"kind": "client", "id": pk} for pk in (anna.pk, twin.pk)])
    kept = merge(kept_id=anna.pk, gone_id=twin.pk, choice=Choice("Анна Петрова", "глуховата", twin.pk), actor=olga)
    assert (kept.name, kept.notes, kept.mark_now, kept.mark_reason) == (
        "Анна Петрова", "глуховата", ClientMark.VIP, "директор",
    )  # fmt: skip
    assert sorted(kept.phones.values_list("e164", "is_main")) == [(CITY, False), (ANNA, True)]
    assert sorted(kept.addresses.values_list("address", flat=True)) == ["Ленина, 5", "Садовая, 9"]
    order.refresh_from_db()
    draft.refresh_from_db()
    heard.refresh_from_db()
    choice.refresh_from_db()
    assert (order.client, draft.fields["client"], heard.client) == (kept, str(kept.pk), kept)
    assert choice.choices == [{"kind": "client", "id": kept.pk}]
    assert [(each.client, each.reference) for each in company.employees.all()] == [(kept, "8")]
    assert recognition.recognise(CITY).client_id == kept.pk
    line = Entry.objects.get(verb="client.merged").details
    assert (line["gone"]["name"], line["gone"]["numbers"], line["kept"]["client"]) == ("Аня", [ANNA, CITY], kept.pk)
    assert line["gone"]["employers"][0]["reference"] == "7"


def test_every_row_that_can_point_at_a_client_is_moved_or_said_to_stay(anna, twin, olga):
    """A new model with a client is moved by itself; the calls by a signal."""
    merge(kept_id=anna.pk, gone_id=twin.pk, choice=Choice("Анна", "", anna.pk), actor=olga)
    for relation in Client._meta.related_objects:
        if relation.related_model is not Client:
            left = relation.related_model._default_manager.filter(**{relation.field.name: twin})
            assert not left.exists(), relation.related_model


def test_the_old_card_leads_to_the_new_one_and_is_found_no_more(anna, twin, vera, olga, signed_in):
    merge(kept_id=anna.pk, gone_id=twin.pk, choice=Choice("Анна", "", anna.pk), actor=olga)
    answer = signed_in(vera).get(reverse("orders:client", args=[twin.pk]))
    assert answer["Location"] == reverse("orders:client", args=[anna.pk])
    assert cards.clients() == [anna]
    known = clients.who_calls(number="", raw="", client_id=twin.pk, is_new=False, name="", actor=vera)
    assert known == anna
    with pytest.raises(Refused):
        merge(kept_id=anna.pk, gone_id=twin.pk, choice=Choice("Анна", "", anna.pk), actor=olga)
    with pytest.raises(Refused):
        merge(kept_id=anna.pk, gone_id=anna.pk, choice=Choice("Анна", "", anna.pk), actor=olga)


def test_likely_duplicates_share_a_number_or_name_and_address(anna, twin, django_assert_num_queries):
    oleg, double = (Client.objects.create(name=name) for name in ("Олег Кац", "олег кац"))
    for client in (oleg, double):
        ClientAddress.objects.create(client=client, address="Мира, 1")
    with django_assert_num_queries(2):
        [shared] = duplicates.by_number()
    assert (shared.number, list(shared.clients)) == (ANNA, [anna, twin])
    assert duplicates.by_number(shared.key) == []
    with django_assert_num_queries(2):
        [same] = duplicates.by_name_and_address()
    assert list(same.clients) == [oleg, double]
    assert (list(duplicates.of(anna)), list(duplicates.of(double))) == ([twin], [oleg])


def test_olga_compares_side_by_side_and_merges(anna, twin, vera, olga, signed_in):
    browser, address = signed_in(olga), reverse("orders:client-merge", args=[twin.pk])
    assert "Анна Петрова" in browser.get(address).content.decode()
    page = browser.get(f"{address}?with={anna.pk}").content.decode()
    assert page.index("Анна Петрова") < page.index("Аня")  # the older card first
    assert "директор" in page
    sent = {"other": anna.pk, "name": "Анна", "notes": "глуховата", "mark_of": twin.pk}
    assert browser.post(address, sent | {"mark_of": twin.pk + 1000}).status_code == 422
    assert browser.post(address, sent)["Location"] == reverse("orders:client", args=[anna.pk])
    assert signed_in(vera).get(address).status_code in (403, 404)
    assert browser.get(f"{reverse('orders:client-merge', args=[anna.pk])}?with={twin.pk}").status_code == 404
    assert browser.get(reverse("orders:duplicates")).status_code == 200


# --- anonymise -----------------------------------------------------------------------------------------------------


@pytest.fixture
def past(anna, twin, by_vera, by_olga, olga, settings, tmp_path) -> Order:
    """A closed, edited order of Anna, paid, with stops; her cards merged; a recorded call; a draft."""
    settings.RECORDINGS_DIR = tmp_path
    order = placed(
        anna, by_vera, "Тайная, 1", destination="Секретная, 2", comment="у Анны", price=Decimal(350), currency="RUB",
        passenger_name="Анна",
    )  # fmt: skip
    OrderStop.objects.create(order=order, place=1, address="Тайная, 7", latitude=55.12345, longitude=37.6)
    editing.edit(
        order_id=order.pk,
        wanted=Wording(phone=CITY, pickup="Тайная, 3", destination="Секретная, 2", pickup_at=None, comment="у Анны"),
        version=order.version,
        actor=by_vera,
    )
    Order.objects.filter(pk=order.pk).update(pickup_latitude=55.755812, pickup_longitude=37.617312)
    lifecycle.move(order_id=order.pk, name="cancel", actor=by_vera, reason="передумала")
    merge(kept_id=anna.pk, gone_id=twin.pk, choice=Choice("Анна Петрова", "глуховата", twin.pk), actor=olga)
    clients.change(client_id=anna.pk, name="Анна Тайная", notes="x", phones=Phones(added=("89031112233",)), actor=olga)
    Draft.objects.create(owner=by_vera.person, order=order, fields={"phone": ANNA})
    heard = call(anna, order=order, dialled="dispatch", recognised="known")
    Leg.objects.create(
        call=heard, uniqueid="1", channel=f"Local/{ANNA}@desk", party=ANNA, name="Анна", role="caller",
        started_at=timezone.now(),
    )  # fmt: skip
    (tmp_path / "anna.wav").write_bytes(b"RIFF")
    Recording.objects.create(call=heard, file="anna.wav", started_at=timezone.now())
    call(anna, number="101", direction="out", dialled="89123456789")
    order.refresh_from_db()
    return order


SECRETS = re.compile(
    r"Анна|Анны|Аня|Тайная|Секретная|Садовая|ЛЕНИНА|Ленина|глуховата|директор|9123456789|4951234567|9031112233"
)


def everything_written() -> str:
    """Every text of every table of the database."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'select t::text from "{table}" t')
            found += [f"{table}: {row}" for (row,) in cursor.fetchall()]
    return "\n".join(found)


def test_after_it_nothing_in_the_database_tells_who_she_was(
    past, anna, marina, tmp_path, django_capture_on_commit_callbacks
):
    assert len(SECRETS.findall(everything_written())) > 20
    with django_capture_on_commit_callbacks(execute=True):
        anonymise(client_id=anna.pk, typed=str(anna.pk), actor=marina)
    left = [line for line in everything_written().splitlines() if SECRETS.search(line)]
    assert not left, left
    assert not (tmp_path / "anna.wav").exists()
    past.refresh_from_db()
    assert (past.client, past.state, past.price, past.pickup_latitude) == (anna, "cancelled", Decimal(350), 55.76)
    assert OrderEvent.objects.get(order=past, transition="cancel").reason == "передумала"
    assert cards.client_card(anna.pk).cancelled == 1
    assert recognition.recognise(ANNA).kind == "new"
    assert Call.objects.filter(client=anna).count() == 2
    assert Entry.objects.get(verb="client.anonymised").actor == marina


def test_every_text_of_an_order_is_erased_or_said_to_stay():
    """A new field of an order must be decided upon here."""
    stays = {
        "state",
        "pickup",
        "destination",
        "service_class",
        "payment",
        "currency",
        "channel",
        "source",
        "price_lines",
        "series",
        "alarm",
        "options",
    }  # pick-up and destination are overwritten
    texts = {
        field.name
        for field in Order._meta.get_fields()
        if isinstance(field, models.CharField | models.TextField | models.JSONField | models.UUIDField)
    }
    assert texts - set(TEXTS) - stays == set()
    for name in PLACES:
        try:
            Order._meta.get_field(name)
        except FieldDoesNotExist:
            pytest.fail(name)


def test_a_family_keeps_its_number(past, anna, marina, by_vera):
    oleg = Client.objects.create(name="Олег")
    ClientPhone.objects.create(client=oleg, e164=ANNA, raw=ANNA, is_main=True)
    his, unknown = call(oleg), call(None, number=CITY)
    anonymise(client_id=anna.pk, typed=str(anna.pk), actor=marina)
    his.refresh_from_db()
    unknown.refresh_from_db()
    assert (his.caller_e164, unknown.caller_e164) == (ANNA, "")  # the city number was hers alone
    assert recognition.recognise(ANNA).client_id == oleg.pk


def test_not_without_the_typed_number_nor_while_something_is_open(anna, by_vera, marina, signed_in):
    address = reverse("orders:client-anonymise", args=[anna.pk])
    browser = signed_in(marina)
    assert browser.get(address).status_code == 200
    assert browser.post(address, {"typed": "yes"}).status_code == 409
    order = placed(anna, by_vera)
    assert (
        f"Order {order.pk} of this client is still open" in browser.post(address, {"typed": anna.pk}).content.decode()
    )
    lifecycle.move(order_id=order.pk, name="cancel", actor=by_vera, reason="x")
    live = call(anna, state="talking")
    assert "in a call now" in browser.post(address, {"typed": anna.pk}).content.decode()
    Call.objects.filter(pk=live.pk).update(state="ended", ended_at=timezone.now() + timedelta(seconds=1))
    assert browser.post(address, {"typed": anna.pk}).status_code == 302
    assert browser.post(address, {"typed": anna.pk}).status_code == 409
    assert "Anonymised on request" in browser.get(reverse("orders:client", args=[anna.pk])).content.decode()
    assert anna.phones.count() == 0


def test_the_journal_and_the_history_are_still_closed_to_all_else(past, anna, vera):
    for change in (
        lambda: Entry.objects.update(details={}),
        lambda: OrderEvent.objects.update(changes={}),
        lambda: OrderEvent.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    with connection.cursor() as cursor:
        cursor.execute("select set_config('desk.erasing', 'on', true)")
    for change in (
        lambda: Entry.objects.update(verb="x"),
        lambda: Entry.objects.update(details={"a": 1}),
        lambda: OrderEvent.objects.update(reason=""),
        lambda: Entry.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
