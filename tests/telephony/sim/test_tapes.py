"""The simulator is held to the truth: the same scenes as on a real Asterisk, compared with its recordings.

The tapes beside this file were recorded from Asterisk 22.10.1 running deploy/asterisk, by the account of the link, with
real SIP phones. Compared are, for each channel, the names of its events in their order with the place in the dialplan,
and, for each event, its headers in their order.
"""

import asyncio
import re
from collections import defaultdict
from pathlib import Path

import pytest

from tests.telephony.sim.client import Message, parse

TAPES = Path(__file__).with_name("tapes")
CHANCE = {"DeviceStateChange", "ExtensionStatus", "QueueMemberStatus", "OriginateResponse"}  # the real one is not sure
UNIQUEID = re.compile(r"\d{9,}\.\d+")


def channel_of(message: Message) -> str:
    return message["Channel"] or message["DestChannel"]


def walks(messages: list[Message]) -> dict[str, list[str]]:
    """For each channel, called by its device and its turn ("trunk 1"), what was said of it."""
    names: dict[str, str] = {}
    turns: dict[str, int] = defaultdict(int)
    said: dict[str, list[str]] = defaultdict(list)
    for message in messages:
        channel = channel_of(message)
        if not message["Event"] or not channel or message["Event"] in CHANCE:
            continue
        if channel not in names:
            device = channel.removeprefix("PJSIP/").rpartition("-")[0]
            turns[device] += 1
            names[channel] = f"{device} {turns[device]}"
        place = UNIQUEID.sub("ID", f"{message['Context']},{message['Exten']},{message['Priority']}")
        detail = message["UserEvent"] or message["DialStatus"]
        said[names[channel]].append(f"{message['Event']} {detail} @{place}".replace("  ", " "))
    return said


def shapes(messages: list[Message]) -> dict[str, set[tuple[str, ...]]]:
    """For each event, the headers that it came with."""
    found: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for message in messages:
        if message["Event"]:
            names = tuple(re.sub(r"\(PJSIP/.*\)", "()", name) for name in message.names)
            found[f"{message['Event']} {message['UserEvent']}"].add(names)
    return found


def tape(name: str) -> list[Message]:
    return parse((TAPES / f"{name}.ami").read_bytes())


def real_shapes() -> dict[str, set[tuple[str, ...]]]:
    return shapes([message for file in TAPES.glob("*.ami") for message in parse(file.read_bytes())])


async def queue_answer(sim, ami):
    await ami.add("101", "102")
    await sim.ring("79161234567")
    await ami.rings("101")
    await ami.rings("102")
    sim.answer("102")
    await ami.event("BridgeEnter", BridgeNumChannels="2")
    sim.hang_up("79161234567")
    await ami.event("Hangup", CallerIDNum="79161234567")
    await ami.remove("101", "102")


async def queue_agent_hangup(sim, ami):
    await ami.add("101", "102")
    await sim.ring("79161234567")
    await ami.rings("101")
    await ami.rings("102")
    sim.answer("101")
    await ami.event("BridgeEnter", BridgeNumChannels="2")
    sim.hang_up("101")
    await ami.event("Hangup", CallerIDNum="79161234567")
    await ami.remove("101", "102")


async def queue_abandon(sim, ami):
    await ami.add("101", "102")
    await sim.ring("79161234567")
    await ami.rings("101")
    await ami.rings("102")
    sim.hang_up("79161234567")
    await ami.event("Hangup", CallerIDNum="79161234567")
    await ami.remove("101", "102")


async def two_wait(sim, ami):
    """The first rings at both desks, the second waits behind him; the name of the second's channel."""
    await ami.add("101", "102")
    await sim.ring("79161234567")
    await ami.rings("101")
    await ami.rings("102")
    await sim.ring("79160000002")
    return (await ami.event("QueueCallerJoin", CallerIDNum="79160000002"))["Channel"]


async def pick_second(sim, ami):
    caller = await two_wait(sim, ami)
    await ami.order("QueueWithdrawCaller", Queue="dispatch", Caller=caller, WithdrawInfo="101")
    await ami.event("BridgeEnter", BridgeNumChannels="2")
    sim.hang_up("79160000002")
    await ami.event("Hangup", CallerIDNum="79160000002")
    sim.hang_up("79161234567")
    await ami.event("Hangup", Channel="PJSIP/trunk-00000000")
    await ami.remove("101", "102")


async def pick_first(sim, ami):
    await two_wait(sim, ami)
    first = (await ami.event("QueueCallerJoin"))["Uniqueid"]
    seen = len(ami.messages)
    await ami.order("Redirect", Channel=first, Context="desk-pick", Exten="101", Priority=1)
    await ami.event("BridgeEnter", BridgeNumChannels="2")
    await ami.rings("102", after=seen)
    sim.hang_up("79161234567")
    await ami.event("Hangup", CallerIDNum="79161234567", Uniqueid=first)
    sim.hang_up("79160000002")
    await ami.event("Hangup", CallerIDNum="79160000002")
    await ami.remove("101", "102")


async def pick_back(sim, ami):
    caller = await two_wait(sim, ami)
    await sim.ring("79160000003")
    await ami.event("QueueCallerJoin", CallerIDNum="79160000003")
    sim.mute("103")
    await ami.order("QueueWithdrawCaller", Queue="dispatch", Caller=caller, WithdrawInfo="103")
    await ami.event("UserEvent", UserEvent="DeskPickBack", seconds=8)
    for number in ("79161234567", "79160000002", "79160000003"):
        sim.hang_up(number)
        await ami.event("Hangup", CallerIDNum=number)
    await ami.remove("101", "102")


async def internal(sim, ami):
    await sim.dial("101", "102")
    await ami.rings("102")
    sim.answer("102")
    await ami.event("BridgeEnter", BridgeNumChannels="2")
    sim.hang_up("102")
    await ami.event("Hangup", CallerIDNum="101")


async def outgoing(sim, ami):
    await sim.dial("101", "79161112233")
    await ami.event("Hangup", CallerIDNum="101")


async def click_to_call(sim, ami):
    await ami.order(
        "Originate",
        Channel="PJSIP/101",
        Context="staff",
        Exten="79161112233",
        Priority=1,
        Async="true",
        Timeout=15000,
        CallerID='"Click" <101>',
        Variable="PJSIP_HEADER(add,Call-Info)=<sip:x>\\;answer-after=0",
    )
    await ami.event("Hangup", CallerIDNum="101")


async def talking(sim, ami):
    await ami.add("101")
    client = await sim.ring("79161234567")
    await ami.rings("101")
    leg = sim.answer("101")
    await ami.event("BridgeEnter", BridgeNumChannels="2")
    return client, leg


async def hold_and_take(sim, ami):
    client, leg = await talking(sim, ami)
    await ami.order(
        "Redirect",
        Channel=client,
        Context="desk-hold",
        Exten=leg,
        Priority=1,
        ExtraChannel=leg,
        ExtraContext="desk-idle",
        ExtraExten=client,
        ExtraPriority=1,
    )
    await ami.wait(lambda m: m["Event"] == "MusicOnHoldStop" and m["Context"] == "desk-hold")
    seen = len(ami.messages)
    await ami.order("Redirect", Channel=leg, Context="desk-take", Exten=client, Priority=1)
    await ami.event("BridgeEnter", BridgeNumChannels="2", after=seen)
    await ami.order("Hangup", Channel=client)
    await ami.event("Hangup", CallerIDNum="101")
    await ami.remove("101")


async def transfer(sim, ami):
    client, _ = await talking(sim, ami)
    await ami.order("Redirect", Channel=client, Context="desk-transfer", Exten="103-101", Priority=1)
    await ami.rings("103")
    seen = len(ami.messages)
    sim.answer("103")
    await ami.event("BridgeEnter", BridgeNumChannels="2", after=seen)
    sim.hang_up(client)
    await ami.event("Hangup", CallerIDNum="79161234567")
    await ami.remove("101")


SCENES = [
    queue_answer,
    queue_agent_hangup,
    queue_abandon,
    pick_second,
    pick_first,
    pick_back,
    internal,
    outgoing,
    click_to_call,
    hold_and_take,
    transfer,
]


def test_every_tape_has_its_scene():
    assert {scene.__name__ for scene in SCENES} == {file.stem for file in TAPES.glob("*.ami")}


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
async def test_a_scene_goes_as_on_the_real_pbx(scene, sim, ami):
    await scene(sim, ami)
    await asyncio.sleep(0.05)
    ours = ami.events

    assert walks(ours) == walks(tape(scene.__name__))

    real = real_shapes()
    for event, found in shapes(ours).items():
        assert found <= real[event], event
