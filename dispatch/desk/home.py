"""The start page of each role."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from dispatch.staff.access import may

PLACES = (  # the first that fits, for those who hold several roles
    ("desk.work", "/desk/"),
    ("history.all", "/calls/"),
    ("staff.administer", "/staff/"),
    ("orders.drive", "/driver/"),
)


# /
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where this person's work is; who has no role yet sees his own profile."""
    return HttpResponseRedirect(next((place for ability, place in PLACES if may(request.user, ability)), "/profile/"))
