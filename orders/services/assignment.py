"""Who drives: by hand, by call sign. What speaks against a driver is said first, and a person may insist."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from dispatch.staff.refusal import Refused
from orders.actors import Actor
from orders.flow import BUSY_STATES
from orders.matching import NEVER, UNSAID, Doubt
from orders.models import Driver, Order, OrderEvent
from orders.selectors import candidates
from orders.services import lifecycle


class Doubtful(Exception):
    """To be confirmed before this driver is taken: the concerns come back among the accepted ones."""

    def __init__(self, driver: Driver, doubts: tuple[Doubt, ...]) -> None:
        super().__init__(doubts)
        self.driver, self.doubts = driver, doubts


def assign(
    *,
    order_id: int,
    call_sign: str,
    actor: Actor,
    version: int | None = None,
    accepted: Collection[str] = (),
) -> OrderEvent:
    """Give the order to the driver with this call sign; from another driver when it has one.

    The database settles who is first. Raises Doubtful, Refused (no such call sign, he is busy), Order.DoesNotExist.
    """
    driver = find(call_sign)
    order = Order.objects.select_related("fleet", "search").get(pk=order_id)
    ask_about(order, driver, accepted)
    name = "reassign" if order.state in BUSY_STATES else "assign"
    return lifecycle.move(order_id=order_id, name=name, actor=actor, version=version, driver=driver)


def release(*, order_id: int, actor: Actor, reason: str, version: int | None = None) -> OrderEvent:
    """Take the order from its driver; it is searched for again. Raises Refused, Order.DoesNotExist."""
    return lifecycle.move(order_id=order_id, name="unassign", actor=actor, version=version, reason=reason)


def ask_about(order: Order, driver: Driver, accepted: Collection[str]) -> tuple[Doubt, ...]:
    """What was accepted of what speaks against him. Raises Doubtful for what was not; what no person may insist on is
    left to the state machine, which says it with the order as it is then."""
    against = candidates.doubts_about(order, driver)
    if any(doubt.concern in NEVER for doubt in against):
        return ()
    said = tuple(doubt for doubt in against if doubt.concern not in UNSAID)
    if any(doubt.concern not in accepted for doubt in said):
        raise Doubtful(driver, said)
    return said


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
