"""Who stands at a channel: a number as on the wire, or a name where there is no number."""

import re

from telephony.core.channel import Channel, number_in


class Parties:
    """Names channels. `internal` tells the numbers of staff from outside ones."""

    def __init__(self, internal: str) -> None:
        self._internal = re.compile(internal)

    def is_staff(self, party: str) -> bool:
        return bool(self._internal.search(party))

    def of(self, channel: Channel) -> str:
        """The party, "" where nothing is known.

        The endpoint's own number comes first: a dialplan may write any caller id onto a colleague's leg.
        """
        endpoint = channel.endpoint
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
