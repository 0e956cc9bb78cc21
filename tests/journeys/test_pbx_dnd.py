"""Do not disturb on the real PBX: what the link writes into AstDB is written here by hand; the PBX alone refuses."""

from collections.abc import Iterator

import pytest

from tests.journeys.talk import KONSTANTIN, Talk
from tests.rig.asterisk import TONES
from tests.rig.office import Office
from tests.rig.phones import Call, Phone, hear, hear_at_last

pytestmark = [pytest.mark.rig, pytest.mark.feature("P9")]


class Quiet:
    """Whom nobody shall disturb."""

    def __init__(self, office: Office) -> None:
        self.office = office

    def for_(self, extension: str) -> None:
        self.put("desk-dnd", extension, "1")

    def over(self, extension: str) -> None:
        self.office.ami.act("DBDel", Family="desk-dnd", Key=extension)

    def put(self, family: str, key: str, value: str) -> None:
        assert self.office.ami.act("DBPut", Family=family, Key=key, Val=value)["Response"] == "Success"


@pytest.fixture
def quiet(office: Office) -> Iterator[Quiet]:
    yield Quiet(office)
    for family in ("desk-dnd", "desk-own", "desk-seat"):
        for entry in office.ami.listed("DBGetTree", Family=family):
            office.ami.act("DBDel", Family=family, Key=entry["Key"].rsplit("/", 1)[1])


def refused(call: Call) -> int:
    call.wait_over()
    return call.code


def test_who_calls_him_hears_busy_at_once_and_his_telephone_is_still(
    office: Office, quiet: Quiet, petrov: Phone
) -> None:
    vera = office.pbx.desk_phone("101", office.desks)
    quiet.for_("103")
    assert refused(vera.dial("103")) == 486
    assert not petrov.calls

    quiet.over("103")
    call = vera.dial("103")
    petrov.incoming().answer()
    call.wait_up()


def test_a_restart_of_the_pbx_changes_nothing(office: Office, quiet: Quiet) -> None:
    quiet.for_("103")
    office.pbx.shut_down()
    office.pbx.restart()
    office.ami = office.pbx.ami()
    petrov = office.pbx.desk_phone("103", office.pbx.lab())
    assert refused(office.pbx.desk_phone("101", office.desks).dial("103")) == 486
    assert not petrov.calls


def test_his_own_calls_go_out(office: Office, quiet: Quiet, petrov: Phone) -> None:
    boris = office.pbx.desk_phone("102", office.desks)
    quiet.for_("103")
    call = petrov.dial("102")
    at_boris = boris.incoming().answer()
    expected = {"103": {"102"}, "102": {"103"}}
    assert hear_at_last({"103": call.wait_up(), "102": at_boris}, TONES, expected) == expected


def test_who_talks_already_talks_on(talk: Talk, quiet: Quiet) -> None:
    quiet.for_("101")
    assert hear({"client": talk.call, "101": talk.at_vera}, TONES) == {"client": {"101"}, "101": {"client"}}
    assert talk.at_vera.is_up


@pytest.mark.feature("D12")
def test_a_client_who_is_passed_on_to_him_comes_back_at_once(talk: Talk, quiet: Quiet, petrov: Phone) -> None:
    quiet.for_("103")
    talk.office.redirect(talk.client, "desk-transfer", "103-101")
    back = talk.vera.incoming()
    assert "Return dnd" in back.head
    back.answer()
    assert hear_at_last({"client": talk.call}, TONES, {"client": {"101"}})["client"] == {"101"}
    assert talk.office.ami.wait("DeskHome", since=talk.mark)["Why"] == "dnd"
    assert not petrov.calls


@pytest.mark.feature("D12")
def test_nor_is_a_client_lost_whom_she_sends_to_him_by_the_telephone_itself(
    talk: Talk, quiet: Quiet, petrov: Phone
) -> None:
    quiet.for_("103")
    talk.at_vera.refer("103")
    back = talk.vera.incoming(other_than=talk.at_vera)
    assert "Return dnd" in back.head
    back.answer()
    assert hear_at_last({"client": talk.call}, TONES, {"client": {"101"}})["client"] == {"101"}
    assert not petrov.calls


@pytest.mark.feature("D12")
def test_he_does_not_come_back_to_one_who_wants_no_call_but_before_all_others(
    talk: Talk, quiet: Quiet, petrov: Phone
) -> None:
    talk.office.leave("101")
    quiet.for_("101")
    talk.office.redirect(talk.client, "desk-transfer", "103-101")
    petrov.incoming().refuse()
    talk.office.ami.wait("QueueCallerJoin", since=talk.mark, seconds=10)
    talk.office.on_shift("102").incoming().answer()
    assert hear_at_last({"client": talk.call}, TONES, {"client": {"102"}})["client"] == {"102"}
    assert talk.vera.ringing == []


@pytest.mark.feature("D11")
def test_who_asks_him_for_a_client_has_the_client_again(talk: Talk, quiet: Quiet, petrov: Phone) -> None:
    quiet.for_("103")
    talk.office.redirect(talk.client, "desk-hold", talk.leg, talk.leg, "desk-consult", f"103-{talk.client}")
    assert talk.office.ami.wait("DeskConsultEnd", since=talk.mark)["Result"] == "DND"
    expected = {"client": {"101"}, "101": {"client"}}
    assert hear_at_last({"client": talk.call, "101": talk.at_vera}, TONES, expected) == expected
    assert not petrov.calls


@pytest.mark.feature("P10")
def test_his_own_clients_go_to_the_queue(office: Office, quiet: Quiet) -> None:
    vera, boris = office.pbx.desk_phone("101", office.desks), office.on_shift("102")
    quiet.put("desk-own", KONSTANTIN, "17-10-queue")
    quiet.put("desk-seat", "17", "101")
    quiet.for_("101")
    call, _ = office.rings(office.caller(), KONSTANTIN)
    boris.incoming().answer()
    assert hear_at_last({"client": call}, TONES, {"client": {"102"}})["client"] == {"102"}
    assert not vera.calls


@pytest.mark.feature("P10")
def test_nor_is_he_rung_for_a_colleague_who_did_not_answer(office: Office, quiet: Quiet, petrov: Phone) -> None:
    vera, boris = office.pbx.desk_phone("101", office.desks), office.pbx.desk_phone("102", office.desks)
    quiet.put("desk-own", KONSTANTIN, "17-10-103")
    quiet.put("desk-seat", "17", "101")
    quiet.for_("103")
    office.join("102")
    mark = office.ami.mark()
    call = office.caller().dial(office.pbx.card["city_number"], caller=KONSTANTIN)
    vera.incoming().refuse(603)
    office.ami.wait("QueueCallerJoin", since=mark, seconds=10)
    boris.incoming().answer()
    assert hear_at_last({"client": call}, TONES, {"client": {"102"}})["client"] == {"102"}
    assert not petrov.calls
