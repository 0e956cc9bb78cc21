from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "dispatch.api"
    label = "api"

    def ready(self) -> None:
        from dispatch.api import verbs  # noqa: F401  (they register themselves)
        from dispatch.api.hooks import writing  # noqa: F401  (it listens)
