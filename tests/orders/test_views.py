"""The pages and the fragments, as the people of the office use them."""

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from dispatch.audit.models import Entry
from dispatch.staff.models import Role, Shift
from orders.facts import CALLED
from orders.flow import State
from orders.models import Client, ClientMark, ClientPhone, Draft, Driver, Order
from orders.services import assignment, clients, contact, lifecycle
from tests.orders.conftest import ANNA, HTMX, driver, person, placed

pytestmark = pytest.mark.django_db
WHOLE, HIDDEN = "8 (912) 345-67-89", "+7••••••••89"


def text_of(answer) -> str:
    return answer.content.decode()


# --- intake ------------------------------------------------------------------------------------------------------


@pytest.mark.feature("C5", "D8")
def test_the_form_of_a_call_comes_with_the_number_and_is_the_same_after_a_reload(vera, signed_in):
    browser, address = signed_in(vera), reverse("orders:intake") + "?source=call:731&phone=%2B79123456789"
    page = text_of(browser.get(address, **HTMX))
    assert WHOLE in page
    assert "New client" in page
    assert "<html" not in page
    draft = Draft.objects.get()
    keep = {"version": 1, "fields": {"pickup": "Ленина, 5"}}
    answer = browser.put(reverse("orders:draft", args=[draft.pk]), json.dumps(keep), content_type="application/json")
    assert answer.json() == {"version": 1}
    assert "Ленина, 5" in text_of(browser.get(address, **HTMX))
    assert "<html" in text_of(browser.get(address))
    assert Draft.objects.count() == 1


@pytest.mark.feature("C5")
def test_vera_saves_the_form_and_sees_the_order(vera, signed_in):
    browser = signed_in(vera)
    browser.get(reverse("orders:intake") + "?source=call:731&phone=%2B79123456789")
    typed = {
        "draft": Draft.objects.get().pk, "phone": WHOLE, "pickup": "Ленина, 5", "when": "", "destination": "Вокзал",
        "comment": "", "name": "Анна", "client": "",
    }  # fmt: skip
    answer = browser.post(reverse("orders:intake"), typed, **HTMX)
    order = Order.objects.get()
    assert answer.status_code == 200
    assert f"Order {order.pk}" in text_of(answer)
    assert json.loads(answer["HX-Trigger"]) == {"pane:open": {"path": f"/orders/{order.pk}/"}}
    assert (order.phone, order.source, order.client.name) == (ANNA, "call:731", "Анна")
    again = browser.post(reverse("orders:intake"), typed)  # the answer got lost, she presses again
    assert (again.status_code, again["Location"]) == (302, f"/orders/{order.pk}/")
    assert Order.objects.count() == 1


@pytest.mark.feature("C5")
def test_a_mistake_is_said_beside_the_field_and_nothing_typed_is_lost(vera, signed_in):
    typed = {"phone": "12", "pickup": "", "when": "soon", "destination": "Вокзал", "comment": "две собаки"}
    answer = signed_in(vera).post(reverse("orders:intake"), typed, **HTMX)
    page = text_of(answer)
    assert answer.status_code == 422
    for sentence in ("This is no telephone number.", "Ask where to send the car.", "Write a time like"):
        assert sentence in page
    for kept in ('value="12"', 'value="soon"', "Вокзал", "две собаки"):
        assert kept in page
    assert not Order.objects.exists()


@pytest.mark.feature("C5", "C10")
def test_a_known_client_brings_name_mark_notes_and_addresses(anna, by_vera, vera, olga, signed_in):
    placed(anna, by_vera, "Садовая, 3")
    Client.objects.update(notes="Подъезд со двора")
    clients.mark(client_id=anna.pk, mark=ClientMark.BLACKLISTED, reason="не заплатила", actor=olga)
    browser = signed_in(vera)
    page = text_of(browser.get(reverse("orders:intake") + "?source=call:1&phone=89123456789", **HTMX))
    for known in ("Анна Петрова", "black list", "не заплатила", "Подъезд со двора", 'data-pickup="Садовая, 3"'):
        assert known in page
    assert "open order" in page
    typed = {"phone": ANNA, "pickup": "Мира, 1", "client": anna.pk, "draft": Draft.objects.get().pk}
    doubt = browser.post(reverse("orders:intake"), typed, **HTMX)
    assert doubt.status_code == 422
    assert "не заплатила" in text_of(doubt)
    assert browser.post(reverse("orders:intake"), typed | {"accept": "blacklisted"}, **HTMX).status_code == 200
    assert anna.orders.count() == 2


def test_a_shared_number_asks_who_calls(anna, vera, signed_in):
    igor = Client.objects.create(name="Игорь")
    ClientPhone.objects.create(client=igor, e164=ANNA, raw=ANNA)
    browser = signed_in(vera)
    page = text_of(browser.get(reverse("orders:intake") + f"?phone={ANNA.replace('+', '%2B')}", **HTMX))
    assert "Who calls?" in page
    typed = {"phone": ANNA, "pickup": "Мира, 1"}
    assert "choose who calls" in text_of(browser.post(reverse("orders:intake"), typed, **HTMX))
    browser.post(reverse("orders:intake"), typed | {"client": igor.pk}, **HTMX)
    assert Order.objects.get().client == igor


def test_from_a_card_the_form_knows_the_number_without_showing_it(anna, vera, signed_in):
    browser = signed_in(vera)
    page = text_of(browser.get(reverse("orders:intake") + f"?client={anna.pk}", **HTMX))
    assert HIDDEN in page
    assert WHOLE not in page
    browser.post(reverse("orders:intake"), {"phone": HIDDEN, "pickup": "Мира, 1", "client": anna.pk}, **HTMX)
    assert (Order.objects.get().phone, Order.objects.get().client) == (ANNA, anna)


@pytest.mark.feature("C1")
def test_without_a_shift_no_order_is_taken_and_the_form_stays(vera, signed_in):
    Shift.objects.update(ended_at=timezone.now())
    answer = signed_in(vera).post(reverse("orders:intake"), {"phone": ANNA, "pickup": "Мира, 1"}, **HTMX)
    assert (answer.status_code, "Start your shift" in text_of(answer)) == (409, True)
    page = signed_in(vera).post(reverse("orders:intake"), {"phone": ANNA, "pickup": "Мира, 1"})
    assert (page.status_code, "Мира, 1" in text_of(page)) == (409, True)


@pytest.mark.feature("C5")
def test_a_draft_is_private_and_can_be_thrown_away(vera, boris, signed_in):
    hers = signed_in(vera)
    hers.get(reverse("orders:intake") + "?source=call:1")
    address = reverse("orders:draft", args=[Draft.objects.get().pk])
    stranger = signed_in(boris)
    for ask in (stranger.get, stranger.post, stranger.put, stranger.delete):
        assert ask(address).status_code == 404
    body = json.dumps({"version": 3, "fields": {"pickup": "Ленина"}})
    assert hers.post(address, body, content_type="application/json").status_code == 200
    late = hers.put(address, json.dumps({"version": 2, "fields": {"pickup": "Л"}}), content_type="application/json")
    assert (late.status_code, late.json()) == (409, {"version": 3, "order": None})
    huge = ('{"version": 1e999, "fields": {}}', '{"version": 99999999999, "fields": {}}', "[" * 50_000)
    broken = ("", "{", "[]", '{"version": 9}', '{"version": "x", "fields": {}}', '{"version": 9, "fields": 3}')
    for nonsense in broken + huge:
        assert hers.put(address, nonsense, content_type="application/json").status_code == 409
    assert "Ленина" in text_of(hers.get(reverse("orders:drafts")))
    assert hers.delete(address).status_code == 200
    assert not Draft.objects.exists()


def test_keys_that_no_keyboard_has_are_refused(vera, signed_in):
    for keys, answer in (('{"a": "\\ud800"}', 409), ("[" * 50_000, 400), ('{"a": "KeyB"}', 204)):
        assert signed_in(vera).post(reverse("orders:keys"), {"keys": keys}).status_code == answer


# --- the order ---------------------------------------------------------------------------------------------------


@pytest.mark.feature("C4", "C7")
def test_seven_and_enter_assigns_and_the_trip_goes_on_by_buttons(order, ivan, vera, signed_in):
    browser = signed_in(vera)
    page = browser.post(reverse("orders:driver", args=[order.pk]), {"call_sign": "17", "version": 1}, **HTMX)
    assert "Driver assigned" in text_of(page)
    assert "white Škoda" in text_of(page)
    for version, (name, button) in enumerate(
        [("set_off", "Arrived"), ("arrive", "On board"), ("board", "Completed"), ("complete", "completed")], start=2
    ):
        page = browser.post(reverse("orders:move", args=[order.pk, name]), {"version": version}, **HTMX)
        assert page.status_code == 200
        assert button in text_of(page)
    order.refresh_from_db()
    assert order.state == State.COMPLETED


@pytest.mark.feature("C7")
def test_a_busy_driver_is_a_sentence_and_the_typing_stays(anna, by_vera, ivan, vera, signed_in):
    first, second = placed(anna, by_vera), placed(anna, by_vera, "Мира, 1")
    assignment.assign(order_id=first.pk, call_sign="17", actor=by_vera)
    address = reverse("orders:driver", args=[second.pk])
    told = signed_in(vera).post(address, {"call_sign": "17", "version": 1}, **HTMX)
    assert (told.status_code, text_of(told)) == (409, f"Driver 17 is on order {first.pk} (assigned).")
    page = signed_in(vera).post(address, {"call_sign": "17", "version": 1})
    assert page.status_code == 409
    assert 'value="17"' in text_of(page)
    assert f"Driver 17 is on order {first.pk}" in text_of(page)


def test_a_missing_reason_and_an_unknown_action(order, vera, olga, signed_in):
    browser = signed_in(vera)
    assert "Choose who called it off" in text_of(
        browser.post(reverse("orders:move", args=[order.pk, "cancel"]), **HTMX)
    )
    assert browser.post(reverse("orders:move", args=[order.pk, "teleport"]), **HTMX).status_code == 404
    assert browser.post(reverse("orders:move", args=[order.pk, "expire"]), **HTMX).status_code == 404
    assert browser.post(reverse("orders:move", args=[order.pk, "reopen"]), **HTMX).status_code == 404
    browser.post(reverse("orders:move", args=[order.pk, "cancel"]), {"cause": "client", "reason": "заболел"}, **HTMX)
    assert (
        signed_in(olga).post(reverse("orders:move", args=[order.pk, "reopen"]), {"reason": "здоров"}).status_code == 302
    )
    assert "здоров" in text_of(browser.get(reverse("orders:detail", args=[order.pk])))


@pytest.mark.feature("C6")
def test_the_attempt_to_call_opens_the_way_to_did_not_come(order, ivan, by_vera, vera, signed_in):
    assignment.assign(order_id=order.pk, call_sign="17", actor=by_vera)
    for name in ("set_off", "arrive"):
        lifecycle.move(order_id=order.pk, name=name, actor=by_vera)
    browser = signed_in(vera)
    assert "Client did not come" not in text_of(browser.get(reverse("orders:detail", args=[order.pk]), **HTMX))
    typed = {"kind": "client_called", "outcome": "не берёт трубку"}
    page = text_of(browser.post(reverse("orders:contact", args=[order.pk]), typed, **HTMX))
    assert "Client did not come" in page
    assert "не берёт трубку" in page
    assert browser.post(reverse("orders:contact", args=[order.pk]), {"kind": "x"}, **HTMX).status_code == 409


@pytest.mark.feature("C4")
def test_two_who_edit_see_both_versions(order, vera, boris, signed_in):
    address = reverse("orders:edit", args=[order.pk])
    said = {"phone": WHOLE, "pickup": "Ленина, 5", "when": "", "comment": "", "version": 1}
    assert 'name="version" value="1"' in text_of(signed_in(vera).get(address, **HTMX))
    signed_in(vera).post(address, said | {"destination": "Вокзал"}, **HTMX)
    conflict = signed_in(boris).post(address, said | {"destination": "Аэропорт"}, **HTMX)
    page = text_of(conflict)
    assert conflict.status_code == 422
    assert "Ветрова" in page
    assert "Вокзал" in page
    assert "Аэропорт" in page
    assert 'name="version" value="2"' in page
    saved = signed_in(boris).post(address, said | {"destination": "Аэропорт", "version": 2}, **HTMX)
    assert saved.status_code == 200
    order.refresh_from_db()
    assert order.destination == "Аэропорт"


def test_a_closed_order_is_not_edited_by_vera_but_corrected_by_olga(order, by_vera, vera, olga, signed_in):
    lifecycle.move(order_id=order.pk, name="cancel", actor=by_vera, reason="x")
    address = reverse("orders:edit", args=[order.pk])
    assert signed_in(vera).get(address).status_code == 403
    assert Entry.objects.filter(verb="access.refused", actor=vera).exists()
    said = {"phone": WHOLE, "pickup": "Мира, 2", "when": "", "version": 2}
    assert signed_in(olga).post(address, said, **HTMX).status_code == 422
    assert signed_in(olga).post(address, said | {"reason": "оговорилась"}, **HTMX).status_code == 200


@pytest.mark.feature("C3", "C4")
def test_who_sees_which_number(order, by_vera, vera, olga, marina, signed_in):
    def seen(someone) -> bool:
        pages = [
            reverse("orders:detail", args=[order.pk]),
            reverse("orders:list") + "?state=all",
            reverse("orders:rows"),
        ]
        found = {WHOLE in text_of(signed_in(someone).get(page, **HTMX)) for page in pages}
        return found.pop() if len(found) == 1 else None

    assert (seen(vera), seen(olga), seen(marina)) == (True, True, False)
    revealed = signed_in(marina).post(reverse("orders:reveal", args=[order.pk]), **HTMX)
    assert WHOLE in text_of(revealed)
    assert Entry.objects.get(verb="number.revealed").actor == marina
    lifecycle.move(order_id=order.pk, name="cancel", actor=by_vera, reason="x")
    closed = reverse("orders:detail", args=[order.pk])
    assert WHOLE not in text_of(signed_in(vera).get(closed))
    assert WHOLE in text_of(signed_in(olga).get(closed))
    assert signed_in(vera).post(reverse("orders:reveal", args=[order.pk])).status_code == 403


@pytest.mark.feature("C3")
def test_the_list_takes_three_queries_for_its_reader_and_one_for_its_rows(
    anna, by_vera, vera, signed_in, django_assert_max_num_queries
):
    for house in range(15):
        placed(anna, by_vera, f"Ленина, {house}")
    browser = signed_in(vera)
    with django_assert_max_num_queries(4):  # session, person, rows, and the sign-in wall's look at the session
        page = text_of(browser.get(reverse("orders:rows"), **HTMX))
    assert page.count("<tr id=") == 15
    assert "data-found" in page
    assert "data-live=" not in text_of(browser.get(reverse("orders:rows") + "?state=closed", **HTMX))


def test_marina_reads_and_does_nothing(order, marina, signed_in):
    page = text_of(signed_in(marina).get(reverse("orders:detail", args=[order.pk])))
    assert "<form method" not in page.split('id="pane"')[1]
    assert signed_in(marina).post(reverse("orders:move", args=[order.pk, "cancel"]), {"reason": "x"}).status_code == 404


# --- cards -------------------------------------------------------------------------------------------------------


@pytest.mark.feature("C10")
def test_vera_keeps_a_client_with_several_numbers(vera, signed_in):
    browser = signed_in(vera)
    typed = {"name": "Олег", "notes": "", "new_numbers": "8 900 555-44-33\n2345678"}
    browser.post(reverse("orders:client-new"), typed)
    oleg = Client.objects.get()
    assert [phone.e164 for phone in oleg.phones.order_by("pk")] == ["+79005554433", "+74952345678"]
    city = oleg.phones.get(e164="+74952345678")
    mobile = oleg.phones.get(is_main=True)
    page = text_of(browser.get(reverse("orders:client", args=[oleg.pk])))
    assert "555-44-33" not in page  # no live order, no whole number
    change = {"name": "Олег", "notes": "глуховат", "main": city.pk, "removed": mobile.pk, "new_numbers": ""}
    assert browser.post(reverse("orders:client-edit", args=[oleg.pk]), change, **HTMX).status_code == 200
    assert [(phone.e164, phone.is_main) for phone in oleg.phones.all()] == [("+74952345678", True)]
    assert Entry.objects.get(verb="client.changed").details["changes"]["notes"] == ["", "глуховат"]
    last = browser.post(reverse("orders:client-edit", args=[oleg.pk]), change | {"removed": city.pk}, **HTMX)
    assert (last.status_code, oleg.phones.count()) == (422, 1)
    wrong = browser.post(reverse("orders:client-new"), {"name": "X", "new_numbers": "12"}, **HTMX)
    assert wrong.status_code == 422
    assert "“12” is no telephone number." in text_of(wrong)
    assert Client.objects.count() == 1


@pytest.mark.feature("C10")
def test_the_black_list_is_for_supervisors_and_managers(anna, vera, marina, signed_in):
    address, black = reverse("orders:client-mark", args=[anna.pk]), {"mark": "blacklisted", "reason": "ругается"}
    assert signed_in(vera).post(address, black).status_code == 403
    assert signed_in(marina).post(address, {"mark": "blacklisted"}, **HTMX).status_code == 422
    assert signed_in(marina).post(address, black).status_code == 302
    anna.refresh_from_db()
    assert (anna.mark, anna.mark_reason) == ("blacklisted", "ругается")
    phone = anna.phones.get()
    assert WHOLE in text_of(signed_in(marina).post(reverse("orders:client-reveal", args=[phone.pk]), **HTMX))


@pytest.mark.feature("C10")
def test_drivers_are_kept_by_olga_and_seen_by_vera(ivan, vera, olga, signed_in):
    typed = {
        "call_sign": "21", "last_name": "Кац", "first_name": "Лев", "description": "Kia", "plate": "B1",
        "on_shift": "on", "new_numbers": "89001112233",
    }  # fmt: skip
    assert signed_in(vera).post(reverse("orders:driver-new"), typed).status_code == 403
    assert signed_in(olga).post(reverse("orders:driver-new"), typed).status_code == 302
    lev = Driver.objects.get(call_sign="21")
    assert (lev.phones.get().e164, lev.phones.get().is_main) == ("+79001112233", True)
    taken = signed_in(olga).post(reverse("orders:driver-edit", args=[lev.pk]), typed | {"call_sign": "17"}, **HTMX)
    assert taken.status_code == 422
    page = text_of(signed_in(vera).get(reverse("orders:drivers") + "?q=кац"))
    assert "Кац" in page
    assert "Соколов" not in page
    assert "8 (900) 111-22-33" in text_of(signed_in(vera).get(reverse("orders:driver-card", args=[lev.pk]), **HTMX))


# --- the driver's own page -----------------------------------------------------------------------------------------


@pytest.mark.feature("C6", "C7")
def test_ivan_drives_his_own_order_and_knows_no_other(anna, by_vera, ivan, pyotr, signed_in):
    his, other = placed(anna, by_vera), placed(anna, by_vera, "Чужая, 1")
    assignment.assign(order_id=his.pk, call_sign="17", actor=by_vera)
    assignment.assign(order_id=other.pk, call_sign="18", actor=by_vera)
    browser = signed_in(ivan.person)
    page = text_of(browser.get(reverse("orders:own")))
    assert "Ленина, 5" in page
    assert "Чужая" not in page
    assert WHOLE not in page
    assert HIDDEN in page
    for name in ("set_off", "arrive", "board", "complete"):
        assert f"/driver/{his.pk}/{name}/" in text_of(browser.get(reverse("orders:own")))
        assert browser.post(reverse("orders:own-move", args=[his.pk, name])).status_code == 302
    assert "You are not on shift" in text_of(browser.get(reverse("orders:own")))
    assert browser.post(reverse("orders:own-move", args=[other.pk, "set_off"])).status_code == 404
    assert browser.post(reverse("orders:own-move", args=[his.pk, "cancel"]), {"reason": "x"}).status_code == 404
    assert browser.get(reverse("orders:detail", args=[his.pk])).status_code == 404
    assert browser.post(reverse("orders:own-move", args=[his.pk, "complete"])).status_code == 409


def test_ivan_hands_back_with_a_reason(order, ivan, by_vera, signed_in):
    assignment.assign(order_id=order.pk, call_sign="17", actor=by_vera)
    browser, address = signed_in(ivan.person), reverse("orders:own-move", args=[order.pk, "hand_back"])
    assert "Give the reason" in text_of(browser.post(address))
    assert browser.post(address, {"reason": "прокол"}).status_code == 302
    order.refresh_from_db()
    assert (order.state, order.driver) == (State.SEARCHING, None)


def test_a_driver_without_a_car_in_the_books_sees_an_empty_page(signed_in):
    assert signed_in(person("new", Role.DRIVER)).get(reverse("orders:own")).status_code == 200


def test_a_name_with_markup_is_text(by_vera, vera, signed_in):
    evil = Client.objects.create(name='<img src=x onerror="alert(1)">')
    order = placed(evil, by_vera, "<script>alert(1)</script>")
    contact.note(order_id=order.pk, kind=CALLED, actor=by_vera, outcome="<b>bold</b>")
    driver("<i>")
    for address in (reverse("orders:list"), reverse("orders:detail", args=[order.pk]), reverse("orders:drivers")):
        page = text_of(signed_in(vera).get(address))
        for markup in ("<img src=x", "<script>alert", "<b>bold", "<i>"):
            assert markup not in page
