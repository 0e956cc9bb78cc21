from orders.models.account import Account, Employee
from orders.models.cancelling import CancelReason
from orders.models.choices import Alarm, CalledOffBy, Channel, Payment, ServiceClass, TripOption
from orders.models.client import Client, ClientAddress, ClientMark, ClientPhone, Instead, MarkProposal
from orders.models.driver import Driver, DriverDocument, DriverPhone, Vehicle
from orders.models.driving import DriverAct, DriverBreak, DriverPosition, DriverShift
from orders.models.fleet import Fleet, FleetLogo, FleetNumber
from orders.models.offer import ClientDriverBlock, Offer, OfferPhase, OfferState, Search
from orders.models.order import Draft, Order, OrderEvent, OrderStop
from orders.models.presence import Presence
from orders.models.quote import KeptQuote
from orders.models.recurrence import Recurrence
from orders.models.setup import DeskSetup, SavedFilter
from orders.models.sheet import Import, ImportFault, ImportFile, SheetKind
from orders.models.tariff import Tariff, TariffVersion

__all__ = [
    "Account",
    "Alarm",
    "CalledOffBy",
    "CancelReason",
    "Channel",
    "Client",
    "ClientAddress",
    "ClientDriverBlock",
    "ClientMark",
    "ClientPhone",
    "DeskSetup",
    "Draft",
    "Driver",
    "DriverAct",
    "DriverBreak",
    "DriverDocument",
    "DriverPhone",
    "DriverPosition",
    "DriverShift",
    "Employee",
    "Fleet",
    "FleetLogo",
    "FleetNumber",
    "Import",
    "ImportFault",
    "ImportFile",
    "Instead",
    "KeptQuote",
    "MarkProposal",
    "Offer",
    "OfferPhase",
    "OfferState",
    "Order",
    "OrderEvent",
    "OrderStop",
    "Payment",
    "Presence",
    "Recurrence",
    "SavedFilter",
    "Search",
    "ServiceClass",
    "SheetKind",
    "Tariff",
    "TariffVersion",
    "TripOption",
    "Vehicle",
]
