"""The phone book beyond the office: clients, companies, drivers, and the number that is being typed."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dispatch.staff.access import SignedInRequest, requires
from orders import sight
from telephony.selectors import directory


# /phonebook/?q=
@requires("calls.take")
@never_cache
@require_safe
def found(request: SignedInRequest) -> HttpResponse:
    """A fragment. Clients' numbers are masked for who may not see them; they can be called all the same."""
    context = {"found": directory.search(request.GET.get("q", "")), "sight": sight.of_person(request.user)}
    return render(request, "telephony/_directory.html", context)
