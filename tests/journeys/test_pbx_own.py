"""Own clients on the real PBX: it rings his own person alone; whatever comes of that, the queue has him at his time.

What the link writes into AstDB is written here by hand: nobody of the house is asked, or alive.
"""

import time
from collections.abc import Iterator

import pytest

from tests.rig.asterisk import TONES
from tests.rig.hearing import tones_in
from tests.rig.office import Office
from tests.rig.phones import Call, Phone, hear, hear_at_last

pytestmark = [pytest.mark.rig, pytest.mark.feature("P10")]

KONSTANTIN, LARISA, MIKHAIL = "79161234567", "79031112233", "79265554433"
VERA_ID = "17"


class OwnClient:
    """Konstantin is Vera's own client."""

    def __init__(self, office: Office) -> None:
        self.office = office

    def rings_at(self, extension: str, *, seconds: int = 10, instead: str = "queue") -> None:
        self.put("desk-own", KONSTANTIN, f"{VERA_ID}-{seconds}-{instead}")
        self.put("desk-seat", VERA_ID, extension)

    def put(self, family: str, key: str, value: str) -> None:
        answer = self.office.ami.act("DBPut", Family=family, Key=key, Val=value)
        assert answer["Response"] == "Success", answer

    def calls(self, number: str = KONSTANTIN) -> tuple[Call, str]:
        mark = self.office.ami.mark()
        call = self.office.caller().dial(self.office.pbx.card["city_number"], caller=number)
        client = self.office.ami.wait("Newchannel", since=mark, CallerIDNum=number)["Uniqueid"]
        return call.wait_up(), client

    def forget(self) -> None:
        for family in ("desk-own", "desk-seat"):
            for entry in self.office.ami.listed("DBGetTree", Family=family):
                self.office.ami.act("DBDel", Family=family, Key=entry["Key"].rsplit("/", 1)[1])


@pytest.fixture
def own(office: Office) -> Iterator[OwnClient]:
    made = OwnClient(office)
    yield made
    made.forget()


def told(office: Office, name: str, client: str) -> dict[str, str]:
    return office.ami.wait(name, since=0, Client=client)


def waits(office: Office, client: str, mark: int = 0) -> None:
    office.ami.wait("QueueCallerJoin", since=mark, seconds=15, Uniqueid=client)


def test_101_for_10_seconds_then_back_to_the_queue(office: Office, own: OwnClient) -> None:
    """The manual's example, with no link and no web anywhere: the PBX alone decides."""
    vera, boris = office.on_shift("101"), office.on_shift("102")
    own.rings_at("101", seconds=10)
    began = time.monotonic()
    call, client = own.calls()

    vera.incoming()
    assert time.monotonic() - began < 1
    assert "music" in hear({"client": call}, TONES)["client"]
    assert not boris.calls
    assert office.waiting() == []

    waits(office, client)
    assert 9.5 < time.monotonic() - began < 12
    assert told(office, "DeskOwnEnd", client)["Result"] == "NOANSWER"
    boris.incoming().answer()
    assert hear_at_last({"client": call}, TONES, {"client": {"102"}})["client"] == {"102"}


def test_his_own_person_answers_and_both_are_heard_and_recorded(office: Office, own: OwnClient) -> None:
    vera, boris = office.on_shift("101"), office.on_shift("102")
    own.rings_at("101")
    call, client = own.calls()
    at_vera = vera.incoming().answer()
    expected = {"client": {"101"}, "101": {"client"}}
    assert hear_at_last({"client": call, "101": at_vera}, TONES, expected) == expected
    assert not boris.calls
    call.hang_up()
    at_vera.wait_over()
    path = office.recorded(told(office, "DeskRecord", client)["File"])
    assert set(tones_in(path, TONES.values())) == {TONES["client"], TONES["101"]}


def busy(vera: Phone) -> None:
    vera.incoming().refuse(486)


def refuses(vera: Phone) -> None:
    vera.incoming().refuse(603)


@pytest.mark.parametrize("does", [busy, refuses])
def test_refused_or_busy_he_is_in_the_queue_at_once(office: Office, own: OwnClient, does) -> None:
    vera, boris = office.pbx.desk_phone("101", office.desks), office.on_shift("102")
    own.rings_at("101")
    call, client = own.calls()
    does(vera)
    waits(office, client)
    boris.incoming().answer()
    assert hear_at_last({"client": call}, TONES, {"client": {"102"}})["client"] == {"102"}


@pytest.mark.parametrize("seat", ["", "104", "150", "201", "nobody"])
def test_with_nobody_to_ring_he_goes_straight_to_the_queue(office: Office, own: OwnClient, seat: str) -> None:
    """Not on shift; without a telephone; a number that is none; what stands there by a mistake."""
    boris = office.on_shift("102")
    own.rings_at(seat or "104")
    if not seat:
        office.ami.act("DBDel", Family="desk-seat", Key=VERA_ID)
    call, client = own.calls()
    waits(office, client)
    assert not office.ami.since(0, "UserEvent", UserEvent="DeskOwn", Client=client)
    boris.incoming().answer()
    assert hear_at_last({"client": call}, TONES, {"client": {"102"}})["client"] == {"102"}


def test_while_she_talks_nothing_rings_at_her(office: Office, own: OwnClient) -> None:
    vera, boris = office.on_shift("101"), office.on_shift("102")
    own.rings_at("101")
    office.rings(office.caller("second client"), LARISA)
    vera.incoming().answer()
    boris.quiet()
    _, client = own.calls()
    waits(office, client)
    boris.incoming().answer()
    assert len(vera.calls) == 1


def test_her_telephone_dies_while_it_rings(office: Office, own: OwnClient) -> None:
    power = office.pbx.lab()
    vera, boris = office.pbx.desk_phone("101", power), office.on_shift("102")
    own.rings_at("101", seconds=5)
    call, client = own.calls()
    vera.incoming()
    power.kill()
    waits(office, client)
    boris.incoming().answer()
    assert hear_at_last({"client": call}, TONES, {"client": {"102"}})["client"] == {"102"}


def test_he_rings_off_while_it_rings_at_her(office: Office, own: OwnClient) -> None:
    vera = office.on_shift("101")
    own.rings_at("101")
    call, client = own.calls()
    at_vera = vera.incoming()
    call.hang_up()
    at_vera.wait_over()
    assert told(office, "DeskClientGone", client)["At"] == "own"
    assert office.waiting() == []


def test_whom_the_card_names_instead_is_rung_and_then_the_queue(office: Office, own: OwnClient, petrov: Phone) -> None:
    vera, boris = office.on_shift("101"), office.on_shift("102")
    own.rings_at("101", seconds=5, instead="103")
    call, client = own.calls()
    vera.incoming().refuse(603)
    petrov.incoming()
    assert told(office, "DeskInstead", client)["To"] == "103"
    waits(office, client)
    boris.incoming().answer()
    assert hear_at_last({"client": call}, TONES, {"client": {"102"}})["client"] == {"102"}


def test_whom_the_card_names_instead_answers(office: Office, own: OwnClient, petrov: Phone) -> None:
    vera = office.on_shift("101")
    own.rings_at("101", seconds=5, instead="103")
    call, _ = own.calls()
    vera.incoming().refuse(603)
    petrov.incoming().answer()
    assert hear_at_last({"client": call}, TONES, {"client": {"103"}})["client"] == {"103"}


def test_in_the_queue_his_place_is_by_when_he_called(office: Office, own: OwnClient) -> None:
    """Larisa came after him, and waits already when he comes from Vera: he is before her."""
    vera = office.pbx.desk_phone("101", office.desks)
    own.rings_at("101", seconds=20)
    _, early = office.rings(office.caller("third client"), MIKHAIL)
    _, client = own.calls()
    vera.incoming()
    _, larisa = office.rings(office.caller("second client"), LARISA)
    mark = office.ami.mark()
    vera.ringing[0].refuse(603)
    waits(office, client, mark)
    assert office.waiting() == [early, client, larisa]


def test_another_number_goes_to_the_queue_as_ever(office: Office, own: OwnClient) -> None:
    office.on_shift("102")
    own.rings_at("101")
    _, larisa = own.calls(LARISA)
    waits(office, larisa)
