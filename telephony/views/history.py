"""The history of calls, one call's breakdown, and the reveal of a masked number."""

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dispatch.audit import journal
from dispatch.staff.access import address_of, may, refuse, requires
from orders import numbers
from telephony.forms import ClassForm, HistoryFilter
from telephony.models import Call
from telephony.selectors import breakdown, history, privacy, who


# /calls/
@requires("history.see")
@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """The list. Asked for by htmx: its rows only."""
    form = HistoryFilter(request.GET, viewer=request.user)
    page = history.page(form.rows(), request.user, after=request.GET.get("after", ""))
    older = request.GET.copy()
    older["after"] = page.older
    context = {"form": form, "page": page, "older": f"?{older.urlencode()}" if page.older else ""}
    wants = request.htmx.target  # type: ignore[attr-defined]
    template = {"history": "telephony/_history.html", "older": "telephony/_history_rows.html"}.get(wants)
    return render(request, template or "telephony/history.html", context)


# /calls/<id>/
@requires("history.see")
@require_safe
def call(request: HttpRequest, pk: int) -> HttpResponse:
    if not privacy.visible_to(request.user).filter(pk=pk).exists():
        return _refuse_or_404(request, pk, _("This is a colleague's call: you see your own and the missed ones."))
    told = breakdown.of(pk, request.user)
    may_classify = may(request.user, "calls.take") and told is not None
    class_form = ClassForm(None, told.row.call) if may_classify and told else None
    return render(request, "telephony/call.html", {"breakdown": told, "class_form": class_form})


# /calls/<id>/reveal/
@requires("history.see")
@require_POST
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole number of a call, for a manager; written into the journal before it is shown."""
    found = get_object_or_404(Call.objects.select_related("client", "driver", "colleague", "order__client"), pk=pk)
    if not may(request.user, "numbers.reveal"):
        return refuse(request, _("Whole numbers of clients are not for you here."), target=found)
    with transaction.atomic():
        journal.record(request.user, "number.revealed", found, address=address_of(request))
    number = numbers.national(who.number_of(found))
    return render(request, "telephony/_number.html", {"number": number})


def _refuse_or_404(request: HttpRequest, pk: int, sentence: str) -> HttpResponse:
    target = Call.objects.filter(pk=pk).first()
    if target is None:
        raise Http404
    return refuse(request, sentence, target=target)
