from django.urls import path

from telephony.core import operations
from telephony.core import watching as rules
from telephony.views import (
    adding,
    browser_line,
    classes,
    control,
    dial,
    dialling,
    directory,
    doctor,
    extensions,
    history,
    hold_music,
    ledger,
    missed,
    opening,
    phone_models,
    phone_screens,
    pick,
    recordings,
    watching,
)

app_name = "telephony"
urlpatterns = [
    path("calls/", history.calls, name="history"),
    path("calls/missed/", missed.callers, name="missed"),
    path("calls/<int:pk>/", history.call, name="call"),
    path("calls/<int:pk>/reveal/", history.reveal, name="reveal"),
    path("calls/<int:pk>/number/", adding.add_number, name="add-number"),
    path("calls/<int:pk>/recording/", recordings.whole, name="sound"),
    path("calls/<int:pk>/open/", opening.open_call, name="open"),
    path("calls/<int:pk>/pick/", pick.pick, name="pick"),
    path("calls/<int:pk>/targets/", control.tool, {"name": "targets"}, name="targets"),
    path("calls/<int:pk>/keypad/", control.tool, {"name": "keypad"}, name="keypad"),
    path("calls/<int:pk>/class/", classes.of_call, name="call-class"),
    path("calls/<int:pk>/note/", control.note, name="note"),
    *(
        path(f"calls/<int:pk>/{verb.replace('_', '-')}/", control.command, {"verb": verb}, name=verb)
        for verb in operations.VERBS
    ),
    *(
        path(f"calls/<int:pk>/{verb.replace('_', '-')}/", watching.watch, {"verb": verb}, name=verb)
        for verb in rules.VERBS
    ),
    path("dial/", dial.dial, name="dial"),
    path("dial/call/<int:pk>/", dial.dial_back, name="dial-back"),
    path("dial/<slug:to>/", dial.dial, name="dial-target"),
    path("dial/person/<int:pk>/", dial.dial_mobile, name="dial-mobile"),
    path("dial/client/<int:pk>/", dial.dial_listed, {"kind": "client"}, name="dial-client"),
    path("dial/driver/<int:pk>/", dial.dial_listed, {"kind": "driver"}, name="dial-driver"),
    path("phone/line/", browser_line.line, name="line"),
    path("phone/", phone_screens.page, name="phone"),
    path("phone/bar/", phone_screens.bar, name="phone-bar"),
    path("phonebook/", directory.found, name="directory"),
    *(
        path(f"dial/order/<int:pk>/{whom}/", dial.dial_order, {"whom": whom}, name=f"dial-order-{whom}")
        for whom in ("client", "driver")
    ),
    path("dial/order/<int:pk>/both/", dial.connect, name="dial-order-both"),
    path("ledger/", ledger.ledger, name="ledger"),
    path("recordings/<int:pk>/", recordings.recording, name="recording"),
    path("staff/call-classes/", classes.every, name="classes"),
    path("staff/call-classes/<int:pk>/", classes.every, name="class"),
    path("staff/dialling/", dialling.rules, name="dialling"),
    path("staff/dialling/try/", dialling.tried, name="dialling-try"),
    path("staff/doctor/", doctor.doctor, name="doctor"),
    path("staff/music/", hold_music.music, name="music"),
    path("staff/music/files/", hold_music.add, name="music-add"),
    path("staff/music/files/<str:name>/remove/", hold_music.remove, name="music-remove"),
    path("staff/music/listen/", hold_music.listen, name="music-listen"),
    path("staff/phone-models/", phone_models.every, name="phone-models"),
    path("staff/phone-models/<int:pk>/", phone_models.change, name="phone-model"),
    path("staff/extensions/", extensions.extensions, name="extensions"),
    path("staff/extensions/new/", extensions.add, name="extension-new"),
    path("staff/extensions/<int:pk>/", extensions.extension, name="extension"),
]
