"""Why this driver, why not that one, and why an offer is over: sentences from what `orders.matching` says as data."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orders.matching import Concern, Doubt
from orders.models import Driver, Offer, OfferState, Order, ServiceClass, TripOption


def why_not(doubt: Doubt) -> str:
    """One sentence, without the driver's name."""
    words = doubt.words
    match doubt.concern:
        case Concern.BUSY:
            return _("has order %(order)s") % words
        case Concern.OFF_SHIFT:
            return _("is not on shift")
        case Concern.ON_BREAK:
            return _("is on a break")
        case Concern.HAS_OFFER:
            return _("is being asked about order %(order)s") % words
        case Concern.BLOCKED:
            if words["reason"]:
                return _("is not sent to this client: %(reason)s") % words
            return _("is not sent to this client")
        case Concern.WRONG_FLEET:
            return _("drives for another fleet")
        case Concern.WRONG_CLASS:
            return _("the car is not of the class “%(class)s”") % {"class": ServiceClass(words["class"]).label}
        case Concern.NO_OPTIONS:
            missing = ", ".join(str(TripOption(name).label) for name in words["options"].split(","))
            return _("the car lacks: %(options)s") % {"options": missing}
        case Concern.FEW_SEATS:
            seats = int(words["seats"])
            return ngettext("the car has only %(n)d seat", "the car has only %(n)d seats", seats) % {"n": seats}
        case Concern.SHIFT_ENDS:
            ends_at = timezone.localtime(datetime.fromisoformat(words["at"]))
            return _("the shift ends at %(at)s") % {"at": f"{ends_at:%H:%M}"}
        case Concern.STALE:
            minutes = int(words["minutes"])
            return ngettext(
                "the position is %(n)d minute old", "the position is %(n)d minutes old", minutes
            ) % {"n": minutes}  # fmt: skip
        case Concern.REFUSED:
            return _("has refused this order already")
        case Concern.NO_VEHICLE:
            return _("no car is known")
        case Concern.NO_POSITION:
            return _("no position is known")


def doubtful(driver: Driver, doubts: tuple[Doubt, ...]) -> str:
    """All of it in one sentence, to be confirmed."""
    return _("Driver %(sign)s: %(why)s.") % {
        "sign": driver.call_sign,
        "why": "; ".join(why_not(doubt) for doubt in doubts),
    }


def why_anew(moved: Iterable[str], doubts: Iterable[Doubt]) -> str:
    """Why a changed order needs another driver, in a few words."""
    words = {
        "place": _("the pick-up is another place"),
        "time": _("the time is another one"),
        "wishes": _("the trip asks for something else"),
    }
    return "; ".join([*(words[each] for each in moved), *(why_not(doubt) for doubt in doubts)])


def why(reason: Mapping[str, Any]) -> str:
    """Why this one was asked, from `matching.why`."""
    match reason.get("kind"):
        case "queue":
            return _("number %(place)s at the stand") % reason
        case "nearest":
            return _("the nearest: %(km)s km, %(minutes)s min") % _far(reason)
        case "near":
            return _("%(km)s km, %(minutes)s min, the nearer ones cannot") % _far(reason)
        case "next":
            return _("soon free, %(km)s km away") % _far(reason)
        case "all":
            return _("asked together with all others")
        case _:
            return _("chosen by hand")


def kilometres(metres: int) -> str:
    return formats.number_format(metres / 1000, decimal_pos=1)


def holds_offer(driver: Driver, order_id: int | None = None) -> str:
    if order_id is None:
        return _("Driver %(sign)s is being asked about another order just now.") % {"sign": driver.call_sign}
    words = {"sign": driver.call_sign, "order": order_id}
    return _("Driver %(sign)s is being asked about order %(order)s just now.") % words


def nobody_to_ask() -> str:
    return _("Nobody on shift could drive this order now.")


def too_late(offer: Offer, order: Order) -> str:
    """Said to the driver who answers an offer that is over."""
    words = {"order": order.pk, "at": f"{timezone.localtime(offer.ended_at or offer.expires_at):%H:%M:%S}"}
    if offer.state == OfferState.RECALLED and order.driver_id not in (None, offer.driver_id):
        return _("Too late: another driver has order %(order)s since %(at)s.") % words
    if offer.state == OfferState.RECALLED:
        return _("Too late: order %(order)s was taken back at %(at)s.") % words
    if offer.state == OfferState.REFUSED:
        return _("You refused order %(order)s at %(at)s.") % words
    return _("Too late: the offer of order %(order)s ran out at %(at)s.") % words


def _far(reason: Mapping[str, Any]) -> dict[str, str]:
    return {"km": kilometres(reason["metres"]), "minutes": str(reason["minutes"])}
