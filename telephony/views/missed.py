"""The callers whom nobody answered, shared by all."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from dispatch.staff.access import SignedInRequest, requires
from telephony.selectors import missed

SHOWN = ((missed.OPEN, _("To call back")), (missed.REACHED, _("Reached")), (missed.ALL, _("All")))


# /calls/missed/?show=open|reached|all
@requires("history.see")
@require_safe
def callers(request: SignedInRequest) -> HttpResponse:
    """The list. Asked for by htmx: the list alone, or its next page."""
    asked = request.GET.get("show", "")
    shown = asked if asked in dict(SHOWN) else missed.OPEN
    page = missed.page(request.user, shown=shown, after=request.GET.get("after", ""))
    context = {
        "page": page,
        "shown": shown,
        "choices": SHOWN,
        "older": f"?{urlencode({'show': shown, 'after': page.older})}" if page.older else "",
    }
    fragments = {"missed-callers": "telephony/_missed.html", "older": "telephony/_missed_rows.html"}
    return render(request, fragments.get(request.htmx.target or "", "telephony/missed.html"), context)
