"""The map of the site: one include per app."""

from django.urls import include, path

from dispatch import health
from dispatch.staff.views.journal import journal

handler500 = "dispatch.api.door.problems.unexpected"
urlpatterns = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("", include("dispatch.desk.urls")),
    path("", include("dispatch.staff.urls")),
    path("journal/", include(([path("", journal, name="journal")], "audit"))),
    path("api/v1/", include("dispatch.api.endpoints.urls")),
    path("systems/", include("dispatch.api.urls")),
    path("reports/", include("dispatch.reports.urls")),
    path("", include("telephony.urls")),  # before orders: orders/<id>/calls/ is its, and no transition
    path("places/", include("places.urls")),
    path("", include("orders.urls")),
]
