"""Papers on a driver's card."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dispatch.staff.access import SignedInRequest, may, refuse, requires
from orders.forms.vehicles import DocumentForm
from orders.models import Driver, DriverDocument
from orders.services import documents as services


# /drivers/<id>/documents/
@requires("drivers.see")
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest, pk: int) -> HttpResponse:
    return _edit(request, DriverDocument(driver=get_object_or_404(Driver, pk=pk)))


# /drivers/documents/<id>/
@requires("drivers.see")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(DriverDocument.objects.select_related("driver"), pk=pk))


# /drivers/documents/<id>/remove/
@requires("drivers.see")
@require_POST
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    document = get_object_or_404(DriverDocument.objects.select_related("driver"), pk=pk)
    if not may(request.user, "drivers.edit"):
        return _refuse(request, document.driver)
    services.remove(document_id=pk, actor=request.user)
    return redirect("orders:driver-card", pk=document.driver_id)


def _edit(request: SignedInRequest, document: DriverDocument) -> HttpResponse:
    if not may(request.user, "drivers.edit"):
        return _refuse(request, document.driver)
    form = DocumentForm(request.POST or None, instance=document)
    if form.is_valid():
        services.save(document=form.save(commit=False), actor=request.user)
        return redirect("orders:driver-card", pk=document.driver_id)
    context = {"form": form, "document": document, "driver": document.driver}
    return render(request, "orders/document_form.html", context, status=422 if form.is_bound else 200)


def _refuse(request: SignedInRequest, driver: Driver) -> HttpResponse:
    return refuse(request, _("Drivers and cars are kept by supervisors, managers and administrators."), target=driver)
