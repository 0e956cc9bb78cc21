"""The map of the site: one include per app."""

from django.urls import include, path

urlpatterns = [
    path("", include("dispatch.desk.urls")),
    path("", include("dispatch.staff.urls")),
    path("", include("dispatch.audit.urls")),
    path("", include("orders.urls")),
    path("", include("telephony.urls")),
]
