"""Companies that pay for their people's trips, and what they allow."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch.audit import journal
from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused
from orders import numbers
from orders.actors import Actor
from orders.flow import ActorKind
from orders.models import Account, Employee, Order, Payment, ServiceClass
from orders.selectors import accounts
from orders.selectors.accounts import NOTHING, Balance
from orders.services import clients
from orders.services.concern import Concern

OVER_LIMIT, CASH = "over_limit", "cash"
FIELDS = ("name", "is_active", "monthly_limit", "currency", "forbids_cash", "classes", "notes")
EMPLOYEE_FIELDS = ("reference", "monthly_limit", "is_active")


@dataclass(frozen=True)
class Trip:
    """What is to be paid for. `at`: when it is due; `price` in the company's currency, None: not known."""

    client_id: int
    payment: Payment
    service_class: ServiceClass
    at: datetime
    price: Decimal | None = None
    account_id: int | None = None
    order_id: int | None = None  # one that is being changed: what it cost before is not counted twice


def trip_of(order: Order) -> Trip:
    """Of an order with its client, saved or not."""
    return Trip(
        client_id=order.client_id or 0,
        payment=Payment(order.payment),
        service_class=ServiceClass(order.service_class),
        at=order.pickup_at or order.created_at or timezone.now(),
        price=order.price,
        account_id=order.account_id,
        order_id=order.pk,
    )


def check(*, trip: Trip, actor: Actor) -> tuple[Concern, ...]:
    """What is to be confirmed before a trip is paid that way; empty: nothing.

    Inside a transaction: the company's row is locked, so that two trips at once do not both fit into the last of its
    limit. Raises Refused for what nobody can confirm, and for a dispatcher what only a supervisor can.
    """
    if trip.payment == Payment.CASH:
        return _cash(trip.client_id)
    if trip.payment != Payment.ACCOUNT:
        return ()
    account = Account.objects.select_for_update().filter(pk=trip.account_id or 0).first()
    if account is None:
        raise Refused(_("Choose the company that pays."))
    employee = _employee(account, trip)
    sentence = _over_limit(account, employee, trip)
    if not sentence:
        return ()
    if actor.kind is not ActorKind.SUPERVISOR:
        raise Refused(_("%(limit)s A supervisor can take the order all the same.") % {"limit": sentence})
    return (Concern(OVER_LIMIT, sentence),)


def _employee(account: Account, trip: Trip) -> Employee:
    if not account.is_active:
        raise Refused(_("%(company)s does not pay for trips now.") % {"company": account})
    employee = account.employees.filter(client=trip.client_id, is_active=True).first()
    if employee is None:
        raise Refused(_("%(company)s does not pay for this client.") % {"company": account})
    if account.classes and trip.service_class not in account.classes:
        allowed = ", ".join(str(ServiceClass(each).label) for each in account.classes)
        raise Refused(_("%(company)s pays only for: %(classes)s.") % {"company": account, "classes": allowed})
    return employee


def _over_limit(account: Account, employee: Employee, trip: Trip) -> str:
    price = trip.price or NOTHING
    whole = Balance(accounts.used(account, trip.at, but=trip.order_id), account.monthly_limit)
    if not whole.holds(price):
        sentence = _("%(company)s has %(left)s %(currency)s left of its limit this month.")
        return sentence % {
            "company": account,
            "left": max(NOTHING, whole.left or NOTHING),
            "currency": account.currency,
        }
    mine = accounts.used(account, trip.at, client_id=trip.client_id, but=trip.order_id)
    own = Balance(mine, employee.monthly_limit)
    if not own.holds(price):
        sentence = _("This client has %(left)s %(currency)s left of the own limit at %(company)s this month.")
        return sentence % {"company": account, "left": max(NOTHING, own.left or NOTHING), "currency": account.currency}
    return ""


def _cash(client_id: int) -> tuple[Concern, ...]:
    forbidding = Account.objects.filter(
        is_active=True, forbids_cash=True, employees__client=client_id, employees__is_active=True
    ).first()
    if forbidding is None:
        return ()
    return (Concern(CASH, _("%(company)s: its people may not pay in cash.") % {"company": forbidding}),)


def save(*, account: Account, actor: Person) -> Account:
    """A company, new or changed. Raises Refused: the name is taken."""
    with transaction.atomic():
        new = account.pk is None
        before = Account() if new else Account.objects.select_for_update().get(pk=account.pk)
        try:
            with transaction.atomic():
                account.save()
        except IntegrityError:
            raise Refused(_("There is a company of this name already.")) from None
        changes = _changes(before, account, FIELDS)
        journal.record(actor, "account.added" if new else "account.changed", account, changes=changes)
    return account


def employ(
    *, account_id: int, number: str, name: str, client_id: int | None, wanted: Employee, actor: Person
) -> Employee:
    """Whoever has `number`, as typed, belongs to the company from now on; a stranger gets a card.

    Raises Refused, clients.Ambiguous, Account.DoesNotExist.
    """
    if not numbers.e164(number):
        raise Refused(_("“%(number)s” is no telephone number.") % {"number": number})
    with transaction.atomic():
        wanted.account = Account.objects.select_for_update().get(pk=account_id)
        wanted.client = clients.who_calls(
            number=numbers.e164(number), raw=number, client_id=client_id, is_new=False, name=name, actor=actor
        )
        try:
            with transaction.atomic():
                wanted.save(force_insert=True)
        except IntegrityError:
            raise Refused(_("This client belongs to the company already.")) from None
        _journal(actor, "employee.added", wanted, changes=_changes(Employee(), wanted, EMPLOYEE_FIELDS))
    return wanted


def change_employee(*, employee: Employee, actor: Person) -> Employee:
    with transaction.atomic():
        before = Employee.objects.select_for_update().get(pk=employee.pk)
        employee.save(update_fields=EMPLOYEE_FIELDS)
        _journal(actor, "employee.changed", employee, changes=_changes(before, employee, EMPLOYEE_FIELDS))
    return employee


def remove_employee(*, employee_id: int, actor: Person) -> None:
    """Asked twice, he is gone all the same."""
    with transaction.atomic():
        employee = Employee.objects.select_for_update().filter(pk=employee_id).first()
        if employee:
            _journal(actor, "employee.removed", employee)
            employee.delete()


def _journal(actor: Person, verb: str, employee: Employee, **details: Any) -> None:
    journal.record(actor, verb, employee.account, client=employee.client_id, **details)


def _changes(before: Account | Employee, after: Account | Employee, fields: tuple[str, ...]) -> dict[str, list[str]]:
    was = {field: _text(getattr(before, field)) for field in fields}
    now = {field: _text(getattr(after, field)) for field in fields}
    return {field: [was[field], now[field]] for field in fields if was[field] != now[field]}


def _text(value: object) -> str:
    return "" if value is None else ", ".join(value) if isinstance(value, list) else str(value)
