"""The desk's words for states, transitions, refusals and lines of an order's history."""

from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from orders import money
from orders.flow import ActorKind, Guard, Refusal, State
from orders.models import Driver, Order
from orders.urgency import Reason

STATES: dict[str, Promise] = {
    State.DRAFT: pgettext_lazy("order", "draft"),
    State.SCHEDULED: pgettext_lazy("order", "pre-order"),
    State.SEARCHING: pgettext_lazy("order", "no driver yet"),
    State.OFFERED: pgettext_lazy("order", "offered"),
    State.ASSIGNED: pgettext_lazy("order", "assigned"),
    State.EN_ROUTE: pgettext_lazy("order", "on the way"),
    State.ARRIVED: pgettext_lazy("order", "arrived"),
    State.ON_BOARD: pgettext_lazy("order", "on board"),
    State.COMPLETED: pgettext_lazy("order", "completed"),
    State.CANCELLED: pgettext_lazy("order", "cancelled"),
    State.NO_SHOW: pgettext_lazy("order", "client did not come"),
    State.UNFULFILLED: pgettext_lazy("order", "no car found"),
}

# what stands on the button
ACTIONS: dict[str, Promise] = {
    "release": gettext_lazy("Search now"),
    "postpone": gettext_lazy("Back to pre-orders"),
    "offer": gettext_lazy("Offer"),
    "broadcast": gettext_lazy("Offer to all"),
    "accept": gettext_lazy("Accept"),
    "refuse": gettext_lazy("Refuse"),
    "recall": gettext_lazy("Take the offer back"),
    "assign": gettext_lazy("Assign"),
    "reassign": gettext_lazy("Give to another driver"),
    "unassign": gettext_lazy("Take from the driver"),
    "hand_back": gettext_lazy("Hand back"),
    "set_off": gettext_lazy("On the way"),
    "arrive": gettext_lazy("Arrived"),
    "board": gettext_lazy("On board"),
    "complete": gettext_lazy("Completed"),
    "no_show": gettext_lazy("Client did not come"),
    "give_up": gettext_lazy("No car found"),
    "cancel": gettext_lazy("Cancel the order"),
    "break_off": gettext_lazy("Break the trip off"),
    "reopen": gettext_lazy("Reopen"),
}

# what may be done besides, no transition
BESIDE: dict[str, Promise] = {
    "repeat": gettext_lazy("Repeat"),
    "way_back": gettext_lazy("Way back"),
    "hold": gettext_lazy("Put on hold"),
    "problem": gettext_lazy("Mark as a problem"),
}

# what the history says
HAPPENED: dict[str, Promise] = {
    "place": gettext_lazy("Order taken"),
    "schedule": gettext_lazy("Pre-order taken"),
    "release": gettext_lazy("Search for a driver began"),
    "postpone": gettext_lazy("Put back to the pre-orders"),
    "offer": gettext_lazy("Offered"),
    "broadcast": gettext_lazy("Offered to all"),
    "accept": gettext_lazy("Offer accepted"),
    "refuse": gettext_lazy("Offer refused"),
    "expire": gettext_lazy("Offer ran out"),
    "recall": gettext_lazy("Offer taken back"),
    "assign": gettext_lazy("Driver assigned"),
    "reassign": gettext_lazy("Given to another driver"),
    "unassign": gettext_lazy("Taken from the driver"),
    "hand_back": gettext_lazy("Handed back by the driver"),
    "set_off": gettext_lazy("Driver set off"),
    "arrive": gettext_lazy("Car arrived"),
    "board": gettext_lazy("Client on board"),
    "complete": gettext_lazy("Trip completed"),
    "no_show": gettext_lazy("Client did not come"),
    "give_up": gettext_lazy("No car found"),
    "cancel": gettext_lazy("Cancelled"),
    "break_off": gettext_lazy("Trip broken off"),
    "reopen": gettext_lazy("Reopened"),
    "edit": gettext_lazy("Changed"),
    "correct": gettext_lazy("Corrected afterwards"),
    "hold": gettext_lazy("Put on hold"),
    "resume": gettext_lazy("No longer on hold"),
    "problem": gettext_lazy("Marked as a problem"),
    "settle": gettext_lazy("Problem settled"),
    "client_called": gettext_lazy("Client was called"),
    "client_asked": gettext_lazy("Client was asked about waiting"),
    "search_again": gettext_lazy("Search begun anew"),
    "reserve": gettext_lazy("Reserved for a driver"),
    "confirm": gettext_lazy("Confirmed by the driver"),
    "free": gettext_lazy("Reservation ended"),
}

FIELDS: dict[str, Promise] = {
    "phone": gettext_lazy("phone"),
    "pickup": gettext_lazy("pick-up"),
    "pickup_at": gettext_lazy("time"),
    "destination": gettext_lazy("destination"),
    "comment": gettext_lazy("note for the driver"),
    "office_note": gettext_lazy("note for the office"),
    "pickup_entrance": gettext_lazy("entrance"),
    "pickup_flat": gettext_lazy("flat"),
    "stops": gettext_lazy("stops"),
    "passengers": gettext_lazy("passengers"),
    "passenger_name": gettext_lazy("passenger"),
    "callback_phone": gettext_lazy("number to call back"),
    "flight": gettext_lazy("flight"),
    "service_class": gettext_lazy("class"),
    "options": gettext_lazy("options"),
    "waits_and_returns": gettext_lazy("waits and drives back"),
    "payment": gettext_lazy("payment"),
    "account": gettext_lazy("company that pays"),
    "fleet": gettext_lazy("fleet"),
    "release_minutes": gettext_lazy("minutes before pick-up"),
    "is_on_hold": gettext_lazy("on hold"),
    "held_until": gettext_lazy("on hold until"),
    "price": gettext_lazy("price"),
}

GROUPS: dict[str, Promise] = {
    "open": pgettext_lazy("orders", "Open"),
    "unassigned": pgettext_lazy("orders", "Unassigned"),
    "offered": pgettext_lazy("orders", "Offered"),
    "assigned": pgettext_lazy("orders", "Assigned"),
    "arrived": pgettext_lazy("orders", "Arrived"),
    "on_board": pgettext_lazy("orders", "On board"),
    "scheduled": pgettext_lazy("orders", "Pre-orders"),
    "problem": pgettext_lazy("orders", "Problems"),
    "closed": pgettext_lazy("orders", "Closed"),
}

PERIODS: dict[str, Promise] = {
    "today": gettext_lazy("today"),
    "tomorrow": gettext_lazy("tomorrow"),
    "yesterday": gettext_lazy("yesterday"),
    "week": gettext_lazy("the last 7 days"),
    "month": gettext_lazy("the last 31 days"),
}

CLIENT_GROUPS: dict[str, Promise] = {
    "vip": gettext_lazy("VIP"),
    "blacklisted": gettext_lazy("on the black list"),
    "corporate": gettext_lazy("corporate"),
    "new": pgettext_lazy("client", "new"),
}

# why an order stands high in the list
URGENCY: dict[str, Promise] = {
    Reason.OVERDUE: pgettext_lazy("order", "overdue"),
    Reason.WAITING: pgettext_lazy("order", "client not out"),
    Reason.LATE: pgettext_lazy("order", "late"),
    Reason.SOON: pgettext_lazy("order", "due soon"),
}

ACTORS: dict[str, Promise] = {
    ActorKind.SYSTEM: gettext_lazy("the system"),
    ActorKind.CLIENT: gettext_lazy("the client"),
    ActorKind.DRIVER: gettext_lazy("the driver"),
    ActorKind.DISPATCHER: gettext_lazy("the dispatcher"),
    ActorKind.SUPERVISOR: gettext_lazy("the supervisor"),
    ActorKind.INTEGRATION: gettext_lazy("another system"),
}


def refused(why: Refusal | Guard, order: Order) -> str:
    """Why it is not done, as a sentence for the person."""
    sentences = {
        Refusal.UNKNOWN: _("There is no such action."),
        Refusal.WRONG_STATE: _("Order %(order)s is now “%(state)s”: that is not possible any more."),
        Refusal.NOT_FOR_YOU: _("That is not yours to do."),
        Refusal.NOT_YOUR_ORDER: _("Order %(order)s is not yours."),
        Guard.NEEDS_PICKUP_TIME: _("A pre-order needs a pick-up time that is still some way off."),
        Guard.NEEDS_DRIVER: _("Name the driver: type a call sign."),
        Guard.DRIVER_BUSY: _("That driver has another order."),
        Guard.SAME_DRIVER: _("This driver has order %(order)s already."),
        Guard.NEEDS_REASON: _("Give the reason."),
        Guard.CLIENT_NOT_CALLED: _("Call the client first, and note the attempt here."),
        Guard.CLIENT_NOT_ASKED: _("Ask the client first whether to go on searching, and note it here."),
    }
    return sentences[why] % {"order": order.pk, "state": STATES[order.state]}


def busy(driver: Driver, other: Order | None) -> str:
    if other is None:
        return _("Driver %(sign)s was taken by another order just now. Try again.") % {"sign": driver.call_sign}
    words = {"sign": driver.call_sign, "order": other.pk, "state": STATES[other.state]}
    return _("Driver %(sign)s is on order %(order)s (%(state)s).") % words


def overtaken(order: Order, who: str) -> str:
    """Somebody changed the order after this person's screen was drawn."""
    if who:
        return _("%(who)s changed order %(order)s just now. Look at it again, then decide.") % {
            "who": who,
            "order": order.pk,
        }
    return _("Order %(order)s was changed just now. Look at it again, then decide.") % {"order": order.pk}


def price_text(text: str) -> str:
    """A price as the history keeps it ("310.50 RUB"), for reading."""
    amount, _blank, currency = text.partition(" ")
    return money.written(Decimal(amount), currency) if currency else "—"
