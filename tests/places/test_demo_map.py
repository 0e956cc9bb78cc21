"""A newcomer's town: every address that the simulator's people say is in the directory, and in a zone."""

import pytest

from dispatch.desk import demo, demo_map
from orders.models import Order
from places import geo
from places.models import House, Name, Place, Stand, Street, Zone
from places.selectors import directory, zones
from telephony.sim.town import town


@pytest.fixture
def laid_out(db):
    demo_map.lay_out()


def test_whatever_the_people_of_the_town_say_is_known(laid_out):
    said = {*town().addresses, *(client.address for client in town().clients)}
    unknown = [address for address in said if address and not directory.resolve(address)]
    assert not unknown
    outside = [address for address in said if address and not zones.at(directory.resolve(address).point)]
    assert not outside


def test_zones_can_be_drawn_and_the_airport_is_its_own(laid_out):
    assert [zone.name for zone in Zone.objects.all() if geo.fault(zone.area)] == []
    assert zones.at(directory.resolve("Шереметьево, терминал B").point).name == "Шереметьево"
    assert zones.at(directory.resolve("Тверская улица, 12").point).name == "Центр"
    assert not Stand.objects.filter(zone=None).exists()


def test_the_orders_of_the_demo_lie_in_zones(db):
    demo.lay_out()
    assert not Order.objects.filter(zone=None).exists()
    assert not Order.objects.filter(distance_m=None).exists()


def test_a_second_time_changes_nothing(laid_out):
    Zone.objects.filter(name="Юг").delete()
    before = [model.objects.count() for model in (Street, House, Place, Name, Zone, Stand)]
    demo_map.lay_out()
    assert [model.objects.count() for model in (Street, House, Place, Name, Zone, Stand)] == before
