"""Offers, candidates, blocks and drivers' shifts, as the dispatcher sees and makes them."""

import pytest
from django.urls import reverse

from orders.flow import State
from orders.models import ClientDriverBlock, DriverShift, Offer, Order
from tests.orders import town
from tests.orders.conftest import HTMX, driver

pytestmark = pytest.mark.django_db


def text_of(answer) -> str:
    return answer.content.decode()


@pytest.mark.feature("C7")
def test_the_panel_says_who_is_near_and_why_not_the_others(vera, by_vera, signed_in):
    town.at_work("7", 1200)
    town.car(town.at_work("8", 300), classes=["business"])
    order = town.ordered(by_vera)
    page = text_of(signed_in(vera).get(reverse("orders:candidates", args=[order.pk]), **HTMX))
    assert page.index(">7<") < page.index(">8<")
    assert "1.2 km · 4 min" in page
    assert "the car is not of the class “economy”" in page
    assert 'data-hotkey="1" aria-keyshortcuts="1" aria-label="Offer to 7"' in page


@pytest.mark.feature("C7")
def test_vera_offers_by_one_click_sees_the_answer_and_searches_again(vera, by_vera, signed_in):
    seven = town.at_work("7", 500)
    order = town.ordered(by_vera)
    browser, offers = signed_in(vera), reverse("orders:offer", args=[order.pk])
    page = browser.post(offers, {"call_sign": "7", "version": 1}, **HTMX)
    assert (page.status_code, "Take the offer back" in text_of(page)) == (200, True)
    panel = reverse("orders:candidates", args=[order.pk])
    assert "is being asked: chosen by hand" in text_of(browser.get(panel, **HTMX))
    browser.post(reverse("orders:move", args=[order.pk, "refuse"]), {"reason": "бензин"}, **HTMX)
    page = text_of(browser.get(panel, **HTMX))
    assert "1 offer so far" in page
    assert "бензин" in page
    assert "has refused this order already" in page
    browser.post(reverse("orders:search-again", args=[order.pk]), **HTMX)
    assert "has refused this order already" not in text_of(browser.get(panel, **HTMX))
    assert "Search begun anew" in text_of(browser.get(reverse("orders:detail", args=[order.pk])))
    assert browser.post(offers, {"version": 3}, **HTMX).status_code == 200  # to all
    assert Offer.objects.live().get().phase == "broadcast"
    assert seven.pk == Offer.objects.live().get().driver_id


@pytest.mark.feature("C7")
def test_an_unfit_driver_is_asked_about_and_a_second_enter_insists(vera, by_vera, signed_in):
    one = driver("7")
    town.car(one, seats=3)
    order = town.ordered(by_vera, passengers=4)
    browser, address = signed_in(vera), reverse("orders:driver", args=[order.pk])
    asked = browser.post(address, {"call_sign": "7", "version": 1}, **HTMX)
    assert asked.status_code == 422
    assert "Driver 7: the car has only 3 seats." in text_of(asked)
    assert "All the same" in text_of(asked)
    assert browser.post(address, {"call_sign": "7", "version": 1}).status_code == 409
    again = {"call_sign": "7", "version": 1, "accept": ["few_seats"]}
    assert browser.post(address, again, **HTMX).status_code == 200
    assert Order.objects.get().driver == one


def test_to_all_is_no_button_of_its_own(vera, by_vera, signed_in):
    order = town.ordered(by_vera)
    assert signed_in(vera).post(reverse("orders:move", args=[order.pk, "broadcast"])).status_code == 404
    told = signed_in(vera).post(reverse("orders:offer", args=[order.pk]), {"version": 1}, **HTMX)
    assert (told.status_code, text_of(told)) == (409, "Nobody on shift could drive this order now.")


@pytest.mark.feature("C7", "C10")
def test_a_driver_is_kept_from_a_client_and_sent_again(vera, anna, ivan, order, signed_in):
    browser = signed_in(vera)
    browser.post(reverse("orders:driver", args=[order.pk]), {"call_sign": "17"}, **HTMX)
    assert "Keep these two apart" in text_of(browser.get(reverse("orders:detail", args=[order.pk])))
    kept = {"call_sign": "17", "reason": "курил", "order": order.pk}
    page = browser.post(reverse("orders:block", args=[anna.pk]), kept, **HTMX)
    assert f"Order {order.pk}" in text_of(page)
    card = text_of(browser.get(reverse("orders:client", args=[anna.pk])))
    assert "Driver 17 is not sent here" in card
    assert "курил" in card
    lift = reverse("orders:block-lift", args=[ClientDriverBlock.objects.get().pk])
    assert "is not sent here" not in text_of(browser.post(lift, **HTMX))
    told = browser.post(reverse("orders:block", args=[anna.pk]), {"call_sign": "99"}, **HTMX)
    assert (told.status_code, "99" in text_of(told)) == (409, True)


@pytest.mark.feature("C10")
def test_the_desk_begins_and_ends_the_shift_of_one_who_phones_in(vera, by_vera, pyotr, signed_in):
    pyotr.on_shift = False
    pyotr.save()
    browser, shift = signed_in(vera), reverse("orders:driver-shift", args=[pyotr.pk])
    page = text_of(browser.post(shift, {"act": "start"}, **HTMX))
    assert "End the shift" in page
    assert DriverShift.objects.get().vehicle == pyotr.vehicle
    assert "on a break" in text_of(browser.post(shift, {"act": "break", "reason": "обед"}, **HTMX))
    assert "обед" in text_of(browser.get(reverse("orders:driver-card", args=[pyotr.pk])))
    assert "on a break" not in text_of(browser.post(shift, {"act": "resume"}, **HTMX))
    order = town.ordered(by_vera)
    browser.post(reverse("orders:driver", args=[order.pk]), {"call_sign": "18"}, **HTMX)
    for act in ("end", "break"):
        told = browser.post(shift, {"act": act}, **HTMX)
        assert (told.status_code, text_of(told)) == (409, f"Driver 18 is on order {order.pk} (assigned).")
    Order.objects.update(state=State.COMPLETED)
    assert "Begin the shift" in text_of(browser.post(shift, {"act": "end"}, **HTMX))
    assert browser.post(shift, {"act": "sleep"}, **HTMX).status_code == 409


def test_two_drivers_do_not_begin_a_shift_in_one_car(vera, pyotr, ivan, signed_in):
    pyotr.vehicle = ivan.vehicle
    pyotr.save()
    browser = signed_in(vera)
    browser.post(reverse("orders:driver-shift", args=[ivan.pk]), {"act": "start"}, **HTMX)
    told = browser.post(reverse("orders:driver-shift", args=[pyotr.pk]), {"act": "start"}, **HTMX)
    assert (told.status_code, "is driven by driver 17" in text_of(told)) == (409, True)
