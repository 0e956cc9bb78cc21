"""How prices are written on the screen."""

from decimal import Decimal

from django import template

from orders import breakdown, money
from orders.breakdown import Row
from orders.models import KeptQuote, Order
from orders.pricing import Line, Price

register = template.Library()


@register.filter
def in_money(amount: Decimal | None, currency: str) -> str:
    return "" if amount is None else money.written(amount, currency)


@register.filter
def least(order: Order) -> str:
    """What an order costs at least whose way is not known; empty where nothing is."""
    lines = [Line.read(line) for line in order.price_lines]
    return money.written(sum((line.amount for line in lines), Decimal(0)), order.currency) if lines else ""


@register.filter
def rows_kept(priced: Order | KeptQuote) -> list[Row]:
    """The lines that are kept with an order or a quote."""
    return breakdown.rows([Line.read(line) for line in priced.price_lines], priced.currency)


@register.filter
def rows_of(price: Price) -> list[Row]:
    return breakdown.rows(price.lines, price.currency)


@register.filter
def in_km(metres: int) -> str:
    return breakdown.number(f"{metres / 1000:.1f}")


@register.filter
def in_minutes(seconds: int) -> int:
    return round(seconds / 60)
