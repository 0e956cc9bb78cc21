"""The page from which one slows, speeds and steers the pretend town. HTML first; the script only keeps it fresh.

    GET  /               the page              GET  /office         what changes on it
    GET  /state.json     the same for programs
    POST /pace           pace=0.1…20, or step=slower|faster         POST /pause, /resume
    POST /ring           kind=stranger|client|driver|hidden, or number=, name= and dialled=
    POST /answer         phone=101             POST /refuse         phone=101
    POST /hang-up        who=101|79161234567|uniqueid
    POST /dial           phone=101 number=79161234567
    POST /freeze, /thaw, /drop   the AMI sockets        POST /restart   the whole PBX

A form is answered with the page; a request that accepts JSON with {"channel": uniqueid} or {"error": sentence} (409).
"""

import json
import time
from collections.abc import Awaitable, Callable
from html import escape
from pathlib import Path

from telephony.sim.channel import Channel, State
from telephony.sim.http import HttpServer, Request, Response
from telephony.sim.pbx import STAFF
from telephony.sim.phones import Refusal
from telephony.sim.simulator import HOST, Simulator
from telephony.sim.timetable import Kind, Timetable

FILES = Path(__file__).with_name("page_files")
KINDS = {
    Kind.STRANGER: "a new client",
    Kind.CLIENT: "a known client",
    Kind.DRIVER: "a driver",
    Kind.HIDDEN: "a hidden number",
}
STEP = 1.5  # one press of slower or faster


class Page:
    def __init__(self, sim: Simulator, timetable: Timetable) -> None:
        self._sim = sim
        self._timetable = timetable
        self._server = HttpServer(self._handle)
        self._reads: dict[str, Callable[[], Response]] = {
            "/": self._page,
            "/office": lambda: Response(self._office()),
            "/state.json": lambda: Response(json.dumps(self._state()), "application/json"),
            "/page.css": lambda: Response((FILES / "page.css").read_text(), "text/css"),
            "/page.js": lambda: Response((FILES / "page.js").read_text(), "text/javascript"),
        }
        self._orders: dict[str, Callable[[dict[str, str]], Awaitable[str]]] = {
            "/pace": self._set_pace,
            "/pause": self._pause,
            "/resume": self._resume,
            "/ring": self._ring,
            "/answer": self._answer,
            "/refuse": self._refuse,
            "/hang-up": self._hang_up,
            "/dial": self._dial,
            "/freeze": self._freeze,
            "/thaw": self._thaw,
            "/restart": self._restart,
            "/drop": self._drop,
        }

    async def listen(self, port: int) -> int:
        return await self._server.listen(HOST, port)

    async def close(self) -> None:
        await self._server.close()

    async def _handle(self, request: Request) -> Response:
        if request.method == "GET":
            read = self._reads.get(request.path)
            return read() if read else Response(status=404)
        order = self._orders.get(request.path)
        if request.method != "POST" or order is None:
            return Response(status=404)
        program = "application/json" in request.headers.get("accept", "")
        try:
            channel = await order(request.fields)
        except Refusal as why:
            if program:
                return Response(json.dumps({"error": str(why)}), "application/json", 409)
            return Response(self._whole(str(why)), status=409)
        if program:
            return Response(json.dumps({"channel": channel}), "application/json")
        return Response(status=303, location="/")

    # --- orders ---------------------------------------------------------------------------------------------------

    async def _set_pace(self, fields: dict[str, str]) -> str:
        steps = {"slower": 1 / STEP, "faster": STEP}
        step = steps.get(fields.get("step", ""))
        try:
            self._timetable.pace = self._timetable.pace * step if step else float(fields.get("pace", ""))
        except ValueError:
            raise Refusal("the pace is a number: 1 is the usual one, 2 twice as many callers") from None
        return ""

    async def _pause(self, fields: dict[str, str]) -> str:
        self._timetable.running = False
        return ""

    async def _resume(self, fields: dict[str, str]) -> str:
        self._timetable.running = True
        return ""

    async def _ring(self, fields: dict[str, str]) -> str:
        if "kind" in fields:
            kind = next((kind for kind in Kind if kind.value == fields["kind"]), None)
            if kind is None:
                raise Refusal(f"nobody is called {fields['kind']!r}")
            return await self._timetable.ring(kind)
        return await self._sim.ring(fields.get("number", ""), fields.get("name", ""), dialled=fields.get("dialled", ""))

    async def _answer(self, fields: dict[str, str]) -> str:
        return self._sim.answer(fields.get("phone", ""))

    async def _refuse(self, fields: dict[str, str]) -> str:
        self._sim.refuse(fields.get("phone", ""))
        return ""

    async def _hang_up(self, fields: dict[str, str]) -> str:
        self._sim.hang_up(fields.get("who", ""))
        return ""

    async def _dial(self, fields: dict[str, str]) -> str:
        return await self._sim.dial(fields.get("phone", ""), fields.get("number", ""))

    async def _freeze(self, fields: dict[str, str]) -> str:
        self._sim.freeze()
        return ""

    async def _thaw(self, fields: dict[str, str]) -> str:
        self._sim.thaw()
        return ""

    async def _restart(self, fields: dict[str, str]) -> str:
        await self._sim.restart()
        return ""

    async def _drop(self, fields: dict[str, str]) -> str:
        self._sim.drop()
        return ""

    # --- what is seen ---------------------------------------------------------------------------------------------

    def _state(self) -> dict[str, object]:
        pbx = self._sim.pbx
        return {
            "pace": self._timetable.pace,
            "running": self._timetable.running,
            "clients": self._sim.clients,
            "started": pbx.started,
            "members": list(pbx.queue.roster.members),
            "waiting": [entry.channel.uniqueid for entry in pbx.queue.entries],
            "channels": [
                {
                    "uniqueid": channel.uniqueid,
                    "name": channel.name,
                    "state": channel.state.value[1],
                    "number": channel.caller.number,
                    "dialled": channel.dialled,
                    "context": channel.place.context,
                    "bridge": channel.bridge.uniqueid if channel.bridge else "",
                }
                for channel in pbx.channels.values()
            ],
        }

    def _page(self) -> Response:
        return Response(self._whole(""))

    def _whole(self, trouble: str) -> str:
        html = (FILES / "page.html").read_text(encoding="utf-8")
        kinds = "".join(form("/ring", text, kind=kind.value) for kind, text in KINDS.items())
        said = f'<p class="trouble" role="alert">{escape(trouble)}</p>' if trouble else ""
        return html.replace("{{kinds}}", kinds).replace("{{trouble}}", said).replace("{{office}}", self._office())

    def _office(self) -> str:
        """What changes: the pace, the phones, the calls."""
        return self._pace() + self._phones() + self._calls()

    def _pace(self) -> str:
        timetable = self._timetable
        running = "Callers come by themselves" if timetable.running else "Nobody calls by himself"
        toggle = form("/pause", "Pause") if timetable.running else form("/resume", "Go on")
        steps = form("/pace", "Slower", step="slower") + form("/pace", "Faster", step="faster")
        attached = "the desk is attached" if self._sim.clients else "the desk is not attached: nobody calls"
        return (
            f"<section><h2>Pace</h2><p>{running}, at {timetable.pace:.2g} times the usual pace; {attached}.</p>"
            f'<div class="row">{steps}{toggle}</div></section>'
        )

    def _phones(self) -> str:
        rows = []
        for extension in STAFF:
            state = self._sim.pbx.device_state(f"PJSIP/{extension}")
            on_shift = f"PJSIP/{extension}" in self._sim.pbx.queue.roster.members
            acts = ""
            if state.startswith("RINGING"):
                acts = form("/answer", "Answer", phone=extension) + form("/refuse", "Refuse", phone=extension)
            elif state == "INUSE":
                acts = form("/hang-up", "Hang up", who=extension)
            words = {"NOT_INUSE": "free", "INUSE": "in a call"}.get(state, "rings")
            rows.append(row(extension, words, "on shift" if on_shift else "—", acts=acts))
        return table("Desk phones", ("Phone", "State", "Queue", "Do"), rows)

    def _calls(self) -> str:
        rows = []
        for channel in list(self._sim.pbx.channels.values()):
            seconds = f"{int(time.time() - channel.born)} s"
            end = form("/hang-up", "Hang up", who=channel.uniqueid)
            party = channel.caller.number or "hidden"
            rows.append(row(channel.name, party, doing(channel), seconds, acts=end))
        return table("Channels", ("Channel", "Number", "What", "For", "Do"), rows)


def doing(channel: Channel) -> str:
    if channel.bridge:
        others = [c.caller.number or c.name for c in channel.bridge.channels if c is not channel]
        return "talks to " + ", ".join(others) if others else "alone in a bridge"
    if channel.state is State.RINGING:
        return f"rings, called by {channel.source.caller.number or 'a hidden number'}" if channel.source else "rings"
    return {"desk-queue": "waits in the queue", "desk-pick": "is being connected"}.get(
        channel.place.context, channel.place.context
    )


def form(action: str, text: str, **fields: str) -> str:
    hidden = "".join(f'<input type="hidden" name="{n}" value="{escape(v)}">' for n, v in fields.items())
    return f'<form method="post" action="{action}">{hidden}<button>{escape(text)}</button></form>'


def row(*cells: str, acts: str) -> str:
    told = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    return f'<tr>{told}<td><div class="row">{acts}</div></td></tr>'


def table(title: str, heads: tuple[str, ...], rows: list[str]) -> str:
    head = "".join(f'<th scope="col">{text}</th>' for text in heads)
    body = "".join(rows) or f'<tr><td colspan="{len(heads)}">none</td></tr>'
    return f"<section><h2>{title}</h2><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></section>"
