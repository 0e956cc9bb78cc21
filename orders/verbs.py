"""The words of the journal for what happens to orders, clients and drivers."""

from django.utils.translation import gettext_lazy as _

from dispatch.audit import verbs
from orders import wording

verbs.register({f"order.{name}": words for name, words in wording.HAPPENED.items()})
verbs.register(
    {
        "order": _("order"),
        "client": _("client"),
        "driver": _("driver"),
        "order.taken_from_blacklisted": _("took an order from a client on the black list"),
        "number.revealed": _("looked at a whole number"),
        "client.added": _("added a client"),
        "client.changed": _("changed a client"),
        "client.marked": _("changed a client's mark"),
        "driver.added": _("added a driver"),
        "driver.changed": _("changed a driver"),
    }
)
