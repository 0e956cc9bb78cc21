from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "dispatch.audit"
    label = "audit"
