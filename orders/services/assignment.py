"""Who drives: by hand, by call sign."""

from django.utils.translation import gettext as _

from dispatch.staff.refusal import Refused
from orders.actors import Actor
from orders.flow import BUSY_STATES
from orders.models import Driver, Order, OrderEvent
from orders.services import lifecycle


def assign(*, order_id: int, call_sign: str, actor: Actor, version: int | None = None) -> OrderEvent:
    """Give the order to the driver with this call sign; from another driver when it has one.

    The database settles who is first. Raises Refused (no such call sign, he is busy), Order.DoesNotExist.
    """
    driver = find(call_sign)
    state = Order.objects.values_list("state", flat=True).get(pk=order_id)
    name = "reassign" if state in BUSY_STATES else "assign"
    return lifecycle.move(order_id=order_id, name=name, actor=actor, version=version, driver=driver)


def release(*, order_id: int, actor: Actor, reason: str, version: int | None = None) -> OrderEvent:
    """Take the order from its driver; it is searched for again. Raises Refused, Order.DoesNotExist."""
    return lifecycle.move(order_id=order_id, name="unassign", actor=actor, version=version, reason=reason)


def find(call_sign: str) -> Driver:
    """The driver who is called so, in any letter case and with leading zeros or without."""
    wanted = call_sign.strip()
    if not wanted:
        raise Refused(_("Name the driver: type a call sign."))
    driver = Driver.objects.filter(call_sign__iexact=wanted).first()
    if driver is None and wanted.isdecimal():
        driver = Driver.objects.filter(call_sign__regex=rf"^0*{int(wanted)}$").order_by("call_sign").first()
    if driver is None:
        raise Refused(_("There is no driver with the call sign “%(sign)s”.") % {"sign": wanted})
    return driver
