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
        "number.revealed": _("looked at a whole number"),
    }
)
