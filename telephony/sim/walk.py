"""What every context of the dialplan is made with."""

from collections.abc import Awaitable, Callable

from telephony.sim.channel import Channel, Place
from telephony.sim.dial import Target
from telephony.sim.pbx import STAFF, TRUNK, Pbx

Walk = Callable[[Channel], Awaitable[Place | None]]


def at(channel: Channel, priority: int) -> None:
    """The channel is at that line of its extension now."""
    channel.place = Place(channel.place.context, channel.place.exten, priority)


def client_header(channel: Channel) -> tuple[str, str]:
    return ("Client", channel.uniqueid)


def refuses(pbx: Pbx, number: str) -> bool:
    """Do not disturb: no call rings there."""
    return ("desk-dnd", number) in pbx.database


def desk_target(number: str) -> Target | None:
    """A number becomes somebody to dial, or nobody."""
    if number in STAFF:
        return Target(f"PJSIP/{number}", f"{number}/sip:{number}@127.0.0.1:5060")
    if len(number) == 11 and number.isascii() and number.isdigit() and number[0] in "78":
        return Target(TRUNK, f"{number}@trunk", number)
    return None
