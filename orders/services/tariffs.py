"""Tariffs and their versions. A version is never edited: a new price is a new version, from a moment on."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch.audit import journal
from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused
from orders import pricing
from orders.models import KeptQuote, Order, Tariff, TariffVersion
from orders.pricing import Rates

FIELDS = ("fleet_id", "name", "service_class", "is_active")


def save(*, tariff: Tariff, actor: Person) -> Tariff:
    """Write a tariff, new or changed. Raises Refused: its name, or its class in this fleet, is taken."""
    with transaction.atomic():
        before = Tariff.objects.select_for_update(of=("self",)).filter(pk=tariff.pk).first() or Tariff()
        new = tariff.pk is None
        changes = {
            name: [getattr(before, name), getattr(tariff, name)]
            for name in FIELDS
            if getattr(before, name) != getattr(tariff, name)
        }
        try:
            with transaction.atomic():
                tariff.save()
        except IntegrityError as taken:
            raise Refused(_taken(taken, tariff)) from None
        if changes:
            journal.record(actor, "tariff.added" if new else "tariff.changed", tariff, changes=changes)
    return tariff


def add_version(
    *,
    tariff_id: int,
    rates: Rates,
    valid_from: datetime | None,
    actor: Person | None,
    valid_to: datetime | None = None,
    now: datetime | None = None,
) -> TariffVersion:
    """From `valid_from` on (None: from now) the tariff costs that; until the next version that is planned already, or
    until `valid_to`, when the prices that were valid before come back as a version of their own.

    Raises Refused: the past is not priced anew, a version begins at that very moment, or before `valid_to`.
    Tariff.DoesNotExist.
    """
    now = now or timezone.now()
    begins = valid_from or now
    if begins < now:
        raise Refused(_("What was valid in the past stays: a new version begins now or later."))
    if valid_to is not None and valid_to <= begins:
        raise Refused(_("A version ends after it begins."))
    with transaction.atomic():
        tariff = Tariff.objects.select_for_update().get(pk=tariff_id)
        if tariff.versions.filter(valid_from=begins).exists():
            raise Refused(_("A version begins at that very moment already: withdraw it, or choose another time."))
        later = tariff.versions.filter(valid_from__gt=begins).order_by("valid_from").first()
        until = later.valid_from if later else None
        if valid_to is not None and until is not None and valid_to > until:
            raise Refused(_("The next version begins before that: withdraw it, or end this one sooner."))
        before = tariff.versions.at(begins).first()
        tariff.versions.at(begins).update(valid_to=begins)
        version = _priced(tariff, actor, begins, valid_to or until, rates.currency, pricing.write(rates))
        if before and valid_to is not None and valid_to != until:
            _priced(tariff, actor, valid_to, until, before.currency, before.rates)
    return version


def _priced(
    tariff: Tariff, actor: Person | None, begins: datetime, ends: datetime | None, currency: str, rates: Any
) -> TariffVersion:
    version = tariff.versions.create(valid_from=begins, valid_to=ends, currency=currency, rates=rates, created_by=actor)
    journal.record(actor, "tariff.priced", tariff, version=version.pk, valid_from=begins.isoformat())
    return version


def withdraw_version(*, version_id: int, actor: Person, now: datetime | None = None) -> None:
    """Take back a version that has not begun and that nothing was priced with; the one before it goes on instead.

    Raises Refused, TariffVersion.DoesNotExist.
    """
    with transaction.atomic():
        tariff_id = TariffVersion.objects.values_list("tariff", flat=True).get(pk=version_id)
        tariff = Tariff.objects.select_for_update().get(pk=tariff_id)
        version = tariff.versions.get(pk=version_id)
        if version.valid_from <= (now or timezone.now()):
            raise Refused(_("This version has begun: make a new one instead."))
        if is_used(version):
            raise Refused(_("Orders were priced with this version already: make a new one instead."))
        before = tariff.versions.filter(valid_to=version.valid_from).first()
        version.delete()
        if before:
            before.valid_to = version.valid_to
            before.save(update_fields=["valid_to"])
        journal.record(actor, "tariff.version_withdrawn", tariff, valid_from=version.valid_from.isoformat())


def is_used(version: TariffVersion) -> bool:
    return (
        Order.objects.filter(tariff_version=version).exists()
        or KeptQuote.objects.filter(tariff_version=version).exists()
    )


def _taken(taken: IntegrityError, tariff: Tariff) -> str:
    if "one_tariff_a_class" in str(taken):
        return _("“%(fleet)s” has a tariff in use for this class already.") % {"fleet": tariff.fleet}
    return _("“%(fleet)s” has a tariff with this name already.") % {"fleet": tariff.fleet}
