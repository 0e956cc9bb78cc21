from django.db import models
from django.utils.translation import gettext_lazy as _


class ClientMark(models.TextChoices):
    NONE = "", _("no mark")
    VIP = "vip", _("VIP")
    BLACKLISTED = "blacklisted", _("blacklisted")


class Client(models.Model):
    name = models.CharField(_("name"), max_length=120, blank=True)
    mark = models.CharField(_("mark"), max_length=12, choices=ClientMark.choices, default=ClientMark.NONE, blank=True)
    mark_reason = models.CharField(_("reason"), max_length=200, blank=True)
    notes = models.TextField(_("notes"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["name"], name="client_name")]

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"


class ClientPhone(models.Model):
    """A number may belong to several clients (a family, an office): recognition then offers the choice."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="phones")
    e164 = models.CharField(_("number"), max_length=16, db_index=True)
    raw = models.CharField(max_length=40)  # as it was first written or heard
    is_main = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "e164"], name="client_phone_once"),
            models.UniqueConstraint(fields=["client"], condition=models.Q(is_main=True), name="client_one_main_phone"),
        ]

    def __str__(self) -> str:
        return self.e164
