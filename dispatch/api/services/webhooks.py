"""Who hears of orders, and where: subscriptions, their secrets, and messages that are sent once more."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch.api import sealing
from dispatch.api.hooks import line, signing
from dispatch.api.models import Delivery, DeliveryState, Subscription
from dispatch.audit import journal
from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused


def subscribe(
    *, url: str, kinds: Sequence[str], whole_numbers: bool, actor: Person, person: Person | None = None
) -> tuple[Subscription, str]:
    """A new one, and its secret, which nobody can read again. Raises Refused: such an address is not written to."""
    _check(url)
    secret = signing.new_secret()
    with transaction.atomic():
        made = Subscription.objects.create(
            url=url,
            kinds=sorted(set(kinds)),
            whole_numbers=whole_numbers,
            secret=sealing.seal(secret),
            created_by=actor,
            person=person,
        )
        journal.record(actor, "webhook.added", made, url=url)
    return made, secret


def change(*, subscription_id: int, actor: Person, **wanted: Any) -> Subscription:
    """`wanted`: url, kinds, whole_numbers, is_active. Raises Refused, Subscription.DoesNotExist."""
    with transaction.atomic():
        found = _locked(subscription_id)
        if "url" in wanted:
            _check(wanted["url"])
        if "kinds" in wanted:
            wanted["kinds"] = sorted(set(wanted["kinds"]))
        changes = {}
        for name, value in wanted.items():
            if getattr(found, name) != value:
                changes[name] = [getattr(found, name), value]
                setattr(found, name, value)
        if "url" in changes:
            _start_anew(found)
        found.save()
        if changes:
            journal.record(actor, "webhook.changed", found, url=found.url, changes=changes)
    return found


def renew_secret(*, subscription_id: int, actor: Person) -> str:
    """From now on messages are signed with this one."""
    secret = signing.new_secret()
    with transaction.atomic():
        found = _locked(subscription_id)
        found.secret = sealing.seal(secret)
        _start_anew(found)
        found.save()
        journal.record(actor, "webhook.secret_renewed", found, url=found.url)
    return secret


def start_again(*, subscription_id: int, actor: Person) -> Subscription:
    """Ask the receiver at once; also one that was stopped because it failed for too long."""
    with transaction.atomic():
        found = _locked(subscription_id)
        _start_anew(found)
        found.save()
        journal.record(actor, "webhook.started", found, url=found.url)
    return found


def try_out(*, subscription_id: int) -> Delivery:
    """A message that says nothing but that it comes from us."""
    found = Subscription.objects.get(pk=subscription_id)
    now = timezone.now()
    return Delivery.objects.create(subscription=found, created_at=now, due_at=now)


def send_again(*, delivery_id: int, subscription_id: int) -> Delivery:
    """Once more, and for as long as a new one. Raises Delivery.DoesNotExist."""
    with transaction.atomic():
        found = Delivery.objects.select_for_update(no_key=True).get(pk=delivery_id, subscription=subscription_id)
        found.state, found.due_at, found.gives_up_at, found.attempts = DeliveryState.WAITING, timezone.now(), None, 0
        found.save(update_fields=["state", "due_at", "gives_up_at", "attempts"])
    return found


def remove(*, subscription_id: int, actor: Person) -> None:
    """With its messages, sent or not. Raises Subscription.DoesNotExist."""
    with transaction.atomic():
        found = _locked(subscription_id)
        journal.record(actor, "webhook.removed", found, url=found.url)
        found.delete()


def silence(*, person: Person, actor: Person) -> None:
    """A system that has no token any more hears nothing either."""
    for found in (
        Subscription.objects.select_for_update(no_key=True).filter(person=person, is_active=True).order_by("pk")
    ):
        found.is_active = False
        found.save(update_fields=["is_active"])
        journal.record(actor, "webhook.changed", found, url=found.url, changes={"is_active": [True, False]})


def _check(url: str) -> None:
    try:
        line.checked(url, loopback=settings.WEBHOOK_LOOPBACK)
    except line.Forbidden:
        raise Refused(
            _("Messages go to public addresses only, which begin with https:// and hold no name and password.")
        ) from None


def _locked(subscription_id: int) -> Subscription:
    return Subscription.objects.select_for_update(no_key=True).get(pk=subscription_id)


def _start_anew(found: Subscription) -> None:
    """Everything that waits is tried at once."""
    found.failures, found.failing_since, found.next_at = 0, None, None
    found.stopped_at, found.told_at = None, None
    found.deliveries.filter(state=DeliveryState.WAITING).update(due_at=timezone.now())
