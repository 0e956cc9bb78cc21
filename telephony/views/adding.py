"""The number of a call is added to a client: he is looked for, and nothing changes before "done"."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from dispatch.staff.access import SignedInRequest, may, refuse, requires
from dispatch.staff.refusal import Refused
from orders import sight
from orders.models import Client
from orders.selectors import cards
from orders.selectors.owners import owners_of
from telephony.models import Call
from telephony.selectors import history, outside, privacy
from telephony.services import numbers

FOUND = 20
LEFT_TO_RIGHT, AND_BACK = "\u2066", "\u2069"  # around a number in a sentence of any direction


class NumberForm(forms.Form):
    """Where the number goes on the card: beside the others, or in the place of one of them."""

    replaces = forms.TypedChoiceField(
        label=gettext_lazy("Where it goes"), coerce=int, empty_value=None, required=False, widget=forms.RadioSelect
    )
    is_main = forms.BooleanField(label=gettext_lazy("The main number"), required=False)
    confirmed = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: object, *, client: Client, eye: sight.Sight) -> None:
        super().__init__(data, label_suffix="")  # type: ignore[arg-type]
        choices: list[tuple[object, str]] = [("", _("beside the other numbers"))]
        for phone in client.phones.order_by("-is_main", "pk"):
            shown = {"number": f"{LEFT_TO_RIGHT}{sight.resting_number(phone.e164, eye)}{AND_BACK}"}
            words = _("in the place of %(number)s (main)") if phone.is_main else _("in the place of %(number)s")
            choices.append((phone.pk, words % shown))
        self.fields["replaces"].choices = choices  # type: ignore[attr-defined]
        self.fields["replaces"].initial = ""

    @property
    def asks(self) -> bool:
        """A number would go from the card, and that one was not confirmed yet."""
        return bool(self.cleaned_data["replaces"] not in (None, self.cleaned_data["confirmed"]))


# /calls/<id>/number/?q=anna | client=7
@requires("history.see")
@require_http_methods(["GET", "HEAD", "POST"])
def add_number(request: SignedInRequest, pk: int) -> HttpResponse:
    """Looking for the client, then his card's numbers. Leaving the page changes nothing."""
    call = get_object_or_404(Call, pk=pk)
    if not may(request.user, "clients.edit"):
        return refuse(request, _("The desk keeps the clients' cards."), target=call)
    if not privacy.visible_to(request.user).filter(pk=pk).exists():
        return refuse(request, _("This is a colleague's call: you see your own and the missed ones."), target=call)
    context: dict[str, object] = {"row": history.one(pk, request.user), "number": outside.number_of(call)}
    client = _chosen(request)
    if client is not None:
        return _card(request, call, client, context)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:80]
    found = cards.clients(text=text)[:FOUND] if text else ()
    context |= {"text": text, "found": found, "sight": sight.of_person(request.user)}
    status = 422 if request.method == "POST" else 200
    template = (
        "telephony/_clients_found.html" if request.htmx.target == "clients-found" else "telephony/add_number.html"
    )
    return render(request, template, context, status=status)


def _card(request: SignedInRequest, call: Call, client: Client, context: dict[str, object]) -> HttpResponse:
    eye = sight.of_person(request.user)
    form = NumberForm(request.POST if request.method == "POST" else None, client=client, eye=eye)
    context |= {"client": client, "form": form, "shared": _shared_with(call, client)}
    if not form.is_bound:
        return render(request, "telephony/add_number.html", context)
    if not form.is_valid() or form.asks:
        context["asks"] = form.is_valid()
        return render(request, "telephony/add_number.html", context, status=422)
    given = form.cleaned_data
    try:
        numbers.add_to_client(
            call=call,
            client_id=client.pk,
            replaces=given["replaces"],
            is_main=given["is_main"],
            actor=request.user,
        )
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return render(request, "telephony/add_number.html", context, status=422)
    messages.success(request, _("The number is on the card of %(client)s.") % {"client": client.name or client.pk})
    return redirect("telephony:call", call.pk)


def _chosen(request: SignedInRequest) -> Client | None:
    key = (request.POST if request.method == "POST" else request.GET).get("client", "")
    if not (key.isascii() and key.isdecimal() and len(key) < 19):
        return None
    return Client.objects.known().filter(pk=int(key)).first()


def _shared_with(call: Call, client: Client) -> bool:
    """Whether somebody else has the number too: then a choice is offered at his next call."""
    number = outside.number_of(call)
    others = (owner for owner in owners_of(number) if owner.kind in ("client", "driver")) if number else ()
    return any((owner.kind, owner.id) != ("client", client.pk) for owner in others)
