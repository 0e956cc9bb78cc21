from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "dispatch.live"
    label = "live"
