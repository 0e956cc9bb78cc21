"""One examination of a PBX, on a line of its own: by real actions that touch no client."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from telephony.ami import examine
from telephony.ami.examine import Ear
from telephony.ami.guard import Address, Limits, NotAmi, NotSent, Session, Unanswered, WrongPassword
from telephony.core import dialplan
from telephony.doctor import findings as f
from telephony.doctor import sound, wire
from telephony.doctor.findings import Finding, fail, ok, unchecked, warn
from telephony.services.browser_line import FAMILY

TESTED = 22  # the version of Asterisk that our tests run on
OLDEST = 20
APART = 2.0  # seconds that the clocks may differ
CALL_SECONDS = 6.0  # a call of the doctor's own is over by then
RING_SECONDS, TALK_SECONDS, LISTEN_SECONDS = 20.0, 4.0, 20.0
LONGEST_SILENCE = 30  # s of rtp_timeout: a client with a dead telephone waits so long
SLOTS = (701, 720)  # dialplan/park.conf looks for a free one among these
CODECS = {"ulaw", "alaw", "g722", "opus"}
CODES = {"blindxfer": "##", "atxfer": "*7", "disconnect": "*0", "parkcall": "*5"}  # deploy/asterisk/features.conf
SHIPPED = Path(__file__).resolve().parents[2] / "deploy" / "asterisk" / "dialplan"

Found = tuple[str, list[Finding]]


@dataclass(frozen=True)
class Case:
    """Whom he examines. `telephones`: extension and device of those in use; `ring`: two of the extensions, or none."""

    address: Address | None
    telephones: Sequence[tuple[str, str]] = ()
    ring: Sequence[str] = ()
    listen: str = ""  # only ring, and have that class of music heard there
    link: str = ""  # who holds the lease now
    key: int = field(default_factory=lambda: time.time_ns() // 1_000_000)  # names its channels


async def examine_all(case: Case, *, may_send: Callable[[], bool] = lambda: True) -> AsyncGenerator[Found, None]:
    """Each check of CHECKS in order, with what was found. Never raises for what the PBX does."""
    yield f.LINK, [ok("link_active", holder=case.link) if case.link else fail("link_none")]
    if case.address is None:
        yield f.CONNECTION, [fail("no_pbx")]
        return
    ear = Ear()
    limits = Limits(action=settings.AMI_ACTION_SECONDS)
    session = Session(case.address, on_event=ear, may_send=may_send, limits=limits)
    wrong = await _open(session, case.address)
    yield f.CONNECTION, [wrong or ok("connected", **_names(case.address))]
    if wrong:
        return
    living = asyncio.ensure_future(session.live())
    try:
        doctor = _Doctor(case, session, ear)
        for check, look in doctor.rounds() if not case.listen else doctor.listening():
            yield check, await _looked(look)
    finally:
        session.close()
        await asyncio.wait([living])


async def _open(session: Session, address: Address) -> Finding | None:
    """What stands in the way, or None."""
    names = _names(address)
    try:
        await session.open()
    except WrongPassword:
        return fail("wrong_secret", **names)
    except NotAmi:
        return fail("not_ami", **names)
    except ConnectionRefusedError:
        return fail("refused", **names)
    except TimeoutError:
        return fail("silent", **names)
    except Exception as error:
        return fail("unreachable", **names, why=str(error)[:200])
    return None


def _desk() -> str:
    """Where browsers open the desk; "": no setting says so."""
    hosts = [host for host in settings.ALLOWED_HOSTS if host[:1] not in "*.[" and host not in wire.LOOPBACK]
    told = [*settings.CSRF_TRUSTED_ORIGINS, *(f"https://{host}" for host in hosts if settings.HTTPS)]
    return next((origin for origin in told if "*" not in origin), "")


def _names(address: Address) -> dict[str, str]:
    return {"host": address.host, "port": str(address.port), "user": address.user}


async def _looked(look: Callable[[], Awaitable[list[Finding]]]) -> list[Finding]:
    try:
        return await look()
    except (Unanswered, NotSent) as error:
        return [fail("unanswered", why=str(error))]


class _Doctor:
    def __init__(self, case: Case, session: Session, ear: Ear) -> None:
        self._case, self._session, self._ear = case, session, ear
        self._pretends = False
        self._called = False
        self._joined = False  # the queue has told of a member
        self._denied: list[str] = []

    def rounds(self) -> Sequence[tuple[str, Callable[[], Awaitable[list[Finding]]]]]:
        real = self._only_real
        return (
            (f.VERSION, self._version), (f.CLOCK, self._clock), (f.MAY, real(self._may)),
            (f.DIALPLAN, real(self._dialplan)), (f.SETTINGS, real(self._settings)), (f.QUEUE, self._queue),
            (f.PARKING, real(self._parking)), (f.FEATURES, real(self._features)), (f.PHONES, real(self._phones)),
            (f.BROWSERS, real(self._browsers)), (f.WIRE, real(self._wire)), (f.CALL, real(self._call)),
            (f.HEARS, real(self._hears)), (f.MUSIC, real(self._music)), (f.RECORDING, real(self._recording)),
            (f.TELEPHONES, self._telephones),
        )  # fmt: skip

    def listening(self) -> Sequence[tuple[str, Callable[[], Awaitable[list[Finding]]]]]:
        return ((f.VERSION, self._version), (f.TELEPHONES, self._telephones))

    def _only_real(self, look: Callable[[], Awaitable[list[Finding]]]) -> Callable[[], Awaitable[list[Finding]]]:
        """What a pretend PBX cannot prove."""

        async def looked() -> list[Finding]:
            return [unchecked("pretend")] if self._pretends else await look()

        return looked

    # --- the machine ----------------------------------------------------------------------------------------------

    async def _version(self) -> list[Finding]:
        said, self._pretends = await examine.version(self._session)
        if self._pretends:
            return [unchecked("pretend_version", version=said)]
        major = said.partition(".")[0].removeprefix("certified/")
        if not major.isdigit() or int(major) < OLDEST:
            return [fail("too_old", version=said, tested=TESTED)]
        return [
            ok("version", version=said) if int(major) == TESTED else warn("other_version", version=said, tested=TESTED)
        ]

    async def _clock(self) -> list[Finding]:
        ahead = await examine.ahead(self._session)
        seconds = f"{abs(ahead):.1f}"
        return [ok("clock", seconds=seconds) if abs(ahead) <= APART else fail("clock_differs", seconds=seconds)]

    async def _may(self) -> list[Finding]:
        self._denied = await examine.may_not(self._session)
        if not self._denied:
            return [ok("may_all")]
        return [fail("may_not", classes=", ".join(self._denied), user=self._user)]

    # --- the configuration ----------------------------------------------------------------------------------------

    async def _dialplan(self) -> list[Finding]:
        if "reporting" in self._denied:
            return [unchecked("needs_class", of="reporting")]
        files = await asyncio.to_thread(_shipped)
        if not files:
            return [unchecked("no_files", folder=str(SHIPPED))]
        ours = {name: context for contexts in files.values() for name, context in contexts.items()}
        theirs = {name: await examine.context(self._session, name) for name in ours}
        missing, changed = dialplan.differs(ours, theirs)
        of = {name: file for file, contexts in files.items() for name in contexts}
        found = []
        if missing:
            found.append(
                fail("contexts_missing", contexts=_some(missing), files=_some({of[name]: 0 for name in missing}))
            )
        if changed:
            found.append(
                fail("contexts_differ", contexts=_some(changed), files=_some({of[name]: 0 for name in changed}))
            )
        return found or [ok("contexts", number=len(ours))]

    async def _settings(self) -> list[Finding]:
        found = []
        values = {name: await examine.value(self._session, name) for name in ("CITY_NUMBER", "TRUNK", "RECDIR")}
        empty = [name for name, value in values.items() if not value]
        if empty:
            found.append(fail("globals_empty", names=", ".join(empty)))
        trunk = values["TRUNK"]
        if trunk and "system" not in self._denied and await examine.endpoint(self._session, trunk) is None:
            found.append(fail("no_trunk", name=trunk))
        return found or [ok("globals", city=values["CITY_NUMBER"], trunk=trunk)]

    async def _queue(self) -> list[Finding]:
        queue = settings.PBX_QUEUE
        if not await examine.has_queue(self._session, queue):
            return [fail("no_queue", queue=queue)]
        if self._pretends:
            return [ok("queue_seen", queue=queue)]
        if "agent" in self._denied:
            return [unchecked("needs_class", of="agent")]
        if not await examine.try_queue(self._session, queue):
            return [fail("queue_refuses", queue=queue)]
        self._joined = True
        return [ok("queue", queue=queue)]

    async def _parking(self) -> list[Finding]:
        lot = await examine.parking_lot(self._session)
        if lot is None:
            return [fail("no_lot")]
        if lot.first > SLOTS[0] or lot.last < SLOTS[1]:
            return [fail("lot_small", first=lot.first, last=lot.last)]
        return [fail("lot_ends", seconds=lot.seconds)] if lot.seconds else [ok("lot", number=SLOTS[1] - SLOTS[0] + 1)]

    async def _features(self) -> list[Finding]:
        there = {code: await examine.value(self._session, f"FEATUREMAP({code})") for code in CODES}
        others = [f"{code} = {CODES[code]}" for code in CODES if there[code] != CODES[code]]
        return [
            warn("codes_differ", codes=", ".join(others)) if others else ok("codes", codes=" ".join(CODES.values()))
        ]

    async def _phones(self) -> list[Finding]:
        if "system" in self._denied:
            return [unchecked("needs_class", of="system")]
        if not self._case.telephones:
            return [fail("no_extensions")]
        wrong: dict[str, list[str]] = {}
        for number, device in self._case.telephones:
            for what in await self._at(number, device):
                wrong.setdefault(what, []).append(number)
        found = [
            Finding(f.WARN if what in ("silence", "no_hint") else f.FAIL, what, {"numbers": ", ".join(numbers)})
            for what, numbers in wrong.items()
        ]
        return found or [ok("phones", number=len(self._case.telephones))]

    async def _at(self, number: str, device: str) -> list[str]:
        if not device.startswith("PJSIP/"):
            return ["not_pjsip"]
        seen = await examine.endpoint(self._session, device.removeprefix("PJSIP/"))
        if seen is None:
            return ["no_endpoint"]
        has_hint, _ = await examine.light(self._session, number, settings.PBX_STAFF_CONTEXT)
        wrong = {
            "busy_at": seen.busy_at > 0,
            "silence": not 0 < seen.rtp_timeout <= LONGEST_SILENCE,
            "no_codec": not CODECS & set(seen.codecs.split("|")),
            "other_context": seen.context != settings.PBX_STAFF_CONTEXT,
            "no_hint": not has_hint,
        }
        return [what for what, is_so in wrong.items() if is_so]

    async def _browsers(self) -> list[Finding]:
        if not settings.PHONE_URL:
            return [unchecked("no_browsers")]
        if "system" in self._denied:
            return [unchecked("needs_class", of="system")]
        wrong: dict[str, list[str]] = {}
        for number, _ in self._case.telephones:
            for what in await self._in_browser(number):
                wrong.setdefault(what, []).append(number)
        found = [fail(what, numbers=", ".join(numbers)) for what, numbers in wrong.items()]
        if not await examine.reads_secrets(self._session, family=FAMILY, realm=settings.PHONE_REALM):
            found.append(fail("web_secret"))
        return found or [ok("browsers", number=len(self._case.telephones))]

    async def _in_browser(self, number: str) -> list[str]:
        seen = await examine.endpoint(self._session, f"{number}w")
        if seen is None:
            return ["no_web_endpoint"]
        wrong = {
            "web_media": seen.encryption != "dtls" or not seen.has_ice,
            "web_bundle": seen.is_bundled,
            "web_contact": seen.contacts < 1,
            "silence": not 0 < seen.rtp_timeout <= LONGEST_SILENCE,
            "other_context": seen.context != settings.PBX_STAFF_CONTEXT,
        }
        return [what for what, is_so in wrong.items() if is_so]

    async def _wire(self) -> list[Finding]:
        if not settings.PHONE_URL:
            return [unchecked("no_browsers")]
        return [await wire.examine(settings.PHONE_URL, desk=_desk(), realm=settings.PHONE_REALM)]

    # --- a call ---------------------------------------------------------------------------------------------------

    async def _call(self) -> list[Finding]:
        if "originate" in self._denied:
            return [unchecked("needs_class", of="originate")]
        self._before = await asyncio.to_thread(sound.written)
        key, ear = self._case.key, self._ear
        if settings.MUSIC_DIR and "system" not in self._denied:  # files come and go by our page
            await examine.load_music(self._session)
        await examine.call_oneself(self._session, key)
        if not await ear.wait(lambda: examine.has_begun(ear, key), 2.0):
            return [fail("call_unseen", user=self._user)]
        self._called = await ear.wait(lambda: examine.is_over(ear, key), CALL_SECONDS)
        if not self._called:
            await examine.let_go(self._session, key)
            return [fail("call_stuck")]
        if not examine.bears_our_call(ear, key):
            return [fail("no_mark")]
        return [ok("call")] if examine.segment(ear, key) else [fail("call_short")]

    async def _hears(self) -> list[Finding]:
        if not self._called:
            return [unchecked("no_call")]
        hears = examine.hears(self._ear, self._case.key)
        deaf = [of for of, arrives in hears.items() if not arrives and (of != "agent" or self._joined)]
        return [fail("hears_not", classes=", ".join(deaf), user=self._user)] if deaf else [ok("hears_all")]

    async def _music(self) -> list[Finding]:
        if not self._called:
            return [unchecked("no_call")]
        classes = examine.classes(self._ear, self._case.key)
        heard = examine.held_hear(self._ear, self._case.key)
        plays = [name for name, plays in classes.items() if plays]
        if not heard:
            return [fail("no_music")]
        found = [warn("classes_empty", names=_some(name for name in classes if name not in plays))]
        return [ok("music", name=heard, classes=plays), *(found if len(plays) < len(classes) else [])]

    async def _recording(self) -> list[Finding]:
        told = examine.segment(self._ear, self._case.key)
        if not self._called or told is None:
            return [unchecked("no_call")]
        if not examine.held_hear(self._ear, self._case.key):
            return [unchecked("no_sound")]
        ours = str(settings.RECORDINGS_DIR)
        if told.size <= sound.EMPTY or told.age > CALL_SECONDS:
            return [fail("not_written", folder=told.folder)]
        now = await asyncio.to_thread(sound.written)
        if now is None or now == self._before:
            return [fail("not_seen", folder=told.folder, ours=ours)]
        if not await asyncio.to_thread(sound.is_heard):
            return [fail("not_heard", folder=told.folder)]
        return [ok("recording", folder=told.folder, ours=ours)]

    # --- telephones -----------------------------------------------------------------------------------------------

    async def _telephones(self) -> list[Finding]:
        if self._case.ring:
            return [unchecked("pretend")] if self._pretends else await self._ring()
        staff = settings.PBX_STAFF_CONTEXT
        seen = [(number, await examine.light(self._session, number, staff)) for number, _ in self._case.telephones]
        there = [number for number, (has_hint, is_on) in seen if has_hint and is_on]
        if len(there) < 2:
            return [warn("few_registered", numbers=", ".join(there) or "—")]
        return [ok("registered", numbers=_some(there))]

    async def _ring(self) -> list[Finding]:
        """Telephones that an administrator named ring; lifted, they are brought together for a moment."""
        devices = dict(self._case.telephones)
        key, ear = self._case.key * 10 + 1, self._ear  # names of channels are used once
        named = [(number, devices.get(number, ""), end) for end, number in enumerate(self._case.ring, 1)]
        for _, device, end in named:
            await examine.ring(self._session, device, key, end, music=self._case.listen)
        try:
            for number, device, end in named:

                def answered(device: str = device, end: int = end) -> bool:
                    return bool(examine.lifted(ear, key, end)) or examine.refused(ear, device, key, end)

                await ear.wait(answered, RING_SECONDS)
                if not examine.lifted(ear, key, end):
                    return [fail("not_lifted", number=number)]
            if self._case.listen:
                await ear.wait(
                    lambda: examine.refused(ear, named[0][1], key, 1), LISTEN_SECONDS
                )  # until he has heard enough
                return [ok("rang", numbers=self._case.ring[0])]
            one, other = (examine.lifted(ear, key, end) for _, _, end in named)
            await examine.bring_together(self._session, one, other)
            if not await ear.wait(lambda: examine.together(ear, key), 3.0):
                return [fail("not_together", numbers=", ".join(self._case.ring))]
            await asyncio.sleep(TALK_SECONDS)
            return [ok("talked", numbers=", ".join(self._case.ring))]
        finally:
            await examine.let_go(self._session, key)

    @property
    def _user(self) -> str:
        return self._session.address.user


def _shipped() -> dict[str, dict[str, dialplan.Context]]:
    """The contexts of each file that this version brings."""
    return {path.name: dialplan.read(path.read_text()) for path in sorted(SHIPPED.glob("*.conf"))}


def _some(names: object) -> str:
    return ", ".join(list(names)[:20])  # type: ignore[call-overload]
