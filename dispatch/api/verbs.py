"""The words of the journal for what happens in this room."""

from django.utils.translation import gettext_lazy as _

from dispatch.api.scopes import Scope
from dispatch.audit import verbs

verbs.register({scope.value: scope.label for scope in Scope})
verbs.register(
    {
        "token": _("token"),
        "scopes": _("scopes"),
        "token.issued": _("gave another system a token"),
        "token.revoked": _("took a token from another system"),
        "subscription": _("webhook"),
        "url": _("address"),
        "webhook.added": _("added a webhook"),
        "webhook.changed": _("changed a webhook"),
        "webhook.removed": _("removed a webhook"),
        "webhook.secret_renewed": _("gave a webhook a new secret"),
        "webhook.started": _("had a webhook tried again"),
        "webhook.stopped": _("a webhook was stopped: it failed for too long"),
    }
)
