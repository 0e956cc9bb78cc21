"""Spreadsheets on their way in. Everybody sees his own."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dispatch.staff.access import SignedInRequest, requires
from dispatch.staff.refusal import Refused, say
from orders.forms.sheets import ColumnsForm, UploadForm
from orders.models import Import, SheetKind
from orders.services import imports as services
from orders.sheets.columns import COLUMNS
from orders.sheets.files import csv_lines
from orders.views.answers import wants_fragment
from orders.views.exports import kinds_for

SHOWN_FAULTS = 200


# /imports/
@requires("drivers.exchange")
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: SignedInRequest) -> HttpResponse:
    form = UploadForm(
        request.POST or None, request.FILES or None, kinds=kinds_for(request.user), initial=request.GET.dict()
    )
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            job = services.upload(
                kind=SheetKind(form.cleaned_data["kind"]), name=file.name or "", content=file.read(), actor=request.user
            )
            return redirect("orders:import", pk=job.pk)
        except Refused as refusal:
            form.add_error("file", refusal.sentence)
    earlier = Import.objects.filter(owner=request.user).order_by("-pk")[:20]
    context = {"form": form, "earlier": earlier}
    return render(request, "orders/imports.html", context, status=422 if form.is_bound else 200)


# /imports/<id>/
@requires("drivers.exchange")
@require_safe
def one(request: SignedInRequest, pk: int) -> HttpResponse:
    return _show(request, _own(request, pk))


# /imports/<id>/check/
@requires("drivers.exchange")
@require_POST
def check(request: SignedInRequest, pk: int) -> HttpResponse:
    job = _own(request, pk)
    form = _columns(job, request.POST)
    if not form.is_valid():
        return _show(request, job, form=form, status=422)
    try:
        services.check(import_id=pk, chosen=form.chosen(), actor=request.user)
    except Refused as refusal:
        form.add_error(None, refusal.sentence)
        return _show(request, job, form=form, status=422)
    return redirect("orders:import", pk=pk)


# /imports/<id>/take/
@requires("drivers.exchange")
@require_POST
def take(request: SignedInRequest, pk: int) -> HttpResponse:
    _own(request, pk)
    try:
        services.take_over(import_id=pk, actor=request.user)
    except Refused as refusal:
        if wants_fragment(request):
            return say(refusal.sentence)
        messages.error(request, refusal.sentence)
    return redirect("orders:import", pk=pk)


# /imports/<id>/faults/
@requires("drivers.exchange")
@require_safe
def faults(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was wrong, as a spreadsheet of its own."""
    job = _own(request, pk)
    rows = [
        [pgettext("of a file", "Line"), _("What is wrong")],
        *([str(each.line), each.sentence] for each in job.faults.all()),
    ]
    response = HttpResponse("\ufeff" + csv_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{pk}-faults.csv"'
    return response


def _own(request: SignedInRequest, pk: int) -> Import:
    return get_object_or_404(Import, pk=pk, owner=request.user, kind__in=kinds_for(request.user))


def _columns(job: Import, data: object = None) -> ColumnsForm:
    heading, _rows = services.preview(job)
    initial = {name: str(place) for name, place in job.columns.items()}
    return ColumnsForm(data or None, kind=job.kind, heading=heading, initial=initial)


def _show(request: SignedInRequest, job: Import, *, form: ColumnsForm | None = None, status: int = 200) -> HttpResponse:
    context = {"job": job, "faults": job.faults.all()[:SHOWN_FAULTS], "percent": 100 * job.done // max(1, job.total)}
    if wants_fragment(request):
        return render(request, "orders/_import.html", context, status=status)
    if not job.is_running and job.state != Import.State.DONE:
        heading, rows = services.preview(job)
        names = {
            place: column.label for column in COLUMNS[job.kind] if (place := job.columns.get(column.name)) is not None
        }
        context |= {
            "form": form or _columns(job),
            "heading": [(text, names.get(place, "")) for place, text in enumerate(heading)],
            "rows": rows,
        }
    return render(request, "orders/import.html", context, status=status)
