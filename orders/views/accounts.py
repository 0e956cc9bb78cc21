"""Companies: the list, the card, their people."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dispatch.staff.access import SignedInRequest, may, refuse, requires
from dispatch.staff.refusal import Refused
from orders import numbers, sight
from orders.forms.accounts import AccountForm, EmployeeForm, NewEmployeeForm
from orders.models import Account, Client, Employee
from orders.selectors import accounts as reading
from orders.services import accounts as services
from orders.services.clients import Ambiguous


# /accounts/
@requires("accounts.see")
@require_safe
def accounts(request: SignedInRequest) -> HttpResponse:
    text, after = (request.GET.get(name, "").strip()[:120] for name in ("q", "after"))
    found = reading.accounts(text=text, after=after)
    context = {
        "lines": found[: reading.PAGE],
        "after": found[reading.PAGE - 1].account.name if len(found) > reading.PAGE else None,
        "text": text,
        "may_edit": may(request.user, "accounts.edit"),
    }
    return render(request, "orders/accounts.html", context)


# /accounts/<id>/
@requires("accounts.see")
@require_safe
def account(request: SignedInRequest, pk: int) -> HttpResponse:
    after = request.GET.get("after", "")
    try:
        card = reading.card(pk, after=int(after) if after.isascii() and after.isdigit() else 0)
    except Account.DoesNotExist:
        raise Http404 from None
    context = {
        "card": card,
        "account": card.account,
        "sight": sight.of_person(request.user),
        "may_edit": may(request.user, "accounts.edit"),
    }
    return render(request, "orders/account.html", context)


# /accounts/new/
@requires("accounts.see")
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest) -> HttpResponse:
    return _edit(request, Account(currency=settings.OFFICE_CURRENCY))


# /accounts/<id>/edit/
@requires("accounts.see")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Account, pk=pk))


# /accounts/<id>/employees/
@requires("accounts.see")
@require_http_methods(["GET", "HEAD", "POST"])
def employ(request: SignedInRequest, pk: int) -> HttpResponse:
    account = get_object_or_404(Account, pk=pk)
    if not may(request.user, "accounts.edit"):
        return _refuse(request, account)
    number = numbers.e164(request.POST.get("number", ""))
    known = tuple(Client.objects.filter(phones__e164=number).order_by("pk")) if number else ()
    form = NewEmployeeForm(request.POST or None, candidates=known if len(known) > 1 else ())
    if not form.is_valid():
        return _employee_page(request, form, account)
    try:
        services.employ(
            account_id=pk,
            number=form.cleaned_data["number"],
            name=form.cleaned_data["name"],
            client_id=form.cleaned_data.get("client"),
            wanted=form.save(commit=False),
            actor=request.user,
        )
    except Ambiguous:
        form.add_error("client", _("Several clients have this number. Who is it?"))
        return _employee_page(request, form, account)
    except Refused as refusal:
        form.add_error("number", refusal.sentence)
        return _employee_page(request, form, account)
    return _saved(request, account)


# /accounts/employees/<id>/
@requires("accounts.see")
@require_http_methods(["GET", "HEAD", "POST"])
def employee(request: SignedInRequest, pk: int) -> HttpResponse:
    employee = get_object_or_404(Employee.objects.select_related("account", "client"), pk=pk)
    if not may(request.user, "accounts.edit"):
        return _refuse(request, employee.account)
    form = EmployeeForm(request.POST or None, instance=employee)
    if not form.is_valid():
        return _employee_page(request, form, employee.account)
    services.change_employee(employee=form.save(commit=False), actor=request.user)
    return _saved(request, employee.account)


# /accounts/employees/<id>/remove/
@requires("accounts.see")
@require_POST
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    employee = get_object_or_404(Employee.objects.select_related("account"), pk=pk)
    if not may(request.user, "accounts.edit"):
        return _refuse(request, employee.account)
    services.remove_employee(employee_id=pk, actor=request.user)
    return _saved(request, employee.account)


def _edit(request: SignedInRequest, account: Account) -> HttpResponse:
    if not may(request.user, "accounts.edit"):
        return _refuse(request, account if account.pk else None)
    form = AccountForm(request.POST or None, instance=account)
    if form.is_valid():
        try:
            return _saved(request, services.save(account=form.save(commit=False), actor=request.user))
        except Refused as refusal:
            form.add_error("name", refusal.sentence)
    context = {"form": form, "account": account}
    return render(request, "orders/account_form.html", context, status=422 if form.is_bound else 200)


def _employee_page(request: SignedInRequest, form: EmployeeForm, account: Account) -> HttpResponse:
    context = {"form": form, "account": account, "employee": form.instance}
    return render(request, "orders/employee_form.html", context, status=422 if form.is_bound else 200)


def _saved(request: SignedInRequest, account: Account) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect("orders:account", pk=account.pk)


def _refuse(request: SignedInRequest, account: Account | None) -> HttpResponse:
    return refuse(request, _("Managers keep the companies."), target=account)
