from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "dispatch.desk"
    label = "desk"
