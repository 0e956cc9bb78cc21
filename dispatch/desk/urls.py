from django.urls import path

from dispatch.desk import breaks, callbacks, home, leaving, own_clients, page, reasons, shift, shifts, statuses

app_name = "desk"
urlpatterns = [
    path("", home.home, name="home"),
    path("desk/", page.desk, name="desk"),
    path("desk/state/", page.whole, name="state"),
    path("desk/strip/", page.strip, name="strip"),
    path("shift/", shift.start, name="shift"),
    path("shift/end/", shift.end_own, name="shift-end"),
    path("shift/take-over/", shift.take_over, name="shift-take-over"),
    path("shift/status/", statuses.choose_own, name="status"),
    path("shift/own-clients/", own_clients.switch, name="own-clients"),
    path("shift/break/", breaks.begin_own, name="break"),
    path("shift/break/end/", breaks.end_own, name="break-end"),
    path("shift/<int:pk>/end/", shift.end_of, name="shift-end-of"),
    path("shift/<int:pk>/status/", statuses.choose_of, name="status-of"),
    path("shift/<int:pk>/break/", breaks.begin_of, name="break-of"),
    path("shift/<int:pk>/break/end/", breaks.end_of, name="break-end-of"),
    path("handovers/<int:pk>/accept/", leaving.accept, name="handover-accept"),
    path("call-backs/", callbacks.call_backs, name="call-backs"),
    path("call-backs/<int:pk>/done/", callbacks.done, name="call-back-done"),
    path("shifts/", shifts.shifts, name="shifts"),
    path("staff/break-reasons/", reasons.reasons, name="break-reasons"),
    path("staff/break-reasons/<int:pk>/", reasons.reasons, name="break-reason"),
]
