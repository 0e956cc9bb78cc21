"""A list of names that the administrator keeps, and of which each can be switched off."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch.audit import journal
from dispatch.staff.access import SignedInRequest


@dataclass(frozen=True)
class NamedList:
    """`model` has `name` and `is_active`. `verb`: of the journal, before ".added" and ".changed". `page` and
    `page_of_one`: names of addresses."""

    model: type[Model]
    verb: str
    page: str
    page_of_one: str
    title: Promise
    add: Promise
    label: Promise  # of a name
    none: Promise

    def keep(self, request: SignedInRequest, pk: int | None) -> HttpResponse:
        """The list with its form: for one more, or for the one of `pk`."""
        known = get_object_or_404(self.model, pk=pk) if pk is not None else None
        form = self._form(request, known)
        if not form.is_valid():
            every = self.model._default_manager.order_by("-is_active", "name")
            context = {"form": form, "known": known, "list": self, "names": every}
            return render(request, "staff/named_list.html", context, status=422 if form.is_bound else 200)
        with transaction.atomic():
            kept = form.save()
            verb = f"{self.verb}.{'added' if known is None else 'changed'}"
            journal.record(request.user, verb, kept, reason=kept.name, is_active=kept.is_active)
        messages.success(request, _("Saved: %(reason)s.") % {"reason": kept.name})
        return redirect(self.page)

    def _form(self, request: SignedInRequest, known: Model | None) -> Any:
        labels: Any = {"name": self.label, "is_active": gettext_lazy("In use")}
        made = forms.modelform_factory(self.model, fields=("name", "is_active"), labels=labels)
        return made(request.POST or None, instance=known, initial={"is_active": True})
