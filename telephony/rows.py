"""A call as the board tells it, laid into its rows. Each function says whether anything became different."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db.models import Model
from django.utils import timezone

from telephony.core import call as told
from telephony.models import Call, Leg, Transfer
from telephony.recognition import recognise
from telephony.selectors import lines
from telephony.services import dial_plan

# What a link that came late cannot know better than the one that saw the call begin.
LASTING = (
    "direction",
    "caller_raw",
    "caller_name",
    "dialled",
    "queue",
    "answered_extension",
    "started_at",
    "answered_at",
)

OF_LEGS = ("channel", "party", "name", "person_id", "role", "outcome", "started_at", "answered_at", "ended_at")
OF_TRANSFERS = ("kind", "by", "to", "completed", "why", "at")


@dataclass
class Hanging:
    """What hangs on the calls of one batch, saved in one statement each when all of them have their rows."""

    legs: list[Leg] = field(default_factory=list)
    transfers: list[Transfer] = field(default_factory=list)
    over: list[Leg] = field(default_factory=list)  # nobody saw them end
    gone: list[Leg] = field(default_factory=list)
    revoked: list[Transfer] = field(default_factory=list)

    def save(self) -> None:
        Leg.objects.bulk_create(
            self.legs,
            update_conflicts=True,
            unique_fields=["call", "uniqueid"],
            update_fields=[name.removesuffix("_id") for name in OF_LEGS],
        )
        Leg.objects.bulk_update(self.over, ["ended_at"])
        Transfer.objects.bulk_create(
            self.transfers, update_conflicts=True, unique_fields=["call", "place"], update_fields=list(OF_TRANSFERS)
        )
        for model, gone in ((Leg, self.gone), (Transfer, self.revoked)):
            if gone:
                model.objects.filter(pk__in=[each.pk for each in gone]).delete()


@dataclass(frozen=True)
class Earlier:
    """What another link wrote of a call before this one found it on the PBX. `transfers`: how many had ended."""

    transfers: int


def at(seconds: float | None) -> datetime | None:
    """Aware UTC, from seconds since the epoch."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def fit(model: type[Model], name: str, value: str) -> str:
    """As much of a text from the wire as the column takes."""
    return value.replace("\x00", "")[: model._meta.get_field(name).max_length]  # type: ignore[union-attr]


def write_call(row: Call, call: told.Call, seats: Mapping[str, int], earlier: Earlier | None) -> bool:
    """Save the row if it is new or different. `seats`: who is on shift at which extension."""
    values = _values(call)
    values["started_at"] = at(call.started_at) or row.started_at or timezone.now()
    values["handling"] = _handling(row, call.handling)
    if row.is_pair:
        del values["dialled"], values["caller_raw"]  # the click says them: `outgoing.tie`
    if call.state == told.ENDED:
        values["ended_at"] = at(call.ended_at) or row.ended_at or timezone.now()
    if earlier is not None:
        values.update({name: getattr(row, name) for name in LASTING if getattr(row, name)})
        if call.state == told.ENDED and row.answered_at and not call.result.startswith("lost"):
            values["result"] = Call.Result.ANSWERED
    if row.answered_by_id is None and row.direction != told.OUT:
        values["answered_by_id"] = seats.get(values["answered_extension"])
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if "dialled" in changed and row.direction == told.IN:
        row.fleet_id = lines.fleet_called(row.dialled)
        changed.append("fleet_id")
    if not row.recognised and not row.is_pair and _can_be_recognised(call):
        changed += _recognise(row)
    if row.pk is None:
        row.save()
    elif changed:
        row.save(update_fields=changed)
    return bool(changed)


def write_legs(
    row: Call,
    call: told.Call,
    seats: Mapping[str, int],
    there: Mapping[str, Leg],
    earlier: Earlier | None,
    hanging: Hanging,
) -> bool:
    """`there`: the legs of this call as they are in the database, by Uniqueid."""
    wanted = [_leg(row, leg, seats, there.get(leg.uniqueid)) for leg in call.legs]
    if earlier is not None:
        for leg in wanted:
            _remember(leg, there.get(leg.uniqueid))
    different = [leg for leg in wanted if _differs(leg, there.get(leg.uniqueid), OF_LEGS)]
    known = {leg.uniqueid for leg in wanted}
    gone = [leg for leg in there.values() if leg.uniqueid not in known]
    if earlier is None:
        hanging.gone += gone
    else:  # what nobody saw end has ended all the same
        gone = [leg for leg in gone if leg.ended_at is None]
        for leg in gone:
            leg.ended_at = row.ended_at or timezone.now()
        hanging.over += gone
    hanging.legs += different
    return bool(different or gone)


def write_transfers(
    row: Call, call: told.Call, there: Mapping[int, Transfer], earlier: Earlier | None, hanging: Hanging
) -> bool:
    """`there`: the transfers of this call as they are in the database, by place."""
    before = earlier.transfers if earlier else 0
    wanted = [_transfer(row, before + place, transfer) for place, transfer in enumerate(call.transfers, start=1)]
    for transfer in wanted:
        if not transfer.by and transfer.place in there:  # who parked him, the PBX does not say a second time
            transfer.by = there[transfer.place].by
    different = [transfer for transfer in wanted if _differs(transfer, there.get(transfer.place), OF_TRANSFERS)]
    hanging.transfers += different
    gone = [transfer for place, transfer in there.items() if earlier is None and place > before + len(wanted)]
    hanging.revoked += gone
    return bool(different or gone)


def _values(call: told.Call) -> dict[str, Any]:
    answered = call.answered_by[0] if call.answered_by else ""
    return {
        "direction": call.direction,
        "state": call.state,
        "result": call.result,
        "caller_raw": fit(Call, "caller_raw", call.caller),
        "caller_name": fit(Call, "caller_name", call.caller_name),
        "dialled": fit(Call, "dialled", _dialled(call)),
        "queue": fit(Call, "queue", call.queue),
        "ringing": [party.replace("\x00", "") for party in call.ringing],
        "talking_to": [party.replace("\x00", "") for party in call.talking_to],
        "watchers": [
            {
                "by": each.by,
                "mode": each.mode,
                "of": next((leg.party for leg in call.legs if leg.uniqueid == each.of), ""),
            }
            for each in call.watchers
        ],
        "held_by": [party.replace("\x00", "") for party in call.held_by],
        "answered_extension": fit(Call, "answered_extension", answered),
        "ended_by": call.ended_by,
        "answered_at": at(call.answered_at),
        "ended_at": at(call.ended_at),
    }


def _handling(row: Call, handling: told.Handling | None) -> dict[str, Any]:
    """Where a link that comes late does not know since when, or by whom, the row does."""
    if handling is None or not (handling.phase or handling.second):
        return {}
    before = row.handling if row.handling.get("phase") == handling.phase else {}
    since = at(handling.since)
    second = handling.second
    return {
        "phase": handling.phase,
        "by": handling.by or before.get("by", ""),
        "to": handling.to or before.get("to", ""),
        "since": since.isoformat() if since else before.get("since") or timezone.now().isoformat(),
        "second": {"party": second.party, "state": second.state} if second else None,
    }


def _dialled(call: told.Call) -> str:
    """A number of the street as it is stored, not as the PBX had to be told it."""
    goes_out = call.direction == told.OUT and call.dialled
    return (dial_plan.read_back(call.dialled) if goes_out else "") or call.dialled


def _can_be_recognised(call: told.Call) -> bool:
    """On the first ring; the number may come a moment after the channel."""
    known = call.dialled if call.direction == told.OUT else call.caller
    return bool(known or call.queue or call.ringing or call.state != told.RINGING)


def _recognise(row: Call) -> list[str]:
    number = row.dialled if row.direction == told.OUT else row.caller_raw
    who = recognise(number, direction=row.direction)
    row.recognised = who.kind
    row.caller_e164 = "" if row.direction == told.OUT else who.number
    row.client_id = who.client_id
    row.driver_id = who.driver_id
    row.colleague_id = who.person_id
    row.choices = [{"kind": choice.kind, "id": choice.id} for choice in who.choices]
    fields = ["recognised", "caller_e164", "client_id", "driver_id", "colleague_id", "choices"]
    if who.order_id and row.order_id is None:
        row.order_id = who.order_id
        fields.append("order_id")
    return fields


def _leg(row: Call, leg: told.Leg, seats: Mapping[str, int], there: Leg | None) -> Leg:
    person_id = there.person_id if there is not None and there.person_id else seats.get(leg.party)
    return Leg(
        call=row,
        uniqueid=fit(Leg, "uniqueid", leg.uniqueid),
        channel=fit(Leg, "channel", leg.channel),
        party=row.caller_raw if row.is_pair and leg.role == "caller" else fit(Leg, "party", leg.party),
        name=fit(Leg, "name", leg.name),
        person_id=person_id,
        role=leg.role,
        outcome=leg.outcome,
        started_at=at(leg.started_at) or row.started_at,
        answered_at=at(leg.answered_at),
        ended_at=at(leg.ended_at) or (row.ended_at if row.state == told.ENDED else None),
    )


def _remember(leg: Leg, there: Leg | None) -> None:
    """A link that came late knows less of a leg than the one that saw it rung and answered."""
    if there is None:
        return
    leg.party, leg.name, leg.started_at = there.party or leg.party, there.name or leg.name, there.started_at
    leg.answered_at = there.answered_at or leg.answered_at
    leg.outcome = leg.outcome or there.outcome
    leg.role = there.role if leg.role == "called" else leg.role


def _transfer(row: Call, place: int, transfer: told.Transfer) -> Transfer:
    return Transfer(
        call=row,
        place=place,
        kind=transfer.kind,
        by=fit(Transfer, "by", transfer.by),
        to=[party.replace("\x00", "") for party in transfer.to],
        completed=transfer.completed,
        why=transfer.why,
        at=at(transfer.at),
    )


def _differs(wanted: Model, there: Model | None, fields: tuple[str, ...]) -> bool:
    return there is None or any(getattr(wanted, name) != getattr(there, name) for name in fields)
