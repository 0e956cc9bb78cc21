"""How a number of the street is dialled, shown and stored; Anton keeps the rules."""

from dataclasses import fields

import pytest

from dispatch.audit.models import Entry
from dispatch.staff.models import Role
from dispatch.staff.refusal import Refused
from orders import phones
from telephony import dialling, rows
from telephony.core import call as told
from telephony.dialling import Beginning, Dialled, Rules
from telephony.models import Call, DialPlan, Extension
from telephony.services import dial_plan, targets
from tests.telephony import office

pytestmark = pytest.mark.feature("P3")
MOSCOW = Rules("9", (Beginning("+7495", ""), Beginning("+7", "8"), Beginning("+", "810")), frozenset({"112", "*21"}))


def e164(raw: str) -> str:
    return phones.e164(raw, region="RU", city_code="495")


@pytest.mark.parametrize(
    ("typed", "made"),
    [
        ("8 912 345-67-89", Dialled("989123456789", "+79123456789")),
        ("+7 (912) 345 67 89", Dialled("989123456789", "+79123456789")),
        ("123-45-67", Dialled("91234567", "+74951234567")),
        ("+49 30 901820", Dialled("98104930901820", "+4930901820")),
        ("112", Dialled("112")),
        ("1 1 2", Dialled("112")),
        ("*21", Dialled("*21")),
    ],
)
def test_every_writing_of_a_number_is_dialled_in_the_one_of_the_rules(typed, made):
    assert dialling.dialled(typed, MOSCOW, e164) == made


@pytest.mark.parametrize("typed", ["8 912 345 67 89", "+7 (495) 123-45-67", "+49 30 901820"])
def test_what_was_dialled_reads_back_as_the_number_that_was_meant(typed):
    made = dialling.dialled(typed, MOSCOW, e164)
    assert dialling.read_back(made.number, MOSCOW, e164) == made.e164 == e164(typed)


def test_without_rules_country_code_and_number_are_dialled():
    assert dialling.dialled("8 912 345-67-89", Rules(), e164) == Dialled("79123456789", "+79123456789")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "Anna",
        "8912345678x",
        "112\r\nAction: Logoff",
        "8912\n3456789",
        "8912345&SIP/9",
        "*21#",
        "8912345678#",
        "101",
        "113",
    ],
)
def test_what_is_no_number_is_never_dialled(typed):
    assert dialling.dialled(typed, MOSCOW, e164) is None


@pytest.mark.parametrize("number", ["101", "", "s", "9112", "989", "912", "9" * 40])
def test_what_the_rules_have_not_made_is_not_read_back(number):
    assert dialling.read_back(number, MOSCOW, e164) == ""


# --- kept by the administrator ---------------------------------------------------------------------------------------

WRITTEN = {"outside": "9", "beginnings": "+7495 =\r\n+7 → 8\r\n\r\n+ = 810", "untouched": "112, 1019"}


@pytest.fixture
def anton(client, db):
    client.force_login(office.person("Anton Lebedev", Role.ADMINISTRATOR))
    return client


def test_anton_changes_the_rules_and_numbers_are_dialled_by_them(anton, django_assert_num_queries):
    assert anton.post("/staff/dialling/", WRITTEN)["Location"] == "/staff/dialling/"
    with django_assert_num_queries(1):
        assert dial_plan.dialled("8 912 345-67-89") == Dialled("989123456789", "+79123456789")
    line = Entry.objects.get(verb="dialling.changed")
    assert line.details["changes"]["beginnings"] == [[], [["+7495", ""], ["+7", "8"], ["+", "810"]]]
    page = anton.get("/staff/dialling/").content.decode()
    assert "+7495 = , +7 = 8, + = 810" in page  # who changed what, below
    assert "Lebedev Anton" in page


def test_the_same_rules_once_more_are_no_change(anton):
    for _ in range(2):
        anton.post("/staff/dialling/", WRITTEN)
    assert Entry.objects.filter(verb="dialling.changed").count() == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"outside": "9x"}, "Only digits"),
        ({"beginnings": "8 = 7"}, "is no rule"),
        ({"beginnings": "+7 = 8w"}, "is no rule"),
        ({"beginnings": "+7 = 8\n+7 = 9"}, "There are two rules for +7."),
        ({"untouched": "112 help"}, "is no short number"),
    ],
)
def test_bad_rules_get_a_sentence(anton, wrong, sentence):
    answer = anton.post("/staff/dialling/", WRITTEN | wrong)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not DialPlan.objects.exists()


def test_a_short_number_that_is_a_telephone_of_the_office_is_refused(anton):
    Extension.objects.create(number="112", interface="PJSIP/112")
    answer = anton.post("/staff/dialling/", WRITTEN)
    assert answer.status_code == 409
    assert "112 is an extension of the office." in answer.content.decode()
    assert dial_plan.current().rules == Rules()


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("8 912 345-67-89", ["989123456789", "8 (912) 345-67-89", "+79123456789"]),
        ("112", [">112<"]),
        ("Anna", ["it would not be dialled"]),
    ],
)
def test_a_number_is_tried_by_rules_that_are_not_saved(anton, number, said):
    answer = anton.post("/staff/dialling/try/", WRITTEN | {"number": number}).content.decode()
    assert [words for words in said if words not in answer] == []
    assert not DialPlan.objects.exists()


def test_a_refusal_names_what_was_typed_without_what_cannot_be_seen(db):
    with pytest.raises(Refused) as refused:
        dial_plan.dialled("An\x00na\r\n")
    assert refused.value.sentence == "“Anna” is no telephone number."


def test_whom_a_call_is_passed_to_is_dialled_by_the_same_rules(anton):
    anton.post("/staff/dialling/", WRITTEN)
    sokolov = office.driver("17", office.MOBILE)
    assert targets.to_call("8 912 345-67-89", own="101") == targets.Target(
        "989123456789", "8 (912) 345-67-89", "+79123456789"
    )
    assert targets.to_call(f"driver-{sokolov.pk}", own="101").number == "989031112233"
    assert targets.to_call("112", own="101") == targets.Target("112", "112")
    with pytest.raises(Refused, match="There is no extension 113"):
        targets.to_call("113", own="101")


def calling_out(number: str) -> told.Call:
    nothing = {field.name: () for field in fields(told.Call) if "tuple" in str(field.type)}
    nothing |= {field.name: "" for field in fields(told.Call) if field.type == "str" or field.type is str}
    rest = {"place": None, "abandoned": False, "answered_at": None, "ended_at": None}
    mine = {"direction": told.OUT, "state": told.RINGING, "caller": "101", "dialled": number, "started_at": 1.0}
    return told.Call(**nothing | rest | mine)


def test_a_call_that_went_out_by_the_rules_is_kept_under_the_number_that_was_meant(anton):
    anna = office.client()
    anton.post("/staff/dialling/", WRITTEN)
    rows.write_call(Call(key="1"), calling_out("989161234567"), {}, None)
    kept = Call.objects.get()
    assert (kept.dialled, kept.client, kept.recognised) == ("+79161234567", anna, "known")
