"""A waiting caller is picked from the list: who gets him, what the phones do, where he goes when nobody lifts."""

import asyncio
import time

from tests.telephony.sim.test_tapes import two_wait


async def withdraw(ami, caller, extension):
    return await ami.order("QueueWithdrawCaller", Queue="dispatch", Caller=caller, WithdrawInfo=extension)


async def waiting(ami):
    """The numbers that wait, in their order."""
    return [m["CallerIDNum"] for m in await ami.read_list("QueueStatus") if m["Event"] == "QueueEntry"]


async def test_vera_and_boris_pick_the_same_caller_and_one_gets_him(sim, ami):
    caller = await two_wait(sim, ami)
    vera, boris = await asyncio.gather(withdraw(ami, caller, "101"), withdraw(ami, caller, "102"))

    assert sorted([vera["Response"], boris["Response"]]) == ["Error", "Success"]
    talk = await ami.event("BridgeEnter", BridgeNumChannels="2")
    assert talk["CallerIDNum"] == "79160000002"
    assert talk["ConnectedLineNum"] == ("101" if vera["Response"] == "Success" else "102")


async def test_a_picker_whose_phone_rings_with_somebody_else_gets_whom_she_picked(sim, ami):
    caller = await two_wait(sim, ami)
    await withdraw(ami, caller, "101")
    await ami.event("BridgeEnter", BridgeNumChannels="2")

    assert await waiting(ami) == ["79161234567"]  # he kept his place
    assert sim.pbx.device_state("PJSIP/101") == "INUSE"
    assert sim.pbx.device_state("PJSIP/102") == "RINGING"  # and the other phone went on ringing with him


async def test_a_caller_whom_nobody_lifts_for_regains_his_place(sim, ami):
    caller = await two_wait(sim, ami)
    await sim.ring("79160000003")
    await ami.event("QueueCallerJoin", CallerIDNum="79160000003")
    sim.mute("103")
    asked = time.monotonic()
    await withdraw(ami, caller, "103")

    back = await ami.event("UserEvent", UserEvent="DeskPickBack", seconds=8)
    assert (back["Result"], back["Position"]) == ("NOANSWER", "2")
    assert 5 <= time.monotonic() - asked < 7
    assert await waiting(ami) == ["79161234567", "79160000002", "79160000003"]


async def test_a_caller_is_not_lost_on_a_phone_that_does_not_exist(sim, ami):
    caller = await two_wait(sim, ami)
    await withdraw(ami, caller, "199")

    back = await ami.event("UserEvent", UserEvent="DeskPickBack")
    assert (back["Result"], back["Cause"]) == ("CHANUNAVAIL", "3")
    assert await waiting(ami) == ["79161234567", "79160000002"]


async def test_a_picker_who_talks_already_is_busy_and_the_caller_goes_back(sim, ami):
    await ami.add("101", "102")
    await sim.ring("79161234567")
    await ami.rings("101")
    sim.answer("101")
    await ami.event("BridgeEnter", BridgeNumChannels="2")
    await sim.ring("79160000002")
    await ami.event("QueueCallerJoin", CallerIDNum="79160000002")
    first = (await ami.event("QueueCallerJoin", CallerIDNum="79160000002"))["Uniqueid"]
    await ami.order("Redirect", Channel=first, Context="desk-pick", Exten="101", Priority=1)

    back = await ami.event("UserEvent", UserEvent="DeskPickBack")
    assert back["Result"] == "BUSY"
    assert await waiting(ami) == ["79160000002"]


async def test_the_first_caller_stays_until_the_phones_stop_when_he_is_only_withdrawn(sim, ami):
    """The trap of the real queue: Success, and nothing happens while phones ring with him."""
    await ami.add("101")
    await sim.ring("79161234567")
    await ami.rings("101")
    caller = (await ami.event("QueueCallerJoin"))["Channel"]
    assert (await withdraw(ami, caller, "102"))["Response"] == "Success"
    await asyncio.sleep(1.5)
    assert not [m for m in ami.events if m["UserEvent"] == "DeskPick"]

    sim.refuse("101")
    await ami.event("UserEvent", UserEvent="DeskPick")


async def test_a_picked_caller_who_rings_off_stops_the_phone(sim, ami):
    caller = await two_wait(sim, ami)
    sim.mute("103")
    await withdraw(ami, caller, "103")
    await ami.rings("103")
    sim.hang_up("79160000002")

    gone = await ami.event("UserEvent", UserEvent="DeskClientGone")
    assert gone["At"] == "pick"
    assert sim.pbx.device_state("PJSIP/103") == "NOT_INUSE"
