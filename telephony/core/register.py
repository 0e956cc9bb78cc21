"""The book of the board: which channel belongs to which call, and what has changed since the last conclusion."""

from __future__ import annotations

from telephony.core import pbx
from telephony.core.call import ENDED, Call, Watcher
from telephony.core.channel import Channel
from telephony.core.doctor import is_doctor
from telephony.core.facts import CallChanged, CallJoined, Fact, WatcherGone
from telephony.core.lines import Lines
from telephony.core.naming import is_pair
from telephony.core.party import Parties
from telephony.core.picture import Painter
from telephony.core.places import PLACES
from telephony.core.settling import Settling
from telephony.core.track import Track
from telephony.core.transfers import Transfers
from telephony.core.watching import NAME, is_watcher, read
from telephony.core.wires import Wires

REMEMBERED = 5000  # channels that are gone: what comes late about them is not taken for a new call
KEPT_LEGS = 12  # silent legs of one call are kept up to so many
NOWHERE = ("", "s", "h", "i", "t")  # extensions of the dialplan that nobody dials


class Register:
    def __init__(self, internal: str) -> None:
        self.wires = Wires()
        self.parties = Parties(internal)
        self._settling = Settling(self.wires, self.parties)
        self.transfers = Transfers(self.wires, self.parties, self._settling)
        self.lines = Lines()
        self.tracks: dict[str, Track] = {}
        self._painter = Painter(self.wires, self.parties, self._settling)
        self._born_under: dict[str, Track] = {}  # by Linkedid at birth
        self._gone: dict[str, None] = {}
        self._touched: dict[Track, None] = {}
        self._facts: list[Fact] = []
        self._watchers_gone: list[Fact] = []  # told after the call that nobody watches any more
        self._order = 0

    # --- finding and meeting channels ---------------------------------------------------------------------------

    def find(self, seen: pbx.Chan | None) -> Channel | None:
        """A channel that we know already."""
        if seen is None:
            return None
        channel = self.wires.channels.get(seen.uniqueid)
        if channel is None:
            return None
        if not channel.seen_born:
            self.learn(channel, seen)
        self._stand(channel, seen)
        return channel

    def _stand(self, channel: Channel, seen: pbx.Chan) -> None:
        if seen.context in PLACES and (channel.context, channel.argument) != (seen.context, seen.exten):
            channel.context, channel.argument = seen.context, seen.exten
            channel.dialled_before, channel.met = len(channel.dials), False
            self.touch(channel.track)

    def find_or_meet(self, seen: pbx.Chan | None, at: float | None) -> Channel | None:
        """A channel that lives, perhaps from before we connected."""
        channel = self.find(seen)
        if channel is None and seen is not None:
            channel = self.meet(seen, at)
            if channel and channel.uniqueid == channel.track.key and not channel.local:
                self.name_caller(channel.track, channel)
        return channel

    def meet(self, seen: pbx.Chan, at: float | None) -> Channel | None:
        """A channel that we did not know. None where it is long gone, or has no name."""
        if not seen.uniqueid or not seen.name or seen.uniqueid in self._gone or is_doctor(seen):
            return None
        if is_watcher(seen):
            self._watches(seen)
            return None
        namesake = self.wires.by_name.get(seen.name)
        if namesake is not None:  # names are used again: the hang-up of the earlier one was not reported
            self.drop(namesake, at)
        linkedid = seen.linkedid or seen.uniqueid
        track = self._born_under.get(linkedid) or self._born_under.get(seen.uniqueid)
        if track is None:
            self._order += 1
            track = Track(linkedid, self._order, at)
            self.tracks[track.key] = track
            self._alias(track, linkedid)
        self._alias(track, seen.uniqueid)
        channel = Channel(seen.uniqueid, seen.name, track, at)
        self.wires.add(channel)
        self.stop_watching(seen.uniqueid)
        track.live[channel.uniqueid] = channel
        if not channel.local:
            track.legs[channel.uniqueid] = channel
        self.learn(channel, seen)
        self._stand(channel, seen)
        return channel

    def _watches(self, seen: pbx.Chan) -> None:
        """What a supervisor's leg does now is told with the call of whom he watches."""
        now = read(seen, self.parties.of_phone(seen))
        before = self.wires.watchers.get(seen.uniqueid)
        if now is not None and now != before:
            self.stop_watching(seen.uniqueid)
            self.wires.watchers[seen.uniqueid] = now
            self._touch_watched(now)

    def watcher_gone(self, uniqueid: str) -> None:
        if NAME.match(uniqueid):
            self.stop_watching(uniqueid)
            self._watchers_gone.append(WatcherGone(uniqueid))

    def stop_watching(self, uniqueid: str) -> None:
        watcher = self.wires.watchers.pop(uniqueid, None)
        if watcher is not None:
            self._touch_watched(watcher)

    def _touch_watched(self, watcher: Watcher) -> None:
        watched = self.wires.channels.get(watcher.of)
        if watched is not None:
            self.touch(watched.track)

    def _alias(self, track: Track, linkedid: str) -> None:
        if self._born_under.setdefault(linkedid, track) is track:
            track.aliases.add(linkedid)

    def learn(self, channel: Channel, seen: pbx.Chan) -> None:
        """Fill in what we did not know. A number is known at birth: later ones are the dialplan's doing."""
        if seen.number and not channel.number and not channel.seen_born:
            channel.number = seen.number
            self._renamed(channel)
        if seen.caller_name and not channel.caller_name:
            channel.caller_name = seen.caller_name
            self._renamed(channel)
        if not channel.exten and seen.exten not in NOWHERE:
            channel.exten = seen.exten
        if seen.state == "Up":
            channel.up = True
        track = channel.track
        placed = channel is track.caller and channel.dial is None and not track.originated
        if placed and channel.exten and not track.dialled:
            track.dialled = channel.exten
            self.touch(track)

    def _renamed(self, channel: Channel) -> None:
        channel.party = None
        if len(channel.track.live) == 1 or channel.dial:  # a further leg shows when it is rung
            self.touch(channel.track)

    def name_caller(self, track: Track, channel: Channel) -> None:
        if track.caller is not None and track.caller.uniqueid == track.key:
            return
        track.caller = channel
        if channel.exten and channel.dial is None:
            track.dialled = track.dialled or channel.exten

    # --- losing channels ----------------------------------------------------------------------------------------

    def drop(self, channel: Channel, at: float | None) -> None:
        """The channel is gone."""
        track = channel.track
        self.leave_room(channel)
        self.wires.remove(channel)
        self.bury(channel.uniqueid)
        channel.gone, channel.gone_at = True, at
        track.live.pop(channel.uniqueid, None)
        if track.waiting is channel:
            if channel.asked and not track.talked:
                track.abandoned = True
            self.leave_queue(track)
        if at is not None:
            track.ended_at = max(at, track.ended_at or at)
        self._forget_silent_legs(track, channel)
        self.touch(track)

    def leave_room(self, channel: Channel) -> None:
        if channel.room is None:
            return
        company = self.wires.talking(channel)
        if company and not channel.local:
            channel.moved = not channel.asked and not any(each.asked for each in company)
        self.wires.leave(channel)
        if company or channel.local:
            self.touch(channel.track)
        for each in company:
            self.touch(each.track)
            if self.wires.talking(each):
                if each.track.closer is channel and channel is not each.track.caller:
                    each.track.resume()  # one of three: the others go on
            elif not channel.local:
                each.moved = False
                if not self.transfers.left_by(each.track, channel):
                    each.track.breaker = each.track.breaker or channel

    def leave_queue(self, track: Track) -> None:
        for moved in self.lines.leave(track):
            self.touch(moved)

    def bury(self, uniqueid: str) -> None:
        if uniqueid and uniqueid not in self._gone:
            self._gone[uniqueid] = None
            if len(self._gone) > REMEMBERED:
                del self._gone[next(iter(self._gone))]

    def _forget_silent_legs(self, track: Track, channel: Channel) -> None:
        """A queue may ring the same phone for an hour: only its last silent leg is kept."""
        if len(track.legs) < KEPT_LEGS or channel.dial is None or channel.talked or channel is track.caller:
            return
        party = self.parties.of(channel)
        for leg in list(track.legs.values()):
            dial = leg.dial
            if leg is channel or not leg.gone or leg.talked or leg is track.caller or dial is None:
                continue
            if self.parties.of(leg) == party and self.transfers.claims(track, dial) is None:
                del track.legs[leg.uniqueid]
                if dial.source and dial in dial.source.dials:
                    dial.source.dials.remove(dial)

    # --- calls --------------------------------------------------------------------------------------------------

    def join(self, part: Track, whole: Track) -> None:
        """What was taken for a call of its own is part of another."""
        for channel in [*part.live.values(), *part.legs.values()]:
            channel.track = whole
        whole.live.update(part.live)
        whole.legs.update(part.legs)
        part.live.clear()
        aliases = set(part.aliases)
        self.discard(part)
        for alias in aliases:
            self._alias(whole, alias)
        self._touched.pop(part, None)
        if part.shown:
            self._facts.append(CallJoined(part.key, whole.key))
            part.shown = None
        self.touch(whole)

    def discard(self, track: Track) -> None:
        self.leave_queue(track)
        if self.tracks.get(track.key) is track:
            del self.tracks[track.key]
        for alias in track.aliases:
            if self._born_under.get(alias) is track:
                del self._born_under[alias]
        track.aliases.clear()

    def unmake(self, track: Track, into: str, at: float | None) -> None:
        """It was no call at all."""
        for channel in list(track.live.values()):
            self.drop(channel, at)
        self.discard(track)
        if track.shown:
            self._facts.append(CallJoined(track.key, into))
            track.shown = None

    # --- what has changed ---------------------------------------------------------------------------------------

    def touch(self, track: Track) -> None:
        self._touched[track] = None

    def conclude(self, at: float | None) -> tuple[Fact, ...]:
        """The facts since the last conclusion, in order; they became true at `at`."""
        if not self._touched and not self._facts and not self._watchers_gone:
            return ()
        touched, self._touched = self._touched, {}
        facts, self._facts = self._facts, []
        for track in touched:
            if self.tracks.get(track.key) is not track:
                continue
            self._settling.settle(track)
            if not track.live:
                self.discard(track)
            if not track.live or track.visible or self._worth_showing(track):
                track.visible = True
                before, track.shown = track.shown, self._painter.paint(track, at)
                what = difference(before, track.shown)
                if what:
                    facts.append(CallChanged(track.key, what, track.shown))
        self._touched.clear()
        facts += self._watchers_gone
        self._watchers_gone.clear()
        return tuple(facts)

    def _worth_showing(self, track: Track) -> bool:
        """A colleague who lifts the handset is no call yet: he may take a parked one back, or pick one up."""
        if track.talked or track.waiting or track.handovers or is_pair(track.key):
            return True
        caller = track.caller
        if caller is None:
            return False
        if any(each.dial.source for each in track.legs.values() if each.dial and each is not caller):
            return True
        return caller.ringing_in and not self.parties.is_staff(self.parties.of(caller))


def difference(before: Call | None, after: Call) -> str:
    """started, ringing, answered, changed, ended, or "" where nothing changed."""
    if before == after:
        return ""
    if after.state == ENDED:
        return "ended"
    if before is None:
        return "started"
    if len(after.answered_by) > len(before.answered_by):
        return "answered"
    if set(after.ringing) - set(before.ringing):
        return "ringing"
    return "changed"
