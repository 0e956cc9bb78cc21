"""The doctor at the pretend PBX, called by the link: he says what it cannot prove."""

import pytest

from dispatch.staff.models import Role
from telephony.doctor import findings as f
from telephony.models import Examination
from telephony.services import examinations
from tests.telephony import office
from tests.telephony.link.conftest import awaited, in_database

pytestmark = [pytest.mark.feature("P1"), pytest.mark.django_db(transaction=True)]


async def test_the_link_examines_the_pretend_pbx_and_says_what_that_cannot_prove(desk, sim):
    anton = await in_database(lambda: office.person("Anton Lebedev", Role.ADMINISTRATOR))
    asked = await in_database(lambda: examinations.ask(actor=anton))
    seen = await awaited(lambda: Examination.objects.exclude(finished_at=None).filter(pk=asked.pk).first(), seconds=10)
    found = {each["check"]: [(one["state"], one["said"]) for one in each["findings"]] for each in seen.found}
    assert tuple(found) == f.CHECKS
    assert found[f.CONNECTION] == [("ok", "connected")]
    assert found[f.VERSION] == [("not", "pretend_version")]
    assert found[f.CLOCK] == [("ok", "clock")]
    assert found[f.QUEUE] == [("ok", "queue_seen")]
    assert found[f.TELEPHONES] == [("ok", "registered")]
    pretend = {f.MAY, f.DIALPLAN, f.PARKING, f.FEATURES, f.PHONES, f.CALL, f.HEARS, f.MUSIC, f.RECORDING}
    assert all(found[check] == [("not", "pretend")] for check in pretend)


async def test_a_pbx_without_the_queue_fails(desk, sim, settings):
    settings.PBX_QUEUE = "night"
    anton = await in_database(lambda: office.person("Anton Lebedev", Role.ADMINISTRATOR))
    asked = await in_database(lambda: examinations.ask(actor=anton))
    seen = await awaited(lambda: Examination.objects.exclude(finished_at=None).filter(pk=asked.pk).first(), seconds=10)
    assert ("fail", "no_queue") in [(one["state"], one["said"]) for each in seen.found for one in each["findings"]]
