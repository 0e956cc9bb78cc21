"""The calls that were promised about an order, on its time line."""

from collections.abc import Iterator, Sequence

from dispatch.desk.models import CallBack
from dispatch.staff.models import Person
from orders import timeline
from orders.models import Order
from orders.timeline import Group, Line

TEMPLATE = "desk/_call_back_line.html"


@timeline.contributor
def call_backs(order: Order, _viewer: Person) -> Sequence[Line]:
    promised = CallBack.objects.filter(order=order).select_related("created_by", "done_by").order_by("pk")
    return [line for one in promised for line in _lines(one)]


def _lines(one: CallBack) -> Iterator[Line]:
    """When it was promised, and when it was done."""
    follows = "" if one.done_at else "callbacks:1"
    yield Line(one.created_at, Group.CALLS, TEMPLATE, {"promise": one}, follows=follows)
    if one.done_at:
        yield Line(one.done_at, Group.CALLS, TEMPLATE, {"promise": one, "is_done": True})
