from django.urls import path

from telephony.views import extensions, history, opening, pick, recordings

app_name = "telephony"
urlpatterns = [
    path("calls/", history.calls, name="history"),
    path("calls/<int:pk>/", history.call, name="call"),
    path("calls/<int:pk>/reveal/", history.reveal, name="reveal"),
    path("calls/<int:pk>/open/", opening.open_call, name="open"),
    path("calls/<int:pk>/pick/", pick.pick, name="pick"),
    path("recordings/<int:pk>/", recordings.recording, name="recording"),
    path("staff/extensions/", extensions.extensions, name="extensions"),
    path("staff/extensions/new/", extensions.add, name="extension-new"),
    path("staff/extensions/<int:pk>/", extensions.extension, name="extension"),
]
