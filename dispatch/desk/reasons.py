"""The list of reasons for a break, kept by the administrator."""

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dispatch.staff.access import SignedInRequest, requires
from dispatch.staff.models import BreakReason
from dispatch.staff.views.named_list import NamedList

REASONS = NamedList(
    BreakReason,
    "break_reason",
    "desk:break-reasons",
    "desk:break-reason",
    title=_("Reasons for breaks"),
    add=_("Add a reason"),
    label=_("Reason"),
    none=_("No reason is set up yet. Dispatchers write one in their own words."),
)


# /staff/break-reasons/ …/<id>/
@requires("staff.administer")
@require_http_methods(["GET", "HEAD", "POST"])
def reasons(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    return REASONS.keep(request, pk)
