"""Amounts as people of the screen's language write them."""

from decimal import Decimal

from babel import Locale
from babel.numbers import format_currency, get_currency_symbol
from django.utils import translation


def written(amount: Decimal, currency: str) -> str:
    """Whole amounts without cents: "350 ₽", "€12.50"."""
    language = translation.get_language() or "en"
    pattern = Locale.parse(language.replace("-", "_")).currency_formats["standard"].pattern
    if get_currency_symbol(currency, language).isalpha():
        pattern = pattern.replace("¤#", "¤\N{NO-BREAK SPACE}#")
    if amount == amount.to_integral_value():
        pattern = pattern.replace("0.00", "0")
    return format_currency(amount, currency, pattern, language, currency_digits=False)
