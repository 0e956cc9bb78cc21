"""Which channels there are, which bridges join them, and so who talks to whom. Local channels are wires."""

from collections.abc import Iterator

from telephony.core.call import Watcher
from telephony.core.channel import Channel, Room
from telephony.core.pbx import Bridge


class Wires:
    def __init__(self) -> None:
        self.channels: dict[str, Channel] = {}
        self.by_name: dict[str, Channel] = {}
        self.rooms: dict[str, Room] = {}
        self.watchers: dict[str, Watcher] = {}  # by their Uniqueid; their legs are no channels of calls

    def add(self, channel: Channel) -> None:
        self.channels[channel.uniqueid] = channel
        self.by_name[channel.name] = channel

    def rename(self, channel: Channel, name: str) -> None:
        if self.by_name.get(channel.name) is channel:
            del self.by_name[channel.name]
        channel.call_it(name)
        self.by_name[name] = channel

    def remove(self, channel: Channel) -> None:
        self.leave(channel)
        self.channels.pop(channel.uniqueid, None)
        if self.by_name.get(channel.name) is channel:
            del self.by_name[channel.name]

    def enter(self, channel: Channel, bridge: Bridge) -> Room:
        self.leave(channel)
        room = self.rooms.get(bridge.uniqueid)
        if room is None:
            parking = bridge.technology == "holding_bridge" or bridge.kind in ("parking", "holding")
            conference = bridge.creator == "ConfBridge" or bridge.kind == "base"
            room = self.rooms[bridge.uniqueid] = Room(bridge.uniqueid, parking, conference and not parking)
        room.members[channel.uniqueid] = channel
        channel.room = room
        return room

    def leave(self, channel: Channel) -> None:
        room = channel.room
        if room is None:
            return
        channel.room = None
        room.members.pop(channel.uniqueid, None)
        if not room.members:
            self.rooms.pop(room.uniqueid, None)

    def other_half(self, channel: Channel) -> Channel | None:
        """The far end of a Local channel, while it exists."""
        name = channel.name
        if name.endswith(";1"):
            return self.by_name.get(name[:-1] + "2")
        if name.endswith(";2"):
            return self.by_name.get(name[:-1] + "1")
        return None

    def talking(self, channel: Channel) -> list[Channel]:
        """Everybody in conversation with this channel now, Local channels seen through; without itself."""
        room = channel.room
        if room is None or room.parking or (len(room.members) == 1 and not channel.local):
            return []
        return [each for each in self._joined(channel) if each is not channel and not each.local]

    def _joined(self, channel: Channel) -> Iterator[Channel]:
        seen = {channel.uniqueid}
        todo = [channel]
        while todo:
            each = todo.pop(0)
            yield each
            near = list(each.room.members.values()) if each.room and not each.room.parking else []
            if each.local and each.room:
                half = self.other_half(each)
                if half and half.room:
                    near.append(half)
            for other in near:
                if other.uniqueid not in seen:
                    seen.add(other.uniqueid)
                    todo.append(other)

    def dialling(self, source: Channel) -> list[Channel]:
        """The phones on whose behalf this channel dials: itself, or whoever stands behind a Local channel."""
        for _ in range(20):  # a chain of Local channels has an end
            if not source.local:
                return [source]
            half = self.other_half(source)
            if half is None:
                return []
            if half.dial and half.dial.source:
                source = half.dial.source
                continue
            return self.talking(half)
        return []
