"""Who calls, found on the first ring."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orders.flow import State
from orders.models import ClientPhone, DriverPhone
from telephony.models import Extension
from telephony.recognition import Choice, Kind, Recognition, recognise
from tests.telephony import office

pytestmark = pytest.mark.django_db

WRITINGS = [
    "+79161234567",
    "79161234567",
    "89161234567",
    "9161234567",
    "8 (916) 123-45-67",
    "+7 916 123 45 67",
    "007 916 123 45 67",
    "tel:+79161234567",
    "٠٠٧٩١٦١٢٣٤٥٦٧",
]


@pytest.mark.feature("D8")
def test_a_stranger_is_a_new_client():
    assert recognise(office.STRANGER) == Recognition(Kind.NEW, office.STRANGER)


@pytest.mark.feature("D8")
@pytest.mark.parametrize("writing", WRITINGS)
def test_anna_is_known_however_her_number_is_written(writing):
    anna = office.client()
    assert recognise(writing) == Recognition(Kind.KNOWN, office.ANNA, client_id=anna.pk)


def test_a_city_number_of_seven_digits_is_read_with_the_city_code(settings):
    settings.PHONE_CITY_CODE = "495"
    bakery = office.client("Bakery", "+74951234567")
    assert recognise("123-45-67").client_id == bakery.pk


@pytest.mark.feature("D9")
def test_the_newest_open_order_of_a_client_is_found():
    anna = office.client()
    office.order(anna)
    newest = office.order(anna)
    office.order(anna, state=State.COMPLETED)
    assert recognise(office.ANNA) == Recognition(Kind.ORDERS, office.ANNA, client_id=anna.pk, order_id=newest.pk)


def test_a_number_that_only_an_open_order_names_leads_to_it():
    for_her_mother = office.order(office.client("Olga", "+79031234567"), phone=office.STRANGER)
    found = recognise(office.STRANGER)
    assert (found.kind, found.order_id, found.client_id) == (Kind.ORDERS, for_her_mother.pk, for_her_mother.client_id)


@pytest.mark.feature("D10")
def test_a_driver_is_known_by_each_of_his_numbers_with_the_order_that_he_performs():
    ivan = office.driver("17", office.MOBILE, "+79055556677")
    trip = office.order(by=ivan, state=State.EN_ROUTE)
    office.order(by=ivan, state=State.COMPLETED)
    for number in (office.MOBILE, "8 905 555 66 77"):
        found = recognise(number)
        assert (found.kind, found.driver_id, found.order_id) == (Kind.DRIVER, ivan.pk, trip.pk)


@pytest.mark.feature("D10")
def test_a_driver_without_an_order_is_a_driver_all_the_same():
    ivan = office.driver()
    assert recognise(office.MOBILE) == Recognition(Kind.DRIVER, office.MOBILE, driver_id=ivan.pk)


def test_a_colleague_is_known_by_the_shift_at_his_extension():
    vera = office.vera("101")
    assert recognise("101", direction="internal") == Recognition(Kind.STAFF, person_id=vera.pk)


def test_an_extension_where_nobody_sits_belongs_to_its_owner():
    boris = office.boris("")
    Extension.objects.create(number="110", interface="PJSIP/110", owner=boris)
    assert recognise("110", direction="internal").person_id == boris.pk


def test_a_phone_of_the_house_that_nobody_wrote_down_is_staff_too():
    assert recognise("199", direction="internal") == Recognition(Kind.STAFF)


def test_a_blacklisted_client_is_said_to_be_one_even_with_an_open_order():
    rude = office.client(mark="blacklisted", reason="never pays")
    open_order = office.order(rude)
    found = recognise(office.ANNA)
    assert (found.kind, found.client_id, found.order_id) == (Kind.BLACKLISTED, rude.pk, open_order.pk)


@pytest.mark.feature("D8")
@pytest.mark.parametrize(
    "hidden", ["", " ", "anonymous", "Anonymous", "unknown", "Restricted", "withheld", "<unknown>", "Unavailable", "s"]
)
def test_a_hidden_number_is_hidden(hidden):
    assert recognise(hidden) == Recognition(Kind.HIDDEN)


@pytest.mark.feature("D8")
def test_a_number_of_a_whole_family_offers_the_choice():
    anna, oleg = office.client("Anna"), office.client("Oleg")
    found = recognise(office.ANNA)
    assert found.kind == Kind.CHOICE
    assert found.choices == (Choice("client", anna.pk), Choice("client", oleg.pk))
    assert found.client_id is None


@pytest.mark.feature("D8")
def test_a_driver_who_is_also_a_client_offers_the_choice():
    ivan = office.driver("17", office.MOBILE)
    private = office.client("Ivan Sokolov", office.MOBILE)
    assert recognise(office.MOBILE).choices == (Choice("driver", ivan.pk), Choice("client", private.pk))


def test_recognition_takes_at_most_four_queries(django_assert_max_num_queries):
    office.vera("101")
    anna = office.client()
    office.order(anna)
    ivan = office.driver()
    office.order(by=ivan)
    for raw in ("101", "102", office.ANNA, office.MOBILE, office.STRANGER, "123456", "anonymous"):
        with django_assert_max_num_queries(4):
            recognise(raw)


def test_numbers_are_found_through_an_index():
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")  # with two rows the planner would read the table
        plan = (
            ClientPhone.objects.filter(e164=office.ANNA).explain()
            + DriverPhone.objects.filter(e164=office.ANNA).explain()
        )
    assert "Seq Scan" not in plan


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    raw=st.one_of(st.text(), st.text("0123456789+()- \x00٣²", max_size=120)),
    direction=st.sampled_from(["in", "out", "internal"]),
)
def test_whatever_comes_over_the_wire_nothing_raises(raw, direction):
    found = recognise(raw, direction=direction)
    assert found.kind in Kind
    assert found.number == "" or found.number.startswith("+")
