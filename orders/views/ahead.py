"""While an order is being typed: what it would cost, how soon a car would come, and whether it was asked for before."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dispatch.staff.access import SignedInRequest, requires
from orders import trip
from orders.forms.intake import IntakeForm, unmasked
from orders.selectors import candidates, pricing, twins
from orders.views import quotes


# /orders/intake/ahead/?phone=…&pickup=…
@requires("desk.work")
@require_safe
def intake(request: SignedInRequest) -> HttpResponse:
    """Nothing is said before there is a place to send a car to."""
    typed = request.GET.copy()
    typed["phone"] = unmasked(typed.get("phone", ""), IntakeForm(typed).client_id)
    form = IntakeForm(typed)
    said = form.said_so_far()
    if said is None:
        return HttpResponse()
    order, stops, now = trip.order_of(said), trip.stops_of(said), timezone.now()
    order.client_id = form.client_id
    order.release_at = order.release_moment()
    quote = pricing.quote(pricing.sketch_of(order, stops), at=now)
    cars = form.cleaned_data.get("cars") or 1
    context = {
        "kept": quotes.holding(typed, form.quote_id),
        "quote": quote,
        "cars": cars,
        "for_all_cars": quote.total * cars if quote and not quote.is_least else None,
        "nearest": None if order.is_for_later(now) else candidates.nearest(order),
        "twin": twins.of(said, client_id=form.client_id),
        "unknown": trip.unknown(said),
    }
    return render(request, "orders/_ahead.html", context)
