"""The words of the journal for what happens in this room."""

from django.utils.translation import gettext_lazy as _

from dispatch.audit import verbs

verbs.register({"report.exported": _("took a report as a file"), "period": _("period")})
