"""The words of the journal for what happens in this room."""

from django.utils.translation import gettext_lazy as _

from dispatch.audit import verbs

verbs.register(
    {
        "call": _("call"),
        "recording": _("recording"),
        "extension": _("extension"),
        "recording.played": _("listened to a recording"),
        "recording.downloaded": _("downloaded a recording"),
        "callclass": _("class of calls"),
        "call_class.added": _("added a class of calls"),
        "call_class.changed": _("changed a class of calls"),
        "call.classified": _("said what a call was about"),
        "browserline": _("telephone in the browser"),
        "browser_line.taken_over": _("moved the telephone in the browser to another tab"),
        "number.revealed": _("looked at a whole number"),
    }
)
