"""The site part of deploy/asterisk for one instance: ports, numbers, secrets made for it. Standard library only."""

import math
import secrets
import struct
import wave
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

CITY_NUMBER = "4950000"
FURTHER_NUMBERS = ("4950001", "4950002")  # of the other fleets
EXTENSIONS = ("101", "102", "103", "104")
MUSIC_HZ = 2300  # the music on hold of the rig, so that a test can hear it
PORTS = 1000  # that one instance may use, from its base; the upper half is for the sound of its test phones


def _secret() -> str:
    return secrets.token_urlsafe(18)


def telephones(extensions: Iterable[str] = EXTENSIONS) -> dict[str, str]:
    """Extension → password."""
    return {number: _secret() for number in extensions}


@dataclass
class Site:
    """`base`: the first port. All that an instance needs to come back as the same."""

    base: int
    ami_secret: str = field(default_factory=_secret)
    tape_secret: str = field(default_factory=_secret)
    phones: dict[str, str] = field(default_factory=telephones)
    settings: dict[str, str] = field(default_factory=dict)  # of the dialplan: DESK_PICK …

    @property
    def ami(self) -> int:
        return self.base + 38

    @property
    def sip(self) -> int:
        return self.base + 60

    @property
    def carrier(self) -> int:
        return self.base + 61

    @property
    def http(self) -> int:
        return self.base + 88

    @property
    def https(self) -> int:
        return self.base + 89

    def as_dict(self) -> dict:
        return asdict(self)

    def card(self) -> dict:
        """What `bin/rig start` prints of it."""
        return {
            "ami": f"ami://dispatch:{self.ami_secret}@127.0.0.1:{self.ami}",
            "ami_tape": f"ami://tape:{self.tape_secret}@127.0.0.1:{self.ami}",
            "sip": f"127.0.0.1:{self.sip}",
            "websocket": f"ws://127.0.0.1:{self.http}/ws",
            "secure_websocket": f"wss://127.0.0.1:{self.https}/ws",
            "trunk_source": "127.0.0.2",
            "trunk_listens": f"127.0.0.2:{self.carrier}",
            "city_number": CITY_NUMBER,
            "queue": "dispatch",
            "extensions": {number: {"password": self.phones[number]} for number in sorted(self.phones)},
        }


def write(site: Site, *, etc: Path, inside: str) -> None:
    """Write `etc/site/*.conf`; `inside` is the instance's folder as Asterisk in its chroot sees it."""
    folder = etc / "site"
    folder.mkdir(parents=True, exist_ok=True)
    given = "".join(f"{name} = {value}\n" for name, value in site.settings.items())
    texts = {
        "globals": f"CITY_NUMBER = {CITY_NUMBER}\nCITY_MORE = {'-'.join(FURTHER_NUMBERS)}\n"
        f"CITY_SHORT = 112\nCITY_DIRECT = 4951\nTRUNK = trunk\nRECDIR = {inside}/recordings\n{given}",
        "hints": "".join(f"exten => {n},hint,PJSIP/{n}&PJSIP/{n}w,CustomPresence:{n}\n" for n in site.phones),
        "pjsip": _pjsip(site),
        "manager": _manager(site),
        "rtp": f"rtpstart = {site.base + 100}\nrtpend = {site.base + PORTS // 2 - 1}\n"
        "ice_deny = 0.0.0.0/0\nice_permit = 127.0.0.0/8\n",
        "http": f"bindaddr = 127.0.0.1\nbindport = {site.http}\n"
        f"tlsenable = yes\ntlsbindaddr = 127.0.0.1:{site.https}\ntlscertfile = {inside}/keys/self-signed.pem\n",
        "musiconhold": f"directory = {inside}/music\n",
        "voicemail": "100 => 1234,Dispatch\n",
    }
    for name, text in texts.items():
        (folder / f"{name}.conf").write_text(text)


def _pjsip(site: Site) -> str:
    parts = [
        f"[transport-udp]\ntype = transport\nprotocol = udp\nbind = 127.0.0.1:{site.sip}\n",
        "[transport-ws]\ntype = transport\nprotocol = ws\nbind = 127.0.0.1\n",
        "[transport-wss]\ntype = transport\nprotocol = wss\nbind = 127.0.0.1\n",
        "[trunk](carrier)\naors = trunk\nfrom_domain = 127.0.0.1\n",
        f"[trunk]\ntype = aor\ncontact = sip:127.0.0.2:{site.carrier}\n",
        "[trunk]\ntype = identify\nendpoint = trunk\nmatch = 127.0.0.2/32\n",
    ]
    for number, secret in site.phones.items():
        shown = f'callerid = "Desk {number}" <{number}>\n'
        parts.append(
            f"[{number}](staff)\nauth = {number}\naors = {number}\n{shown}"
            f"[{number}](staff-aor)\n[{number}](staff-auth)\nusername = {number}\npassword = {secret}\n"
            f"[{number}w](staff-web)\nauth = {number}w\naors = {number}w\n{shown}[{number}w](staff-web-aor)\n"
        )
    return "\n".join(parts)


def _manager(site: Site) -> str:
    gate = "deny = 0.0.0.0/0.0.0.0\npermit = 127.0.0.1/255.255.255.255\n"
    return (
        f"[general](+)\nbindaddr = 127.0.0.1\nport = {site.ami}\n"
        f"[dispatch](link)\nsecret = {site.ami_secret}\n{gate}[tape](tape-all)\nsecret = {site.tape_secret}\n{gate}"
    )


def write_music(folder: Path, hertz: int = MUSIC_HZ) -> None:
    """Ten seconds of one tone."""
    folder.mkdir(parents=True, exist_ok=True)
    with wave.open(str(folder / "hold.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        tone = (int(6000 * math.sin(2 * math.pi * hertz * at / 8000)) for at in range(80000))
        file.writeframes(b"".join(struct.pack("<h", level) for level in tone))
