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
    }
)
