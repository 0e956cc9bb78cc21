"""The supervisor takes a client over while the link is killed: the real PBX goes on, and the next link says what is."""

import uuid

import pytest

from telephony.models import Call, Intent
from telephony.services import intents
from tests.rig.asterisk import TONES
from tests.rig.phones import hear_at_last
from tests.telephony import office
from tests.telephony.link.desk import KONSTANTIN, awaited, pick, row

pytestmark = [pytest.mark.rig, pytest.mark.django_db(transaction=True), pytest.mark.feature("P17")]


@pytest.fixture
def desk(desk):
    yield desk
    desk.pbx.console("queue remove member PJSIP/104 from dispatch")  # the next story does not know of that telephone


@pytest.mark.parametrize("she_lifts", [True, False])
def test_the_link_is_killed_while_sofias_telephone_rings(desk, she_lifts):
    sofia = office.sofia("104")
    hers = desk.pbx.desk_phone("104", desk.desks, answers="never")
    client, waiting = desk.calls_in(KONSTANTIN)
    pick(waiting, desk.vera, "101")
    talk = row(pk=waiting.pk, state="talking", talking_to=["101"])
    click = intents.ask(
        verb="take_over",
        call=Call.objects.get(pk=talk.pk),
        actor=sofia,
        extension="104",
        intent_id=uuid.uuid4(),
        args={"of": "101", "name": "Ivanova Vera"},
    )
    rings = hers.incoming()
    desk.link.process.kill()
    desk.link.process.wait()
    if she_lifts:
        rings.answer().wait_up()
    desk.link = desk.start_link()
    if she_lifts:
        row(pk=talk.pk, state="talking", talking_to=["104"], seconds=20)
        heard = hear_at_last({"client": client, "104": rings}, TONES, {"client": {"104"}, "104": {"client"}})
        assert heard == {"client": {"104"}, "104": {"client"}}
        expected = ("confirmed", "")
    else:
        rings.wait_over(12)
        expected = ("refused", "not_lifted_watch")
    awaited(lambda: Intent.objects.get(pk=click.pk).state == expected[0], 20)
    assert Intent.objects.get(pk=click.pk).reason == expected[1]
    if not she_lifts:
        assert row(pk=talk.pk, state="talking", talking_to=["101"]).watchers == []
