from django.urls import path

from dispatch.staff.views import language, people, profile, sign_in

app_name = "staff"
urlpatterns = [
    path("sign-in/", sign_in.SignIn.as_view(), name="sign-in"),
    path("sign-out/", sign_in.SignOut.as_view(), name="sign-out"),
    path("language/", language.switch, name="language"),
    path("profile/", profile.profile, name="profile"),
    path("staff/", people.people, name="people"),
    path("staff/new/", people.add, name="person-new"),
    path("staff/<int:pk>/", people.person, name="person"),
    path("staff/<int:pk>/password/", people.new_password, name="person-password"),
]
