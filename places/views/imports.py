"""Taking addresses from a file: handed over, looked at, taken."""

import logging

from celery import Task
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from kombu.exceptions import OperationalError

from dispatch.staff.access import SignedInRequest, requires
from dispatch.staff.refusal import Refused
from places import tasks, wording
from places.forms.imports import UploadForm
from places.models import Upload
from places.records import Fault
from places.services import uploads
from places.views.answers import refusal

log = logging.getLogger(__name__)

SHOWN = 20


# /places/imports/
@requires("places.see")
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: SignedInRequest) -> HttpResponse:
    if refused := refusal(request):
        return refused
    form = UploadForm(request.POST or None, request.FILES or None)
    if not form.is_valid():
        recent = Upload.objects.defer("data").select_related("created_by")[:SHOWN]
        context = {"form": form, "uploads": recent, "may_edit": True}
        return render(request, "places/imports.html", context, status=422 if form.is_bound else 200)
    file = form.cleaned_data["file"]
    upload = uploads.hand_over(name=file.name, data=file.read(), town=form.cleaned_data["town"], actor=request.user)
    _give_to_worker(request, tasks.read_upload, upload)
    return redirect("places:import", pk=upload.pk)


# /places/imports/<id>/
@requires("places.see")
@require_safe
def upload(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Upload.objects.defer("data"), pk=pk)
    if refused := refusal(request):
        return refused
    template = "places/_import.html" if request.htmx else "places/import.html"
    return render(
        request, template, {"upload": found, "faults": [wording.fault(Fault(*each)) for each in found.faults]}
    )


# /places/imports/<id>/take/
@requires("places.see")
@require_POST
def take(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Upload.objects.defer("data"), pk=pk)
    if refused := refusal(request):
        return refused
    try:
        uploads.ask(upload_id=found.pk)
    except Refused as refused_now:
        messages.error(request, refused_now.sentence)
    else:
        _give_to_worker(request, tasks.take_upload, found)
    return redirect("places:import", pk=pk)


def _give_to_worker(request: SignedInRequest, task: Task, upload: Upload) -> None:
    try:
        task.delay(upload.pk)
    except OperationalError:
        log.warning("The broker does not answer; upload %s waits.", upload.pk)
        messages.error(request, _("The worker cannot be reached now. Hand the file over again later."))
