"""One REGISTER by hand, to see whether the PBX takes these credentials."""

import hashlib
import re
import socket
import uuid


def status_of(server: str, *, login: str, realm: str, ha1: str) -> int:
    """What the PBX answers, once it has asked who we are. Nothing is registered: a contact is not named."""
    host, port = server.split(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.settimeout(5)
        wire.connect((host, int(port)))
        own = "{}:{}".format(*wire.getsockname())
        call, answer = uuid.uuid4().hex, ""
        for number in (1, 2):
            head = [
                f"REGISTER sip:{server} SIP/2.0",
                f"Via: SIP/2.0/UDP {own};branch=z9hG4bK{uuid.uuid4().hex};rport",
                f"From: <sip:{login}@{server}>;tag={call[:8]}",
                f"To: <sip:{login}@{server}>",
                f"Call-ID: {call}",
                f"CSeq: {number} REGISTER",
                "Max-Forwards: 70",
                *_authorised(answer, login, f"sip:{server}", realm, ha1),
                "Content-Length: 0",
            ]
            wire.send("\r\n".join([*head, "", ""]).encode())
            answer = wire.recv(4096).decode()
    return int(answer.split(" ", 2)[1])


def _authorised(challenge: str, login: str, uri: str, realm: str, ha1: str) -> list[str]:
    asked = re.search(r'nonce="([^"]+)"', challenge)
    if asked is None:
        return []
    opaque = re.search(r'opaque="([^"]+)"', challenge)

    def digest(*parts: str) -> str:
        return hashlib.md5(":".join(parts).encode()).hexdigest()

    response = digest(ha1, asked[1], "00000001", "0a4f113b", "auth", digest("REGISTER", uri))
    said = {"username": login, "realm": realm, "nonce": asked[1], "uri": uri, "response": response}
    said["cnonce"] = "0a4f113b"
    if opaque:
        said["opaque"] = opaque[1]
    quoted = ", ".join(f'{name}="{value}"' for name, value in said.items())
    return [f"Authorization: Digest {quoted}, algorithm=MD5, qop=auth, nc=00000001"]
