"""Saved addresses out of a spreadsheet: of the client with that number, known by the address."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from dispatch.staff.models import Person
from orders.models import ClientAddress, ClientPhone, SheetKind
from orders.sheets.clients import numbers_of
from orders.sheets.columns import COLUMNS
from orders.sheets.lines import Faulty, Line, Outcome, Result, Seen, fits

TEXTS = {"address": 250, "label": 40, "entrance": 20, "flat": 20, "comment": 200}  # characters
KEPT = ("label", "entrance", "flat", "comment", "latitude", "longitude")


class Addresses:
    def keys(self, line: Line) -> Sequence[str]:
        try:
            return [f"{number} {line['address'].upper()}" for number in numbers_of(line["numbers"])]
        except Faulty:
            return ()

    def take(self, lines: Sequence[Line], seen: Seen, actor: Person) -> list[Outcome]:
        owners = _owners(lines)
        written = {
            (address.client_id, address.address.upper()): address
            for address in ClientAddress.objects.filter(client__in={pk for pks in owners.values() for pk in pks})
        }
        outcomes, new = [], []
        for line in lines:
            try:
                address = self._read(line, owners, seen)
            except Faulty as fault:
                outcomes.append(Outcome(line, Result.FAULTY, fault.sentence))
                continue
            known = written.get((address.client_id, address.address.upper()))
            if known is None:
                written[address.client_id, address.address.upper()] = address
                new.append(address)
            outcomes.append(Outcome(line, _complete(known, address) if known else Result.ADDED))
        ClientAddress.objects.bulk_create(new)
        return outcomes

    def _read(self, line: Line, owners: dict[str, set[int]], seen: Seen) -> ClientAddress:
        found = numbers_of(line["numbers"])
        theirs = {pk for number in found for pk in owners.get(number, ())}
        if not theirs:
            raise Faulty(_("No client has this number."))
        if len(theirs) > 1:
            raise Faulty(_("Several clients have this number."))
        if not line["address"]:
            raise Faulty(_("There is no address on this line."))
        labels = {column.name: str(column.label) for column in COLUMNS[SheetKind.ADDRESSES]}
        texts = {name: fits(line[name], longest, labels[name]) for name, longest in TEXTS.items()}
        place = {"latitude": _degrees(line["latitude"], 90), "longitude": _degrees(line["longitude"], 180)}
        if (place["latitude"] is None) != (place["longitude"] is None):
            raise Faulty(_("Give both coordinates, or none."))
        seen.note(line, self.keys(line))
        return ClientAddress(client_id=theirs.pop(), **texts, **place)


def _owners(lines: Sequence[Line]) -> dict[str, set[int]]:
    asked = set()
    for line in lines:
        try:
            asked |= set(numbers_of(line["numbers"]))
        except Faulty:
            continue
    owners: dict[str, set[int]] = {}
    for number, client_id in ClientPhone.objects.filter(e164__in=asked).values_list("e164", "client_id"):
        owners.setdefault(number, set()).add(client_id)
    return owners


def _degrees(text: str, most: int) -> float | None:
    if not text:
        return None
    try:
        degrees = float(text.replace(",", "."))
    except ValueError:
        degrees = most + 1.0
    if not -most <= degrees <= most:
        raise Faulty(_("“%(text)s” is no coordinate.") % {"text": text[:40]})
    return degrees


def _complete(known: ClientAddress, wanted: ClientAddress) -> Result:
    before = {name: getattr(known, name) for name in KEPT}
    for name, value in before.items():
        written = getattr(wanted, name)
        setattr(known, name, value if written in ("", None) else written)
    if before == {name: getattr(known, name) for name in before}:
        return Result.SAME
    known.save()
    return Result.CHANGED
