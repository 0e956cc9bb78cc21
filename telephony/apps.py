from django.apps import AppConfig


class TelephonyConfig(AppConfig):
    name = "telephony"

    def ready(self) -> None:
        from telephony import ice, live, order_lines, pulses, verbs  # noqa: F401  (they register themselves)

        ice.check()
