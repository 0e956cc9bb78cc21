"""The simulator is held to the truth: the same scenes as on a real Asterisk, compared with its recordings.

The tapes beside this file were recorded from Asterisk 22.10.1 running deploy/asterisk, by the account of the link, with
real SIP phones. Compared are, for each channel, the names of its events in their order with the place in the dialplan,
and, for each event, its headers in their order.
"""

import asyncio
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from telephony.sim.protocol import READ
from tests.telephony.sim.client import Message, parse

TAPES = Path(__file__).with_name("tapes")
TAPES_OF_ALL = Path(__file__).parents[2] / "tapes"  # of the call machine, with every class of events
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
    """A recording, as the link's account would have heard it."""
    file = TAPES / f"{name}.ami"
    if not file.exists():
        file = TAPES_OF_ALL / f"{name}.ami"
    return [m for m in parse(file.read_bytes()) if not m["Privilege"] or m["Privilege"].split(",")[0] in READ]


@cache
def real_shapes() -> dict[str, set[tuple[str, ...]]]:
    names = {file.stem for folder in (TAPES, TAPES_OF_ALL) for file in folder.glob("*.ami")}
    return shapes([message for name in names for message in tape(name)])


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
    callers = ("79161234567", "79160000002", "79160000003")
    for number in callers:
        sim.hang_up(number)
    for number in callers:
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


async def desk_pick_first(sim, ami):
    """As the link does it: withdrawn, the phones that ring with him let go, and a key that ends the queue's second."""
    await ami.add("101", "102")
    await sim.ring("79161234567")
    ringing = [(await ami.rings(extension))["DestUniqueid"] for extension in ("101", "102")]
    caller = await ami.event("QueueCallerJoin")
    orders = [ami.order("Hangup", Channel=leg, Cause=26) for leg in ringing]
    await asyncio.gather(
        ami.order("QueueWithdrawCaller", Queue="dispatch", Caller=caller["Channel"], WithdrawInfo="101"),
        *orders,
        ami.order("PlayDTMF", Channel=caller["Uniqueid"], Digit="#", Receive="true"),
    )
    await ami.event("BridgeEnter", BridgeNumChannels="2", seconds=0.5)
    sim.hang_up("79161234567")
    await ami.event("Hangup", CallerIDNum="79161234567")
    await ami.remove("101", "102")


async def desk_queue_hidden_number(sim, ami):
    await ami.add("101", "102")
    await sim.ring("anonymous")
    await ami.rings("101")
    await ami.rings("102")
    sim.answer("101")
    await ami.event("BridgeEnter", BridgeNumChannels="2")
    sim.hang_up("anonymous")
    await ami.event("Hangup", CallerIDNum="anonymous")
    await ami.remove("101", "102")


async def desk_queue_refused_by_one(sim, ami):
    await ami.add("101", "102")
    await sim.ring("79161234567")
    await ami.rings("101")
    await ami.rings("102")
    sim.say_busy("101")
    await ami.event("AgentRingNoAnswer")
    sim.answer("102")
    await ami.event("BridgeEnter", BridgeNumChannels="2")
    sim.hang_up("79161234567")
    await ami.event("Hangup", CallerIDNum="79161234567")
    await ami.remove("101", "102")


async def own_client(ami, *, seconds):
    await ami.order("DBPut", Family="desk-own", Key="79161234567", Val=f"17-{seconds}-queue")
    await ami.order("DBPut", Family="desk-seat", Key="17", Val="101")


async def desk_own_no_answer(sim, ami):
    """Both desks ring with the queue, after Vera alone."""
    await own_client(ami, seconds=2)
    await ami.add("101", "102")
    await sim.ring("79161234567")
    await ami.rings("101")
    await ami.event("QueueCallerJoin")
    await ami.rings("102")
    sim.answer("102")
    await ami.event("BridgeEnter", BridgeNumChannels="2")
    sim.hang_up("79161234567")
    await ami.event("Hangup", CallerIDNum="79161234567")
    await ami.remove("101", "102")


async def desk_own_answered(sim, ami):
    await own_client(ami, seconds=10)
    await ami.add("101", "102")
    await sim.ring("79161234567")
    await ami.rings("101")
    sim.answer("101")
    await ami.event("BridgeEnter", BridgeNumChannels="2")
    sim.hang_up("101")
    await ami.event("Hangup", CallerIDNum="79161234567")
    await ami.remove("101", "102")


async def desk_internal_busy(sim, ami):
    await sim.dial("101", "103")
    await ami.rings("103")
    sim.say_busy("103")
    await ami.event("Hangup", CallerIDNum="101")


WATCHER = "watch0123456789abcdef0123456789abcdef-1700000000.1"


async def watch(ami, context, exten):
    """The supervisor's telephone is called, answers by itself, and goes there."""
    by_itself = "PJSIP_HEADER(add,Call-Info)=<sip:127.0.0.1>\\;answer-after=0"
    place = {"Context": context, "Exten": exten, "Priority": 1, "Async": "true", "Timeout": 4000}
    await ami.order("Originate", Channel="PJSIP/104", ChannelId=WATCHER, Variable=by_itself, **place)


async def two_talk(sim, ami):
    """101 has answered, as on the tapes of the call machine; the uniqueids of client and leg."""
    await ami.add("101", "102")
    await sim.ring("79161234567")
    for extension in ("101", "102"):
        await ami.rings(extension)
    sim.answer("101")
    await ami.event("BridgeEnter", BridgeNumChannels="2")
    connected = await ami.event("AgentConnect")
    return connected["Uniqueid"], connected["DestUniqueid"]


async def desk_watch_all(sim, ami):
    client, leg = await two_talk(sim, ami)
    await watch(ami, "desk-watch", f"listen-{leg}")
    await ami.event("ChanSpyStart", SpyeeUniqueid=leg)
    for mode in ("whisper", "join"):
        await ami.order("Redirect", Channel=WATCHER, Context="desk-watch", Exten=f"{mode}-{leg}", Priority=1)
        await ami.event("ChanSpyStart", SpyerExten=f"{mode}-{leg}")
    seen = len(ami.messages)
    await ami.order(
        "Redirect", Channel=client, Context="desk-hold", Exten=leg, Priority=1,
        ExtraChannel=leg, ExtraContext="desk-idle", ExtraExten=client, ExtraPriority=1,
    )  # fmt: skip
    await ami.event("ChanSpyStart", after=seen, SpyerExten=f"whisper-{leg}")
    await ami.order("Redirect", Channel=leg, Context="desk-take", Exten=client, Priority=1)
    await ami.event("BridgeEnter", BridgeNumChannels="2", after=seen)
    sim.hang_up("79161234567")
    await ami.event("Hangup", CallerIDNum="104")
    await ami.remove("101", "102")


async def desk_take_over(sim, ami):
    client, leg = await two_talk(sim, ami)
    await watch(ami, "desk-take-over", f"{client}_{leg}")
    seen = len(ami.messages)
    await ami.event("Hangup", CallerIDNum="101")
    await ami.event("BridgeEnter", BridgeNumChannels="2", after=seen)
    sim.hang_up("79161234567")
    await ami.event("Hangup", CallerIDNum="104")
    await ami.remove("101", "102")


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
    desk_pick_first,
    desk_queue_hidden_number,
    desk_queue_refused_by_one,
    desk_own_no_answer,
    desk_own_answered,
    desk_internal_busy,
    desk_watch_all,
    desk_take_over,
]


def test_every_tape_has_its_scene():
    assert {file.stem for file in TAPES.glob("*.ami")} <= {scene.__name__ for scene in SCENES}


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
async def test_a_scene_goes_as_on_the_real_pbx(scene, sim, ami):
    await scene(sim, ami)
    await asyncio.sleep(0.05)
    ours = ami.events

    assert walks(ours) == walks(tape(scene.__name__))

    real = real_shapes()
    for event, found in shapes(ours).items():
        assert found <= real[event], event
