"""The real link attached to the simulator, exactly as to a real PBX: rows, picks, recordings, a restart."""

import asyncio
from datetime import timedelta

import pytest
from django.utils import timezone

from dispatch.staff.models import Person, ShiftBreak
from dispatch.staff.services import breaks
from telephony.models import Call, Extension, MissedCaller, PhoneModel, Recording
from tests.telephony.link.conftest import awaited, in_database

pytestmark = pytest.mark.django_db(transaction=True)


async def test_vera_picks_the_second_caller_and_talks_to_him(desk, sim, tmp_path):
    first, second = await sim.ring("79161111111"), await sim.ring("79162222222")
    await desk.row(first, state="ringing", ringing=["101", "102"])
    click = await desk.picks(desk.vera, "101", second)
    await desk.becomes(click, "confirmed")
    talk = await desk.row(second, state="talking", talking_to=["101"])
    assert (talk.caller_e164, talk.dialled, talk.queue) == ("+79162222222", sim.city, "dispatch")
    await desk.row(first, state="ringing", ringing=["102"])

    sim.hang_up(second)
    ended = await desk.row(second, state="ended")
    assert (ended.result, ended.ended_by, ended.answered_by_id) == ("answered", "caller", desk.vera.pk)
    sound = await awaited(lambda: Recording.objects.filter(call__key=second).first())
    assert (tmp_path / sound.file).exists()


async def test_the_first_caller_is_picked_although_both_phones_ring_with_him(desk, sim):
    first = await sim.ring("79161111111")
    await desk.row(first, ringing=["101", "102"])
    click = await desk.picks(desk.boris, "102", first)
    await desk.becomes(click, "confirmed")
    await desk.row(first, state="talking", talking_to=["102"])


@pytest.mark.feature("P6")
async def test_a_phone_that_is_told_to_answer_does_and_the_next_time_at_once(desk, sim):
    sim.mute("101")
    sim.office.phones.obliging.add("101")
    for number in ("79161111111", "79162222222"):
        caller = await sim.ring(number)
        click = await desk.picks(desk.vera, "101", caller)
        await desk.becomes(click, "confirmed")
        sim.hang_up(caller)
        await desk.row(caller, state="ended")
    model = await awaited(lambda: PhoneModel.objects.filter(streak=2).first())
    assert (model.name, model.way, model.is_sure) == ("Pretend phone", "talk", True)


async def test_a_silent_phone_gives_the_caller_his_place_back(desk, sim):
    sim.mute("101")
    first, second = await sim.ring("79161111111"), await sim.ring("79162222222")
    click = await desk.picks(desk.vera, "101", second)
    refused = await desk.becomes(click, "refused")
    assert refused.reason == "no_answer"
    await desk.row(second, state="ringing")
    assert [entry.channel.uniqueid for entry in sim.pbx.queue.entries] == [first, second]


async def test_who_rings_off_in_the_queue_has_abandoned(desk, sim):
    caller = await sim.ring("anonymous", "Anonymous", patience=0.3)
    row = await desk.row(caller, state="ended")
    assert (row.result, row.caller_e164) == ("abandoned", "")


async def test_calls_end_with_the_pbx_and_the_phones_are_rung_again_after_it(desk, sim):
    caller = await sim.ring("79161111111")
    await desk.row(caller, ringing=["101", "102"])
    sim.answer("101")
    await desk.row(caller, state="talking")
    await sim.restart()
    lost = await desk.row(caller, state="ended")
    assert lost.result == "lost_pbx"

    async with asyncio.timeout(20):
        while len(sim.pbx.queue.roster.members) < 2:
            await asyncio.sleep(0.05)
    again = await sim.ring("79161111111")
    await awaited(lambda: Call.objects.filter(key__startswith=again, ringing=["101", "102"]).exists(), seconds=20)


@pytest.mark.feature("M5")
async def test_who_is_answered_while_the_line_is_broken_has_not_been_missed(desk, sim):
    caller = await sim.ring("79161111111")
    await desk.row(caller, ringing=["101", "102"])
    sim.drop()
    sim.answer("101")
    talk = await desk.row(caller, state="talking", talking_to=["101"])
    answered = await in_database(lambda: talk.legs.get(party="101").answered_at)
    assert talk.answered_at is not None
    assert answered is not None  # the phone book says that she talks
    sim.hang_up(caller)
    assert (await desk.row(caller, state="ended")).result == "answered"
    assert not await in_database(lambda: MissedCaller.objects.exists())


async def test_a_dialled_call_is_an_outgoing_one(desk, sim):
    caller = await sim.dial("101", "79161112233")
    row = await desk.row(caller, state="ended")
    assert (row.direction, row.caller_raw, row.result) == ("out", "101", "answered")


@pytest.mark.feature("C1")
async def test_in_a_break_the_queue_does_not_ring_her_and_after_it_again(desk, sim):
    shift = await in_database(lambda: desk.vera.shifts.get())
    await in_database(lambda: breaks.begin(shift=shift, reason="обед", note="", actor=desk.vera))
    await awaited(lambda: Extension.objects.filter(number="101", queue=Extension.Queue.PAUSED).exists())
    assert (sim.pbx.queue.roster.members["PJSIP/101"].paused, sim.pbx.queue.roster.members["PJSIP/101"].reason) == (
        True,
        "обед",
    )
    first = await sim.ring("79161111111")
    await desk.row(first, state="ringing", ringing=["102"])

    await in_database(lambda: breaks.end(shift=shift, actor=desk.vera))
    await awaited(lambda: Extension.objects.filter(number="101", queue=Extension.Queue.RINGS).exists())
    second = await sim.ring("79162222222")
    await desk.row(second, state="ringing", ringing=["101"])


@pytest.mark.feature("C1")
async def test_after_a_call_she_writes_up_undisturbed_and_is_rung_again_by_itself(desk, sim, settings):
    settings.WRAP_UP_SECONDS = 2
    await in_database(lambda: Person.objects.filter(pk=desk.vera.pk).update(wraps_up=True))
    shift = await in_database(lambda: desk.vera.shifts.get())
    caller = await sim.ring("79161111111")
    await desk.picks(desk.vera, "101", caller)
    await desk.row(caller, state="talking", talking_to=["101"])
    await in_database(lambda: breaks.begin_after_call(shift=shift, reason="tea", note="", actor=desk.vera))
    await in_database(lambda: breaks.end(shift=shift, actor=desk.vera))  # she thinks better of it
    sim.hang_up(caller)
    wrapped = await awaited(lambda: ShiftBreak.objects.filter(kind=ShiftBreak.Kind.WRAP_UP).first())
    await awaited(lambda: Extension.objects.filter(number="101", queue=Extension.Queue.PAUSED).exists())
    await awaited(lambda: ShiftBreak.objects.filter(pk=wrapped.pk, ended_at__isnull=False).exists())
    rings = await awaited(lambda: Extension.objects.filter(number="101", queue=Extension.Queue.RINGS).exists())
    assert rings
    assert timezone.now() - wrapped.until < timedelta(seconds=1)  # in time, not with the next look at the roster


@pytest.mark.feature("C1")
async def test_a_break_asked_for_in_a_call_begins_after_it(desk, sim):
    shift = await in_database(lambda: desk.vera.shifts.get())
    caller = await sim.ring("79161111111")
    await desk.picks(desk.vera, "101", caller)
    await desk.row(caller, state="talking", talking_to=["101"])
    await in_database(lambda: breaks.begin_after_call(shift=shift, reason="tea", note="", actor=desk.vera))
    assert sim.pbx.queue.roster.members["PJSIP/101"].paused is False
    sim.hang_up(caller)
    await awaited(lambda: ShiftBreak.objects.filter(started_at__isnull=False).exists())
    await awaited(lambda: Extension.objects.filter(number="101", queue=Extension.Queue.PAUSED).exists())


@pytest.mark.feature("P7")
async def test_an_unplugged_telephone_is_off_and_after_a_restart_of_the_pbx_it_still_is(desk, sim):
    async def is_off(extension: str, wanted: bool) -> None:
        await awaited(lambda: Extension.objects.filter(number=extension, is_off=wanted).exists(), seconds=20)

    sim.unplug("102")
    await is_off("102", True)
    sim.plug_in("102")
    await is_off("102", False)
    sim.unplug("101")
    await is_off("101", True)
    await sim.restart()
    await is_off("101", False)  # the new PBX knows it as registered
