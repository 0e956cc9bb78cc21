"""The AMI door: who is let in, what he hears, and what bad input does to it (nothing)."""

import asyncio
import hashlib

import pytest

from telephony.sim.wire import Action, Reader, TooLong, encode
from tests.telephony.sim.client import Client, parse


async def talk(port: int, *lines: bytes, seconds: float = 0.2) -> bytes:
    """Everything that was answered, "<EOF>" at the end when the other side closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    heard = b""
    try:
        for line in lines:
            writer.write(line)
            await asyncio.sleep(0.02)
        async with asyncio.timeout(seconds):
            while data := await reader.read(65536):
                heard += data
            heard += b"<EOF>"
    except TimeoutError:
        pass
    finally:
        writer.close()
    return heard


LOGIN = b"Action: Login\r\nUsername: sim\r\nSecret: sim\r\nEvents: off\r\n\r\n"


async def test_the_right_secret_is_let_in(sim):
    heard = await talk(sim.port, LOGIN.replace(b"Events: off\r\n", b""))
    assert heard.startswith(
        b"Asterisk Call Manager/11.0.0\r\nResponse: Success\r\nMessage: Authentication accepted\r\n"
    )
    assert b"Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: " in heard


async def test_a_wrong_secret_is_refused_and_the_door_closed(sim):
    heard = await talk(sim.port, b"Action: Login\r\nUsername: sim\r\nSecret: bad\r\nActionID: 9\r\n\r\n")
    assert heard.endswith(b"Response: Error\r\nActionID: 9\r\nMessage: Authentication failed\r\n\r\n<EOF>")


async def test_a_secret_can_be_proved_without_being_sent(sim):
    reader, writer = await asyncio.open_connection("127.0.0.1", sim.port)
    await reader.readline()
    writer.write(b"Action: Challenge\r\nAuthType: MD5\r\n\r\n")
    challenge = parse(await reader.readuntil(b"\r\n\r\n"))[0]["Challenge"]
    key = hashlib.md5((challenge + "sim").encode()).hexdigest()
    writer.write(f"Action: Login\r\nAuthType: MD5\r\nUsername: sim\r\nKey: {key}\r\nEvents: off\r\n\r\n".encode())
    assert parse(await reader.readuntil(b"\r\n\r\n"))[0]["Response"] == "Success"
    writer.close()


async def test_who_is_not_signed_in_may_do_nothing(sim):
    assert b"Message: Permission denied" in await talk(sim.port, b"Action: CoreShowChannels\r\n\r\n")


async def test_a_goodbye_is_answered(sim):
    heard = await talk(sim.port, LOGIN, b"Action: Logoff\r\nActionID: 5\r\n\r\n")
    assert heard.endswith(b"Response: Goodbye\r\nActionID: 5\r\nMessage: Thanks for all the fish.\r\n\r\n<EOF>")


async def test_bad_input_is_answered_and_changes_nothing(sim):
    heard = await talk(
        sim.port,
        LOGIN,
        b"Foo: bar\r\n\r\n",
        b"\r\n\r\n",
        b"Action: Ping\r\nX: " + b"y" * 2000 + b"\r\n\r\n",
        b"\xff\xfe\x00garbage without a colon\r\n\r\n",
        b"Action: Ping\nActionID: lf\n\n",
        b"action:ping\r\nACTIONID: lower\r\n\r\n",
    )
    answers = parse(heard)[1:]
    assert [m["Message"] or m["Ping"] for m in answers] == [
        "Missing action in request",
        "Missing action in request",
        "Missing action in request",
        "Failed to parse message: line too long",
        "Missing action in request",
        "Pong",
        "Pong",
    ]
    assert [m["ActionID"] for m in answers[-2:]] == ["lf", "lower"]


async def test_a_control_character_in_a_value_cannot_forge_a_line(sim, ami):
    await ami.order("UserEvent", UserEvent="Note", Text="one\rtwo\x01three")
    heard = await ami.event("UserEvent", UserEvent="Note")
    assert heard["Text"] == "one two three"
    assert encode([("A", "x\r\nB: y")]) == b"A: x  B: y\r\n\r\n"


async def test_actions_cut_anywhere_are_put_together(sim):
    whole = "Action: UserEvent\r\nUserEvent: Имя\r\nActionID: 1\r\n\r\n".encode()
    for cut in range(len(whole)):
        reader = Reader()
        found = [*reader.feed(whole[:cut]), *reader.feed(whole[cut:])]
        assert found == [Action((("Action", "UserEvent"), ("UserEvent", "Имя"), ("ActionID", "1")))]


def test_an_endless_line_takes_no_memory():
    reader = Reader()
    for _ in range(100):
        assert reader.feed(b"x" * 10_000) == []
    assert len(reader._rest) < 3000
    assert reader.feed(b"\r\n\r\nAction: Ping\r\n\r\n") == [TooLong(), Action((("Action", "Ping"),))]


async def test_several_clients_hear_the_same_and_each_his_own_answers(sim):
    async with Client(sim.port) as one, Client(sim.port) as two, Client(sim.port, events="off") as deaf:
        await sim.ring("79161234567", "Иван שלום")
        first = await one.event("Newchannel")
        assert first == await two.event("Newchannel")
        assert first["CallerIDName"] == "Иван שלום"
        await deaf.order("Ping")
        assert deaf.events == []
        assert not [m for m in one.messages if m["Ping"]]


async def test_a_client_who_leaves_does_not_disturb_the_others(sim, ami):
    async with Client(sim.port):
        pass
    await sim.ring("79161234567")
    await ami.event("QueueCallerJoin")
    assert sim.clients == 1


async def test_a_client_may_hear_less(sim, ami):
    assert (await ami.order("Events", EventMask="agent"))["Events"] == "On"
    await sim.ring("79161234567")
    await ami.event("QueueCallerJoin")
    assert {m["Privilege"] for m in ami.events if m["Timestamp"]} == {"agent,all"}


@pytest.mark.parametrize(("filter_", "kept"), [("!Event: Newchannel", False), ("Event: QueueCallerJoin", False)])
async def test_a_filter_keeps_events_away(sim, ami, filter_, kept):
    assert (await ami.order("Filter", Operation="Add", Filter=filter_))["Message"] == "Success"
    await sim.ring("79161234567")
    await ami.event("QueueCallerJoin")
    assert any(m["Event"] == "Newchannel" for m in ami.events) is kept


async def test_an_originated_call_to_nobody_fails_aloud(sim, ami):
    await ami.order("Originate", Channel="PJSIP/109", Context="staff", Exten="102", Priority=1, Async="true")
    response = await ami.event("OriginateResponse")
    assert (response["Response"], response["Reason"]) == ("Failure", "0")


async def test_our_own_id_names_the_call_and_cannot_be_used_twice(sim, ami):
    call = {"Channel": "PJSIP/101", "Context": "staff", "Exten": "102", "Priority": 1, "Async": "true"}
    await ami.order("Originate", **call, ChannelId="desk-1")
    assert (await ami.event("Newchannel"))["Uniqueid"] == "desk-1"
    await ami.order("Originate", **call, ChannelId="desk-1")
    assert (await ami.event("OriginateResponse"))["Response"] == "Failure"


async def test_an_originated_call_that_nobody_answers_says_so(sim, ami):
    await ami.order(
        "Originate", Channel="PJSIP/101", Context="staff", Exten="102", Priority=1, Async="true", Timeout=100
    )
    assert (await ami.event("OriginateResponse"))["Reason"] == "3"
    await ami.event("Hangup", CallerIDNum="101")


async def test_a_phone_can_be_told_to_answer(sim, ami):
    await ami.add("101")
    await sim.ring("79161234567")
    sim.office.phones.obliging.add("101")
    leg = (await ami.rings("101"))["DestUniqueid"]
    assert (await ami.order("PJSIPNotify", Channel=leg, Variable="Event=talk"))["Message"] == "NOTIFY sent"
    await ami.event("AgentConnect")
