"""Short and emergency numbers leave the house as they are, although they look like an extension; on the real PBX."""

import pytest

from tests.rig.office import Office

pytestmark = [pytest.mark.rig, pytest.mark.feature("P3")]


def test_vera_reaches_the_emergency_service(office: Office) -> None:
    service = office.pbx.trunk(office.pbx.lab(), "mobile", listens=True)
    call = office.on_shift("101").dial("112")
    answered = service.incoming().answer()
    assert "112" in answered.head.splitlines()[0]
    assert f"<sip:{office.pbx.card['city_number']}@" in answered.caller  # and no colleague's name
    call.wait_up().hang_up()
    answered.wait_over()


def test_a_caller_is_passed_on_to_it(office: Office) -> None:
    service = office.pbx.trunk(office.pbx.lab(), "mobile", listens=True)
    vera = office.on_shift("101")
    call, client = office.rings(office.caller(), "79161234567")
    vera.incoming().answer()
    office.ami.wait("AgentConnect", Uniqueid=client)
    office.redirect(client, "desk-transfer", "112-101")
    answered = service.incoming().answer()
    assert "112" in answered.head.splitlines()[0]
    assert f"<sip:{office.pbx.card['city_number']}@" in answered.caller
    call.hang_up()
    answered.wait_over()
