"""Whether calls of one's own clients ring at oneself first: a switch in the head of the page."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from dispatch.staff.access import SignedInRequest, requires
from dispatch.staff.services import people


# /shift/own-clients/
@requires("desk.work")
@require_POST
def switch(request: SignedInRequest) -> HttpResponse:
    """What is so now comes over the socket; a page without scripts is led back."""
    if request.POST.get("wanted") == "yes":
        people.take_own_clients(person=request.user)
    else:
        people.leave_own_clients(person=request.user)
    return HttpResponse(status=204) if request.htmx else redirect("/")
