"""The calls of an order, with their sound, on its time line."""

from collections.abc import Sequence

from dispatch.staff.models import Person
from orders import timeline
from orders.models import Order
from orders.timeline import Group, Line
from telephony.models import Call
from telephony.selectors import history


@timeline.contributor
def calls(order: Order, viewer: Person) -> Sequence[Line]:
    return [
        Line(
            row.call.started_at,
            Group.CALLS,
            "telephony/_line.html",
            {"row": row},
            follows="" if row.call.state == Call.State.ENDED else f"call:{row.call.pk}",
        )
        for row in history.of_order(order.pk, viewer)
    ]
