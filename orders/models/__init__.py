from orders.models.client import Client, ClientMark, ClientPhone
from orders.models.driver import Driver, DriverPhone
from orders.models.order import Draft, Order, OrderEvent

__all__ = ["Client", "ClientMark", "ClientPhone", "Draft", "Driver", "DriverPhone", "Order", "OrderEvent"]
