"""Clients, companies and spreadsheets in a real browser, by keyboard: Tab goes where one reads, Enter does it."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client as Browser
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from dispatch.staff.models import Person, Role
from orders import actors, tasks
from orders.models import Account, Client, ClientAddress, ClientPhone, Employee, Import, Order
from tests.orders.conftest import ANNA, person, placed
from tests.orders.test_in_the_browser import watched
from tests.pages import leave

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.feature("C10", "X5")]
FARTHEST = 120  # presses of Tab


@pytest.fixture
def sit_down(chromium, live_server) -> Iterator[Callable[[Person], Page]]:
    contexts = []

    def sit(someone: Person) -> Page:
        session = Browser()
        session.force_login(someone)
        context = chromium.new_context(base_url=live_server.url, locale="en-GB")
        cookie = {"name": "sessionid", "value": session.cookies["sessionid"].value, "url": live_server.url}
        context.add_cookies([cookie])
        context.set_default_timeout(8000)
        contexts.append(context)
        return watched(context.new_page())

    yield sit
    for context in contexts:
        leave(context)


def reach(page: Page, wanted: Locator) -> None:
    """By Tab alone, as somebody without a mouse does."""
    expect(wanted).to_be_visible()
    for _ in range(FARTHEST):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no Tab leads to {wanted}")


def press(page: Page, wanted: Locator) -> None:
    reach(page, wanted)
    page.keyboard.press("Enter")


def link(page: Page, name: str) -> Locator:
    return page.locator("main").get_by_role("link", name=name, exact=True).first


def test_olga_takes_in_a_client_finds_the_card_doubled_and_makes_one_of_the_two(sit_down):
    olga = person("olga", Role.SUPERVISOR)
    old = Client.objects.create(name="Анна Петрова", notes="звонить в домофон")
    ClientPhone.objects.create(client=old, e164="+79990000001", raw="x", is_main=True)
    ClientAddress.objects.create(client=old, address="Ленина, 5", label="дом")
    placed(old, actors.staff(olga))
    page = sit_down(olga)
    page.goto("/clients/")
    press(page, link(page, "New client"))
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("Анна Петрова")
    page.keyboard.press("Enter")
    page.keyboard.type("8 912 345-67-89")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Анна Петрова")).to_be_visible()
    expect(page.locator(".client-card .phone")).to_have_text("8 (912) 345-67-89")
    new = Client.objects.latest("pk")
    press(page, link(page, "Merge with another card"))
    expect(page.get_by_label("Name or number")).to_be_focused()
    page.keyboard.type("Анна")
    page.keyboard.press("Enter")
    press(page, page.get_by_role("link", name="Compare Анна Петрова"))
    expect(page.locator("table.merge")).to_contain_text("Ленина, 5")
    expect(page.get_by_label("Notes")).to_have_value("звонить в домофон")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".client-card")).to_contain_text("Ленина, 5")
    kept = Client.objects.known().get()
    assert {phone.e164 for phone in kept.phones.all()} == {ANNA, "+79990000001"}
    assert Order.objects.get().client == kept
    assert {old.pk, new.pk} - {kept.pk} == set(Client.objects.exclude(merged_into=None).values_list("pk", flat=True))


def test_marina_keeps_a_company_with_a_limit_and_an_employee_who_reaches_it(sit_down):
    marina = person("marina", Role.MANAGER)
    anna = Client.objects.create(name="Анна Петрова")
    ClientPhone.objects.create(client=anna, e164=ANNA, raw="x", is_main=True)
    page = sit_down(marina)
    page.goto("/clients/")
    press(page, link(page, "Companies"))
    press(page, link(page, "New company"))
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("Завод")
    page.keyboard.press("Enter")
    page.keyboard.type("-5")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".field:has(#id_monthly_limit) .error")).to_be_visible()  # and the cursor stands there
    expect(page.locator("#id_monthly_limit")).to_be_focused()
    expect(page.get_by_label("Name")).to_have_value("Завод")
    page.locator("#id_monthly_limit").press("Control+a")
    page.keyboard.type("1000")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Завод")).to_be_visible()
    press(page, link(page, "Add an employee"))
    expect(page.get_by_label("number")).to_be_focused()
    page.keyboard.type("8 912 345-67-89")
    page.keyboard.press("Control+Enter")
    expect(link(page, "Анна Петрова")).to_be_visible()
    factory = Account.objects.get()
    assert (factory.monthly_limit, Employee.objects.get().client) == (Decimal(1000), anna)
    trip = {"payment": "account", "account": factory, "price": Decimal(1200), "currency": factory.currency}
    order = placed(anna, actors.SYSTEM, **trip)
    Order.objects.filter(pk=order.pk).update(state="completed", state_since=timezone.now())
    page.reload()
    expect(page.locator("main")).to_contain_text("over the limit")


def test_marina_imports_a_table_sees_what_is_wrong_first_and_the_good_lines_come_in(sit_down, tmp_path, monkeypatch):
    monkeypatch.setattr(tasks.run_import, "apply_async", lambda args, **_: tasks.run_import(*args))
    table = Path(tmp_path / "clients.csv")
    table.write_text("Имя;Телефон\nАнна;8 912 345-67-89\nБорис;не знаю\nВера;8 912 345-67-90\n", encoding="utf-8")
    page = sit_down(person("marina", Role.MANAGER))
    page.goto("/clients/")
    press(page, link(page, "Import"))
    reach(page, page.get_by_label("File, CSV or XLSX"))
    page.get_by_label("File, CSV or XLSX").set_input_files(table)  # the dialogue of files is the system's
    press(page, page.get_by_role("button", name="Upload"))
    expect(page.get_by_role("heading", name="clients.csv")).to_be_visible()
    expect(page.locator("table")).to_contain_text("Борис")
    assert not Client.objects.exists()
    choice = page.locator("main form select").first
    reach(page, choice)
    press(page, page.get_by_role("button", name="Check without changing anything"))
    wrong = page.locator("#import table")
    expect(wrong.locator("tbody tr")).to_have_count(1)
    expect(wrong.locator("tbody th")).to_have_text("3")
    expect(page.locator("#import")).to_contain_text("Would be added")
    assert not Client.objects.exists()
    press(page, page.get_by_role("button", name="Take over the good lines"))
    expect(page.locator("#import .chip").first).to_have_attribute("data-tone", "green")
    assert sorted(Client.objects.values_list("name", flat=True)) == ["Анна", "Вера"]
    job = Import.objects.get()
    assert (job.added, job.faulty) == (2, 1)
    with page.expect_download() as loading:
        press(page, link(page, "All errors as CSV"))
    assert "3" in Path(loading.value.path()).read_text(encoding="utf-8")
