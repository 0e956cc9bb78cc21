"""Where events of orders are sent, and what became of the messages. For the administrator."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dispatch.api import selectors
from dispatch.api.hooks.line import LONGEST_URL
from dispatch.api.models import Delivery, DeliveryState, Subscription
from dispatch.api.services import webhooks as services
from dispatch.staff.access import SignedInRequest, requires
from dispatch.staff.refusal import Refused
from orders.wording import HAPPENED


class WebhookForm(forms.Form):
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=LONGEST_URL,
        widget=forms.TextInput({"dir": "ltr", "autocomplete": "off", "inputmode": "url", "placeholder": "https://"}),
    )
    whole_numbers = forms.BooleanField(label=gettext_lazy("Whole telephone numbers of clients"), required=False)
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Events"),
        choices=list(HAPPENED.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None ticked: all."),
    )


# /systems/webhooks/
@requires("staff.administer")
@require_safe
def webhooks(request: SignedInRequest) -> HttpResponse:
    return render(request, "systems/webhooks.html", {"webhooks": selectors.subscriptions()})


# /systems/webhooks/new/
@requires("staff.administer")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest) -> HttpResponse:
    """The answer to the form shows the secret, once."""
    form = WebhookForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        try:
            made, secret = services.subscribe(
                url=said["url"], kinds=said["kinds"], whole_numbers=said["whole_numbers"], actor=request.user
            )
            return _secret(request, made, secret, status=201)
        except Refused as refusal:
            form.add_error("url", refusal.sentence)
    return render(request, "systems/webhook_new.html", {"form": form}, status=422 if form.is_bound else 200)


# /systems/webhooks/<id>/?state=given_up&after=…
@requires("staff.administer")
@require_http_methods(["GET", "HEAD", "POST"])
def webhook(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(selectors.subscriptions(), pk=pk)
    known = {name: getattr(found, name) for name in ("url", "kinds", "whole_numbers", "is_active")}
    form = WebhookForm(request.POST or None, initial=known)
    if form.is_valid():
        try:
            services.change(subscription_id=pk, actor=request.user, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("systems:webhook", pk=pk)
        except Refused as refusal:
            form.add_error("url", refusal.sentence)
    return _page(request, found, form, status=422 if form.is_bound else 200)


# /systems/webhooks/<id>/secret/
@requires("staff.administer")
@never_cache
@require_POST
def renew_secret(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Subscription, pk=pk)
    return _secret(request, found, services.renew_secret(subscription_id=pk, actor=request.user), status=200)


# /systems/webhooks/<id>/start/
@requires("staff.administer")
@require_POST
def start(request: SignedInRequest, pk: int) -> HttpResponse:
    found = services.start_again(subscription_id=get_object_or_404(Subscription, pk=pk).pk, actor=request.user)
    messages.success(request, _("All that waits for %(address)s is sent now.") % {"address": found.url})
    return redirect("systems:webhook", pk=pk)


# /systems/webhooks/<id>/trial/
@requires("staff.administer")
@require_POST
def trial(request: SignedInRequest, pk: int) -> HttpResponse:
    services.try_out(subscription_id=get_object_or_404(Subscription, pk=pk).pk)
    messages.success(request, _("A trial is on its way; look at the page again in a moment."))
    return redirect("systems:webhook", pk=pk)


# /systems/webhooks/<id>/remove/
@requires("staff.administer")
@require_POST
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Subscription, pk=pk)
    services.remove(subscription_id=pk, actor=request.user)
    messages.success(request, _("Removed: %(address)s.") % {"address": found.url})
    return redirect("systems:webhooks")


# /systems/webhooks/messages/<id>/again/
@requires("staff.administer")
@require_POST
def again(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Delivery, pk=pk)
    services.send_again(delivery_id=pk, subscription_id=found.subscription_id)
    messages.success(request, _("The message is sent once more."))
    return redirect("systems:webhook", pk=found.subscription_id)


def _page(request: SignedInRequest, found: Subscription, form: WebhookForm, *, status: int) -> HttpResponse:
    state = request.GET.get("state", "")
    state = state if state in DeliveryState.values else ""
    after = request.GET.get("after", "")
    rows = selectors.deliveries(
        found.pk, after=int(after) if after.isascii() and after.isdecimal() and len(after) < 19 else None, state=state
    )
    context: dict[str, Any] = {
        "webhook": found,
        "form": form,
        "deliveries": rows[: selectors.PAGE],
        "after": rows[selectors.PAGE - 1].pk if len(rows) > selectors.PAGE else None,
        "state": state,
        "states": DeliveryState.choices,
    }
    return render(request, "systems/webhook.html", context, status=status)


def _secret(request: SignedInRequest, found: Subscription, secret: str, *, status: int) -> HttpResponse:
    return render(request, "systems/webhook_secret.html", {"webhook": found, "secret": secret}, status=status)
