"""Changing what an order says. Two who edit at once lose nothing: different fields join, the same one is a conflict."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from dispatch.audit import journal
from dispatch.staff.refusal import Refused
from orders import facts, reasons, trip, wording
from orders.actors import Actor
from orders.flow import FINAL_STATES, OPEN_STATES, ActorKind, Guard, Refusal, State
from orders.models import Order
from orders.services import accounts, lifecycle, outlook, pricing
from orders.services.outlook import Outlook
from orders.trip import PLACED, Wording

RESTART, KEEP = "restart", "keep"
PAID_BY = frozenset({"payment", "account", "price", "service_class", "pickup_at"})  # what a company has a say in


@dataclass(frozen=True)
class Clash:
    """One field that both changed, as `trip.texts` writes it."""

    field: str
    before: str
    theirs: str
    mine: str


class Conflict(Exception):
    """`order` as it is now, `who` changed it, the fields where the two do not agree, and all that are `mine`."""

    def __init__(self, order: Order, who: str, clashes: tuple[Clash, ...], mine: frozenset[str]) -> None:
        super().__init__(clashes)
        self.order, self.who, self.clashes, self.mine = order, who, clashes, mine


class Undecided(Exception):
    """The change would take the order from its driver: the person says first whether it does (RESTART), or whether he
    drives all the same (KEEP)."""

    def __init__(self, outlook: Outlook) -> None:
        super().__init__(outlook)
        self.outlook = outlook


def edit(
    *,
    order_id: int,
    wanted: Wording,
    version: int,
    actor: Actor,
    reason: str = "",
    accepted: frozenset[str] = frozenset(),
) -> Order:
    """Save the fields; `version` is of the order that the person had before her eyes when she began.

    A closed order is corrected by a supervisor only, with a reason. Raises Conflict, Undecided, Refused,
    Order.DoesNotExist.
    """
    reason = reason.strip()[: lifecycle.LONGEST_REASON]
    with transaction.atomic():
        order = locked(order_id)
        _check_may_edit(order, actor, reason)
        base = _as_it_was(order, version)
        mine = {name: text for name, text in trip.texts(wanted).items() if text != base[name]}
        now = trip.texts(trip.of(order))
        clashes = tuple(
            Clash(name, base[name], now[name], text)
            for name, text in mine.items()
            if now[name] not in (base[name], text)
        )
        if clashes:
            raise Conflict(order, facts.last_hand(order), clashes, frozenset(mine))
        changes = {name: [now[name], text] for name, text in mine.items() if now[name] != text}
        if changes:
            joined = trip.joined(trip.of(order), wanted, changes)
            restarts = _decided(order, joined, accepted)
            _write(order, joined, changes, actor, reason)
            if restarts:
                _begin_anew(order, restarts, actor)
            if restarts or not outlook.TIMES.isdisjoint(changes):
                _follow_the_time(order, actor)
        _find_on_the_map(order, wanted)
    return order


def _decided(order: Order, joined: Wording, accepted: frozenset[str]) -> Outlook | None:
    """What the search begins anew for; None: its driver keeps the order, or there is none."""
    if order.state not in outlook.HELD_STATES:
        return None
    found = outlook.of(order, joined)
    if not found.restarts or KEEP in accepted:
        return None
    if RESTART not in accepted:
        raise Undecided(found)
    return found


def _begin_anew(order: Order, found: Outlook, actor: Actor) -> None:
    step = "recall" if order.state == State.OFFERED else "unassign"
    lifecycle.move(order_id=order.pk, name=step, actor=actor, reason=reasons.why_anew(found.moved, found.doubts))
    order.refresh_from_db()


def locked(order_id: int) -> Order:
    """Inside a transaction: the order for nobody else to change, with what `trip.of` looks at."""
    return Order.objects.select_for_update(of=("self",)).select_related("account", "fleet").get(pk=order_id)


def _check_may_edit(order: Order, actor: Actor, reason: str) -> None:
    if order.state not in FINAL_STATES:
        return
    if actor.kind is not ActorKind.SUPERVISOR:
        raise Refused(wording.refused(Refusal.WRONG_STATE, order))
    if not reason:
        raise Refused(wording.refused(Guard.NEEDS_REASON, order))


def _write(order: Order, wanted: Wording, changes: dict[str, list[str]], actor: Actor, reason: str) -> None:
    written = {"version", "release_at"}
    for name in (name for name in changes if name in trip.COLUMNS):
        setattr(order, name, trip.column(wanted, name))
        written.add(name)
    for name in (name for name in PLACED if name in changes):
        trip.put(order, name, getattr(wanted, f"{name}_point"))
        written |= {f"{name}_latitude", f"{name}_longitude"}
    if "is_on_hold" in changes:
        order.held_until = None
        written.add("held_until")
    if "stops" in changes:
        trip.put_stops(order, wanted)
    if pricing.changes_price(changes):
        before = order.price
        written |= set(pricing.reprice(order))
        if order.price != before:
            changes["price"] = [pricing.text(before, order.currency), pricing.text(order.price, order.currency)]
    if order.state in OPEN_STATES and not PAID_BY.isdisjoint(changes):
        accounts.check(trip=accounts.trip_of(order), actor=actor)  # what is left to confirm, her saving confirms
    order.version += 1
    order.release_at = order.release_moment()
    if order.reserved_for_id is not None and order.state == State.SCHEDULED:
        written |= _ask_again(order, changes)
    order.save(update_fields=written)
    name = "edit" if order.state in OPEN_STATES else "correct"
    lifecycle.note(order, name, actor, driver=order.driver, reason=reason, changes=changes)
    journal.record(actor.person, f"order.{name}", order, fields=sorted(changes))
    lifecycle.publish_change(order)
    lifecycle.tell_driver(order.driver)
    lifecycle.tell_driver(order.reserved_for)


def _ask_again(order: Order, changes: dict[str, list[str]]) -> set[str]:
    """The driver for whom it is kept agreed to another time. Returns the fields to be written."""
    if outlook.TIMES.isdisjoint(changes):
        return set()
    order.confirm_by = order.confirm_moment(timezone.now())
    order.confirmed_at = None if "pickup_at" in changes else order.confirmed_at
    return {"confirm_by", "confirmed_at"}


def _follow_the_time(order: Order, actor: Actor) -> None:
    """A pre-order whose time became near is searched for; a searched order whose time became far waits again."""
    later = order.is_for_later(timezone.now())
    step = {(State.SCHEDULED, False): "release", (State.SEARCHING, True): "postpone"}.get((State(order.state), later))
    if step:
        lifecycle.move(order_id=order.pk, name=step, actor=actor)
        order.refresh_from_db()


def _find_on_the_map(order: Order, wanted: Wording) -> None:
    """Who only chose an address from the directory that had been typed by hand changes no word of the order."""
    found = [
        name
        for name in PLACED
        if getattr(order, name) == getattr(wanted, name)
        and getattr(wanted, f"{name}_point") not in (None, trip.point(order, name))
    ]
    for name in found:
        trip.put(order, name, getattr(wanted, f"{name}_point"))
    if found:
        priced = pricing.reprice(order) if order.price is None else ()
        axes = [f"{name}_{axis}" for name in found for axis in ("latitude", "longitude")]
        order.save(update_fields=[*axes, *priced])
        lifecycle.publish_change(order)


def _as_it_was(order: Order, version: int) -> dict[str, str]:
    """The fields at `version`: those of now with every later edit taken back. One event for each version."""
    texts = trip.texts(trip.of(order))
    since = max(0, order.version - version)
    later = order.events.exclude(transition__in=facts.NOTES).order_by("-id")[:since]
    for event in later:
        texts |= {name: before for name, (before, _after) in event.changes.items()}
    return texts
