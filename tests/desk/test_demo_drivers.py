"""The demo town's drivers: at stands, on shift, and at work without anybody."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dispatch.desk import demo, demo_drivers
from orders.flow import State
from orders.models import Driver, DriverPosition, DriverShift, Fleet, Offer, Order, Search
from orders.services import search

pytestmark = pytest.mark.django_db


@pytest.mark.feature("C7")
def test_the_town_searches_offers_and_drives_by_itself():
    demo.lay_out()
    on_shift = Driver.objects.filter(on_shift=True)
    assert DriverShift.objects.filter(ended_at=None).count() == on_shift.count() > 8
    assert DriverPosition.objects.exclude(stand=None).count() >= on_shift.count() - 1  # all but driver 17
    demo.lay_out()
    assert DriverShift.objects.count() == on_shift.count()  # whatever is there stays

    fleet = Fleet.objects.get(searches_by_itself=True)
    assert not fleet.is_default
    order = Order.objects.filter(state=State.SEARCHING, fleet=fleet).first()
    moved = []
    for _ in range(60):
        Search.objects.exclude(due_at=None).update(due_at=timezone.now())
        search.step(order.pk)
        Offer.objects.live().update(sent_at=timezone.now() - timedelta(minutes=1))
        Order.objects.filter(pk=order.pk).update(state_since=timezone.now() - timedelta(minutes=3))
        demo_drivers.play(timezone.now())
        order.refresh_from_db()
        moved.append(order.state)
        if order.state == State.COMPLETED:
            break
    assert moved[-1] == State.COMPLETED, moved
    assert order.events.filter(transition="accept", actor__username__startswith="cab").exists()


def test_who_signs_in_himself_and_what_a_dispatcher_gave_is_left_alone():
    demo.lay_out()
    ivan = Driver.objects.get(call_sign=demo.KEPT_FREE)
    ivan.person.set_password("x" * 12)
    ivan.person.save()
    by_hand = Order.objects.get(state=State.ASSIGNED)
    later = timezone.now() + timedelta(hours=1)
    assert demo_drivers.play(later) == Driver.objects.filter(on_shift=True).count() - 1  # they say where they are
    by_hand.refresh_from_db()
    assert by_hand.state == State.ASSIGNED
