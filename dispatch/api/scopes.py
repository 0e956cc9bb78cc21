"""What a token may do. Few and plain: reading and writing of each part of the office's work."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    ORDERS_READ = "orders:read", _("read orders, their history and who could drive them")
    ORDERS_WRITE = "orders:write", _("take, change, move and assign orders")
    CLIENTS_READ = "clients:read", _("read clients and companies, and see whole telephone numbers")
    CLIENTS_WRITE = "clients:write", _("add and change clients, their addresses and marks, and companies")
    CLIENTS_MERGE = "clients:merge", _("make one card of two cards of a client, for good")
    DRIVERS_READ = "drivers:read", _("read drivers, cars, shifts and positions")
    DRIVERS_WRITE = (
        "drivers:write",
        _("keep drivers, their papers and cars, begin and end shifts and breaks, report positions"),
    )
    PRICES_READ = "prices:read", _("ask for prices and addresses; read fleets, tariffs and zones")
    PRICES_WRITE = "prices:write", _("keep fleets, tariffs and zones")
    REPORTS_READ = "reports:read", _("read the figures of the reports")
    WEBHOOKS_MANAGE = "webhooks:manage", _("say where events of orders are sent")
