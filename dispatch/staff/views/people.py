"""Administration: who works here."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dispatch.staff.access import SignedInRequest, requires
from dispatch.staff.forms import NewPasswordForm, NewPersonForm, PersonForm
from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused
from dispatch.staff.selectors import people as selectors
from dispatch.staff.services import people as services


# /staff/
@requires("staff.administer")
@require_safe
def people(request: SignedInRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:80]
    return render(request, "staff/people.html", {"people": selectors.people(text=text), "text": text})


# /staff/new/
@requires("staff.administer")
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest) -> HttpResponse:
    form = NewPersonForm(request.POST or None)
    if not form.is_valid():
        return render(request, "staff/person_new.html", {"form": form}, status=422 if form.is_bound else 200)
    person = form.save(commit=False)
    services.add_person(person=person, password=form.cleaned_data["password"], actor=request.user)
    messages.success(request, _("%(person)s may sign in now.") % {"person": person})
    return redirect("staff:people")


# /staff/<id>/
@requires("staff.administer")
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: SignedInRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(Person, pk=pk, is_machine=False)
    form = PersonForm(request.POST or None, instance=person)
    if not form.is_valid():
        return _person_page(request, form, status=422 if form.is_bound else 200)
    try:
        services.change_person(person=form.save(commit=False), actor=request.user)
    except Refused as refusal:
        form.add_error(None, refusal.sentence)
        return _person_page(request, form, status=409)
    messages.success(request, _("Saved: %(person)s.") % {"person": person})
    return redirect("staff:people")


# /staff/<id>/password/
@requires("staff.administer")
@require_POST
def new_password(request: SignedInRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(Person, pk=pk, is_machine=False)
    form = NewPasswordForm(person, request.POST)
    if not form.is_valid():
        return _person_page(request, PersonForm(instance=person), password_form=form, status=422)
    services.set_password(person=person, password=form.cleaned_data["password"], actor=request.user)
    messages.success(request, _("%(person)s has a new password and is signed out.") % {"person": person})
    return redirect("staff:person", pk=pk)


def _person_page(
    request: SignedInRequest, form: PersonForm, *, status: int, password_form: NewPasswordForm | None = None
) -> HttpResponse:
    saved = Person.objects.get(pk=form.instance.pk)  # the form has written into its own, be it valid or not
    context = {"person": saved, "form": form, "password_form": password_form or NewPasswordForm(saved)}
    return render(request, "staff/person.html", context, status=status)
