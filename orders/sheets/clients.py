"""Clients out of a spreadsheet: known by any of their numbers. Empty cells erase nothing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch.staff.models import Person
from orders import numbers
from orders.models import Client, ClientMark, ClientPhone
from orders.services import clients as services
from orders.sheets.columns import words_of
from orders.sheets.lines import Faulty, Line, Outcome, Result, Seen, fits

SEPARATORS = re.compile(r"[,;/\n]+")


@dataclass(frozen=True)
class Wanted:
    line: Line
    numbers: dict[str, str]  # E.164 → as it was written
    name: str
    notes: str
    mark: ClientMark
    reason: str


class Clients:
    def __init__(self) -> None:
        black = ("blacklist", "black", "чс", "чёрный", "черный", "чёрный список", "черный список")
        self.marks = words_of(ClientMark) | dict.fromkeys(black, ClientMark.BLACKLISTED.value)

    def keys(self, line: Line) -> Sequence[str]:
        try:
            return list(numbers_of(line["numbers"]))
        except Faulty:
            return ()

    def take(self, lines: Sequence[Line], seen: Seen, actor: Person) -> list[Outcome]:
        outcomes, wanted = [], []
        for line in lines:
            try:
                wanted.append(self._read(line, seen))
            except Faulty as fault:
                outcomes.append(Outcome(line, Result.FAULTY, fault.sentence))
        return outcomes + _write(wanted, actor)

    def _read(self, line: Line, seen: Seen) -> Wanted:
        found = numbers_of(line["numbers"])
        if not found:
            raise Faulty(_("There is no number on this line."))
        name, reason = fits(line["name"], 120, _("Name")), fits(line["reason"], 200, _("Reason"))
        mark = self.marks.get(line["mark"].casefold(), "" if not line["mark"] else None)
        if mark is None:
            raise Faulty(_("“%(mark)s” is no mark that we know.") % {"mark": line["mark"][:40]})
        if mark == ClientMark.BLACKLISTED and not reason:
            raise Faulty(_("Say why this client is put on the black list."))
        seen.note(line, found)
        return Wanted(line, found, name, line["notes"], ClientMark(mark), reason)


def numbers_of(cell: str) -> dict[str, str]:
    """Raises Faulty: one of them is no number."""
    found = {}
    for raw in (part.strip() for part in SEPARATORS.split(cell)):
        if not raw:
            continue
        number = numbers.e164(raw)
        if not number:
            raise Faulty(_("“%(number)s” is no telephone number.") % {"number": raw[:40]})
        found[number] = raw[:40]
    return found


def _write(wanted: Sequence[Wanted], actor: Person) -> list[Outcome]:
    asked = [number for want in wanted for number in want.numbers]
    services.queue_up_for(*asked)
    owners: dict[str, set[int]] = {}
    for number, client_id in ClientPhone.objects.filter(e164__in=asked).values_list("e164", "client_id"):
        owners.setdefault(number, set()).add(client_id)
    ids = {pk for theirs in owners.values() for pk in theirs}
    known = Client.objects.select_for_update().order_by("pk").prefetch_related("phones").in_bulk(ids)
    outcomes: list[Outcome] = []
    new: list[Client] = []
    phones: list[ClientPhone] = []
    for want in wanted:
        theirs = {pk for number in want.numbers for pk in owners.get(number, ())}
        if len(theirs) > 1:
            sentence = _("These numbers belong to several cards; merge them first.")
            outcomes.append(Outcome(want.line, Result.FAULTY, sentence))
        elif theirs:
            outcomes.append(Outcome(want.line, _complete(known[theirs.pop()], want, phones, actor)))
        else:
            client = Client(name=want.name, notes=want.notes)
            _mark(client, want, actor)
            new.append(client)
            phones += [
                ClientPhone(client=client, e164=number, raw=raw, is_main=not place)
                for place, (number, raw) in enumerate(want.numbers.items())
            ]
            outcomes.append(Outcome(want.line, Result.ADDED))
    Client.objects.bulk_create(new)
    ClientPhone.objects.bulk_create(phones)
    return outcomes


def _complete(client: Client, want: Wanted, phones: list[ClientPhone], actor: Person) -> Result:
    has = {phone.e164 for phone in client.phones.all()}
    more = [
        ClientPhone(client=client, e164=number, raw=raw) for number, raw in want.numbers.items() if number not in has
    ]
    phones += more
    before = (client.name, client.notes, client.mark, client.mark_reason)
    client.name, client.notes = want.name or client.name, want.notes or client.notes
    if want.mark and (want.mark, want.reason) != (client.mark_now, client.mark_reason):
        _mark(client, want, actor)
    if (client.name, client.notes, client.mark, client.mark_reason) == before:
        return Result.CHANGED if more else Result.SAME
    client.save()
    services.redraw_orders(client)
    return Result.CHANGED


def _mark(client: Client, want: Wanted, actor: Person) -> None:
    if want.mark:
        client.mark, client.mark_reason, client.mark_until = want.mark, want.reason, None
        client.marked_by, client.marked_at = actor, timezone.now()
