"""The hub: one per web process. It hears what changed, has it drawn once per viewer, and writes it to every desk.

Two ways lead here: the relay's message over the channel layer, at once, and the outbox itself, each second. So a
change arrives also while Redis is away, only later; and a gap in the numbers is filled before anything is sent.
"""

import asyncio
import logging
from collections.abc import Iterable

from channels.layers import get_channel_layer

from dispatch.live import drawing, numbers
from dispatch.live.desk import Desk
from dispatch.live.numbers import Told
from dispatch.live.pace import Pace
from dispatch.live.reading import AWAY, Reader
from dispatch.live.relay import GROUP

POLL_SECONDS = 1.0
RETRY_SECONDS = 0.3
TOO_MANY = 500  # changes behind: the desks had better read the whole state

log = logging.getLogger(__name__)


class Lane:
    """What waits to be drawn, and the thread that draws it. Who calls waits neither for the other lists, nor for what
    is drawn for one person alone, of which there is much when many work."""

    def __init__(self, name: str) -> None:
        self.waiting: dict[str, list[Told]] = {}
        self.news = asyncio.Event()
        self.draw = Reader(name)


class Hub:
    """`numbers` is what the desks have been told; `heard` runs ahead of it by what is being drawn."""

    def __init__(self) -> None:
        self.desks: set[Desk] = set()
        self.numbers: dict[str, int] = {}
        self.ready = asyncio.Event()
        self._heard: dict[str, int] = {}
        self._behind = asyncio.Event()
        self.calls, self.lists, self.own = Lane("draw-calls"), Lane("draw-lists"), Lane("draw-own")
        self._read = Reader("read")
        self.read_at: float | None = None  # the loop's clock, when the database last answered

    # --- desks ----------------------------------------------------------------------------------------------------

    def join(self, desk: Desk) -> dict[str, int]:
        """From now on the desk gets every batch; answers the numbers it starts from."""
        self.desks.add(desk)
        return self.numbers_for(desk)

    def leave(self, desk: Desk) -> None:
        self.desks.discard(desk)

    def numbers_for(self, desk: Desk) -> dict[str, int]:
        return {topic: self.numbers.get(topic, 0) for topic in desk.topics}

    # --- tasks, each supervised by dispatch.live.background -----------------------------------------------------------

    async def listen(self) -> None:
        """Hear the relay over the channel layer. Never returns; raises when the layer cannot be joined."""
        layer = get_channel_layer()
        channel = await layer.new_channel("hub.")
        await layer.group_add(GROUP, channel)
        self._behind.set()
        while True:
            message = await layer.receive(channel)
            self.hear(Told(*change) for change in message["changes"])

    async def read_outbox(self) -> None:
        """Each second, and at once when a number is missing, read from the database what was not heard."""
        while True:
            await self._read_once()
            self.ready.set()
            try:
                async with asyncio.timeout(POLL_SECONDS):
                    await self._behind.wait()
            except TimeoutError:
                continue
            self._behind.clear()

    async def flush(self, lane: Lane) -> None:
        """Draw and send what waits there: at once, or together when flushing would take too much of the time."""
        now = asyncio.get_running_loop().time
        pace = Pace()
        while True:
            await lane.news.wait()
            await asyncio.sleep(pace.pause(now()))
            lane.news.clear()
            waiting, lane.waiting = lane.waiting, {}
            began = now()
            await self._send(waiting, lane.draw)
            pace.spend(now() - began, now())

    # --- inside -----------------------------------------------------------------------------------------------------

    def hear(self, changes: Iterable[Told]) -> None:
        """Take in numbered changes. What is known is dropped; after a gap only the outbox is believed."""
        for change in changes:
            heard = self._heard.get(change.topic, 0)
            if not self.ready.is_set() or change.number > heard + 1:
                self._behind.set()
            elif change.number == heard + 1:
                self._heard[change.topic] = change.number
                lane = self._lane(change.topic)
                lane.waiting.setdefault(change.topic, []).append(change)
                lane.news.set()

    async def _read_once(self) -> None:
        before = dict(self._heard)  # what is heard while the database answers may be ahead of its answer
        last = await self._read(numbers.current)
        if not self.ready.is_set():
            self._heard, self.numbers = dict(last), dict(last)
        for topic in self._heard.keys() | last.keys():
            upto = last.get(topic, 0)
            after = self._heard.get(topic, 0)
            if upto < before.get(topic, 0):
                self._jump(topic, upto)  # the database was restored from a backup
            elif upto > after:
                missed = await self._read(numbers.between, topic, after, upto) if upto - after <= TOO_MANY else []
                if len(missed) < upto - after:
                    self._jump(topic, upto)
                self.hear(missed)
        self.read_at = asyncio.get_running_loop().time()

    def _jump(self, topic: str, number: int) -> None:
        """Leave a gap, which makes every desk read the whole state."""
        self._lane(topic).waiting.pop(topic, None)
        self._heard[topic] = self.numbers[topic] = number

    def _lane(self, topic: str) -> Lane:
        if topic == numbers.CALLS:
            return self.calls
        return self.lists if topic in numbers.TOPICS else self.own

    async def _send(self, waiting: dict[str, list[Told]], draw: Reader) -> None:
        viewers = {
            topic: {desk.viewer_of(topic) for desk in self.desks if topic in desk.topics} - {None} for topic in waiting
        }
        frames = await self._drawn(waiting, viewers, draw)
        for topic, changes in waiting.items():
            self.numbers[topic] = max(self.numbers.get(topic, 0), changes[-1].number)
        for desk in list(self.desks):
            for topic in waiting:
                # A desk that came while this was drawn, in a language that was not: its number tells it to read.
                if topic in desk.topics and (frame := frames.get((topic, desk.viewer_of(topic)))):
                    await desk.send(frame)

    async def _drawn(self, waiting: dict[str, list[Told]], viewers: dict[str, set], draw: Reader) -> drawing.Frames:
        while True:
            try:
                return await draw(drawing.frames, waiting, viewers)
            except AWAY as error:
                log.debug("drawing waits for the database: %s", error)
                await asyncio.sleep(RETRY_SECONDS)
