"""The numbers of a card, a client's or a driver's: added as typed, removed, and one of them the main one."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from dispatch.staff.refusal import Refused
from orders import numbers
from orders.models import Client, Driver


@dataclass(frozen=True)
class Phones:
    """What becomes of the numbers of a card: `added` as typed, `removed` and `main` by primary key."""

    added: tuple[str, ...] = ()
    removed: frozenset[int] = frozenset()
    main: int | None = None


def change(card: Client | Driver, phones: Phones) -> dict[str, list[str]]:
    """Returns what changed, for the journal. Raises Refused for what is no number."""
    leaving = card.phones.filter(pk__in=phones.removed)
    removed = list(leaving.values_list("e164", flat=True))
    leaving.delete()
    added = add(card, phones.added)
    _make_main(card, phones.main)
    changes = {"numbers_removed": removed, "numbers_added": added}
    return {what: which for what, which in changes.items() if which}


def add(card: Client | Driver, typed: Iterable[str]) -> list[str]:
    """Write down numbers as they were typed; the first of a card is its main one. Returns those that are new."""
    added = []
    has_main = card.phones.filter(is_main=True).exists()
    for raw in (raw.strip() for raw in typed):
        if not raw:
            continue
        number = numbers.e164(raw)
        if not number:
            raise Refused(_("“%(number)s” is no telephone number.") % {"number": raw})
        _phone, is_new = card.phones.get_or_create(e164=number, defaults={"raw": raw[:40], "is_main": not has_main})
        has_main = True
        if is_new:
            added.append(number)
    return added


def _make_main(card: Client | Driver, main: int | None) -> None:
    wanted = card.phones.filter(pk=main) if main is not None else card.phones.none()
    chosen = wanted.first() or card.phones.order_by("-is_main", "pk").first()
    if chosen and not chosen.is_main:
        card.phones.filter(is_main=True).update(is_main=False)
        card.phones.filter(pk=chosen.pk).update(is_main=True)
