"""Why orders are cancelled, and whose doing it is: the office's list, and what was chosen from it."""

from django.db import transaction
from django.utils.translation import gettext as _

from dispatch.audit import journal
from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused
from orders.models import CalledOffBy, CancelReason


def said(cause: str, words: str) -> tuple[str, str]:
    """By whom, and why. `cause`: the key of a reason of the list, or by whom, and then `words` say why. One query at
    most. Raises Refused."""
    words = words.strip()
    if cause in CalledOffBy.values:
        if not words:
            raise Refused(_("Say in a few words why it is cancelled."))
        return cause, words
    key = int(cause) if cause.isascii() and cause.isdecimal() and len(cause) < 19 else None
    found = CancelReason.objects.filter(pk=key, is_active=True).first() if key is not None else None
    if found is None:
        raise Refused(_("Choose who called it off, and why."))
    return found.by_whom, found.text


def keep_reason(*, reason: CancelReason, actor: Person) -> CancelReason:
    """Save one of the list, new or changed. What was written to orders before stays as it was."""
    verb = "cancel_reason.changed" if reason.pk else "cancel_reason.added"
    with transaction.atomic():
        reason.save()
        journal.record(actor, verb, reason, reason=reason.text, by_whom=reason.by_whom, is_active=reason.is_active)
    return reason
