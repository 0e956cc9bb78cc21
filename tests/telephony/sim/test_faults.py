"""What the fault tests of the desk lean on: a frozen socket, a cut one, a PBX that starts anew; phones that die."""

import asyncio

from tests.telephony.sim.client import Client


async def conversation(sim, ami):
    await ami.add("101")
    client = await sim.ring("79161234567")
    await ami.rings("101")
    leg = sim.answer("101")
    await ami.event("BridgeEnter", BridgeNumChannels="2")
    return client, leg


async def test_a_frozen_pbx_keeps_the_socket_and_says_nothing_while_calls_go_on(sim, ami):
    await conversation(sim, ami)
    sim.freeze()
    said = len(ami.data)
    sim.hang_up("101")
    ami.write(b"Action: Ping\r\nActionID: frozen\r\n\r\n")
    await asyncio.sleep(0.1)
    assert len(ami.data) == said
    assert not ami.closed

    sim.thaw()
    await ami.wait(lambda m: m["ActionID"] == "frozen" and m["Ping"] == "Pong")
    await ami.event("Hangup", CallerIDNum="101")


async def test_a_frozen_pbx_does_not_greet_either(sim):
    sim.freeze()
    reader, writer = await asyncio.open_connection("127.0.0.1", sim.port)
    try:
        async with asyncio.timeout(0.1):
            assert await reader.read(1) == b"", "it spoke"
    except TimeoutError:
        pass
    sim.thaw()
    assert (await reader.readline()).startswith(b"Asterisk Call Manager")
    writer.close()


async def test_a_restart_ends_every_call_and_every_connection(sim, ami):
    await conversation(sim, ami)
    before = sim.pbx.started
    await sim.restart()
    async with asyncio.timeout(2):
        while not ami.closed:
            await asyncio.sleep(0.01)
    assert not [m for m in ami.events if m["Event"] == "Hangup"]  # it died without a word

    async with Client(sim.port) as again:
        assert sim.pbx.started > before
        assert [m["Event"] for m in await again.read_list("CoreShowChannels")] == ["", "CoreShowChannelsComplete"]
        assert not [m for m in await again.read_list("QueueStatus") if m["Event"] == "QueueMember"]
        assert (await again.order("CoreStatus"))["CoreProcessedCalls"] == "0"
        await sim.ring("79161234567")
        await again.event("QueueCallerJoin")


async def test_a_cut_connection_leaves_the_call_alone(sim, ami):
    client, leg = await conversation(sim, ami)
    sim.drop()
    async with Client(sim.port) as again:
        shown = [m["Uniqueid"] for m in await again.read_list("Status") if m["Event"]]
        assert shown[:2] == [client, leg]


async def test_a_held_client_comes_home_when_the_dispatcher_is_gone(sim, ami):
    client, leg = await conversation(sim, ami)
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
    await ami.event("UserEvent", UserEvent="DeskIdle")
    seen = len(ami.messages)
    sim.hang_up("101")
    assert (await ami.event("UserEvent", UserEvent="DeskHome"))["Why"] == "lost"
    await ami.rings("101", after=seen)
    sim.answer("101")
    await ami.event("BridgeEnter", BridgeNumChannels="2", after=seen)


async def test_a_transfer_to_nobody_brings_the_client_back(sim, ami):
    client, _ = await conversation(sim, ami)
    seen = len(ami.messages)
    await ami.order("Redirect", Channel=client, Context="desk-transfer", Exten="555-101", Priority=1)
    assert (await ami.event("UserEvent", UserEvent="DeskHome"))["Why"] == "notarget"
    await ami.rings("101", after=seen)


async def test_a_redirect_to_nowhere_drops_the_call_as_the_real_one_does(sim, ami):
    client, _ = await conversation(sim, ami)
    reply = await ami.order("Redirect", Channel=client, Context="nowhere", Exten="1", Priority=1)
    assert reply["Response"] == "Success"
    await ami.event("Hangup", Uniqueid=client)
