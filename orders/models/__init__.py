from orders.models.account import Account
from orders.models.choices import Channel, Payment, ServiceClass, TripOption
from orders.models.client import Client, ClientMark, ClientPhone
from orders.models.driver import Driver, DriverPhone, Vehicle
from orders.models.fleet import Fleet, FleetNumber
from orders.models.order import Draft, Order, OrderEvent, OrderStop
from orders.models.tariff import Tariff, TariffVersion

__all__ = [
    "Account",
    "Channel",
    "Client",
    "ClientMark",
    "ClientPhone",
    "Draft",
    "Driver",
    "DriverPhone",
    "Fleet",
    "FleetNumber",
    "Order",
    "OrderEvent",
    "OrderStop",
    "Payment",
    "ServiceClass",
    "Tariff",
    "TariffVersion",
    "TripOption",
    "Vehicle",
]
