from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "dispatch.staff"
    label = "staff"
