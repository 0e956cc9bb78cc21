"""The doctor at a real PBX: a healthy one is green, and of one that was broken he says where to mend it."""

import asyncio
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from websockets.utils import accept_key

from telephony.ami import examine
from telephony.ami.guard import Address
from telephony.doctor import findings as f
from telephony.doctor import sound, words
from telephony.doctor import wire as way
from telephony.doctor.examination import Case, examine_all
from telephony.doctor.words import RELOAD
from tests.rig import chroot
from tests.rig.asterisk import TONES, Pbx
from tests.rig.phones import hear_at_last
from tests.rig.site import EXTENSIONS, write_music

pytestmark = [pytest.mark.rig, pytest.mark.feature("P1")]

TELEPHONES = [(number, f"PJSIP/{number}") for number in EXTENSIONS]
PHONES_OF_BOTH = ("101", "102")
OPENS = (  # what a WebSocket answers
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accepts}"
)


@pytest.fixture(scope="module")
def pbx() -> Iterator[Pbx]:
    if not chroot.is_installed():
        pytest.skip("needs the real Asterisk: bin/rig install (root, Debian)")
    made = Pbx(f"doctor-{os.getpid()}")
    yield made
    made.stop()


@pytest.fixture(autouse=True)
def recordings(pbx: Pbx, settings) -> None:
    settings.RECORDINGS_DIR, settings.PHONE_URL = pbx.recordings, pbx.card["websocket"]


def examined(pbx: Pbx, *, ami: str = "", **case) -> dict[str, list[f.Finding]]:
    async def run() -> dict[str, list[f.Finding]]:
        visit = Case(Address.parse(ami or pbx.card["ami"]), TELEPHONES, link="link:1", **case)
        return {check: found async for check, found in examine_all(visit)}

    return asyncio.run(run())


def faults(found: dict[str, list[f.Finding]]) -> dict[str, f.Finding]:
    """What is not in order, by what is said of it."""
    return {each.said: each for all_of_one in found.values() for each in all_of_one if each.state in (f.WARN, f.FAIL)}


@contextmanager
def changed(pbx: Pbx, file: str, old: str, new: str, reload: str) -> Iterator[None]:
    """That file of its configuration says something else. It is taken up by the command that he names."""
    path = Path(pbx.recordings).parent / "etc" / file
    right = path.read_text()
    wrong, times = re.subn(old, lambda _: new, right, flags=re.M)
    assert times, f"{old} is not in {file}"
    try:
        path.write_text(wrong)
        pbx.console(RELOAD[reload].partition('"')[2].rstrip('"'))
        yield
    finally:
        path.write_text(right)
        pbx.console(RELOAD[reload].partition('"')[2].rstrip('"'))


def test_a_healthy_pbx_is_green_in_every_check(pbx: Pbx) -> None:
    lab = pbx.lab()
    for number in PHONES_OF_BOTH:
        pbx.desk_phone(number, lab)
    begun = time.monotonic()
    found = examined(pbx)
    seconds = time.monotonic() - begun
    pbx.send_home()
    assert tuple(found) == f.CHECKS
    assert {check: {each.state for each in of_one} for check, of_one in found.items()} == {c: {f.OK} for c in f.CHECKS}
    assert seconds < 6
    assert not (pbx.recordings / sound.NAME).exists(), "he leaves nothing behind"
    assert not pbx.console("core show channels concise").strip()
    assert "doctor" not in pbx.console("queue show dispatch")


BROKEN: dict[str, tuple[str, str, str, str]] = {
    "may_not": ("manager.conf", r"^write = system,call,agent,", "write = system,call,", "manager"),
    "hears_not": ("manager.conf", r"^read = system,call,agent,", "read = system,call,", "manager"),
    "call_unseen": ("manager.conf", r"^read = system,call,agent,", "read = system,agent,", "manager"),
    "no_mark": ("manager.conf", r"^channelvars = .*", "channelvars = DISP_HOLD", "manager"),
    "contexts_missing": ("extensions.conf", r"^#include dialplan/park.conf$", "", "dialplan"),
    "contexts_differ": (
        "dialplan/hold.conf",
        r"^ same => n\(limit\),UserEvent",
        " same => n(limit),NoOp",
        "dialplan",
    ),
    "globals_empty": ("site/globals.conf", r"^CITY_NUMBER = .*", "CITY_NUMBER =", "dialplan"),
    "no_trunk": ("site/globals.conf", r"^TRUNK = .*", "TRUNK = carrier", "dialplan"),
    "no_queue": ("queues.conf", r"^\[dispatch\]", "[desk]", "queue"),
    "lot_small": ("res_parking.conf", r"^parkpos = .*", "parkpos = 701-710", "parking"),
    "lot_ends": ("res_parking.conf", r"^parkingtime = 0", "parkingtime = 45", "parking"),
    "codes_differ": ("features.conf", r"^atxfer = .*", "atxfer = *9", "features"),
    "busy_at": ("pjsip.conf", r"^device_state_busy_at = 0", "device_state_busy_at = 1", "pjsip"),
    "silence": ("pjsip.conf", r"^rtp_timeout = 10", "rtp_timeout = 0", "pjsip"),
    "no_codec": ("pjsip.conf", r"^allow = ulaw,alaw", "allow = gsm", "pjsip"),
    "other_context": ("pjsip.conf", r"^context = staff", "context = default", "pjsip"),
    "no_endpoint": ("site/pjsip.conf", r"^\[104\]", "[144]", "pjsip"),
    "no_web_endpoint": ("site/pjsip.conf", r"^\[104w\]", "[144w]", "pjsip"),
    "web_media": ("pjsip.conf", r"^media_encryption = dtls", "media_encryption = no", "pjsip"),
    "web_contact": ("pjsip.conf", r"^qualify_frequency = 20", "qualify_frequency = 20\nmax_contacts = 0", "pjsip"),
    "web_bundle": ("pjsip.conf", r"^bundle = no", "bundle = yes", "pjsip"),
    "no_hint": ("site/hints.conf", r"^exten => 103,hint.*", "", "dialplan"),
    "not_written": ("site/globals.conf", r"^RECDIR = .*", "RECDIR = /etc/passwd/recordings", "dialplan"),
}


@pytest.mark.parametrize("said", BROKEN)
def test_what_was_broken_is_found_and_he_says_where_to_mend_it(pbx: Pbx, said: str) -> None:
    file, old, new, reload = BROKEN[said]
    with changed(pbx, file, old, new, reload):
        broken = faults(examined(pbx))
    assert said in broken
    others = set(broken) - {said, "few_registered"}
    assert not others, "one thing was broken, and no other is complained of"
    finding = broken[said]
    assert words.sentence(finding.said, finding.args)
    wanted = f"{Path(file).name}" if said != "contexts_missing" else "park.conf"
    told = words.sentence(finding.said, finding.args) + words.mend(finding.said, finding.args)
    assert wanted in told
    assert said not in faults(examined(pbx)), "mended, it is in order again"


def test_an_office_without_telephones_in_the_browser_is_not_asked_for_them(pbx: Pbx, settings) -> None:
    settings.PHONE_URL = ""
    assert [(each.state, each.said) for each in examined(pbx)[f.BROWSERS]] == [(f.NOT, "no_browsers")]


def test_no_music_is_found(pbx: Pbx) -> None:
    with changed(pbx, "site/musiconhold.conf", r"^directory = .*", "directory = /srv/nothing", "moh"):
        broken = faults(examined(pbx))
    assert {"no_music"} <= set(broken) <= {"no_music", "few_registered"}
    assert "musiconhold.conf" in words.mend("no_music", {})


def test_a_class_without_files_is_named_and_the_others_play(pbx: Pbx) -> None:
    empty = "[empty]\nmode = files\ndirectory = /srv/nothing\n[jazz]\nmode = files\ndirectory = "
    music = f"/srv/{pbx.name}/music"
    with changed(pbx, "site/musiconhold.conf", r"^directory = .*", f"directory = {music}\n{empty}{music}", "moh"):
        found = examined(pbx)[f.MUSIC]
    assert [each.args for each in found] == [
        {"name": "default", "classes": ["default", "jazz"]},
        {"names": "empty"},
    ]


def test_a_folder_that_gets_its_files_later_plays_once_the_mend_was_followed(pbx: Pbx) -> None:
    home = Path(pbx.recordings).parent
    here = f"/srv/{pbx.name}"
    late = f"directory = {here}/music\n[late]\nmode = files\ndirectory = {here}/late"
    (home / "late").mkdir()
    with changed(pbx, "site/musiconhold.conf", r"^directory = .*", late, "moh"):
        assert faults(examined(pbx))["classes_empty"].args == {"names": "late"}
        write_music(home / "late")
        touch, reload = words.mend("classes_empty", {}).splitlines()
        assert touch == "touch /etc/asterisk/musiconhold.conf"
        os.utime(home / "etc/musiconhold.conf")
        pbx.console(reload.partition('"')[2].rstrip('"'))
        assert examined(pbx)[f.MUSIC][0].args["classes"] == ["default", "late"]


def test_a_recording_that_lies_elsewhere_is_not_taken_for_seen(pbx: Pbx, settings, tmp_path: Path) -> None:
    settings.RECORDINGS_DIR = tmp_path
    broken = faults(examined(pbx))
    assert broken["not_seen"].args == {"folder": f"/srv/{pbx.name}/recordings", "ours": str(tmp_path)}
    assert words.mend("not_seen", broken["not_seen"].args) == f"RECORDINGS_DIR=/srv/{pbx.name}/recordings"


def ami(pbx: Pbx, **parts: str) -> str:
    of = {"user": "dispatch", "secret": "x", "host": "127.0.0.1", "port": str(pbx.card["base"] + 38)} | parts
    return "ami://{user}:{secret}@{host}:{port}".format(**of)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (lambda pbx: {}, "wrong_secret"),
        (lambda pbx: {"port": "1"}, "refused"),
        (lambda pbx: {"port": str(pbx.card["base"] + 88)}, "silent"),  # its web server says nothing by itself
        (lambda pbx: {"host": "pbx.invalid"}, "unreachable"),
    ],
)
def test_who_is_not_let_in_is_told_why_and_nothing_else_is_tried(
    pbx: Pbx, parts: Callable[[Pbx], dict[str, str]], said: str
) -> None:
    found = examined(pbx, ami=ami(pbx, **parts(pbx)))
    assert list(found) == [f.LINK, f.CONNECTION]
    assert [each.said for each in found[f.CONNECTION]] == [said]


def test_a_clock_that_is_wrong_is_told_in_seconds(pbx: Pbx, monkeypatch: pytest.MonkeyPatch) -> None:
    real = time.time
    monkeypatch.setattr(examine.time, "time", lambda: real() + 90)
    broken = faults(examined(pbx))
    assert 89 < float(broken["clock_differs"].args["seconds"]) < 91


def test_two_telephones_ring_only_when_somebody_asked_for_it_and_then_hear_each_other(pbx: Pbx) -> None:
    lab = pbx.lab()
    phones = {number: pbx.desk_phone(number, lab, answers="never") for number in PHONES_OF_BOTH}
    examined(pbx)
    assert not any(phone.calls for phone in phones.values())

    async def run() -> list[f.Finding]:
        visit = Case(Address.parse(pbx.card["ami"]), TELEPHONES, ring=PHONES_OF_BOTH, link="link:1")
        return {check: found async for check, found in examine_all(visit)}[f.TELEPHONES]

    async def lifted() -> tuple[list[f.Finding], dict[str, set[str]]]:
        visit = asyncio.ensure_future(run())
        calls = {number: await asyncio.to_thread(phone.incoming, 10) for number, phone in phones.items()}
        for call in calls.values():
            await asyncio.to_thread(call.answer)
        expected = {"101": {"102"}, "102": {"101"}}
        heard = await asyncio.to_thread(hear_at_last, calls, TONES, expected)
        return await visit, heard

    found, heard = asyncio.run(lifted())
    pbx.send_home()
    assert heard == {"101": {"102"}, "102": {"101"}}
    assert [each.said for each in found] == ["talked"]


def test_a_telephone_that_is_off_is_named_at_once(pbx: Pbx) -> None:
    lab = pbx.lab()
    pbx.desk_phone("101", lab)
    begun = time.monotonic()
    found = examined(pbx, ring=("103", "101"))[f.TELEPHONES]
    seconds = time.monotonic() - begun
    pbx.send_home()
    assert [(each.said, each.args) for each in found] == [("not_lifted", {"number": "103"})]
    assert seconds < 10


# --- the way from the browser to the PBX


def wire(pbx: Pbx) -> f.Finding:
    (found,) = examined(pbx)[f.WIRE]
    return found


@pytest.fixture
def trusted(pbx: Pbx, monkeypatch: pytest.MonkeyPatch) -> None:
    """The certificate of the rig, which nobody else vouches for."""
    monkeypatch.setenv("SSL_CERT_FILE", str(pbx.recordings.parent / "keys" / "self-signed.crt"))


def test_over_tls_the_pbx_answers_as_it_answers_a_browser(pbx: Pbx, settings, trusted: None) -> None:
    settings.PHONE_URL = pbx.card["secure_websocket"]
    assert wire(pbx) == f.ok("wire", url=settings.PHONE_URL, host="127.0.0.1", port=str(pbx.card["base"] + 89))


def test_a_path_alone_is_looked_for_at_the_desk(pbx: Pbx, settings) -> None:
    settings.PHONE_URL = "/ws"
    settings.ALLOWED_HOSTS, settings.CSRF_TRUSTED_ORIGINS = ["localhost", "127.0.0.1"], []
    assert wire(pbx) == f.unchecked("wire_unknown", url="/ws")
    settings.CSRF_TRUSTED_ORIGINS = [pbx.card["websocket"].replace("ws:", "http:").removesuffix("/ws")]
    assert wire(pbx).said == "wire"
    assert wire(pbx).args["url"] == pbx.card["websocket"]


def test_a_certificate_that_browsers_refuse_is_named(pbx: Pbx, settings) -> None:
    settings.PHONE_URL = pbx.card["secure_websocket"]
    found = wire(pbx)
    assert (found.state, found.said) == (f.FAIL, "wire_untrusted")
    assert "self-signed certificate" in found.args["why"]
    assert "fullchain.pem" in words.mend(found.said, found.args)


@pytest.mark.parametrize(
    ("url", "said", "mend"),
    [
        ("ws://pbx.example.org:8088/ws", "wire_plain", "tlsenable = yes"),
        ("wss://127.0.0.1:{http}/ws", "wire_no_tls", "tlsenable = yes"),
        ("wss://127.0.0.1:1/ws", "wire_refused", "tlsbindaddr"),
        ("wss://pbx.invalid/ws", "wire_unreachable", ""),
        ("ws://127.0.0.1:{http}/phone", "wire_not_found", "/ws"),
        ("ws://127.0.0.1:{ami}/ws", "wire_unreachable", ""),
    ],
)
def test_an_address_that_is_wrong_is_told_apart(pbx: Pbx, settings, url: str, said: str, mend: str) -> None:
    settings.PHONE_URL = url.format(http=pbx.card["base"] + 88, ami=pbx.card["base"] + 38)
    found = wire(pbx)
    assert (found.state, found.said) == (f.FAIL, said)
    assert mend in words.mend(found.said, found.args)
    assert words.sentence(found.said, found.args)


@pytest.mark.parametrize(
    ("module", "said"),
    [("res_pjsip_transport_websocket.so", "wire_no_sip"), ("res_http_websocket.so", "wire_not_found")],
)
def test_a_module_that_is_not_loaded_is_named_and_comes_back_by_what_he_says(module: str, said: str, settings) -> None:
    with lame(module) as pbx:
        settings.RECORDINGS_DIR, settings.PHONE_URL = pbx.recordings, pbx.card["websocket"]
        found = wire(pbx)
        assert (found.state, found.said) == (f.FAIL, said)
        assert module in words.mend(found.said, found.args)


def test_secrets_that_the_pbx_does_not_look_for_are_noticed(settings) -> None:
    with lame("", "sorcery.conf", "auth = astdb,desk-line", "") as pbx:
        settings.RECORDINGS_DIR, settings.PHONE_URL = pbx.recordings, pbx.card["websocket"]
        assert [each.said for each in examined(pbx)[f.BROWSERS]] == ["web_secret"]
    assert "sorcery.conf" in words.mend("web_secret", {})


@contextmanager
def lame(module: str, file: str = "", old: str = "", new: str = "") -> Iterator[Pbx]:
    """A PBX that starts without a module, or with something else in a file that is read at its start alone."""
    pbx = Pbx(f"lame-{os.getpid()}")
    try:
        etc = Path(pbx.recordings).parent / "etc"
        if module:
            with (etc / "modules.conf").open("a") as modules:
                modules.write(f"\nnoload = {module}\n")
        else:
            right = (etc / file).read_text()
            assert old in right
            (etc / file).write_text(right.replace(old, new))
        pbx.restart()
        yield pbx
    finally:
        pbx.stop()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("HTTP/1.1 200 OK\r\nServer: nginx", "wire_no_upgrade"),
        ("HTTP/1.1 404 Not Found\r\nServer: nginx", "wire_no_upgrade"),
        ("HTTP/1.1 502 Bad Gateway\r\nServer: Caddy", "wire_proxy_alone"),
        ("HTTP/1.1 301 Moved\r\nServer: nginx\r\nLocation: ws://elsewhere.invalid/", "wire_no_upgrade"),
        (OPENS, "wire_no_sip"),
        (f"{OPENS}\r\nSec-WebSocket-Protocol: sip", "wire_silent"),
        ("220 mail.example.org", "wire_unreachable"),
    ],
)
def test_a_proxy_that_stands_in_the_way_is_told_apart_from_the_pbx(answer: str, said: str, monkeypatch) -> None:
    monkeypatch.setattr(way, "SECONDS", 0.5)

    served = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.append(asyncio.current_task())
        asked = await reader.readuntil(b"\r\n\r\n")
        key = re.search(rb"Sec-WebSocket-Key: (\S+)", asked)
        length = "" if answer.startswith(OPENS) else "\r\nContent-Length: 0"
        writer.write(f"{answer.format(accepts=accept_key(key[1].decode()))}{length}\r\n\r\n".encode())
        await reader.read()
        writer.close()
        await writer.wait_closed()

    async def examine() -> f.Finding:
        async with await asyncio.start_server(proxy, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            found = await way.examine(f"ws://127.0.0.1:{port}/phone-line/", desk="", realm="taxi-desk")
            await asyncio.wait(served)
            return found

    found = asyncio.run(examine())
    assert (found.state, found.said) == (f.FAIL, said)
    assert words.sentence(found.said, found.args)
