"""The words of the journal for what happens in this room."""

from django.utils.translation import gettext_lazy as _

from dispatch.audit import verbs
from dispatch.staff.models import Role

verbs.register({role.value: role.label for role in Role})
verbs.register(
    {
        "person": _("person"),
        "shift": _("shift"),
        "username": _("sign-in name"),
        "method": _("request"),
        "path": _("page"),
        "sentence": _("answer"),
        "access.refused": _("was refused"),
        "door.signed_in": _("signed in"),
        "door.signed_out": _("signed out"),
        "door.failed": _("gave a wrong password"),
        "door.locked": _("locked out after too many wrong passwords"),
        "shift.started": _("started a shift"),
        "shift.ended": _("ended a shift"),
        "break.started": _("began a break"),
        "break.asked": _("asked for a break after the call"),
        "break.ended": _("ended a break"),
        "status": _("status"),
        "status.chosen": _("chose a status"),
        "reason": _("reason"),
        "breakreason": _("reason for a break"),
        "break_reason.added": _("added a reason for breaks"),
        "break_reason.changed": _("changed a reason for breaks"),
        "person.added": _("added a person"),
        "person.changed": _("changed a person"),
        "password.set": _("set a password"),
        "demo.laid_out": _("laid out the demo town"),
    }
)
