from django.urls import path

from dispatch.desk import home, page, shift

app_name = "desk"
urlpatterns = [
    path("", home.home, name="home"),
    path("desk/", page.desk, name="desk"),
    path("desk/state/", page.whole, name="state"),
    path("desk/strip/", page.strip, name="strip"),
    path("shift/", shift.start, name="shift"),
    path("shift/end/", shift.end_own, name="shift-end"),
    path("shift/<int:pk>/end/", shift.end_of, name="shift-end-of"),
]
