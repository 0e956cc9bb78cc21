"""The signature of a message, after the Standard Webhooks specification: HMAC-SHA256 over its id, time and body."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping

ID, TIMESTAMP, SIGNATURE = "Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"
PREFIX = "whsec_"
VERSION = "v1"
KEY_BYTES = 32
TOLERANCE = 5 * 60  # seconds: an older message may be somebody's replay


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def headers(secret: str, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    return {ID: message_id, TIMESTAMP: str(timestamp), SIGNATURE: _signature(secret, message_id, str(timestamp), body)}


def is_ours(secret: str, told: Mapping[str, str], body: bytes, now: int) -> bool:
    """As a receiver checks it: our signature, and not older than TOLERANCE."""
    timestamp = told.get(TIMESTAMP, "")
    if not timestamp.isdecimal() or abs(now - int(timestamp)) > TOLERANCE:
        return False
    expected = _signature(secret, told.get(ID, ""), timestamp, body)
    return any(hmac.compare_digest(expected, each) for each in told.get(SIGNATURE, "").split(" "))


def _signature(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return f"{VERSION},{base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}"
