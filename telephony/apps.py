from django.apps import AppConfig


class TelephonyConfig(AppConfig):
    name = "telephony"

    def ready(self) -> None:
        from telephony import live, order_lines, pulses, verbs  # noqa: F401  (they register themselves)
