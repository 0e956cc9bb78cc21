"""The administrator's pages of other systems."""

from django.urls import path

from dispatch.api.pages import tokens

app_name = "systems"
urlpatterns = [
    path("", tokens.tokens, name="tokens"),
    path("tokens/new/", tokens.issue, name="token-new"),
    path("tokens/<int:pk>/revoke/", tokens.revoke, name="token-revoke"),
]
