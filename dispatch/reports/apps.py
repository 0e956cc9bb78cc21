from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "dispatch.reports"
    label = "reports"

    def ready(self) -> None:
        from dispatch.reports import facts, verbs  # noqa: F401  (they listen and register themselves)
