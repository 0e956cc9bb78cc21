from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "dispatch.staff"
    label = "staff"

    def ready(self) -> None:
        from dispatch.staff import doorbook, verbs  # noqa: F401  (they register themselves)
