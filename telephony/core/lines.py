"""Who waits in which queue, in order."""

from collections.abc import Iterator

from telephony.core.channel import Channel
from telephony.core.track import Track


class Lines:
    def __init__(self) -> None:
        self._lines: dict[str, list[Track]] = {}

    def names(self) -> set[str]:
        return set(self._lines)

    def waiting(self, queue: str) -> list[Track]:
        return list(self._lines.get(queue, ()))

    def join(self, queue: str, track: Track, channel: Channel, place: int | None) -> Iterator[Track]:
        """Whose place has changed. `place` counts from 1; None: at the end."""
        yield from self.leave(track)
        line = self._lines.setdefault(queue, [])
        line.insert(len(line) if place is None else max(0, min(len(line), place - 1)), track)
        track.waiting = channel
        yield from self._renumber(queue)

    def leave(self, track: Track) -> Iterator[Track]:
        """Whose place has changed: everybody behind moves up."""
        if track.waiting is None:
            return
        track.waiting = track.place = None
        yield track
        for queue, line in list(self._lines.items()):
            if track in line:
                line.remove(track)
                yield from self._renumber(queue)

    def _renumber(self, queue: str) -> Iterator[Track]:
        line = self._lines[queue]
        if not line:
            del self._lines[queue]
        for place, track in enumerate(line, 1):
            if track.place != place:
                track.place = place
                yield track
