from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "dispatch.desk"
    label = "desk"

    def ready(self) -> None:
        from dispatch.desk import doorkeeper  # noqa: F401  registers who may listen
