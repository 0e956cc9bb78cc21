"""Free text over the orders: number, phone in any writing, address, name, call sign; with slips of the finger, in other
letters, from the wrong keyboard. Exact first; what is only alike is asked for when nothing is.

The history is looked through from now backwards, step by step, within a time: so that no question, however rare its
answer, holds a dispatcher up. A page that was not filled in that time says how far back it came.
"""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection, transaction
from django.db.models import Q, QuerySet, TextField, Value
from django.db.models.functions import Concat, Greatest
from django.db.utils import OperationalError

from orders import numbers
from orders.filters import key as number_of
from orders.models import Driver, Order
from orders.selectors import keyset
from orders.selectors.keyset import Found, Place
from places import folding

ALIKE = 0.36  # word similarity of trigrams: one slip in a word of five letters
NEAR = 10_000  # orders that are looked through as they lie before an index of texts is asked
SHORTEST = 3  # letters; shorter words count at the beginning of a word only
FEWEST_DIGITS = 4  # of a number that is looked for in its middle

NEWEST = "-due_at"
LYING = "lying_key"

Row = tuple[int, Any]  # primary key, due_at
Starts = Sequence[datetime | None]  # of the pieces of the past, the newest first; None: its beginning
Step = tuple[datetime | None, Callable[[QuerySet[Order]], list[Row]]]


def apply(rows: QuerySet[Order], text: str) -> QuerySet[Order]:
    """The few rows in which the text occurs; when it occurs in none, those in which something alike does.

    One query more than without a text.
    """
    if not text:
        return rows
    exact = occurs(rows, text)
    keys = folding.keys(text)
    if exact.exists() or not any(map(_has_letters, keys)):
        return exact
    alike = [TrigramWordSimilarity(reading, "search_key") for reading in keys]
    return rows.alias(alike=Greatest(*alike) if len(alike) > 1 else alike[0]).filter(alike__gte=ALIKE)


def occurs(rows: QuerySet[Order], text: str) -> QuerySet[Order]:
    return rows.filter(reduce(or_, _readings(text), Q(pk__in=[]))) if text else rows


def history(
    rows: QuerySet[Order], text: str, place: Place | None, size: int, near: datetime | None, starts: Starts
) -> Found:
    """A page of the orders in which the text occurs, or else something alike, newest first.

    Down to `near` they are looked through as they lie: a word that is in many orders is there at once, and its index
    would bring those of all years before the first one is seen.
    """
    readings, since = _readings(text), starts[-1]
    ends_near = near is None or (since is not None and near <= since)
    steps: list[Step] = [(since if ends_near else near, lambda part: _newest(_lying(part, text), place, size))]
    if near is not None and not ends_near:
        further = [start for start in starts if start is None or start < near]
        steps += [(start, lambda part: _by_each(part, readings, place, size)) for start in further]
    found = _stepwise(rows, steps, size)
    alike = [Q(search_key__trigram_word_similar=reading) for reading in folding.keys(text) if _has_letters(reading)]
    if found.keys or place or not alike:
        return found
    return _stepwise(rows, [(start, lambda part: _by_each(part, alike, place, size)) for start in starts], size)


def back(rows: QuerySet[Order], place: Place | None, size: int, starts: Starts) -> Found:
    """A page of what fits, newest first."""
    return _stepwise(rows, [(start, lambda part: _newest(part, place, size)) for start in starts], size)


def near(top: datetime | None) -> datetime | None:
    """When the oldest of the newest thousands before `top` was due; None: there are no more than these."""
    rows = Order.objects.order_by(NEWEST, "-pk").values_list("due_at", flat=True)
    return next(iter((rows.filter(due_at__lt=top) if top else rows)[NEAR : NEAR + 1]), None)


def _lying(rows: QuerySet[Order], text: str) -> QuerySet[Order]:
    """Those in which the text occurs; of a key that is joined to nothing no index knows."""
    key = Concat("search_key", Value(""), output_field=TextField())
    return rows.alias(**{LYING: key}).filter(reduce(or_, _readings(text, key=LYING), Q(pk__in=[])))


def _stepwise(rows: QuerySet[Order], steps: Sequence[Step], size: int) -> Found:
    """Ask one piece of the past after another, until there is a page, an end, or no time left."""
    end = time.monotonic() + settings.LIST_SEARCH_SECONDS
    found: list[Row] = []
    done: datetime | None = None  # looked through down to here
    for start, question in steps:
        piece = rows if start is None else rows.filter(due_at__gte=start)
        piece = piece if done is None else piece.filter(due_at__lt=done)
        left = end - time.monotonic()
        answer = _within(left, lambda ask=question, piece=piece: ask(piece)) if left > 0 else None  # type: ignore[misc]
        if answer is None:
            return Found([pk for pk, _due in found], Place(done, 0) if done else None, done)
        found += answer
        if len(found) > size or start is None:
            return keyset.cut(found, size)
        done = start
    return keyset.cut(found, size)


def _within(seconds: float, question: Callable[[], list[Row]]) -> list[Row] | None:
    """The answer; None when the database did not find it in that time."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "select set_config('statement_timeout', %s, true),"
                " set_config('pg_trgm.word_similarity_threshold', %s, true)",
                [str(max(1, int(seconds * 1000))), str(ALIKE)],
            )
            answer = question()
            cursor.execute("set local statement_timeout = 0")  # also for whoever is in a transaction of his own
            return answer
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != "57014":  # query_canceled
            raise
        return None


def _by_each(rows: QuerySet[Order], parts: Sequence[Q], place: Place | None, size: int) -> list[Row]:
    """Each way of reading the text by its own index, then together: an OR over several indexes would use none."""
    asked = [_ordered(rows.filter(part), place)[: size + 1] for part in parts]
    if len(asked) < 2:
        return list(asked[0]) if asked else []
    return list(asked[0].union(*asked[1:]).order_by(NEWEST, "-pk")[: size + 1])


def _newest(rows: QuerySet[Order], place: Place | None, size: int) -> list[Row]:
    return list(_ordered(rows, place)[: size + 1])


def _ordered(rows: QuerySet[Order], place: Place | None) -> QuerySet[Order, Row]:
    return keyset.ordered(rows, NEWEST, place).values_list("pk", "due_at")


def _readings(text: str, key: str = "search_key") -> list[Q]:
    """What the text may mean, each a condition with an index of its own. `key`: the field of texts."""
    bare = text.removeprefix("#")
    number, digits = numbers.e164(text), "".join(sign for sign in text if sign.isascii() and sign.isdigit())
    meant = [Q(driver__in=Driver.objects.filter(call_sign__iexact=text).values("pk"))]
    if (pk := number_of(bare)) is not None:
        meant.append(Q(pk=pk))
    if number:
        meant.append(Q(phone=number))
    if any(letter.isalpha() for letter in text):
        meant += [condition for reading in folding.keys(text) if (condition := _words(reading, key))]
    elif len(digits) >= FEWEST_DIGITS:
        known = number.lstrip("+")  # the last seven of a mobile also read as a number of this city: as they were typed
        meant.append(Q(**{f"{key}__contains": digits if known.endswith(digits) else known or digits}))
    return meant


def _words(reading: str, key: str) -> Q:
    """Every word occurs, a short one at the beginning of a word."""
    wanted = Q()
    for word in reading.split():
        wanted &= Q(**{f"{key}__contains": word if len(word) >= SHORTEST else f" {word}"})
    return wanted


def _has_letters(reading: str) -> bool:
    return any(sign.isalpha() for sign in reading)
