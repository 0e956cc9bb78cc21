"""The link's part: somebody on the page waits for an examination, and sees it grow."""

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any

from telephony.ami.guard import Address
from telephony.doctor.examination import examine_all
from telephony.lease import Tenure
from telephony.services import examinations


async def pay(address: Address | None, tenure: Tenure, database: Callable[..., Awaitable[Any]]) -> None:
    """Examine if somebody asked for it, on a line of its own: the link's goes on meanwhile. Raises LeaseLost."""
    asked = await database(examinations.begin, tenure)
    if asked is None:
        return
    case = await database(examinations.case, address, asked.ring, asked.listen)
    async with aclosing(examine_all(case, may_send=tenure.fresh)) as rounds:
        async for check, findings in rounds:
            await database(examinations.note, tenure, asked, check, findings)
    await database(examinations.finish, tenure, asked)
