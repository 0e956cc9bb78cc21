"""What a doctor asks a PBX: harmless questions, and calls of its own that are none of the office's."""

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from telephony.ami.actions import BY_ITSELF, forget, keep_secret
from telephony.ami.guard import Reply, Session
from telephony.ami.translate import text
from telephony.ami.wire import Message
from telephony.core import dialplan, doctor

NOBODY = f"Local/doctor@{doctor.CONTEXT}"  # a member of the queue for a moment, paused
OF_NO_CHANNEL = ("FullyBooted", "QueueMemberAdded", "OriginateResponse")
PRETENDS = "simulated"
DENIED = "permission denied"
HARMLESS: tuple[tuple[str, str, dict[str, str]], ...] = (  # of each write class an action that does nothing
    ("system", "DBDel", {"Family": "desk-doctor", "Key": "none"}),
    ("call", "Redirect", {"Channel": "doctor-none", "Context": doctor.CONTEXT, "Exten": "hear", "Priority": "1"}),
    ("agent", "QueueRemove", {"Queue": "desk-doctor", "Interface": NOBODY}),
    ("originate", "Originate", {}),
    ("reporting", "ShowDialPlan", {"Context": "desk-doctor-none"}),
)


@dataclass
class Ear:
    """What is said of the doctor's own doings; an office that is busy says much else meanwhile."""

    said: list[Message] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def __call__(self, message: Message) -> None:
        if text(message, "Uniqueid").startswith(doctor.NAMED) or text(message, "Event") in OF_NO_CHANNEL:
            self.said.append(message)
            self.news.set()

    def heard(self, event: str, **match: str) -> list[Message]:
        """Those of that name with these headers."""
        return [m for m in self.said if text(m, "Event") == event and all(text(m, k) == v for k, v in match.items())]

    async def wait(self, seen: Callable[[], object], seconds: float) -> bool:
        """Whether `seen` became true in time."""
        end = time.monotonic() + seconds
        while not seen():
            self.news.clear()
            left = end - time.monotonic()
            if left <= 0:
                return False
            try:
                async with asyncio.timeout(left):
                    await self.news.wait()
            except TimeoutError:
                return bool(seen())
        return True


@dataclass(frozen=True)
class Endpoint:
    context: str
    codecs: str
    busy_at: int
    rtp_timeout: int
    encryption: str  # of the media: no, sdes, dtls
    has_ice: bool
    is_bundled: bool
    contacts: int  # that may be registered there


@dataclass(frozen=True)
class Lot:
    first: int
    last: int
    seconds: int


@dataclass(frozen=True)
class Segment:
    """What the PBX says of the file that it recorded."""

    folder: str
    size: int
    age: int  # seconds since it was written, by the PBX's own clock


async def version(session: Session) -> tuple[str, bool]:
    """And whether it only pretends to be one."""
    said = text((await session.read("CoreSettings")).headers, "AsteriskVersion")
    return said, PRETENDS in said


async def ahead(session: Session) -> float:
    """Seconds by which its clock is before ours."""
    before = time.time()
    reply = await session.read("Ping")
    return float(text(reply.headers, "Timestamp") or 0) - (before + time.time()) / 2


async def may_not(session: Session) -> list[str]:
    """The write classes that our AMI user lacks."""
    replies = [(of, await session.order(action, **headers)) for of, action, headers in HARMLESS]
    return [of for of, reply in replies if _is_denied(reply)]


async def context(session: Session, name: str) -> dialplan.Context | None:
    reply = await session.read_list("ShowDialPlan", Context=name)
    if not reply.ok:
        return None
    steps = [
        (text(m, "Extension"), text(m, "Priority"), text(m, "Application"), text(m, "AppData")) for m in reply.items
    ]
    return dialplan.listed(steps, filter(None, (text(m, "IncludeContext") for m in reply.items)))


async def value(session: Session, variable: str) -> str:
    """Of a global of the dialplan, or of a function that needs no channel."""
    return text((await session.read("Getvar", Variable=variable)).headers, "Value")


async def reads_secrets(session: Session, *, family: str, realm: str) -> bool:
    """Whether a telephone may register with a secret in AstDB. What is tried is no telephone's, and gone at once."""
    login = "desk-doctor"
    await keep_secret(session, family=family, login=login, realm=realm, ha1=secrets.token_hex(16))
    try:
        return await value(session, f"AST_SORCERY(res_pjsip,auth,{login},username)") == login
    finally:
        await forget(session, family=family, key=login)


async def has_queue(session: Session, queue: str) -> bool:
    reply = await session.read_list("QueueStatus", Queue=queue)
    return any(text(item, "Event") == "QueueParams" for item in reply.items)


async def try_queue(session: Session, queue: str) -> bool:
    """Whether it takes a member, who is paused and gone at once."""
    reply = await session.order("QueueAdd", Queue=queue, Interface=NOBODY, MemberName="doctor", Paused="true")
    await session.order("QueueRemove", Queue=queue, Interface=NOBODY)
    return reply.ok or "already there" in reply.message.lower()


async def parking_lot(session: Session, name: str = "default") -> Lot | None:
    for item in (await session.read_list("Parkinglots")).items:
        if text(item, "Name") == name:
            return Lot(*(_number(item, header) for header in ("StartSpace", "StopSpace", "Timeout")))
    return None


async def endpoint(session: Session, name: str) -> Endpoint | None:
    items = (await session.read_list("PJSIPShowEndpoint", Endpoint=name)).items
    contacts = sum(_number(item, "MaxContacts") for item in items if text(item, "Event") == "AorDetail")
    for item in items:
        if text(item, "Event") == "EndpointDetail":
            return Endpoint(
                context=text(item, "Context"),
                codecs=text(item, "Allow").strip("()"),
                busy_at=_number(item, "DeviceStateBusyAt"),
                rtp_timeout=_number(item, "RtpTimeout"),
                encryption=text(item, "MediaEncryption"),
                has_ice=text(item, "IceSupport") == "true",
                is_bundled=text(item, "Bundle") == "true",
                contacts=contacts,
            )
    return None


async def light(session: Session, extension: str, staff: str) -> tuple[bool, bool]:
    """Whether there is a hint, and whether it says that a telephone is registered."""
    headers = (await session.read("ExtensionState", Exten=extension, Context=staff)).headers
    return _number(headers, "Status") >= 0 and text(headers, "Hint") != "", text(headers, "Status") not in ("4", "-1")


async def load_music(session: Session) -> None:
    """Have it look anew which files its classes of music have. What plays now plays on."""
    await session.order("Reload", Module="res_musiconhold")


async def call_oneself(session: Session, key: int) -> Reply:
    """A call between two ends in our dialplan: one finds out the music and plays it, the other records it."""
    return await session.order(
        "Originate",
        Channel=f"Local/sound@{doctor.CONTEXT}/n",
        ChannelId=doctor.name(key, 1),
        OtherChannelId=doctor.name(key, 2),
        Context=doctor.CONTEXT,
        Exten="record",
        Priority="1",
        Async="true",
        Timeout="4000",
        Variable=f"DOCTOR={key}",
    )


async def ring(session: Session, interface: str, key: int, end: int, *, music: str = "") -> Reply:
    """A real telephone; lifted, it hears music: that class, or what held callers hear."""
    return await session.order(
        "Originate",
        Channel=interface,
        ChannelId=doctor.name(key, end),
        Context=doctor.CONTEXT,
        Exten="hear",
        Priority="1",
        Async="true",
        Timeout="20000",
        CallerID='"Test call" <>',
        Variable=(*BY_ITSELF, f"DOCTOR_CLASS={music}"),
    )


def lifted(ear: Ear, key: int, end: int) -> str:
    """The name of that telephone's channel once it talks, or ""."""
    up = ear.heard("Newstate", Uniqueid=doctor.name(key, end), ChannelStateDesc="Up")
    return text(up[0], "Channel") if up else ""


def refused(ear: Ear, interface: str, key: int, end: int) -> bool:
    """Whether it cannot be rung, was not lifted, or is put down again."""
    gone = ear.heard("OriginateResponse", Channel=interface, Response="Failure")
    return bool(gone or ear.heard("Hangup", Uniqueid=doctor.name(key, end)))


async def bring_together(session: Session, one: str, other: str) -> Reply:
    return await session.order("Bridge", Channel1=one, Channel2=other)


def together(ear: Ear, key: int) -> bool:
    return all(ear.heard("BridgeEnter", Uniqueid=doctor.name(key, end)) for end in (1, 2))


async def let_go(session: Session, key: int) -> None:
    for end in (1, 2):
        await session.order("Hangup", Channel=doctor.name(key, end), Cause="16")


def has_begun(ear: Ear, key: int) -> bool:
    return bool(ear.heard("Newchannel", Uniqueid=doctor.name(key, 1)))


def bears_our_call(ear: Ear, key: int) -> bool:
    """Whether the mark of our calls rides on the events of a channel."""
    return any(
        "DISP_CALL=" in "\n".join(marks if isinstance(marks, list) else [marks])
        for message in ear.heard("Newchannel", Uniqueid=doctor.name(key, 1))
        for marks in [message.get("ChanVariable", "")]
    )


def is_over(ear: Ear, key: int) -> bool:
    return bool(ear.heard("Hangup", Uniqueid=doctor.name(key, 1)))


def classes(ear: Ear, key: int) -> dict[str, bool]:
    """Of music, as the PBX's configuration names them, and whether each really plays."""
    found: dict[str, bool] = {}
    tried = ""
    for message in ear.said:
        if text(message, "UserEvent") == "DeskDoctorClass" and text(message, "Of") == str(key):
            tried = text(message, "Class")
            found.setdefault(tried, False)
        elif text(message, "UserEvent") == "DeskDoctorHeld":
            tried = ""
        elif tried and text(message, "Event") == "MusicOnHoldStart" and _is_sound(message, key):
            found[tried] = text(message, "Class") == tried
            tried = ""
    return found


def held_hear(ear: Ear, key: int) -> str:
    """The class that a held caller hears; "" where he hears nothing."""
    for at, message in enumerate(ear.said):
        if text(message, "UserEvent") == "DeskDoctorHeld" and text(message, "Of") == str(key):
            later = (m for m in ear.said[at:] if text(m, "Event") == "MusicOnHoldStart" and _is_sound(m, key))
            return next((text(m, "Class") for m in later), "")
    return ""


def segment(ear: Ear, key: int) -> Segment | None:
    for message in ear.heard("UserEvent", UserEvent="DeskDoctorRecord", Of=str(key)):
        return Segment(text(message, "Where"), _number(message, "Size"), _number(message, "Age"))
    return None


def hears(ear: Ear, key: int) -> dict[str, bool]:
    """Each read class that we need, and whether its events arrive."""
    return {
        "system": bool(ear.heard("FullyBooted")),
        "call": has_begun(ear, key),
        "agent": bool(ear.heard("QueueMemberAdded", Interface=NOBODY)),
        "user": bool(ear.heard("UserEvent", Of=str(key))),
    }


def _is_sound(message: Message, key: int) -> bool:
    return text(message, "Uniqueid") == doctor.name(key, 2)


def _is_denied(reply: Reply) -> bool:
    return not reply.ok and DENIED in reply.message.lower()


def _number(message: Message, header: str) -> int:
    try:
        return int(text(message, header))
    except ValueError:
        return -1
