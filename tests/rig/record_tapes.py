"""Record tests/tapes/desk_*.ami from the real PBX, all event classes, byte for byte, and what really happened.

    .venv/bin/python -m tests.rig.record_tapes [NAME …]

truth_desk.json holds for each tape the calls in order of start, in the shape of `manage.py replay` without its times;
it is written down here by who acts, not read from the tape.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.rig.ami import Ami, save_tape
from tests.rig.asterisk import Pbx
from tests.rig.office import Office, connect
from tests.rig.phones import Call

TAPES = Path(__file__).resolve().parents[1] / "tapes"
LIMITS = {"DESK_RING": "4", "DESK_BACK": "4", "DESK_PICK": "3"}
KONSTANTIN, LARISA, MIKHAIL, DRIVER = "79161234567", "79031112233", "79265554433", "79850000017"
WATCHER = "watch0123456789abcdef0123456789abcdef-1700000000.1"  # Sergey's leg
PAIR = "pair0123456789abcdef0123456789abcdef-1700000000.1"
Truth = dict[str, Any]


def truth(caller: str = KONSTANTIN, **what: Any) -> Truth:
    plain = {"caller": caller, "dialled": "4950000", "queue": "dispatch", "direction": "in", "answered_by": ["101"]}
    return {**plain, "transfers": [], "ended_by": "caller", "abandoned": False, **what}


def sent(to: str, kind: str, *, by: str = "101", why: str | None = None) -> Truth:
    return {"kind": kind, "by": by, "to": [to], "completed": why is None, "why": why}


class Scene:
    """Vera at 101, Boris at 102, Petrov at 103, Sergey, their supervisor, at 104, three telephones outside and one that
    we can call there."""

    def __init__(self, pbx: Pbx) -> None:
        self.pbx = pbx
        self.tape: Ami = pbx.ami("ami_tape")
        self.desks, self.street, self.others = pbx.lab(), pbx.lab(), pbx.lab()
        self.office = Office(pbx=pbx, ami=pbx.ami(), outside=self.street, desks=self.desks)
        self.vera, self.boris = pbx.desk_phone("101", self.desks), pbx.desk_phone("102", self.desks)
        self.petrov, self.sergey = (pbx.desk_phone(number, self.others) for number in ("103", "104"))
        self.town = pbx.lab()
        self.mobile = pbx.trunk(self.town, "mobile", listens=True)
        self.outside = [pbx.trunk(self.street, name) for name in ("client", "second client", "third client")]

    def record(self, name: str, play: Callable[["Scene"], list[Truth]]) -> list[Truth]:
        self.office.ami.events.clear()
        since = len(self.tape.raw)
        for number in ("101", "102"):
            self.office.join(number)
        try:
            told = play(self)
        finally:
            for lab in (self.desks, self.street, self.others, self.town):
                for phone in lab.phones:
                    phone.hang_up_all()
            self.pbx.await_quiet()
            for number in ("101", "102"):
                self.office.leave(number)
            self.office.ami.act("DBDelTree", Family="desk-seat")
        time.sleep(0.3)  # the last events, which say that telephones are free
        save_tape(self.tape, TAPES / f"{name}.ami", since_byte=since)
        return told

    # --- steps that several scenes take

    def rings(self, who: int, number: str) -> tuple[Call, str]:
        return self.office.rings(self.outside[who], number)

    def gone(self, *calls: Call) -> None:
        for call in calls:
            call.wait_over()

    def talk(self) -> tuple[Call, str, Call, str]:
        """Konstantin is answered by Vera: his call and leg, hers."""
        call, client = self.rings(0, KONSTANTIN)
        at_vera = self.vera.incoming().answer()
        self.boris.quiet()
        leg = self.office.ami.wait("AgentConnect", Uniqueid=client)["DestUniqueid"]
        time.sleep(0.5)
        return call, client, at_vera, leg

    def consult(self, client: str, leg: str) -> None:
        self.office.redirect(client, "desk-hold", leg, leg, "desk-consult", f"103-{client}")

    def own_client(self, extension: str, *, seconds: int) -> None:
        self.office.ami.act("DBPut", Family="desk-own", Key=KONSTANTIN, Val=f"17-{seconds}-queue")
        self.office.ami.act("DBPut", Family="desk-seat", Key="17", Val=extension)

    def vera_up(self) -> Call:
        return self.vera.lab.wait(lambda: [call for call in self.vera.calls if call.is_up], 8, "Vera talks")[0]


# --- the queue ------------------------------------------------------------------------------------------------------


def queue_answered(scene: Scene) -> list[Truth]:
    call, _, at_vera, _ = scene.talk()
    call.hang_up()
    scene.gone(at_vera)
    return [truth()]


def queue_answerer_hangs_up(scene: Scene) -> list[Truth]:
    call, _, at_vera, _ = scene.talk()
    at_vera.hang_up()
    scene.gone(call)
    return [truth(ended_by="answerer")]


def queue_abandoned(scene: Scene) -> list[Truth]:
    call, _ = scene.rings(0, KONSTANTIN)
    scene.vera.incoming()
    time.sleep(0.5)
    call.hang_up()
    scene.vera.quiet()
    return [truth(answered_by=[], abandoned=True)]


def queue_two_callers(scene: Scene) -> list[Truth]:
    first, _ = scene.rings(0, KONSTANTIN)
    second, _ = scene.rings(1, LARISA)
    at_boris = scene.boris.incoming().answer()
    at_vera = scene.vera.incoming(other_than=scene.vera.ringing[0] if scene.vera.ringing else None).answer()
    time.sleep(0.5)
    second.hang_up()
    scene.gone(at_vera)
    at_boris.hang_up()
    scene.gone(first)
    return [truth(answered_by=["102"], ended_by="answerer"), truth(LARISA)]


def queue_second_abandons(scene: Scene) -> list[Truth]:
    first, _ = scene.rings(0, KONSTANTIN)
    second, _ = scene.rings(1, LARISA)
    scene.vera.incoming()
    second.hang_up()
    scene.gone(second)
    at_vera = scene.vera.incoming().answer()
    first.hang_up()
    scene.gone(at_vera)
    return [truth(), truth(LARISA, answered_by=[], abandoned=True)]


def queue_refused_by_one(scene: Scene) -> list[Truth]:
    call, _ = scene.rings(0, KONSTANTIN)
    scene.vera.incoming().refuse()
    at_boris = scene.boris.incoming().answer()
    time.sleep(0.3)
    call.hang_up()
    scene.gone(at_boris)
    return [truth(answered_by=["102"])]


def queue_hidden_number(scene: Scene) -> list[Truth]:
    mark = scene.office.ami.mark()
    call = scene.outside[0].dial("4950000", caller='"Anonymous" <sip:anonymous@anonymous.invalid>')
    scene.office.ami.wait("QueueCallerJoin", since=mark)
    at_vera = scene.vera.incoming().answer()
    call.hang_up()
    scene.gone(at_vera)
    return [truth("anonymous")]


def queue_names(scene: Scene) -> list[Truth]:
    """Cyrillic and Hebrew names from the carrier."""
    told = []
    for number, name in ((KONSTANTIN, "Константин Ёлкин"), (LARISA, "שרה כהן")):
        mark = scene.office.ami.mark()
        call = scene.outside[0].dial("4950000", caller=f'"{name}" <sip:{number}@127.0.0.1>')
        scene.office.ami.wait("QueueCallerJoin", since=mark)
        at_vera = scene.vera.incoming().answer()
        time.sleep(0.3)
        call.hang_up()
        scene.gone(at_vera)
        scene.pbx.await_quiet()
        told.append(truth(number))
    return told


def driver_calls(scene: Scene) -> list[Truth]:
    mark = scene.office.ami.mark()
    call = scene.outside[0].dial("4950000", caller=f"+{DRIVER}")
    scene.office.ami.wait("QueueCallerJoin", since=mark)
    at_boris = scene.boris.incoming().answer()
    time.sleep(0.5)
    at_boris.hang_up()
    scene.gone(call)
    return [truth(f"+{DRIVER}", answered_by=["102"], ended_by="answerer")]


# --- own clients ----------------------------------------------------------------------------------------------------


def own_no_answer(scene: Scene) -> list[Truth]:
    """Konstantin is Vera's own client; she does not answer in 2 s, then Boris does."""
    scene.own_client("101", seconds=2)
    call, _ = scene.rings(0, KONSTANTIN)
    at_boris = scene.boris.incoming().answer()
    time.sleep(0.3)
    call.hang_up()
    scene.gone(at_boris)
    return [truth(answered_by=["102"])]


def own_answered(scene: Scene) -> list[Truth]:
    """Konstantin is Vera's own client; no queue ever sees him."""
    scene.own_client("101", seconds=10)
    call = scene.outside[0].dial("4950000", caller=KONSTANTIN)
    at_vera = scene.vera.incoming().answer()
    time.sleep(0.5)
    at_vera.hang_up()
    scene.gone(call)
    return [truth(queue=None, ended_by="answerer")]


# --- picking --------------------------------------------------------------------------------------------------------


def pick_first(scene: Scene) -> list[Truth]:
    call, client = scene.rings(0, KONSTANTIN)
    scene.vera.incoming()
    scene.boris.incoming()
    scene.office.pick(client, "101")
    at_vera = scene.vera_up()
    time.sleep(0.5)
    call.hang_up()
    scene.gone(at_vera)
    return [truth()]


def pick_second(scene: Scene) -> list[Truth]:
    first, _ = scene.rings(0, KONSTANTIN)
    second, larisa = scene.rings(1, LARISA)
    scene.vera.incoming()
    at_boris = scene.boris.incoming()
    scene.office.pick(larisa, "101")
    at_vera = scene.vera_up()
    time.sleep(0.5)
    at_boris.answer()
    second.hang_up()
    scene.gone(at_vera)
    first.hang_up()
    scene.gone(at_boris)
    return [truth(answered_by=["102"]), truth(LARISA)]


def pick_silent(scene: Scene) -> list[Truth]:
    """Vera picks the second and does not lift; he regains his place, and when it rings at her again she answers."""
    scene.vera.answer_when("never")
    first, _ = scene.rings(0, KONSTANTIN)
    second, larisa = scene.rings(1, LARISA)
    with_first = scene.boris.incoming()
    mark = scene.office.ami.mark()
    scene.office.pick(larisa, "101")
    scene.office.ami.wait("DeskPickBack", since=mark)
    scene.vera.answer_when("asked")
    with_first.answer()
    at_vera = scene.vera.incoming().answer()
    time.sleep(0.3)
    second.hang_up()
    scene.gone(at_vera)
    first.hang_up()
    scene.gone(with_first)
    return [truth(answered_by=["102"]), truth(LARISA)]


def pick_race(scene: Scene) -> list[Truth]:
    """Vera and Boris click at the same instant; Vera's was first."""
    call, client = scene.rings(0, KONSTANTIN)
    scene.vera.incoming()
    scene.boris.incoming()
    channel = scene.office.channel(client)
    asked, mark = {"Queue": "dispatch", "Caller": channel}, scene.office.ami.mark()
    answers = [scene.office.ami.send("QueueWithdrawCaller", **asked, WithdrawInfo=phone) for phone in ("101", "102")]
    assert [scene.office.ami.answer(number)["Response"] for number in answers] == ["Success", "Error"]
    scene.office.let_go(client, since=mark)
    at_vera = scene.vera_up()
    time.sleep(0.5)
    at_vera.hang_up()
    scene.gone(call)
    return [truth(ended_by="answerer")]


def pick_caller_gone(scene: Scene) -> list[Truth]:
    scene.vera.answer_when("never")
    call, client = scene.rings(0, KONSTANTIN)
    scene.vera.incoming()
    mark = scene.office.ami.mark()
    scene.office.pick(client, "101")
    scene.office.ami.wait("DialState", since=mark, DialStatus="RINGING")
    call.hang_up()
    scene.vera.quiet()
    scene.vera.answer_when("asked")
    return [truth(answered_by=[], abandoned=True)]


# --- hold, consultation, connection ---------------------------------------------------------------------------------


def hold_and_back(scene: Scene) -> list[Truth]:
    call, client, at_vera, leg = scene.talk()
    mark = scene.office.ami.mark()
    scene.office.redirect(client, "desk-hold", leg, leg, "desk-idle", client)
    scene.office.ami.wait("DeskIdle", since=mark)
    time.sleep(1)
    scene.office.redirect(leg, "desk-take", client)
    scene.office.ami.wait("DeskBack", since=mark)
    time.sleep(0.5)
    call.hang_up()
    scene.gone(at_vera)
    return [truth()]


def consult_connect(scene: Scene) -> list[Truth]:
    call, client, at_vera, leg = scene.talk()
    mark = scene.office.ami.mark()
    scene.consult(client, leg)
    at_petrov = scene.petrov.incoming().answer()
    second = scene.office.ami.wait("DialEnd", since=mark, DialStatus="ANSWER")["DestUniqueid"]
    time.sleep(0.5)
    scene.office.redirect(second, "desk-join", client)
    scene.gone(at_vera)
    time.sleep(1)
    call.hang_up()
    scene.gone(at_petrov)
    return [truth(transfers=[sent("103", "attended")])]


def consult_cancelled(scene: Scene) -> list[Truth]:
    """Petrov's phone rings, Vera goes back to the client."""
    call, client, at_vera, leg = scene.talk()
    mark = scene.office.ami.mark()
    scene.consult(client, leg)
    scene.petrov.incoming()
    time.sleep(0.5)
    scene.office.redirect(leg, "desk-take", client)
    scene.office.ami.wait("DeskBack", since=mark)
    time.sleep(0.5)
    call.hang_up()
    scene.gone(at_vera)
    return [truth(transfers=[sent("103", "attended", why="cancelled")])]


def consult_busy(scene: Scene) -> list[Truth]:
    call, client, at_vera, leg = scene.talk()
    mark = scene.office.ami.mark()
    scene.consult(client, leg)
    scene.petrov.incoming().refuse(486)
    scene.office.ami.wait("DeskBack", since=mark)
    time.sleep(0.5)
    at_vera.hang_up()
    scene.gone(call)
    return [truth(transfers=[sent("103", "attended", why="busy")], ended_by="answerer")]


def consult_no_answer(scene: Scene) -> list[Truth]:
    call, client, at_vera, leg = scene.talk()
    mark = scene.office.ami.mark()
    scene.consult(client, leg)
    scene.petrov.incoming()
    scene.office.ami.wait("DeskBack", since=mark)
    time.sleep(0.5)
    call.hang_up()
    scene.gone(at_vera)
    return [truth(transfers=[sent("103", "attended", why="noanswer")])]


def consult_caller_gone(scene: Scene) -> list[Truth]:
    call, client, at_vera, leg = scene.talk()
    scene.consult(client, leg)
    scene.petrov.incoming()
    time.sleep(0.5)
    call.hang_up()
    scene.gone(at_vera)
    return [truth(transfers=[sent("103", "attended", why="caller_gone")])]


# --- blind transfer -------------------------------------------------------------------------------------------------


def blind_answered(scene: Scene) -> list[Truth]:
    call, client, at_vera, _ = scene.talk()
    scene.office.redirect(client, "desk-transfer", "103-101")
    at_petrov = scene.petrov.incoming().answer()
    scene.gone(at_vera)
    time.sleep(1)
    at_petrov.hang_up()
    scene.gone(call)
    return [truth(transfers=[sent("103", "blind")], ended_by="target")]


def blind_busy(scene: Scene) -> list[Truth]:
    """He comes back to Vera at once, and she answers."""
    call, client, at_vera, _ = scene.talk()
    scene.office.redirect(client, "desk-transfer", "103-101")
    scene.petrov.incoming().refuse(486)
    scene.gone(at_vera)
    back = scene.vera.incoming().answer()
    time.sleep(0.5)
    call.hang_up()
    scene.gone(back)
    return [truth(transfers=[sent("103", "blind", why="busy")])]


def blind_no_answer(scene: Scene) -> list[Truth]:
    """He comes back to Vera, who answers."""
    call, client, at_vera, _ = scene.talk()
    scene.office.redirect(client, "desk-transfer", "103-101")
    scene.petrov.incoming()
    scene.gone(at_vera)
    back = scene.vera.incoming().answer()
    time.sleep(0.5)
    call.hang_up()
    scene.gone(back)
    return [truth(transfers=[sent("103", "blind", why="noanswer")])]


def blind_home_to_boris(scene: Scene) -> list[Truth]:
    """Neither Petrov nor Vera answers: he waits in the queue again, and Boris takes the call, which is no transfer."""
    call, client, at_vera, _ = scene.talk()
    scene.office.redirect(client, "desk-transfer", "103-101")
    scene.petrov.incoming()
    scene.gone(at_vera)
    scene.vera.incoming()
    at_boris = scene.boris.incoming(seconds=12).answer()
    time.sleep(0.5)
    call.hang_up()
    scene.gone(at_boris)
    return [truth(answered_by=["101", "102"], transfers=[sent("103", "blind", why="noanswer")])]


def blind_caller_gone(scene: Scene) -> list[Truth]:
    call, client, at_vera, _ = scene.talk()
    scene.office.redirect(client, "desk-transfer", "103-101")
    scene.petrov.incoming()
    scene.gone(at_vera)
    call.hang_up()
    scene.petrov.quiet()
    return [truth(transfers=[sent("103", "blind", why="caller_gone")])]


def blind_outside(scene: Scene) -> list[Truth]:
    """To a driver's mobile."""
    call, client, at_vera, _ = scene.talk()
    scene.office.redirect(client, "desk-transfer", f"{DRIVER}-101")
    at_mobile = scene.mobile.incoming().answer()
    scene.gone(at_vera)
    time.sleep(0.5)
    call.hang_up()
    scene.gone(at_mobile)
    return [truth(transfers=[sent(DRIVER, "blind")])]


# --- a supervisor ---------------------------------------------------------------------------------------------------


def watch(scene: Scene, context: str, exten: str) -> Call:
    """Sergey's telephone is called, answers by itself, and goes there."""
    by_itself = "PJSIP_HEADER(add,Call-Info)=<sip:127.0.0.1>\\;answer-after=0"
    place = {"Context": context, "Exten": exten, "Priority": "1", "Async": "true", "Timeout": "4000"}
    scene.office.ami.act("Originate", Channel="PJSIP/104", ChannelId=WATCHER, Variable=by_itself, **place)
    return scene.sergey.lab.wait(lambda: [call for call in scene.sergey.calls if call.is_up], 8, "Sergey is there")[0]


def watch_all(scene: Scene) -> list[Truth]:
    """Sergey listens, whispers and joins; on hold he is with Vera alone. None of it is a call."""
    call, client, at_vera, leg = scene.talk()
    at_sergey = watch(scene, "desk-watch", f"listen-{leg}")
    scene.office.ami.wait("ChanSpyStart")
    for mode in ("whisper", "join"):
        time.sleep(0.3)
        mark = scene.office.ami.mark()
        scene.office.redirect(WATCHER, "desk-watch", f"{mode}-{leg}")
        scene.office.ami.wait("ChanSpyStart", since=mark)
    time.sleep(0.3)
    mark = scene.office.ami.mark()
    scene.office.redirect(client, "desk-hold", leg, leg, "desk-idle", client)
    scene.office.ami.wait("ChanSpyStart", since=mark)
    scene.office.redirect(leg, "desk-take", client)
    scene.office.ami.wait("BridgeEnter", since=mark, Uniqueid=client)
    time.sleep(0.5)
    call.hang_up()
    scene.gone(at_vera, at_sergey)
    return [truth()]


def watch_and_leave(scene: Scene) -> list[Truth]:
    call, _, at_vera, leg = scene.talk()
    at_sergey = watch(scene, "desk-watch", f"listen-{leg}")
    scene.office.ami.wait("ChanSpyStart")
    time.sleep(0.3)
    at_sergey.hang_up()
    scene.gone(at_sergey)
    at_vera.hang_up()
    scene.gone(call)
    return [truth(ended_by="answerer")]


def take_over(scene: Scene) -> list[Truth]:
    call, client, at_vera, leg = scene.talk()
    at_sergey = watch(scene, "desk-take-over", f"{client}_{leg}")
    scene.gone(at_vera)
    scene.office.ami.wait("BridgeEnter", Uniqueid=WATCHER)
    time.sleep(0.5)
    call.hang_up()
    scene.gone(at_sergey)
    return [truth(transfers=[sent("104", "taken", by="101")])]


def watch_then_take_over(scene: Scene) -> list[Truth]:
    call, client, at_vera, leg = scene.talk()
    at_sergey = watch(scene, "desk-watch", f"listen-{leg}")
    scene.office.ami.wait("ChanSpyStart")
    scene.office.redirect(WATCHER, "desk-take-over", f"{client}_{leg}")
    scene.gone(at_vera)
    scene.office.ami.wait("BridgeEnter", Uniqueid=WATCHER)
    time.sleep(0.5)
    at_sergey.hang_up()
    scene.gone(call)
    return [truth(transfers=[sent("104", "taken", by="101")], ended_by="target")]


# --- by hand --------------------------------------------------------------------------------------------------------


def by_hand(caller: str, dialled: str, direction: str, **what: Any) -> Truth:
    return truth(caller, dialled=dialled, queue=None, direction=direction, **what)


def internal_answered(scene: Scene) -> list[Truth]:
    call = scene.vera.dial("103")
    at_petrov = scene.petrov.incoming().answer()
    time.sleep(0.5)
    call.hang_up()
    scene.gone(at_petrov)
    return [by_hand("101", "103", "internal", answered_by=["103"])]


def internal_busy(scene: Scene) -> list[Truth]:
    call = scene.vera.dial("103")
    scene.petrov.incoming().refuse(486)
    scene.gone(call)
    told = by_hand("101", "103", "internal", answered_by=[])
    del told["ended_by"]  # nobody answered, nobody rang off
    return [told]


def outside_answered(scene: Scene) -> list[Truth]:
    call = scene.boris.dial(LARISA)
    at_mobile = scene.mobile.incoming().answer()
    time.sleep(0.5)
    at_mobile.hang_up()
    scene.gone(call)
    return [by_hand("102", LARISA, "out", answered_by=[LARISA], ended_by="answerer")]


def outside_cancelled(scene: Scene) -> list[Truth]:
    call = scene.boris.dial(LARISA)
    scene.mobile.incoming()
    time.sleep(0.5)
    call.hang_up()
    scene.mobile.quiet()
    return [by_hand("102", LARISA, "out", answered_by=[])]


# --- client and driver are connected --------------------------------------------------------------------------------


def pair(scene: Scene) -> Call:
    """The desk has the driver called; his telephone rings."""
    connect(scene.office, PAIR)
    return scene.mobile.called_at(DRIVER)


def paired(**what: Any) -> Truth:
    return by_hand(DRIVER, KONSTANTIN, "out", **{"answered_by": [], **what})


def pair_talk(scene: Scene) -> list[Truth]:
    at_driver = pair(scene).answer()
    at_client = scene.mobile.called_at(KONSTANTIN).answer()
    time.sleep(0.5)
    at_client.hang_up()
    scene.gone(at_driver)
    return [paired(answered_by=[KONSTANTIN], ended_by="answerer")]


def pair_driver_busy(scene: Scene) -> list[Truth]:
    pair(scene).refuse(486)
    scene.mobile.quiet()
    told = paired()
    del told["dialled"], told["ended_by"]  # nobody was called for it; nobody rang off
    return [told]


def pair_client_busy(scene: Scene) -> list[Truth]:
    at_driver = pair(scene).answer()
    scene.mobile.called_at(KONSTANTIN).refuse(486)
    scene.gone(at_driver)
    told = paired()
    del told["ended_by"]
    return [told]


def pair_driver_leaves(scene: Scene) -> list[Truth]:
    at_driver = pair(scene).answer()
    scene.mobile.called_at(KONSTANTIN)
    time.sleep(0.3)
    at_driver.hang_up()
    scene.mobile.quiet()
    return [paired()]


SCENES = [
    queue_answered, queue_answerer_hangs_up, queue_abandoned, queue_two_callers, queue_second_abandons,
    queue_refused_by_one, queue_hidden_number, queue_names, driver_calls,
    own_no_answer, own_answered,
    pick_first, pick_second, pick_silent, pick_race, pick_caller_gone,
    hold_and_back, consult_connect, consult_cancelled, consult_busy, consult_no_answer, consult_caller_gone,
    blind_answered, blind_busy, blind_no_answer, blind_home_to_boris, blind_caller_gone, blind_outside,
    watch_all, watch_and_leave, take_over, watch_then_take_over,
    internal_answered, internal_busy, outside_answered, outside_cancelled,
    pair_talk, pair_driver_busy, pair_client_busy, pair_driver_leaves,
]  # fmt: skip


def main() -> None:
    wanted = set(sys.argv[1:])
    path = TAPES / "truth_desk.json"
    book: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    pbx = Pbx("tapes", LIMITS)
    try:
        scene = Scene(pbx)
        for play in SCENES:
            name = f"desk_{play.__name__}"
            if wanted and play.__name__ not in wanted:
                continue
            sys.stderr.write(f"{name}\n")
            told = scene.record(name, play)
            book[name] = {"doc": (play.__doc__ or "").strip(), "expected": told}
            path.write_text(json.dumps(book, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
    finally:
        pbx.stop()


if __name__ == "__main__":
    main()
