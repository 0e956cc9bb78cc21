"""What we order the PBX to do. "Success" means accepted: only a later event says that it is done."""

import asyncio
import re
from collections.abc import Sequence

from telephony.ami.guard import Reply, Session, Unsendable
from telephony.ami.translate import member, text
from telephony.core import pbx

ENDPOINT = re.compile(r"[0-9a-zA-Z_]{1,40}\Z")  # becomes an extension of the dialplan
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


def _dialled(endpoint: str) -> str:
    if not ENDPOINT.match(endpoint):
        raise Unsendable(f"{endpoint!r} is no telephone")
    return endpoint
