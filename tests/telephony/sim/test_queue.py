"""The queue as the callers live it: who is rung, who waits, who gives up."""

import pytest

from telephony.sim.phones import Refusal
from telephony.sim.simulator import SECOND_CITY


async def test_a_caller_waits_until_somebody_comes_on_shift(sim, ami):
    await sim.ring("79161234567")
    await ami.event("QueueCallerJoin")
    await ami.add("101")
    await ami.rings("101")


async def test_the_number_of_the_second_fleet_rings_at_the_same_desks(sim, ami):
    await ami.add("101")
    await sim.ring("79161234567", dialled=SECOND_CITY)
    joined = await ami.event("QueueCallerJoin")
    await ami.rings("101")
    assert sim.pbx.channels[joined["Uniqueid"]].dialled == SECOND_CITY


async def test_a_phone_on_a_break_is_not_rung(sim, ami):
    await ami.add("101", "102")
    await ami.order("QueuePause", Interface="PJSIP/101", Paused="true", Reason="lunch")
    await sim.ring("79161234567")
    await ami.rings("102")
    assert sim.pbx.device_state("PJSIP/101") == "NOT_INUSE"


async def test_who_has_waited_too_long_rings_off(sim, ami):
    await ami.add("101")
    await sim.ring("79161234567", patience=0.2)
    abandoned = await ami.event("QueueCallerAbandon")
    assert abandoned["Position"] == "1"
    await ami.event("Hangup", CallerIDNum="79161234567")
    assert sim.pbx.channels == {}


async def test_a_refused_call_rings_again_after_a_second(sim, ami):
    await ami.add("101")
    await sim.ring("79161234567")
    await ami.rings("101")
    sim.refuse("101")
    await ami.event("AgentRingNoAnswer")
    await ami.rings("101", after=len(ami.messages))


async def test_the_second_caller_rings_at_who_is_free(sim, ami):
    await ami.add("101", "102")
    await sim.ring("79161234567")
    await ami.rings("101")
    sim.answer("101")
    await ami.event("BridgeEnter", BridgeNumChannels="2")
    seen = len(ami.messages)
    await sim.ring("79160000002")
    await ami.rings("102", after=seen)
    assert sim.pbx.device_state("PJSIP/101") == "INUSE"


async def test_a_returned_client_stands_before_ordinary_ones(sim, ami):
    await ami.add("101")
    client = await sim.ring("79161234567")
    await ami.rings("101")
    sim.answer("101")
    await ami.event("BridgeEnter", BridgeNumChannels="2")
    await ami.remove("101")
    for number in ("79160000002", "79160000003"):
        await sim.ring(number)
        await ami.event("QueueCallerJoin", CallerIDNum=number)
    await ami.order("Redirect", Channel=client, Context="desk-queue", Exten="s", Priority=1)
    joined = await ami.event("QueueCallerJoin", CallerIDNum="79161234567", Position="1", Count="3")
    assert joined["Uniqueid"] == client


async def test_the_link_of_two_callers_is_never_mixed(sim, ami):
    await ami.add("101", "102")
    first = await sim.ring("79161234567")
    await ami.rings("101")
    await ami.rings("102")
    sim.answer("101")
    await ami.event("BridgeEnter", BridgeNumChannels="2")
    second = await sim.ring("79160000002")
    await ami.rings("102", after=len(ami.messages))
    sim.answer("102")
    legs = {c.linkedid for c in sim.pbx.channels.values()}
    assert legs == {first, second}


async def test_a_phone_that_does_not_ring_cannot_be_lifted(sim, ami):
    with pytest.raises(Refusal, match="101 does not ring"):
        sim.answer("101")
