"""A mail to the administrators when a webhook was stopped: each stop once, later where no mail leaves the house now."""

import logging

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dispatch.api import selectors
from dispatch.api.models import Subscription

LONGEST_SUBJECT = 200

log = logging.getLogger(__name__)


def tell_of_stopped() -> int:
    """Returns of how many. Without an address to write to nothing is asked."""
    if not settings.ALARM_MAIL_TO:
        return 0
    told = 0
    for found in selectors.stopped().filter(told_at=None):
        try:
            _write(found)
        except OSError as error:  # smtplib's errors are such, too
            log.warning("no mail about the webhook to %s: %s", found.url, error)
            break
        Subscription.objects.filter(pk=found.pk, stopped_at=found.stopped_at).update(told_at=timezone.now())
        told += 1
    return told


def _write(found: Subscription) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        since = date_format(timezone.localtime(found.failing_since or found.stopped_at), "DATETIME_FORMAT")
        subject = _("A webhook was stopped: %(url)s") % {"url": found.url}
        body = _(
            "The receiver at %(url)s has failed since %(since)s, so nothing is sent to it any more. Once it is well "
            "again, open Staff → Other systems → Webhooks and choose “Send what waits now”."
        )
        send_mail(
            subject[:LONGEST_SUBJECT],
            body % {"url": found.url, "since": since},
            settings.MAIL_FROM,
            settings.ALARM_MAIL_TO,
        )
