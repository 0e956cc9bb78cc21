"""Who stands at a channel: a number as on the wire, or a name where there is no number."""

import re
from functools import lru_cache

from telephony.core.channel import ENDPOINT, Channel, number_in
from telephony.core.pbx import Chan

BROWSER = "w"  # behind an extension: the endpoint of the same person's telephone in the browser


class Parties:
    """Names channels. `internal` tells the numbers of staff from outside ones."""

    def __init__(self, internal: str) -> None:
        search = re.compile(internal).search
        self.is_staff = lru_cache(maxsize=4096)(lambda party: bool(search(party)))

    def owner(self, endpoint: str) -> str:
        """Whose telephone it is: "101" and "101w", the one in the browser, are one person's; else as it is."""
        number = endpoint.removesuffix(BROWSER)
        return number if number != endpoint and self.is_staff(number) else endpoint

    def of(self, channel: Channel) -> str:
        """The party, "" where nothing is known."""
        if channel.party is None:
            channel.party = self._name(channel)
        return channel.party

    def of_phone(self, seen: Chan) -> str:
        """Of one whose channel is none of a call."""
        found = ENDPOINT.match(seen.name)
        endpoint = self.owner(found[1]) if found else ""
        return endpoint if self.is_staff(endpoint) else seen.number or endpoint

    def _name(self, channel: Channel) -> str:
        """The endpoint's own number comes first: a dialplan may write any caller id onto a colleague's leg."""
        endpoint = self.owner(channel.endpoint)
        if channel.local:
            return endpoint.split("@", 1)[0]
        if self.is_staff(endpoint):
            return endpoint
        if channel.number and self.is_staff(channel.number):
            return channel.number
        if channel.dial and not channel.ringing_in:
            dialled = number_in(channel.dial.string)
            if dialled:
                return dialled
            if channel.dial.string.split("/")[-1] == endpoint:
                return channel.number or endpoint
        return channel.number or channel.caller_name or ("" if channel.ringing_in else endpoint)
