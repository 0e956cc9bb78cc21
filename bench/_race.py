"""The people of `bin/bench race`, and its two races. Imported when Django is set up."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.utils import timezone

from dispatch.staff.models import Person, Role
from orders import actors
from orders.actors import Actor
from orders.flow import BUSY_STATES, State
from orders.models import Client, Driver, Offer, OfferPhase, OfferState, Order
from orders.services import assignment, lifecycle, offers

Act = Callable[[], object]
Race = tuple[list[Act], Callable[[], int]]


@dataclass(frozen=True)
class Town:
    vera: Actor
    wanted: Driver  # by all dispatchers at once
    drivers: list[Driver]
    hands: list[Actor]  # of the drivers
    orders: list[Order]
    offered: Order  # to all drivers at once

    def assign_one_driver(self) -> Race:
        """Fifty orders, one driver."""
        mine = [order.pk for order in self.orders]
        Order.objects.filter(pk__in=mine).update(state=State.SEARCHING, driver=None)
        sign = self.wanted.call_sign
        acts: list[Act] = [partial(assignment.assign, order_id=pk, call_sign=sign, actor=self.vera) for pk in mine]
        return acts, Order.objects.filter(driver=self.wanted, state__in=BUSY_STATES).count

    def accept_one_offer(self) -> Race:
        """One order, fifty drivers."""
        now = timezone.now()
        Offer.objects.filter(state__in=(OfferState.ACCEPTED, OfferState.RECALLED)).delete()
        Order.objects.filter(pk=self.offered.pk).update(state=State.OFFERED, driver=None, state_since=now)
        sent = Offer.objects.bulk_create(
            Offer(
                order=self.offered,
                driver=one,
                phase=OfferPhase.BROADCAST,
                sent_at=now,
                expires_at=now + timedelta(hours=1),
            )
            for one in self.drivers
        )
        acts: list[Act] = [
            partial(offers.accept, offer_id=offer.pk, actor=actor)
            for offer, actor in zip(sent, self.hands, strict=True)
        ]
        return acts, self._accepted

    def _accepted(self) -> int:
        """One offer accepted, and one driver on an order: told apart they would not be right."""
        accepted = set(Offer.objects.filter(state=OfferState.ACCEPTED).values_list("driver", flat=True))
        driving = set(
            Order.objects.filter(driver__in=self.drivers, state__in=BUSY_STATES).values_list("driver", flat=True)
        )
        return len(accepted) if accepted == driving else -1


def lay_out(hands: int) -> Town:
    vera = actors.staff(Person.objects.create(username="vera", last_name="Ветрова", roles=[Role.DISPATCHER]))
    anna = Client.objects.create(name="Анна")
    people = [Person.objects.create(username=f"driver{number}", roles=[Role.DRIVER]) for number in range(hands)]
    drivers = [
        Driver.objects.create(
            call_sign=str(number), first_name="Иван", last_name="Соколов", on_shift=True, person=someone
        )
        for number, someone in enumerate(people, start=100)
    ]
    wanted = Driver.objects.create(call_sign="17", first_name="Пётр", last_name="Орлов", on_shift=True)
    orders = [
        lifecycle.enter(order=Order(client=anna, pickup=f"Ленина, {house}"), actor=vera) for house in range(hands + 1)
    ]
    return Town(vera, wanted, drivers, [actors.driver(one) for one in people], orders[:hands], orders[hands])
