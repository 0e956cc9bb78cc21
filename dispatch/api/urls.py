"""The administrator's pages of other systems."""

from django.urls import path

from dispatch.api.pages import tokens, webhooks

app_name = "systems"
urlpatterns = [
    path("", tokens.tokens, name="tokens"),
    path("tokens/new/", tokens.issue, name="token-new"),
    path("tokens/<int:pk>/revoke/", tokens.revoke, name="token-revoke"),
    path("webhooks/", webhooks.webhooks, name="webhooks"),
    path("webhooks/new/", webhooks.add, name="webhook-new"),
    path("webhooks/<int:pk>/", webhooks.webhook, name="webhook"),
    path("webhooks/<int:pk>/secret/", webhooks.renew_secret, name="webhook-secret"),
    path("webhooks/<int:pk>/start/", webhooks.start, name="webhook-start"),
    path("webhooks/<int:pk>/trial/", webhooks.trial, name="webhook-trial"),
    path("webhooks/<int:pk>/remove/", webhooks.remove, name="webhook-remove"),
    path("webhooks/messages/<int:pk>/again/", webhooks.again, name="message-again"),
]
