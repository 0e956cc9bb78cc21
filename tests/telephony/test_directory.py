"""The phone book beyond the office: clients, people of companies, drivers, and the number that is typed."""

import re

import pytest
from django.test import Client as Browser

from orders.models import Account, Employee
from telephony.models import DialPlan
from telephony.selectors import directory
from tests.telephony import office

pytestmark = [pytest.mark.django_db, pytest.mark.feature("D3")]


def found(person, text: str) -> str:
    browser = Browser()
    browser.force_login(person)
    answer = browser.get("/phonebook/", {"q": text})
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())).strip()


def test_a_client_is_found_by_name_in_the_wrong_layout_too_and_by_her_whole_number():
    vera = office.vera()
    office.client("Анна Сидорова")
    for text in ("сидор", "СИДОР", "cbljh", "8 (916) 123-45-67", "+7 916 1234567"):
        assert "Анна Сидорова" in found(vera, text), text
    for text in ("916123", "", "с", "\x00"):
        assert "Анна" not in found(vera, text), text


def test_the_number_of_a_client_is_masked_for_a_dispatcher_and_whole_for_a_supervisor():
    office.client()
    assert "123-45" not in found(office.vera(), "sidor")
    assert "8 (916) 123-45-67" in found(office.sofia(), "sidor")


def test_a_driver_is_found_by_call_sign_and_one_without_a_number_is_not():
    vera, driver = office.vera(), office.driver("17")
    assert "17 Sokolov Ivan" in found(vera, "17")
    driver.phones.all().delete()
    assert "Sokolov" not in found(vera, "17")


def test_the_people_of_a_company_are_found_by_its_name():
    vera, client = office.vera(), office.client()
    company = Account.objects.create(name="Ромашка", currency="RUB")
    Employee.objects.create(account=company, client=client)
    assert "Companies Anna Sidorova" in found(vera, "hjvfir")
    Account.objects.update(is_active=False)
    assert found(vera, "ромаш") == ""


@pytest.mark.feature("D4", "P3")
@pytest.mark.parametrize(
    ("text", "dialled"), [("8 (916) 111-22-33", "989161112233"), ("112", "112"), ("102", "102"), ("999", None)]
)
def test_a_typed_number_shows_how_it_will_be_dialled(text, dialled):
    DialPlan.objects.create(outside="9", beginnings=[["+7", "8"]], untouched=["112"])
    office.boris()
    typed = directory.search(text).typed
    assert (typed and typed.dialled) == dialled


def test_however_many_are_found_it_is_the_same_queries(django_assert_max_num_queries):
    for place in range(8):
        office.client(f"Sidorova {place}", f"+7916123450{place}")
        office.driver(f"1{place}", f"+7903111220{place}")
    with django_assert_max_num_queries(11):
        assert len(directory.search("Sid").clients) == directory.MOST
    with django_assert_max_num_queries(11):
        directory.search("+79161234501")
