"""Dispatchers ask for the black list, supervisors and managers decide."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch.audit import journal
from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused
from orders.models import Client, ClientMark, MarkProposal
from orders.services import clients


def propose(*, client_id: int, reason: str, actor: Person) -> MarkProposal:
    """Raises Refused: no reason, he is on the list, or somebody asked before; Client.DoesNotExist."""
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why this client is put on the black list."))
    client = Client.objects.get(pk=client_id)
    if client.mark_now == ClientMark.BLACKLISTED:
        raise Refused(_("This client is on the black list already."))
    now = timezone.now()
    try:
        with transaction.atomic():
            proposal = MarkProposal.objects.create(client=client, reason=reason, proposed_by=actor, proposed_at=now)
            journal.record(actor, "client.blacklist_proposed", client, reason=reason)
    except IntegrityError:
        raise Refused(_("Somebody proposed that already; a supervisor or a manager will decide.")) from None
    return proposal


def confirm(*, proposal_id: int, actor: Person, until: datetime | None = None) -> MarkProposal:
    """The client is on the black list. Raises Refused: decided already; MarkProposal.DoesNotExist."""
    with transaction.atomic():
        proposal = _decided(proposal_id, actor, is_confirmed=True)
        clients.mark(
            client_id=proposal.client_id,
            mark=ClientMark.BLACKLISTED,
            reason=proposal.reason,
            until=until,
            actor=actor,
        )
        journal.record(actor, "client.blacklist_confirmed", proposal.client, reason=proposal.reason)
    return proposal


def reject(*, proposal_id: int, actor: Person) -> MarkProposal:
    """Nothing changes but that it is answered. Raises Refused: decided already; MarkProposal.DoesNotExist."""
    with transaction.atomic():
        proposal = _decided(proposal_id, actor, is_confirmed=False)
        journal.record(actor, "client.blacklist_rejected", proposal.client, reason=proposal.reason)
    return proposal


def _decided(proposal_id: int, actor: Person, *, is_confirmed: bool) -> MarkProposal:
    proposal = MarkProposal.objects.select_for_update(of=("self",)).select_related("client").get(pk=proposal_id)
    if proposal.decided_at:
        raise Refused(_("%(who)s decided that already.") % {"who": proposal.decided_by})
    proposal.decided_by, proposal.decided_at, proposal.is_confirmed = actor, timezone.now(), is_confirmed
    proposal.save(update_fields=["decided_by", "decided_at", "is_confirmed"])
    return proposal
