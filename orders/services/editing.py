"""Changing what an order says. Two who edit at once lose nothing: different fields join, the same one is a conflict."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from dispatch.audit import journal
from dispatch.staff.refusal import Refused
from orders import facts, wording
from orders.actors import Actor
from orders.flow import FINAL_STATES, OPEN_STATES, ActorKind, Guard, Refusal, State
from orders.models import Order, OrderEvent
from orders.services import lifecycle, pricing


@dataclass(frozen=True)
class Wording:
    """The fields of an order that people type. `phone` is E.164."""

    phone: str
    pickup: str
    destination: str
    pickup_at: datetime | None
    comment: str


ENDS = ("pickup", "destination")
FIELDS = tuple(field.name for field in fields(Wording))


@dataclass(frozen=True)
class Clash:
    """One field that both changed. Times are ISO texts."""

    field: str
    before: str
    theirs: str
    mine: str


class Conflict(Exception):
    """`order` as it is now, `who` changed it, and the fields where the two do not agree."""

    def __init__(self, order: Order, who: str, clashes: tuple[Clash, ...]) -> None:
        super().__init__(clashes)
        self.order, self.who, self.clashes = order, who, clashes


def edit(*, order_id: int, wanted: Wording, version: int, actor: Actor, reason: str = "") -> Order:
    """Save the fields; `version` is of the order that the person had before her eyes when she began.

    A closed order is corrected by a supervisor only, with a reason. Raises Conflict, Refused, Order.DoesNotExist.
    """
    reason = reason.strip()[: lifecycle.LONGEST_REASON]
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        _check_may_edit(order, actor, reason)
        base = _as_it_was(order, version)
        mine = {name: text for name, text in _texts(wanted).items() if text != base[name]}
        now = _texts_of(order)
        clashes = tuple(
            Clash(name, base[name], now[name], text)
            for name, text in mine.items()
            if now[name] not in (base[name], text)
        )
        if clashes:
            raise Conflict(order, facts.last_hand(order), clashes)
        changes = {name: [now[name], text] for name, text in mine.items() if now[name] != text}
        if changes:
            _write(order, wanted, changes, actor, reason)
    return order


def _check_may_edit(order: Order, actor: Actor, reason: str) -> None:
    if order.state not in FINAL_STATES:
        return
    if actor.kind is not ActorKind.SUPERVISOR:
        raise Refused(wording.refused(Refusal.WRONG_STATE, order))
    if not reason:
        raise Refused(wording.refused(Guard.NEEDS_REASON, order))


def _write(order: Order, wanted: Wording, changes: dict[str, list[str]], actor: Actor, reason: str) -> None:
    for name in changes:
        setattr(order, name, getattr(wanted, name))
    written = {*changes, "version", "release_at", *_forget_places(order, changes)}
    if pricing.changes_price(changes):
        before = order.price
        written |= set(pricing.reprice(order))
        if order.price != before:
            changes["price"] = [pricing.text(before, order.currency), pricing.text(order.price, order.currency)]
    order.version += 1
    order.release_at = order.release_moment()
    order.save(update_fields=written)
    name = "edit" if order.state in OPEN_STATES else "correct"
    OrderEvent.objects.create(
        order=order,
        at=timezone.now(),
        transition=name,
        from_state=order.state,
        to_state=order.state,
        actor=actor.person,
        actor_kind=actor.kind,
        driver=order.driver,
        reason=reason,
        source=actor.source,
        changes=changes,
    )
    journal.record(actor.person, f"order.{name}", order, fields=sorted(changes))
    lifecycle.publish_change(order)
    if "pickup_at" in changes:
        _follow_the_time(order, actor)


def _forget_places(order: Order, changes: Collection[str]) -> list[str]:
    """Where another address is, nobody has said yet."""
    forgotten = [f"{end}_{part}" for end in ENDS if end in changes for part in ("latitude", "longitude")]
    for name in forgotten:
        setattr(order, name, None)
    return forgotten


def _follow_the_time(order: Order, actor: Actor) -> None:
    """A pre-order whose time became near is searched for; a searched order whose time became far waits again."""
    later = order.is_for_later(timezone.now())
    step = {(State.SCHEDULED, False): "release", (State.SEARCHING, True): "postpone"}.get((State(order.state), later))
    if step:
        lifecycle.move(order_id=order.pk, name=step, actor=actor)
        order.refresh_from_db()


def _as_it_was(order: Order, version: int) -> dict[str, str]:
    """The fields at `version`: those of now with every later edit taken back. One event for each version."""
    texts = _texts_of(order)
    since = max(0, order.version - version)
    later = order.events.exclude(transition__in=facts.NOTES).order_by("-id")[:since]
    for event in later:
        texts |= {name: before for name, (before, _after) in event.changes.items()}
    return texts


def _texts_of(order: Order) -> dict[str, str]:
    return {name: _text(getattr(order, name)) for name in FIELDS}


def _texts(wanted: Wording) -> dict[str, str]:
    return {name: _text(getattr(wanted, name)) for name in FIELDS}


def _text(value: Any) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value or ""
