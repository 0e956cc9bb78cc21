"""What the pages of places share."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from dispatch.staff.access import SignedInRequest, may, refuse


def refusal(request: SignedInRequest) -> HttpResponse | None:
    """For those who may look at places but not change them."""
    if may(request.user, "places.edit"):
        return None
    return refuse(request, _("Zones, stands and addresses are kept by managers."))
