from django.urls import path

from telephony.views import extensions

app_name = "telephony"
urlpatterns = [
    path("staff/extensions/", extensions.extensions, name="extensions"),
    path("staff/extensions/new/", extensions.add, name="extension-new"),
    path("staff/extensions/<int:pk>/", extensions.extension, name="extension"),
]
