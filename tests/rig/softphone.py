"""The process behind tests.rig.phones: SIP phones on pjsua2, told what to do line by line.

One process because pjsua2 carries at most four calls in each, and because a fault in it must not end the tests.
Every object of pjsua2 is made, used and destroyed in the one thread that runs `main`: a call that another thread
collects aborts the process.

In, one JSON object a line: {"id": 3, "do": "dial", ...}. Out: {"id": 3, "answer": ...} or {"id": 3, "error": "..."},
and by itself {"call": 2, "phone": "101", "state": "CONFIRMED", "code": 200, "heard": true, ...} at every change.
"""

import json
import os
import select
import tempfile
import time
from pathlib import Path
from typing import Any

import pjsua2 as pj

from tests.rig.hearing import tones_in

RATE = 16000
AUTO_ANSWER = ("answer-after=0", "alert-autoanswer")


class Call(pj.Call):
    def __init__(self, office: "Office", phone: "Phone", number: int, call_id: int = pj.PJSUA_INVALID_ID) -> None:
        super().__init__(phone.account, call_id)
        self.this.disown()  # Python must never destroy it: after the library's end that aborts
        self.office, self.phone, self.number = office, phone, number
        self.state, self.code, self.sound = "NEW", 0, None
        self.incoming, self.called, self.caller, self.head = call_id != pj.PJSUA_INVALID_ID, "", "", ""

    def tell(self) -> None:
        heard = self.sound is not None
        card = {"call": self.number, "phone": self.phone.user, "state": self.state, "code": self.code, "heard": heard}
        self.office.say({**card, "incoming": self.incoming, "called": self.called, "caller": self.caller})

    def onCallState(self, event: Any) -> None:  # noqa: N802
        facts = self.getInfo()
        self.state, self.code = facts.stateText, facts.lastStatusCode
        if facts.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.sound = None
            self.office.calls.pop(self.number, None)
        self.tell()

    def onCallMediaState(self, event: Any) -> None:  # noqa: N802
        facts = self.getInfo()  # kept by name: its parts die with it
        for place, media in enumerate(facts.media):
            if media.type != pj.PJMEDIA_TYPE_AUDIO:
                continue
            hears = media.status in (pj.PJSUA_CALL_MEDIA_ACTIVE, pj.PJSUA_CALL_MEDIA_REMOTE_HOLD)
            self.sound = self.getAudioMedia(place) if hears else None
            if media.status == pj.PJSUA_CALL_MEDIA_ACTIVE:
                self.phone.voices.get(self.called, self.phone.voice).startTransmit(self.sound)
        self.tell()

    def onCallTsxState(self, event: Any) -> None:  # noqa: N802
        told = event.e.body.tsxState
        if told.type == pj.PJSIP_EVENT_RX_MSG and self.phone.answers == "told" and self.state in ("INCOMING", "EARLY"):
            head = told.src.rdata.wholeMsg
            if head.startswith("NOTIFY ") and "event: talk" in head.lower():
                self.reply(200)

    def reply(self, code: int) -> None:
        op = pj.CallOpParam()
        op.statusCode = code
        self.answer(op)


class Account(pj.Account):
    def __init__(self, phone: "Phone") -> None:
        super().__init__()
        self.phone = phone

    def onIncomingCall(self, event: Any) -> None:  # noqa: N802
        office = self.phone.office
        call = office.add(Call(office, self.phone, office.next_number(), event.callId))
        head = event.rdata.wholeMsg
        call.caller, call.head = call.getInfo().remoteUri, head
        call.called = head.split(" ", 2)[1].split(":", 1)[1].split("@")[0]
        call.state = "INCOMING"
        call.reply(180)
        asked = any(mark in head.lower() for mark in AUTO_ANSWER)
        if self.phone.answers == "always" or (self.phone.answers == "asked" and asked):
            call.reply(200)
        call.tell()


class Phone:
    def __init__(self, office: "Office", want: dict[str, Any]) -> None:
        self.office, self.user, self.answers, self.server = office, want["user"], want["answers"], want["server"]
        config = pj.TransportConfig()
        config.port, config.boundAddress, config.publicAddress = want["port"], want["bind"], want["bind"]
        transport = office.endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, config)
        account = pj.AccountConfig()
        account.sipConfig.transportId = transport
        account.idUri = f"sip:{self.user}@{self.server}"
        if want["password"]:
            account.regConfig.registrarUri = f"sip:{self.server}"
            account.regConfig.timeoutSec = 120
            account.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", self.user, 0, want["password"]))
        media = account.mediaConfig.transportConfig
        media.boundAddress, media.publicAddress = want["bind"], want["bind"]
        media.port, media.portRange = want["rtp"], 18
        account.natConfig.iceEnabled = False
        account.natConfig.contactRewriteUse = account.natConfig.viaRewriteUse = 0
        account.callConfig.timerUse = 0
        self.account = Account(self)
        self.account.create(account)
        self.voice = _voice(want["tone"])
        self.voices = {number: _voice(tone) for number, tone in want["tones"].items()}  # by who is called


class Office:
    """All phones of this process."""

    def __init__(self) -> None:
        self.phones: dict[str, Phone] = {}
        self.calls: dict[int, Call] = {}
        self.kept: list[Call] = []
        self.last_number = 0
        self.recorders: dict[int, tuple[Any, Path]] = {}
        self.out = os.dup(1)
        with open(os.devnull, "wb") as nowhere:  # the library writes to the standard output what it pleases
            os.dup2(nowhere.fileno(), 1)
        self.endpoint = _endpoint()

    def say(self, line: dict[str, Any]) -> None:
        os.write(self.out, json.dumps(line).encode() + b"\n")

    def next_number(self) -> int:
        self.last_number += 1
        return self.last_number

    def add(self, call: Call) -> Call:
        self.kept.append(call)
        self.calls[call.number] = call
        return call

    # --- what can be asked -----------------------------------------------------------------------------------

    def do_phone(self, **want: Any) -> None:
        self.phones[want["user"]] = Phone(self, want)

    def do_registered(self, user: str) -> bool:
        return self.phones[user].account.getInfo().regStatus == 200

    def do_unregister(self, user: str) -> None:
        self.phones[user].account.setRegistration(False)

    def do_register(self, user: str) -> None:
        self.phones[user].account.setRegistration(True)

    def do_answers(self, user: str, when: str) -> None:
        self.phones[user].answers = when

    def do_dial(self, user: str, to: str, caller: str) -> int:
        phone = self.phones[user]
        call = self.add(Call(self, phone, self.next_number()))
        op = pj.CallOpParam(True)
        if caller:
            op.txOption.localUri = f"{caller}" if "<" in caller else f"<sip:{caller}@{phone.server}>"
        call.makeCall(f"sip:{to}@{phone.server}", op)
        return call.number

    def do_reply(self, call: int, code: int) -> None:
        if call in self.calls:
            self.calls[call].reply(code)

    def do_hangup(self, call: int, code: int) -> None:
        if call in self.calls:
            op = pj.CallOpParam()
            op.statusCode = code
            self.calls[call].hangup(op)

    def do_hold(self, call: int) -> None:
        self.calls[call].setHold(pj.CallOpParam(True))

    def do_resume(self, call: int) -> None:
        op = pj.CallOpParam(True)
        op.opt.flag = pj.PJSUA_CALL_UNHOLD
        self.calls[call].reinvite(op)

    def do_keys(self, call: int, keys: str) -> None:
        self.calls[call].dialDtmf(keys)

    def do_refer(self, call: int, to: str) -> None:
        self.calls[call].xfer(f"sip:{to}@{self.calls[call].phone.server}", pj.CallOpParam(True))

    def do_refer_to(self, call: int, other: int) -> None:
        self.calls[call].xferReplaces(self.calls[other], pj.CallOpParam(True))

    def do_head(self, call: int) -> str:
        return next(kept.head for kept in self.kept if kept.number == call)

    def do_listen(self, call: int) -> None:
        handle, name = tempfile.mkstemp(".wav", "heard-")
        os.close(handle)
        recorder = pj.AudioMediaRecorder()
        recorder.createRecorder(name)
        if self.calls[call].sound is not None:
            self.calls[call].sound.startTransmit(recorder)
        self.recorders[call] = (recorder, Path(name))

    def do_heard(self, call: int, tones: list[int]) -> list[int]:
        box = [self.recorders.pop(call)]
        path = box[0][1]
        box.clear()  # the recorder goes with its last reference; its file is whole a little later
        try:
            self._await_whole(path)
            return sorted(tones_in(path, tones))
        finally:
            path.unlink()

    def _await_whole(self, path: Path) -> None:
        end = time.monotonic() + 2
        while time.monotonic() < end:
            self.endpoint.libHandleEvents(10)
            with path.open("rb") as file:
                file.seek(40)
                said = int.from_bytes(file.read(4), "little")
            if said and path.stat().st_size == said + 44:
                return
        raise TimeoutError("the recorder did not finish its file")

    def close(self) -> None:
        for call in list(self.calls.values()):
            call.hangup(pj.CallOpParam())
        for phone in self.phones.values():
            phone.account.setRegistration(False) if phone.account.getInfo().regIsConfigured else None
        end = time.monotonic() + 0.3
        while time.monotonic() < end:
            self.endpoint.libHandleEvents(10)


def _endpoint() -> pj.Endpoint:
    endpoint = pj.Endpoint()
    endpoint.libCreate()
    config = pj.EpConfig()
    config.uaConfig.threadCnt, config.uaConfig.mainThreadOnly, config.uaConfig.maxCalls = 0, True, 4
    config.uaConfig.userAgent = "Rig phone 1.0"
    config.logConfig.level = config.logConfig.consoleLevel = 0
    config.medConfig.clockRate = config.medConfig.sndClockRate = RATE
    config.medConfig.ecTailLen, config.medConfig.noVad = 0, True
    config.medConfig.hasIoqueue, config.medConfig.threadCnt = True, 1
    endpoint.libInit(config)
    endpoint.libStart()
    endpoint.audDevManager().setNullDev()
    return endpoint


def _voice(tone: int) -> pj.ToneGenerator:
    voice = pj.ToneGenerator()
    voice.createToneGenerator(RATE, 1)
    one = pj.ToneDesc()
    one.freq1, one.freq2, one.on_msec, one.off_msec, one.volume = tone, 0, 2000, 0, 6000
    tones = pj.ToneDescVector()
    tones.append(one)
    voice.play(tones, True)
    return voice


def main() -> None:
    office = Office()
    office.say({"ready": True})
    buffer = b""
    while True:
        office.endpoint.libHandleEvents(20)
        if not select.select([0], [], [], 0)[0]:
            continue
        piece = os.read(0, 65536)
        if not piece:
            break
        *lines, buffer = (buffer + piece).split(b"\n")
        for line in lines:
            asked = json.loads(line)
            number, verb = asked.pop("id"), asked.pop("do")
            try:
                office.say({"id": number, "answer": getattr(office, f"do_{verb}")(**asked)})
            except Exception as fault:  # whatever it is, the tests must hear of it
                office.say({"id": number, "error": f"{type(fault).__name__}: {fault}"})
    office.close()
    os._exit(0)  # the library's own end is where it aborts


if __name__ == "__main__":
    main()
