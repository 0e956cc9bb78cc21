"""Tariffs: the list, one with its versions, new prices, and what a trip would cost by them."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import dates, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dispatch.staff.access import SignedInRequest, may, refuse, requires
from dispatch.staff.refusal import Refused
from orders.forms.rates import RatesForm
from orders.forms.tariffs import TariffForm, TrialForm, ValidityForm, priced
from orders.models import Tariff, TariffVersion
from orders.selectors import tariffs as reading
from orders.services import tariffs as services


# /tariffs/
@requires("tariffs.see")
@require_safe
def tariffs(request: SignedInRequest) -> HttpResponse:
    context = {"listed": reading.listed(timezone.now()), "may_edit": may(request.user, "tariffs.edit")}
    return render(request, "orders/tariffs.html", context)


# /tariffs/<id>/
@requires("tariffs.see")
@require_safe
def tariff(request: SignedInRequest, pk: int) -> HttpResponse:
    return _show(request, pk)


# /tariffs/new/
@requires("tariffs.see")
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest) -> HttpResponse:
    return _edit(request, Tariff())


# /tariffs/<id>/edit/
@requires("tariffs.see")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Tariff, pk=pk))


# /tariffs/<id>/versions/
@requires("tariffs.see")
@require_http_methods(["GET", "HEAD", "POST"])
def price_anew(request: SignedInRequest, pk: int) -> HttpResponse:
    tariff = _find(pk)
    if not may(request.user, "tariffs.edit"):
        return _refuse(request, tariff)
    last = tariff.versions.order_by("-valid_from").first()
    data = request.POST if request.method == "POST" else None
    form = RatesForm(data, currency=settings.OFFICE_CURRENCY, initial=last.read_rates() if last else None)
    validity = ValidityForm(data)
    if data is None or data.get("more"):
        return _prices(request, tariff, form, validity)
    if not (form.is_valid() & validity.is_valid()) or form.rates is None:
        return _prices(request, tariff, form, validity, status=422)
    try:
        services.add_version(tariff_id=pk, rates=form.rates, actor=request.user, **validity.cleaned_data)
    except Refused as refusal:
        validity.add_error(None, refusal.sentence)
        return _prices(request, tariff, form, validity, status=422)
    messages.success(request, _("Saved."))
    return redirect("orders:tariff", pk=pk)


# /tariffs/try/
@requires("tariffs.edit")
@require_POST
def try_typed(request: SignedInRequest) -> HttpResponse:
    """What is typed into the form of new prices, tried before it is saved."""
    form = RatesForm(request.POST, currency=settings.OFFICE_CURRENCY)
    trial = TrialForm(request.POST)
    price = priced(form.rates, trial) if form.is_valid() and form.rates else None
    return render(request, "orders/_trial.html", {"price": price, "trial": trial, "bad_rates": form.errors})


# /tariffs/versions/<id>/try/
@requires("tariffs.see")
@require_safe
def try_version(request: SignedInRequest, pk: int) -> HttpResponse:
    version = get_object_or_404(TariffVersion, pk=pk)
    trial = TrialForm(request.GET)
    return render(request, "orders/_trial.html", {"price": priced(version.read_rates(), trial), "trial": trial})


# /tariffs/versions/<id>/withdraw/
@requires("tariffs.see")
@require_POST
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    version = get_object_or_404(TariffVersion.objects.select_related("tariff"), pk=pk)
    if not may(request.user, "tariffs.edit"):
        return _refuse(request, version.tariff)
    try:
        services.withdraw_version(version_id=pk, actor=request.user)
    except Refused as refusal:
        return _show(request, version.tariff_id, sentence=refusal.sentence, status=409)
    messages.success(request, _("Withdrawn."))
    return redirect("orders:tariff", pk=version.tariff_id)


def _find(pk: int) -> Tariff:
    try:
        return reading.find(pk)
    except Tariff.DoesNotExist:
        raise Http404 from None


def _show(request: SignedInRequest, pk: int, *, sentence: str = "", status: int = 200) -> HttpResponse:
    tariff = _find(pk)
    context = {
        "tariff": tariff,
        "eras": [(era, TrialForm(auto_id=f"try-{era.version.pk}-%s")) for era in reading.eras(tariff, timezone.now())],
        "may_edit": may(request.user, "tariffs.edit"),
        "sentence": sentence,
    }
    return render(request, "orders/tariff.html", context, status=status)


def _edit(request: SignedInRequest, tariff: Tariff) -> HttpResponse:
    if not may(request.user, "tariffs.edit"):
        return _refuse(request, tariff if tariff.pk else None)
    form = TariffForm(request.POST or None, instance=tariff)
    if form.is_valid():
        try:
            saved = services.save(tariff=form.save(commit=False), actor=request.user)
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("Saved."))
            return redirect("orders:tariff", pk=saved.pk)
    context = {"form": form, "tariff": tariff}
    return render(request, "orders/tariff_form.html", context, status=422 if form.is_bound else 200)


def _prices(
    request: SignedInRequest, tariff: Tariff, form: RatesForm, validity: ValidityForm, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "tariff": tariff,
        "form": form,
        "validity": validity,
        "trial": TrialForm(),
        "zones": reading.zone_names(),
        "weekdays": [(str(day + 1), name) for day, name in dates.WEEKDAYS.items()],
    }
    return render(request, "orders/tariff_prices.html", context, status=status)


def _refuse(request: SignedInRequest, tariff: Tariff | None) -> HttpResponse:
    return refuse(request, _("Managers keep the tariffs."), target=tariff)
