from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "dispatch.desk"
    label = "desk"

    def ready(self) -> None:
        from dispatch.desk import (  # noqa: F401  (they register themselves)
            absent,
            chip,
            doorkeeper,
            handover,
            leaving,
            on_the_phone,
            order_lines,
            verbs,
        )
