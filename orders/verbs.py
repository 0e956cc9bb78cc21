"""The words of the journal for what happens to orders, clients and drivers."""

from django.utils.translation import gettext_lazy as _

from dispatch.audit import verbs
from orders import wording
from orders.models import ClientMark

verbs.register({f"order.{name}": words for name, words in wording.HAPPENED.items()})
verbs.register({mark.value: mark.label for mark in ClientMark if mark.value})
verbs.register(
    {
        "order": _("order"),
        "client": _("client"),
        "driver": _("driver"),
        "orders": _("orders"),
        "clients": _("clients"),
        "drivers": _("drivers"),
        "by": _("as"),
        "reason": _("reason"),
        "outcome": _("answer"),
        "fields": _("what was changed"),
        "system": _("system"),
        "order.taken_from_blacklisted": _("took an order from a client on the black list"),
        "number.revealed": _("looked at a whole number"),
        "client.added": _("added a client"),
        "client.changed": _("changed a client"),
        "client.marked": _("changed a client's mark"),
        "client.mark_ended": _("the mark of a client has ended"),
        "client.blacklist_proposed": _("proposed a client for the black list"),
        "client.blacklist_confirmed": _("confirmed a proposal for the black list"),
        "client.blacklist_rejected": _("rejected a proposal for the black list"),
        "client.address_saved": _("saved an address of a client"),
        "client.address_removed": _("removed an address of a client"),
        "mark": _("mark"),
        "until": _("until"),
        "saved_address": _("address"),
        "client.merged": _("merged two cards of one client"),
        "kept": _("kept card"),
        "gone": _("merged card"),
        "moved": _("moved"),
        "chosen": _("chosen"),
        "client.anonymised": _("anonymised a client"),
        "account": _("company"),
        "employee": _("employee"),
        "account.added": _("added a company"),
        "account.changed": _("changed a company"),
        "employee.added": _("added an employee of a company"),
        "employee.changed": _("changed an employee of a company"),
        "employee.removed": _("removed an employee of a company"),
        "recurrence": _("recurring order"),
        "recurrence.begun": _("made an order a recurring one"),
        "recurrence.changed": _("changed the days of a recurring order"),
        "recurrence.follows": _("changed what a recurring order copies"),
        "recurrence.skipped": _("skipped a day of a recurring order"),
        "recurrence.unskipped": _("took a skipped day of a recurring order back"),
        "recurrence.paused": _("paused a recurring order"),
        "recurrence.resumed": _("resumed a recurring order"),
        "recurrence.ended": _("ended a recurring order"),
        "driver.added": _("added a driver"),
        "vehicle": _("vehicle"),
        "document": _("document"),
        "valid_until": _("valid until"),
        "vehicle.added": _("added a vehicle"),
        "vehicle.changed": _("changed a vehicle"),
        "driver.document_saved": _("saved a document of a driver"),
        "driver.document_removed": _("removed a document of a driver"),
        "driver.changed": _("changed a driver"),
        "driver.shift_started": _("began a driver's shift"),
        "driver.shift_ended": _("ended a driver's shift"),
        "driver.break_began": _("began a driver's break"),
        "driver.break_ended": _("ended a driver's break"),
        "driver.next_wanted": _("lets a driver be asked about the next order"),
        "driver.next_unwanted": _("lets a driver not be asked about the next order"),
        "driver.blocked": _("keeps a driver from a client"),
        "driver.unblocked": _("lets a driver to a client again"),
        "order.reserved": _("took an order as the next one"),
    }
)
verbs.register(
    {
        "tariff": _("tariff"),
        "tariffs": _("tariffs"),
        "version": _("version"),
        "valid_from": _("valid from"),
        "tariff.added": _("added a tariff"),
        "tariff.changed": _("changed a tariff"),
        "tariff.priced": _("gave a tariff new prices"),
        "tariff.version_withdrawn": _("withdrew prices that were planned"),
    }
)
