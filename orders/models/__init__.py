from orders.models.account import Account, Employee
from orders.models.choices import Channel, Payment, ServiceClass, TripOption
from orders.models.client import Client, ClientAddress, ClientMark, ClientPhone, MarkProposal
from orders.models.driver import Driver, DriverDocument, DriverPhone, Vehicle
from orders.models.fleet import Fleet, FleetNumber
from orders.models.order import Draft, Order, OrderEvent, OrderStop
from orders.models.sheet import Import, ImportFault, ImportFile, SheetKind
from orders.models.tariff import Tariff, TariffVersion

__all__ = [
    "Account",
    "Channel",
    "Client",
    "ClientAddress",
    "ClientMark",
    "ClientPhone",
    "Draft",
    "Driver",
    "DriverDocument",
    "DriverPhone",
    "Employee",
    "Fleet",
    "FleetNumber",
    "Import",
    "ImportFault",
    "ImportFile",
    "MarkProposal",
    "Order",
    "OrderEvent",
    "OrderStop",
    "Payment",
    "ServiceClass",
    "SheetKind",
    "Tariff",
    "TariffVersion",
    "TripOption",
    "Vehicle",
]
