"""Keys of other systems: given, taken back, recognised."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch.api.models import Token
from dispatch.api.scopes import Scope
from dispatch.api.services import webhooks
from dispatch.audit import journal
from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused

PREFIX = "taxi_"  # so that a scanner of repositories knows a token that got lost there
HINT = len(PREFIX) + 4
SEEN_EVERY = timedelta(minutes=1)  # so exactly is it known when a token was used last


def issue(
    *, name: str, scopes: Sequence[str], a_minute: int, actor: Person, expires_at: datetime | None = None
) -> tuple[Token, str]:
    """A new token, and its text, which nobody can read again. Raises Refused: it would never be valid."""
    now = timezone.now()
    if expires_at is not None and expires_at <= now:
        raise Refused(_("The token would end before it begins."))
    text = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        token = Token.objects.create(
            person=_system(name.strip()),
            digest=_digest(text),
            hint=text[:HINT],
            scopes=sorted(scopes),
            a_minute=a_minute,
            expires_at=expires_at,
            created_by=actor,
        )
        journal.record(actor, "token.issued", token, name=str(token), scopes=token.scopes)
    return token, text


def revoke(*, token_id: int, actor: Person) -> Token:
    """From now on it opens nothing; and a system without another one that may have webhooks hears nothing. Asked twice,
    it is done once. Raises Token.DoesNotExist."""
    with transaction.atomic():
        token = Token.objects.select_for_update(of=("self",)).select_related("person").get(pk=token_id)
        if token.revoked_at is None:
            token.revoked_at, token.revoked_by = timezone.now(), actor
            token.save(update_fields=["revoked_at", "revoked_by"])
            journal.record(actor, "token.revoked", token, name=str(token))
            others = Token.objects.good(timezone.now()).filter(person=token.person)
            if not others.filter(scopes__contains=[Scope.WEBHOOKS_MANAGE]).exists():
                webhooks.silence(person=token.person, actor=actor)
    return token


def find(text: str, now: datetime) -> Token | None:
    """The good token that reads so. One query, and once a minute another that notes its use."""
    token = Token.objects.good(now).select_related("person").filter(digest=_digest(text)).first()
    if token and (token.last_used_at is None or now - token.last_used_at >= SEEN_EVERY):
        Token.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()  # of 256 random bits: no salt makes that harder to guess


def _system(name: str) -> Person:
    """Under whose name it acts. Not active: it signs in nowhere."""
    known = Person.objects.filter(is_machine=True, last_name=name).order_by("pk").first()
    if known:
        return known
    person = Person(username=f"system-{uuid4().hex[:12]}", last_name=name, is_machine=True, is_active=False)
    person.set_unusable_password()
    person.save()
    return person
