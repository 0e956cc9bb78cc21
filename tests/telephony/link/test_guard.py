"""Every way in which panoramisk 1.4, or the wire, is known to fail: the guard stands it."""

import asyncio
import time

import pytest

from telephony.ami.guard import Address, Limits, Lost, NotSent, Session, Unanswered, Unsendable, WrongPassword
from tests.telephony.link.rogue import Rogue, message, silent, until

NAME = "Иван שלום مرحبا Łódź"
QUICK = Limits(connect=1.0, action=0.3, ping=0.1, stale=0.4)


@pytest.fixture
async def rogue():
    async with Rogue() as rogue:
        yield rogue


class Ear:
    """Hears a session's events."""

    def __init__(self) -> None:
        self.events = []

    def __call__(self, event) -> None:
        self.events.append(event)

    def names(self) -> list[str]:
        return [event.get("Event") for event in self.events if event.get("Event") != "FullyBooted"]


async def connect(rogue: Rogue, ear: Ear | None = None, **more) -> Session:
    session = Session(Address.parse(rogue.url), on_event=ear or Ear(), limits=QUICK, **more)
    await session.open()
    return session


async def test_who_is_stopped_in_the_moment_of_an_answer_stops(rogue):
    """Else a link that is told to end, or has lost its lease, would go on."""
    loop = asyncio.get_running_loop()
    asking: list[asyncio.Task] = []

    def on_bytes(data: bytes) -> None:
        for task in asking:
            loop.call_soon(task.cancel)

    session = await connect(rogue, on_bytes=on_bytes)
    asking.append(asyncio.create_task(session.read("CoreStatus")))
    with pytest.raises(asyncio.CancelledError):
        await asking[0]
    session.close()


async def test_letters_cut_anywhere_arrive_whole(rogue):
    ear = Ear()
    session = await connect(rogue, ear)
    data = message(Event="Newchannel", CallerIDName=NAME, Uniqueid="1.1")
    for cut in range(1, len(data)):
        seen = len(ear.events)
        rogue.send(data[:cut])
        await asyncio.sleep(0.001)
        rogue.send(data[cut:])
        await until(lambda seen=seen: len(ear.events) > seen)
        assert ear.events[-1].get("CallerIDName") == NAME, f"cut after {cut} bytes"
    session.close()


async def test_single_bytes_and_stray_line_ends_are_read_in_order(rogue):
    ear = Ear()
    session = await connect(rogue, ear)
    for data in (
        message(Event="TestA") + b"\r\n" + message(Event="TestB", Name=NAME) + b"\r\n\r\n" + message(Event="TestC")
    ):
        rogue.send(bytes([data]))
    await until(lambda: len(ear.names()) == 3)
    assert ear.names() == ["TestA", "TestB", "TestC"]
    session.close()


async def test_a_reply_that_never_comes_ends_as_unknown_and_is_forgotten(rogue):
    rogue.answers["Redirect"] = silent
    session = await connect(rogue)
    with pytest.raises(Unanswered):
        await session.order("Redirect", Channel="1.1", Context="desk-hold", Exten="1.2", Priority="1")
    assert session._manager.protocol.responses == {}
    assert (await session.read("CoreStatus")).ok  # the connection lives on
    session.close()


async def test_a_late_reply_harms_nobody(rogue):
    late = []
    rogue.answers["Redirect"] = lambda caller, action: late.append((caller, action))
    session = await connect(rogue)
    with pytest.raises(Unanswered):
        await session.order("Redirect", Channel="1.1")
    caller, action = late[0]
    caller.reply(action)
    assert (await session.read("CoreStatus")).ok
    session.close()


async def test_a_list_cut_in_the_middle_ends_in_time(rogue):
    def half(caller, action):
        caller.reply(action, EventList="start")
        caller.write(message(Event="Status", ActionID=action["ActionID"], Uniqueid="1.1"))

    rogue.answers["Status"] = half
    session = await connect(rogue)
    with pytest.raises(Unanswered):
        await session.read_list("Status")
    session.close()


async def test_a_list_cut_by_the_end_of_the_connection_ends_at_once(rogue):
    def half(caller, action):
        caller.reply(action, EventList="start")
        caller.writer.close()

    rogue.answers["Status"] = half
    session = Session(Address.parse(rogue.url), on_event=Ear(), limits=Limits(action=60))
    await session.open()
    async with asyncio.timeout(2):
        with pytest.raises(Unanswered):
            await session.read_list("Status")


async def test_events_between_the_items_of_a_list_are_no_items(rogue):
    def mixed(caller, action):
        caller.reply(action, EventList="start")
        caller.write(message(Event="Status", ActionID=action["ActionID"], Uniqueid="1.1"))
        caller.write(message(Event="Hangup", Uniqueid="1.9"))
        caller.write(message(Event="Status", ActionID=action["ActionID"], Uniqueid="1.2"))
        caller.write(message(Event="StatusComplete", ActionID=action["ActionID"], EventList="Complete"))

    rogue.answers["Status"] = mixed
    ear = Ear()
    session = await connect(rogue, ear)
    reply = await session.read_list("Status")
    assert [item.get("Uniqueid") for item in reply.items] == ["1.1", "1.2"]
    assert ear.names() == ["Hangup"]
    session.close()


async def test_an_empty_list_that_answers_error_is_not_waited_for(rogue):
    rogue.answers["PJSIPShowContacts"] = lambda caller, action: caller.reply(
        action, "Error", Message="No Contacts found"
    )
    session = await connect(rogue)
    reply = await session.read_list("PJSIPShowContacts")
    assert (reply.ok, reply.items) == (False, ())
    session.close()


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("QueueAdd", "Added interface to queue"),  # panoramisk waits for a list that never comes
        ("Atxfer", "Atxfer successfully queued"),  # panoramisk dies of a KeyError inside the reader
        ("PlayDTMF", "DTMF successfully queued"),
        ("Originate", "Originate successfully queued"),
    ],
)
async def test_answers_that_break_panoramisk_are_plain_answers(rogue, name, answer):
    rogue.answers[name] = lambda caller, action: caller.reply(action, Message=answer)
    session = await connect(rogue)
    assert (await session.order(name, Channel="PJSIP/101")).message == answer
    assert (await session.read("CoreStatus")).ok
    session.close()


async def test_the_outcome_of_an_originate_is_an_event(rogue):
    def both(caller, action):
        caller.write(message(Event="OriginateResponse", ActionID=action["ActionID"], Response="Failure", Reason=5))
        caller.reply(action, Message="Originate successfully queued")

    rogue.answers["Originate"] = both
    ear = Ear()
    session = await connect(rogue, ear)
    reply = await session.order("Originate", Channel="PJSIP/101", Async="true")
    assert reply.message == "Originate successfully queued"
    assert ear.names() == ["OriginateResponse"]
    session.close()


async def test_an_error_in_what_listens_does_not_end_the_connection(rogue):
    heard = []

    def ear(event):
        heard.append(event.get("Event"))
        raise RuntimeError("a bug of ours")

    session = await connect(rogue, ear)
    rogue.send(message(Event="TestA") + message(Event="TestB"))
    await until(lambda: heard[-2:] == ["TestA", "TestB"])
    assert (await session.read("CoreStatus")).ok
    session.close()


async def test_a_frozen_peer_is_dropped(rogue):
    session = await connect(rogue)
    living = asyncio.create_task(session.live())
    await until(lambda: rogue.received("Ping"))
    rogue.frozen = True
    async with asyncio.timeout(2):
        assert "silent" in await living
    with pytest.raises(NotSent):
        await session.order("Hangup", Channel="1.1")


async def test_a_quiet_peer_that_answers_pings_is_kept(rogue):
    session = await connect(rogue)
    living = asyncio.create_task(session.live())
    await asyncio.sleep(QUICK.stale * 2)
    assert not living.done()
    assert session._manager.protocol.responses == {}  # pings leave nothing behind
    session.close()
    assert await living == "closed"


async def test_a_pause_of_our_own_is_not_taken_for_silence_of_the_peer(rogue):
    session = await connect(rogue)
    living = asyncio.create_task(session.live())
    await until(lambda: rogue.received("Ping"))
    await asyncio.sleep(0.01)  # the answer is there, and no question is open
    time.sleep(QUICK.stale * 2)  # noqa: ASYNC251  as a busy machine would
    await asyncio.sleep(QUICK.stale / 2)
    assert not living.done()
    session.close()
    await living


async def test_a_peer_that_accepts_and_never_greets_is_given_up():
    async with Rogue() as rogue:
        rogue.greeting = b""
        with pytest.raises(TimeoutError):
            await connect(rogue)


async def test_another_service_on_that_port_is_named(rogue):
    rogue.greeting = b"SSH-2.0-OpenSSH_9.2\r\n"
    with pytest.raises(Lost, match="no Asterisk Manager"):
        await connect(rogue)


async def test_a_wrong_secret_is_a_sentence_and_one_attempt(rogue):
    rogue.secret = "changed"
    with pytest.raises(WrongPassword, match="dispatch.*Authentication failed"):
        await connect(rogue)
    await until(lambda: not rogue.callers)
    assert len(rogue.received("Login")) == 1


async def test_a_pbx_that_shuts_down_is_not_a_wrong_secret(rogue):
    rogue.answers["Login"] = lambda caller, action: caller.reply(action, "Error", Message="Asterisk is shutting down")
    with pytest.raises(Lost) as raised:
        await connect(rogue)
    assert not isinstance(raised.value, WrongPassword)


async def test_actions_waiting_at_a_restart_end_as_unknown_and_are_never_sent_again(rogue):
    for name in ("Originate", "Redirect", "Hangup"):
        rogue.answers[name] = silent
    session = await connect(rogue)
    asked = [asyncio.create_task(session.order(name, Channel="1.1")) for name in ("Originate", "Redirect", "Hangup")]
    await until(lambda: len(rogue.received("Hangup")) == 1)
    await rogue.stop()
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [Unanswered] * 3
    rogue.actions.clear()
    await rogue.start()
    again = await connect(rogue)
    await again.read("CoreStatus")
    assert {action["Action"] for action in rogue.actions} == {"Login", "CoreStatus"}
    again.close()


@pytest.mark.parametrize(
    "bad", ["1\r\nVariable: X=1", "1\n", "1\r\n\r\nAction: Hangup", "\x00", "1\x7f", "1\u2028", "1\x85"]
)
async def test_control_characters_never_leave(rogue, bad):
    session = await connect(rogue)
    with pytest.raises(Unsendable):
        await session.order("Redirect", Channel="1.1", Exten=bad)
    with pytest.raises(Unsendable):
        await session.order("Originate", Variable=["A=1", f"B={bad}"])
    with pytest.raises(Unsendable):
        await session.order(f"Redirect{bad}")
    assert (await session.read("CoreStatus")).ok
    assert [action["Action"] for action in rogue.actions] == ["Login", "CoreStatus"]
    session.close()


async def test_two_thousand_characters_never_leave(rogue):
    session = await connect(rogue)
    for value in ("x" * 2000, "ы" * 500):
        with pytest.raises(Unsendable):
            await session.order("Setvar", Variable="NOTE", Value=value)
    rogue.answers["Setvar"] = lambda caller, action: caller.reply(action)
    assert (await session.order("Setvar", Variable="NOTE", Value="ы" * 440)).ok
    assert rogue.received("Setvar")[0]["Value"] == "ы" * 440
    session.close()


async def test_a_name_in_any_script_leaves_as_it_is(rogue):
    rogue.answers["QueueAdd"] = lambda caller, action: caller.reply(action)
    session = await connect(rogue)
    await session.order("QueueAdd", Queue="dispatch", Interface="PJSIP/101", MemberName=NAME)
    assert rogue.received("QueueAdd")[0]["MemberName"] == NAME
    session.close()


async def test_who_is_no_longer_the_active_link_sends_nothing(rogue):
    mine = True
    session = await connect(rogue, may_send=lambda: mine)
    mine = False
    with pytest.raises(NotSent, match="not the active one"):
        await session.order("Hangup", Channel="1.1")
    assert not rogue.received("Hangup")
    session.close()


async def test_a_closed_session_is_closed_for_good(rogue):
    session = await connect(rogue)
    session.close()
    await until(lambda: not rogue.callers)
    with pytest.raises(NotSent):
        await session.read("CoreStatus")
    await asyncio.sleep(0.3)
    assert (rogue.logins, rogue.callers) == (1, [])


@pytest.mark.parametrize("url", ["", "http://a:b@c", "ami://host:5038", "ami://user@host", "ami://u:p@h:99999"])
def test_an_address_that_is_none_is_a_sentence(url):
    with pytest.raises(ValueError, match="AMI_URL"):
        Address.parse(url)


def test_a_secret_with_odd_letters_is_read_and_never_shown():
    address = Address.parse("ami://desk:p%40ss%2Fword@pbx.example:5039")
    assert (address.user, address.secret, address.host, address.port) == ("desk", "p@ss/word", "pbx.example", 5039)
    assert "word" not in repr(address)
