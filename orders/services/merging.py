"""Two cards of one person become one. One transaction; the journal keeps what both cards said."""

from dataclasses import asdict, dataclass
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from dispatch.audit import journal
from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused
from orders.models import Client, ClientMark, Draft, Instead
from orders.services import clients
from orders.signals import client_merged

MARK = ("mark", "mark_reason", "mark_until", "marked_by", "marked_at")
OWN = ("responsible", "own_seconds", "own_then", "own_instead")


@dataclass(frozen=True)
class Choice:
    """What the one card says afterwards. `mark_of`: the client whose mark stays."""

    name: str
    notes: str
    mark_of: int


def merge(*, kept_id: int, gone_id: int, choice: Choice, actor: Person) -> Client:
    """Everything of `gone_id` becomes `kept_id`'s: orders, numbers, addresses, companies, and by signal its calls.

    An empty card stays behind that leads to the kept one. Raises Refused, Client.DoesNotExist.
    """
    if kept_id == gone_id:
        raise Refused(_("Choose two different clients."))
    with transaction.atomic():
        numbers = _numbers(kept_id, gone_id)
        clients.queue_up_for(*numbers)  # an order that is being taken by one of these numbers comes before or after
        found = {each.pk: each for each in Client.objects.select_for_update().filter(pk__in=(kept_id, gone_id))}
        if len(found) < 2:
            raise Client.DoesNotExist
        kept, gone = found[kept_id], found[gone_id]
        if kept.merged_into_id or gone.merged_into_id or kept.anonymised_at or gone.anonymised_at:
            raise Refused(_("One of these cards is not in use any more."))
        said = {"kept": described(kept), "gone": described(gone)}
        moved = _move(kept, gone)
        _write(kept, gone, found.get(choice.mark_of, kept), choice)
        _empty(gone, kept)
        client_merged.send(Client, kept=kept, gone=gone, numbers=numbers)
        journal.record(
            actor, "client.merged", kept, kept=said["kept"], gone=said["gone"], moved=moved, chosen=asdict(choice)
        )
        clients.redraw_orders(kept)
    return kept


def described(client: Client) -> dict[str, Any]:
    """All that a card says, for the journal."""
    return {
        "client": client.pk,
        "name": client.name,
        "notes": client.notes,
        "mark": client.mark,
        "reason": client.mark_reason,
        "until": client.mark_until.isoformat() if client.mark_until else "",
        "responsible": str(client.responsible or ""),
        "numbers": list(client.phones.order_by("pk").values_list("e164", flat=True)),
        "addresses": list(client.addresses.values("label", "address", "entrance", "flat", "comment")),
        "employers": list(client.employments.values("account", "reference", "is_active")),
    }


def _numbers(*client_ids: int) -> list[str]:
    return list(Client.objects.filter(pk__in=client_ids).exclude(phones=None).values_list("phones__e164", flat=True))


def _move(kept: Client, gone: Client) -> dict[str, int]:
    """Whatever row of this room points at one card points at the other. Returns how many of each kind."""
    gone.phones.update(is_main=False)
    moved = {}
    for relation in Client._meta.related_objects:
        model, name = relation.related_model, relation.field.name
        if model._meta.app_label != Client._meta.app_label:
            continue
        rows = model._default_manager.filter(**{name: gone})
        number = _one_by_one(rows, name, kept) if _may_clash(model, name) else rows.update(**{name: kept})
        if number:
            moved[str(model._meta.model_name)] = number
    Draft.objects.filter(order=None, fields__client=str(gone.pk)).update(
        fields=models.Func(
            models.F("fields"),
            models.Value("{client}"),
            models.Value(f'"{kept.pk}"'),
            template="jsonb_set(%(expressions)s::jsonb)",
        )
    )
    return moved


def _may_clash(model: type[models.Model], name: str) -> bool:
    unique = [rule for rule in model._meta.constraints if isinstance(rule, models.UniqueConstraint)]
    return any(name in rule.fields or rule.expressions for rule in unique)


def _one_by_one(rows: "models.QuerySet[Any]", name: str, kept: Client) -> int:
    """What the kept card has already (the same number, the same address) goes."""
    moved = 0
    for row in rows:
        setattr(row, name, kept)
        try:
            with transaction.atomic():
                row.save(update_fields=[name])
                moved += 1
        except IntegrityError:
            row.delete()
    return moved


def _write(kept: Client, gone: Client, marked: Client, choice: Choice) -> None:
    kept.name, kept.notes = choice.name.strip(), choice.notes.strip()
    for field in MARK:
        setattr(kept, field, getattr(marked, field))
    for field in OWN if kept.responsible_id is None else ():
        setattr(kept, field, getattr(gone, field))
    kept.save(update_fields=["name", "notes", *MARK, *OWN])
    if not kept.phones.filter(is_main=True).exists():
        first = kept.phones.order_by("pk").first()
        if first:
            first.is_main = True
            first.save(update_fields=["is_main"])


def _empty(gone: Client, kept: Client) -> None:
    gone.name = gone.notes = gone.mark_reason = ""
    gone.mark, gone.mark_until, gone.marked_by, gone.marked_at = ClientMark.NONE, None, None, None
    gone.responsible, gone.own_then, gone.own_instead = None, Instead.QUEUE, ""
    gone.merged_into = kept
    gone.save()
