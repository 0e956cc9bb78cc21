from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dispatch.staff.access import SignedInRequest, may, refuse, requires
from dispatch.staff.refusal import Refused
from orders.models import Client
from orders.services import anonymising as services


# /clients/<id>/anonymise/
@requires("clients.see")
@require_http_methods(["GET", "HEAD", "POST"])
def anonymise(request: SignedInRequest, pk: int) -> HttpResponse:
    client = get_object_or_404(Client.objects.known(), pk=pk)
    if not may(request.user, "clients.anonymise"):
        return refuse(request, _("Managers do that."), target=client)
    if request.method != "POST":
        return render(request, "orders/anonymise.html", {"client": client})
    try:
        services.anonymise(client_id=pk, typed=request.POST.get("typed", ""), actor=request.user)
    except Refused as refusal:
        context = {"client": client, "error": refusal.sentence}
        return render(request, "orders/anonymise.html", context, status=409)
    messages.success(request, _("The client is forgotten. The trips stay in the statistics."))
    return redirect("orders:client", pk=pk)
