"""Who has an order open: told to those who look at it too, and gone when the tab is."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dispatch.live.models import Change
from dispatch.live.registry import Viewer
from orders.live import render_others
from orders.models import Presence
from orders.selectors import presence as selectors
from orders.services import presence
from tests.orders.conftest import HTMX, placed

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C4")]


def there(order, person) -> list[tuple[str, bool]]:
    found = selectors.others([order.pk], person.pk)
    return [(other.person.first_name, other.is_changing) for other in found.get(order.pk, ())]


def told() -> list[tuple[str, str]]:
    """What was told since last asked: (topic, order)."""
    changes = [(one.topic, one.key) for one in Change.objects.filter(kind="presence").order_by("pk")]
    Change.objects.all().delete()
    return sorted(changes)


def test_two_who_look_at_one_order_see_each_other_and_who_changes_it_first(order, vera, boris, olga):
    presence.come(tab="v", order=order, person=vera, is_changing=False)
    assert (there(order, vera), there(order, boris)) == ([], [("Vera", False)])
    presence.come(tab="b", order=order, person=boris, is_changing=False)
    presence.come(tab="o", order=order, person=olga, is_changing=True)
    assert there(order, vera) == [("Olga", True), ("Boris", False)]
    presence.leave(tab="o", person=olga)
    assert there(order, vera) == [("Boris", False)]


def test_several_tabs_of_one_person_are_one_presence(order, vera, boris):
    for tab, changing in (("b1", False), ("b2", True), ("b3", False)):
        presence.come(tab=tab, order=order, person=boris, is_changing=changing)
    assert there(order, vera) == [("Boris", True)]
    presence.leave(tab="b2", person=boris)
    assert there(order, vera) == [("Boris", False)]


def test_only_those_who_look_are_told(order, anna, by_vera, vera, boris, olga):
    other = placed(anna, by_vera)
    presence.come(tab="o", order=other, person=olga, is_changing=False)
    presence.come(tab="v", order=order, person=vera, is_changing=False)
    told()
    presence.come(tab="b", order=order, person=boris, is_changing=False)
    assert told() == sorted((f"person.{one.pk}", str(order.pk)) for one in (vera, boris))
    presence.come(tab="b", order=other, person=boris, is_changing=False)
    assert told() == sorted(
        [(f"person.{vera.pk}", str(order.pk)), *((f"person.{one.pk}", str(other.pk)) for one in (olga, boris))]
    )


def test_a_tab_that_no_process_names_any_more_is_gone_and_it_is_told(order, vera, boris):
    presence.come(tab="v", order=order, person=vera, is_changing=False)
    presence.come(tab="b", order=order, person=boris, is_changing=True)
    told()
    presence.attend(["v", "b"])
    assert told() == []
    Presence.objects.filter(tab="b").update(seen_at=timezone.now() - Presence.TIMEOUT - timedelta(seconds=1))
    assert there(order, vera) == []
    presence.attend(["v"])
    assert list(Presence.objects.values_list("tab", flat=True)) == ["v"]
    assert told() == [(f"person.{vera.pk}", str(order.pk))]


def test_nobody_speaks_for_a_tab_of_another(order, anna, by_vera, vera, boris):
    other = placed(anna, by_vera)
    presence.come(tab="b", order=order, person=boris, is_changing=False)
    presence.come(tab="b", order=other, person=vera, is_changing=True)
    presence.leave(tab="b", person=vera)
    assert there(order, vera) == [("Boris", False)]


def test_the_page_says_it_and_hears_it(order, vera, boris, marina, signed_in):
    address = f"/orders/{order.pk}/presence/"
    browser = signed_in(boris)
    assert browser.post(address, {"tab": "abc", "changing": "1"}).status_code == 204
    page = signed_in(vera).get(f"/orders/{order.pk}/", **HTMX).content.decode()
    assert "Борисов Boris is changing this order" in page
    assert f'data-presence="{address}"' in page
    assert "data-presence" not in signed_in(marina).get(f"/orders/{order.pk}/", **HTMX).content.decode()
    drawn = render_others([str(order.pk)], Viewer("en", "dispatcher", vera.pk))[str(order.pk)]
    assert "is changing this order" in drawn
    assert render_others([str(order.pk)], Viewer("en", "dispatcher", boris.pk))[str(order.pk)].strip() == ""
    assert browser.post(address, {"tab": "no tab!"}).status_code == 400
    assert browser.delete(address, "tab=abc").status_code == 204
    assert not Presence.objects.exists()


def test_however_many_look_it_is_read_in_two_queries(
    order, anna, by_vera, vera, boris, olga, django_assert_num_queries
):
    orders = [order, *(placed(anna, by_vera) for _ in range(3))]
    for number, one in enumerate(orders):
        presence.come(tab=f"b{number}", order=one, person=boris, is_changing=False)
        presence.come(tab=f"o{number}", order=one, person=olga, is_changing=False)
    with django_assert_num_queries(2):
        found = selectors.others([one.pk for one in orders], vera.pk)
        assert {len(others) for others in found.values()} == {2}
