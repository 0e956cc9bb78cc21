"""What we order the PBX to do. "Success" means accepted: only a later event says that it is done."""

import asyncio
import json
import re
from collections.abc import Sequence

from telephony.ami import translate
from telephony.ami.guard import Reply, Session, Unsendable
from telephony.ami.translate import member, text
from telephony.core import pbx
from telephony.core.operations import Order
from telephony.core.pairing import Lines

ENDPOINT = re.compile(r"[0-9a-zA-Z_]{1,40}\Z")  # becomes an extension of the dialplan
KEYS = re.compile(r"[0-9*#]{1,20}\Z")
NUMBER = re.compile(r"[0-9*]{1,30}\Z")  # that a telephone of the house dials
PLACE = re.compile(r"[0-9a-zA-Z+*._-]{1,80}\Z")  # an extension of the dialplan
KEY_MS, KEY_GAP = "120", 0.18  # how long each key sounds; seconds from one to the next
RING_MS = "6000"  # the telephone of who takes a parked client back, or calls
BY_ITSELF = (  # every way in which a telephone can be asked to answer by itself
    "PJSIP_HEADER(add,Call-Info)=<sip:127.0.0.1>\\;answer-after=0",
    "PJSIP_HEADER(add,Alert-Info)=<http://127.0.0.1>\\;info=alert-autoanswer\\;delay=0",
    "PJSIP_HEADER(add,Answer-Mode)=Auto",
)
ANSWERED_ELSEWHERE = "26"  # cause: the telephone logs no missed call


async def withdraw(session: Session, *, queue: str, channel: str, endpoint: str) -> Reply:
    """Take a waiting caller out of the queue for `endpoint`. Who asks second for the same caller gets an Error.

    The queue wants the channel's name, not its Uniqueid. The dialplan (desk-pick) frees the phone if it rings with
    another caller, dials it, and brings the caller back to his place when nobody lifts there.
    """
    return await session.order("QueueWithdrawCaller", Queue=queue, Caller=channel, WithdrawInfo=_dialled(endpoint))


async def let_go(session: Session, *, uniqueid: str, ringing: Sequence[str]) -> None:
    """Help the queue to carry out a withdrawal now: it looks at it only when no phone rings with the caller, and then
    once a second, or at a key. `ringing`: Uniqueids of the legs that ring with him. What fails here is only late."""
    legs = [session.order("Hangup", Channel=leg, Cause=ANSWERED_ELSEWHERE) for leg in ringing]
    key = session.order("PlayDTMF", Channel=uniqueid, Digit="#", Receive="true")
    await asyncio.gather(*legs, key, return_exceptions=True)


async def fetch(session: Session, *, uniqueid: str, endpoint: str) -> Reply:
    """Take him out of the queue over its head: for one who was withdrawn, and whom it still has not let go."""
    aim = _dialled(endpoint)
    return await session.order("Redirect", Channel=uniqueid, Context="desk-pick", Exten=aim, Priority="1")


async def perform(session: Session, order: Order) -> Reply:
    """One click of the desk: one action (several only for keys, which are one each)."""
    if order.hang_up:
        return await session.order("Hangup", Channel=order.hang_up, Cause="16")
    if order.keys_for:
        return await _press(session, channel=order.keys_for, keys=order.keys)
    if order.to is not None:
        named = {"ChannelId": _place(order.to.channel)} if order.to.channel else {}
        return await session.order(
            "Originate",
            Channel=f"PJSIP/{_dialled(order.call)}",
            **named,
            Context=order.to.context,
            Exten=_place(order.to.exten),
            Priority="1",
            Async="true",
            Timeout=RING_MS,
            Variable=BY_ITSELF,
        )
    headers: dict[str, str] = {}
    for prefix, move in zip(("", "Extra"), order.moves, strict=False):
        headers |= {f"{prefix}Channel": move.channel, f"{prefix}Context": move.context}
        headers |= {f"{prefix}Exten": _place(move.exten), f"{prefix}Priority": "1"}
    return await session.order("Redirect", **headers)


async def place(session: Session, *, name: str, phone: str, number: str, context: str, shown: str = "") -> Reply:
    """Ring that telephone, and when it is lifted have it dial `number`. `name`: the Uniqueid of its channel, and so
    that of the call: the PBX places one of a name only once. `shown`: which of our numbers the street sees; "": the
    main one."""
    for one in (number, shown or number):
        if not NUMBER.match(one):
            raise Unsendable(f"{one!r} is no number")
    ours = (f"__DESK_SHOWN={shown}",) if shown else ()
    return await session.order(
        "Originate",
        Channel=f"PJSIP/{_dialled(phone)}",
        ChannelId=_place(name),
        Context=context,
        Exten=number,
        Priority="1",
        Async="true",
        Timeout=RING_MS,
        Variable=(*BY_ITSELF, f"__DISP_CALL={name}", *ours, f"PJSIP_HEADER(add,X-Desk-Call)={name}"),
    )


async def connect(
    session: Session, *, name: str, first: str, second: str, lines: Lines, shown: str, seconds: int
) -> Reply:
    """Ring the number `first` outside, and when it has answered, `second`; both see `shown`. `name`: as of `place`."""
    for number in (first, second, shown):
        if not NUMBER.match(number):
            raise Unsendable(f"{number!r} is no number")
    return await session.order(
        "Originate",
        Channel=f"PJSIP/{first}@{_dialled(lines.trunk)}",
        ChannelId=_place(name),
        Context="desk-pair",
        Exten=second,
        Priority="1",
        Async="true",
        Timeout=str(seconds * 1000),
        CallerID=f"<{shown}>",
        Variable=(f"__DISP_CALL={name}", f"__DESK_SHOWN={shown}", f"DESK_PAIR={seconds}"),
    )


async def lines(session: Session) -> Lines | None:
    """How this PBX calls the street, by the globals of its dialplan; None: it does not."""
    trunk, city, more = [await _global(session, name) for name in ("TRUNK", "CITY_NUMBER", "CITY_MORE")]
    numbers = tuple(number for number in (city, *more.split("-")) if NUMBER.match(number))
    return Lines(trunk, numbers) if ENDPOINT.match(trunk) and numbers else None


async def is_dialled(session: Session, number: str) -> bool:
    """Whether the dialplan lets the desk call that number outside."""
    if not NUMBER.match(number):
        raise Unsendable(f"{number!r} is no number")
    return await _global(session, f"DIALPLAN_EXISTS(desk-target,{number},1)") == "1"


async def _global(session: Session, name: str) -> str:
    reply = await session.read("Getvar", Variable=name)
    return translate.text(reply.headers, "Value").strip()


async def user_agent(session: Session, endpoint: str) -> str:
    """How the telephone that is registered there calls itself; "" where none is."""
    aors = await _global(session, f"PJSIP_ENDPOINT({_dialled(endpoint)},aors)")
    contact = (await _global(session, f"PJSIP_AOR({aors.partition(',')[0]},contact)")).partition(",")[0]
    return await _global(session, f"PJSIP_CONTACT({contact},user_agent)") if contact else ""


async def is_registered(session: Session, endpoint: str) -> bool:
    """Whether a telephone is registered there."""
    return bool(await _global(session, f"PJSIP_DIAL_CONTACTS({_dialled(endpoint)})"))


async def talk(session: Session, *, channel: str) -> None:
    """Tell a telephone that rings to answer: those that know this event do, the others ring on."""
    await session.order("PJSIPNotify", Channel=channel, Variable=["Event=talk"])


async def is_off(session: Session, extension: str, *, context: str) -> bool:
    """Whether the PBX knows that no telephone is registered there."""
    reply = await session.read("ExtensionState", Exten=_place(extension), Context=context)
    return translate.is_off(reply.headers)


async def _press(session: Session, *, channel: str, keys: str) -> Reply:
    """Heard by that channel's far end alone: our own codes are not meant."""
    if not KEYS.match(keys):
        raise Unsendable(f"{keys!r} are no keys")
    for place, key in enumerate(keys):
        if place:
            await asyncio.sleep(KEY_GAP)
        reply = await session.order("PlayDTMF", Channel=channel, Digit=key, Duration=KEY_MS)
        if not reply.ok:
            break
    return reply


async def add_member(session: Session, *, queue: str, interface: str, name: str, paused: str = "") -> bool:
    """Whether the queue knows `interface` now. `name` is who sits there; `paused`: why it shall not ring yet."""
    pause = {"Paused": "true", "Reason": paused} if paused else {"Paused": "false"}
    reply = await session.order("QueueAdd", Queue=queue, Interface=interface, MemberName=name, **pause)
    return reply.ok or "already there" in reply.message.lower()


async def pause_member(session: Session, *, queue: str, interface: str, reason: str) -> bool:
    """Whether the queue took it: it stays a member and is not rung. A telephone that rings already rings on."""
    reply = await session.order("QueuePause", Queue=queue, Interface=interface, Paused="true", Reason=reason)
    return reply.ok


async def resume_member(session: Session, *, queue: str, interface: str) -> bool:
    """Whether the queue took it: it rings again."""
    reply = await session.order("QueuePause", Queue=queue, Interface=interface, Paused="false")
    return reply.ok


async def remove_member(session: Session, *, queue: str, interface: str) -> bool:
    """Whether the queue no longer rings `interface`."""
    reply = await session.order("QueueRemove", Queue=queue, Interface=interface)
    return reply.ok or "not there" in reply.message.lower()


async def members(session: Session, queue: str) -> tuple[pbx.QueueMemberSeen, ...]:
    """Whom the queue rings now."""
    reply = await session.read_list("QueueStatus", Queue=queue)
    return tuple(member(item, None) for item in reply.items if text(item, "Event") == "QueueMember")


async def kept(session: Session, family: str) -> dict[str, str]:
    """What AstDB has under `family`, by key."""
    reply = await session.read_list("DBGetTree", Family=family)
    entries = (item for item in reply.items if text(item, "Event") == "DBGetTreeResponse")
    return {text(item, "Key").rpartition("/")[2]: text(item, "Val") for item in entries}


async def refuses(session: Session, extension: str) -> bool:
    """Whether the PBX rings that extension for nobody (`telephony.services.refusing`)."""
    reply = await session.read_list("DBGet", Family="desk-dnd", Key=_place(extension))
    return any(text(item, "Event") == "DBGetResponse" for item in reply.items)


async def keep(session: Session, *, family: str, key: str, value: str) -> bool:
    """Write it into AstDB, which stays over a restart of the PBX. Whether it was taken."""
    reply = await session.order("DBPut", Family=family, Key=_place(key), Val=_place(value))
    return reply.ok


async def keep_secret(session: Session, *, family: str, login: str, realm: str, ha1: str) -> None:
    """As sorcery reads it from AstDB."""
    if not (PLACE.match(login) and PLACE.match(realm) and PLACE.match(ha1)):
        raise Unsendable(f"{login!r} in {realm!r} is no login")
    fields = {"auth_type": "md5", "username": login, "realm": realm, "md5_cred": ha1}
    await session.order("DBPut", Family=family, Key=login, Val=json.dumps(fields, separators=(",", ":")))


async def forget(session: Session, *, family: str, key: str) -> None:
    """Take it out of AstDB; what is not there is no trouble."""
    await session.order("DBDel", Family=family, Key=_place(key))


def _place(exten: str) -> str:
    if not PLACE.match(exten):
        raise Unsendable(f"{exten!r} is no extension")
    return exten


def _dialled(endpoint: str) -> str:
    if not ENDPOINT.match(endpoint):
        raise Unsendable(f"{endpoint!r} is no telephone")
    return endpoint
