"""At which telephone a click of the desk is carried out: in the browser, when that is registered, else on the desk."""

from django.conf import settings

from telephony.ami import actions
from telephony.ami.guard import Session
from telephony.core.party import BROWSER
from telephony.following import Database
from telephony.models import Extension
from telephony.services import intents


async def in_use(session: Session, desk: str) -> str:
    """Of the same person as the desk phone `desk`: "101w" or "101"."""
    browser = desk + BROWSER
    return browser if settings.PHONE_URL and await actions.is_registered(session, browser) else desk


class OwnPhone:
    """`await own_phone(session, "101")`: the same, of an extension."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def __call__(self, session: Session, extension: str) -> str:
        return await in_use(session, await self._database(_endpoint, extension))


def is_browser(endpoint: str, extension: str) -> bool:
    return endpoint.endswith(BROWSER) and not extension.endswith(BROWSER)


def _endpoint(extension: str) -> str:
    interface = Extension.objects.filter(number=extension).values_list("interface", flat=True).first()
    return intents.endpoint(extension, interface)
