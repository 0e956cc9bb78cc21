"""The words of the journal for what happens at the desk."""

from django.utils.translation import gettext_lazy as _

from dispatch.audit import verbs

verbs.register(
    {
        "handover": _("handover"),
        "handover.accepted": _("accepted a handover"),
        "items": _("items"),
        "callback": _("promised call"),
        "call_back.promised": _("promised to call back"),
        "call_back.done": _("made a promised call"),
        "call_back.undone": _("said that a promised call is still to be made"),
    }
)
