"""What a trip costs, and why. No Django: rates and a trip come in, a price with its lines comes out.

Money is `Decimal`, in the currency of the rates; distances come in metres, times in seconds, and are charged by
kilometre and minute as written in the lines, so that a person can do the sum on paper.
"""

from orders.pricing.price import Line, Price, price
from orders.pricing.rates import (
    Fixed,
    Holidays,
    Night,
    PerKm,
    Rates,
    Rounding,
    Route,
    Surcharge,
    Weekend,
    ZonePair,
    ZoneSurcharge,
)
from orders.pricing.reading import BadRates, read, write
from orders.pricing.trip import Trip

__all__ = [
    "BadRates",
    "Fixed",
    "Holidays",
    "Line",
    "Night",
    "PerKm",
    "Price",
    "Rates",
    "Rounding",
    "Route",
    "Surcharge",
    "Trip",
    "Weekend",
    "ZonePair",
    "ZoneSurcharge",
    "price",
    "read",
    "write",
]
