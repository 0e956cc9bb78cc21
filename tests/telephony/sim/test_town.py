"""The people of the town: the demo fills the database from the same file, so the desk knows who calls."""

import re
from collections import Counter
from random import Random

from telephony.sim.town import on_the_wire, stranger, town


def test_every_number_is_one_that_can_be_dialled():
    for number in town().numbers():
        assert re.fullmatch(r"\+7[0-9]{10}", number), number


def test_the_town_is_big_enough_to_live():
    clients, drivers = town().clients, town().drivers
    assert len(clients) >= 25
    assert len(drivers) >= 12
    assert Counter(client.mark for client in clients)["vip"] == 2
    assert Counter(client.mark for client in clients)["blacklisted"] == 2
    assert all(client.mark_reason for client in clients if client.mark == "blacklisted")
    assert any(len(driver.phones) > 1 for driver in drivers)


def test_call_signs_are_given_once_and_17_drives():
    signs = [driver.call_sign for driver in town().drivers]
    assert len(signs) == len(set(signs))
    assert next(d for d in town().drivers if d.call_sign == "17").on_shift


def test_no_driver_has_the_number_of_a_client():
    clients = {phone for client in town().clients for phone in client.phones}
    assert not clients & {phone for driver in town().drivers for phone in driver.phones}


def test_plates_are_given_once():
    plates = [driver.plate for driver in town().drivers]
    assert len(plates) == len(set(plates))


def test_addresses_are_named_once():
    assert len(set(town().addresses)) == len(town().addresses) >= 10


def test_a_stranger_is_nobody_of_the_town():
    chance = Random(1)
    for _ in range(200):
        assert stranger(chance) not in town().numbers()


def test_the_carrier_sends_numbers_without_a_plus():
    assert on_the_wire("+79161234567") == "79161234567"
