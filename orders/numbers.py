"""Telephone numbers in the writing of this office: `orders.phones` with the settings filled in."""

from functools import lru_cache

from django.conf import settings

from orders import phones


def e164(raw: str | None) -> str:
    """`raw` as E.164, or "" for a hidden number, an extension or nonsense."""
    return phones.e164(raw, region=settings.PHONE_REGION, city_code=settings.PHONE_CITY_CODE)


@lru_cache(maxsize=65_536)  # the link asks for all of them every few seconds
def writings(number: str) -> frozenset[str]:
    """The digits in which a carrier may send this E.164 number."""
    return phones.writings(number, region=settings.PHONE_REGION, city_code=settings.PHONE_CITY_CODE)


def masked_within(text: str) -> str:
    return phones.masked_within(text, settings.PHONE_REGION)


def national(number: str) -> str:
    return phones.national(number, settings.PHONE_REGION)
