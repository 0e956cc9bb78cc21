"""The phone book on the desk: it is drawn anew when a telephone does something else."""

import pytest
from django.db import transaction
from playwright.sync_api import expect

from dispatch.staff.models import Person, Role
from telephony.models import Call, Extension, Intent
from telephony.services import phonebook
from tests.desk.conftest import someone
from tests.desk.office import on_shift, ring
from tests.telephony import office

pytestmark = pytest.mark.browser


@transaction.atomic
def talks(call: Call, extension: str) -> None:
    call.state, call.ringing, call.talking_to = "talking", [], [extension]
    call.save()
    office.leg(call, extension, outcome="answered", answered_at=call.started_at)
    phonebook.tell([extension])


@pytest.mark.feature("P7", "P17")
def test_sofia_sees_boris_ring_and_talk_and_with_whom_and_vera_sees_the_first_two(sit_down, vera, boris):
    sofia = on_shift(someone("Sofia", Role.SUPERVISOR), "103")
    Person.objects.filter(pk=boris.pk).update(call_sign="B2")
    someone("Marina", Role.MANAGER)
    Extension.objects.bulk_create(Extension(number=n, interface=f"PJSIP/{n}") for n in ("101", "102", "103"))
    for_vera, for_sofia = sit_down(vera), sit_down(sofia)
    line = f"#person-{boris.pk}"
    expect(for_vera.locator(line)).to_contain_text("free")
    call = ring("+79161110001", at=["102"])
    office.leg(call, "102")
    phonebook.tell(["102"])
    expect(for_vera.locator(line)).to_contain_text("rings")
    talks(call, "102")
    expect(for_vera.locator(line)).to_contain_text("talking")
    expect(for_sofia.locator(line)).to_contain_text("8 (916) 111-00-01")
    assert "916" not in for_vera.locator(line).inner_html()
    with transaction.atomic():
        phonebook.write_phones({"101": True})
    expect(for_sofia.locator(f"#person-{vera.pk}")).to_contain_text("off")


@pytest.mark.feature("C1", "P7")
def test_vera_is_told_while_her_own_telephone_is_off(sit_down, vera):
    Extension.objects.create(number="101", interface="PJSIP/101")
    desk = sit_down(vera)
    notice = desk.get_by_text("Your own telephone is not switched on: no call rings there.")
    expect(desk.locator(f"#person-{vera.pk}")).to_be_visible()
    expect(notice).to_be_hidden()
    for is_off in (True, False):
        with transaction.atomic():
            phonebook.write_phones({"101": is_off})
        expect(notice).to_be_visible(visible=is_off)


@pytest.mark.feature("P8")
def test_vera_calls_boris_by_the_handset_beside_his_name_and_not_herself(sit_down, vera, boris):
    desk = sit_down(vera)
    expect(desk.locator(f"#person-{vera.pk}")).to_be_visible()
    expect(desk.locator(f"#person-{vera.pk} .dial")).to_have_count(0)
    with desk.expect_response("**/dial/102/"):
        desk.get_by_role("button", name="Call Office Boris").click()
    expect(desk.get_by_role("button", name="Call Office Boris")).to_have_attribute("aria-busy", "true")
    intent = Intent.objects.get()
    assert (intent.verb, intent.args["to"]) == ("call", "102")


@pytest.mark.feature("X1")
def test_vera_calls_client_and_driver_from_the_order(sit_down, vera):
    order = office.order(office.client(), by=office.driver())
    desk = sit_down(vera)
    desk.locator(f"#order-{order.pk}").click()
    with desk.expect_response("**/driver/"):
        desk.get_by_role("button", name="Call the driver").click()
    assert Intent.objects.get().args["order"] == order.pk


@pytest.mark.feature("D3", "D4")
def test_vera_finds_and_calls_with_the_keyboard_alone(sit_down, vera, boris):
    office.client()
    desk = sit_down(vera)
    search = desk.get_by_label("Search the phone book")
    search.press_sequentially("sidorova")
    expect(desk.locator("#phonebook-found")).to_contain_text("Anna Sidorova")
    assert "123-45" not in desk.locator("#phonebook-found").inner_html()
    search.fill("8 916 111-22-33")
    expect(desk.locator("#found-typed")).to_contain_text("79161112233")
    search.press("ArrowDown")
    expect(desk.locator("#found-typed")).to_have_attribute("aria-current", "true")
    with desk.expect_response("**/dial/"):
        search.press("Enter")
    assert Intent.objects.get().args["typed"] == "8 916 111-22-33"
    search.press("Escape")
    expect(desk.locator("#found-typed")).to_have_count(0)
    expect(desk.locator(f"#person-{boris.pk}")).to_be_visible()


@pytest.mark.feature("P8", "D3")
def test_who_talks_is_not_called_and_a_sentence_says_so(sit_down, vera, boris):
    call = ring("+79161110001", at=["102"])
    talks(call, "102")
    desk = sit_down(vera)
    search = desk.get_by_label("Search the phone book")
    search.press_sequentially("boris")
    search.press("Enter")
    expect(desk.locator(".toast")).to_have_text("That colleague is talking.")
    assert not Intent.objects.exists()
