"""Who has an order open just now. Told to those who have the same one open, and to nobody else.

No journal: looking at an order changes nothing, and the server's own log knows who asked for what.
"""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone

from dispatch.live import publish
from dispatch.live.numbers import private
from dispatch.staff.models import Person
from orders.models import Order, Presence


def come(*, tab: str, order: Order, person: Person, is_changing: bool) -> None:
    """From now on this tab shows the order, and none that it showed before. All who look at it are told, she too:
    what she is shown of the others is then never older than her coming."""
    with transaction.atomic():
        before = Presence.objects.select_for_update().filter(tab=tab).first()
        if before and before.person_id != person.pk:
            return  # no page of hers
        concerned = {order.pk, *([before.order_id] if before else [])}
        _one_by_one(concerned)
        Presence.objects.update_or_create(
            tab=tab,
            defaults={"person": person, "order": order, "is_changing": is_changing, "seen_at": timezone.now()},
        )
        _tell(concerned)


def leave(*, tab: str, person: Person) -> None:
    with transaction.atomic():
        left = list(Presence.objects.select_for_update().filter(tab=tab, person=person))
        _one_by_one({one.order_id for one in left})
        Presence.objects.filter(pk__in=[one.pk for one in left]).delete()
        _tell({one.order_id for one in left})


def attend(tabs: Sequence[str]) -> None:
    """These tabs are there still. Those that no process has named for long are gone, and it is told."""
    now = timezone.now()
    with transaction.atomic():
        Presence.objects.filter(tab__in=tabs).update(seen_at=now)
        dead = list(Presence.objects.gone(now).select_for_update(skip_locked=True))
        if dead:
            Presence.objects.filter(pk__in=[one.pk for one in dead]).delete()
            _tell({one.order_id for one in dead})


def _one_by_one(orders: Iterable[int]) -> None:
    """Two who come at the same moment would each miss the other, whose coming is not committed yet."""
    rows = Order.objects.select_for_update(no_key=True).filter(pk__in=orders).order_by("pk")
    list(rows.values_list("pk"))


def _tell(orders: Iterable[int]) -> None:
    """One question and one statement, however many look."""
    looking = Presence.objects.filter(order__in=orders).values_list("person_id", "order_id").distinct().order_by()
    publish.all_changed([(private(person_id), "presence", order_id) for person_id, order_id in looking])
