"""Administration: the telephones of the office."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.validators import RegexValidator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from dispatch.staff.access import SignedInRequest, requires
from dispatch.staff.forms import EXTENSION
from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused
from telephony.models import Extension
from telephony.services.extensions import add_extension, change_extension

INTERFACE = RegexValidator(
    r"^[A-Za-z0-9]+/[A-Za-z0-9_.@+-]+\Z", gettext_lazy("Write the device as the PBX does: PJSIP/101 for example.")
)


class ExtensionForm(forms.ModelForm):
    number = forms.CharField(label=gettext_lazy("Extension"), max_length=12, validators=[EXTENSION])
    interface = forms.CharField(label=gettext_lazy("Device"), max_length=60, validators=[INTERFACE])

    class Meta:
        model = Extension
        fields = ("number", "interface", "label", "owner", "is_active")
        labels = {
            "label": gettext_lazy("Place"),
            "owner": gettext_lazy("Whose own it is"),
            "is_active": gettext_lazy("In use"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        owner.queryset = Person.objects.filter(is_active=True).order_by("last_name", "first_name")  # type: ignore[attr-defined]
        owner.empty_label = _("nobody's")  # type: ignore[attr-defined]


# /staff/extensions/
@requires("staff.administer")
@require_safe
def extensions(request: SignedInRequest) -> HttpResponse:
    found = Extension.objects.select_related("owner").order_by("-is_active", "number")
    return render(request, "telephony/extensions.html", {"extensions": found})


# /staff/extensions/new/
@requires("staff.administer")
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest) -> HttpResponse:
    form = ExtensionForm(request.POST or None)
    if not form.is_valid():
        return _form_page(request, form, status=422 if form.is_bound else 200)
    add_extension(extension=form.save(commit=False), actor=request.user)
    messages.success(request, _("Extension %(extension)s is added.") % {"extension": form.instance.number})
    return redirect("telephony:extensions")


# /staff/extensions/<id>/
@requires("staff.administer")
@require_http_methods(["GET", "HEAD", "POST"])
def extension(request: SignedInRequest, pk: int) -> HttpResponse:
    form = ExtensionForm(request.POST or None, instance=get_object_or_404(Extension, pk=pk))
    if not form.is_valid():
        return _form_page(request, form, status=422 if form.is_bound else 200)
    try:
        change_extension(extension=form.save(commit=False), actor=request.user)
    except Refused as refusal:
        form.add_error(None, refusal.sentence)
        return _form_page(request, form, status=409)
    messages.success(request, _("Extension %(extension)s is saved.") % {"extension": form.instance.number})
    return redirect("telephony:extensions")


def _form_page(request: SignedInRequest, form: ExtensionForm, *, status: int) -> HttpResponse:
    return render(request, "telephony/extension.html", {"form": form}, status=status)
