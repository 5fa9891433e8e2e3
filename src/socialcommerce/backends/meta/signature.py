"""How Meta proves its pushes, on Facebook, Instagram and WhatsApp alike: one header, one handshake.

Three things reach an endpoint: pushes (JSON, ``X-Hub-Signature-256`` over the bytes as they were sent),
the trial of an address (GET with ``hub.verify_token``), and forms with a ``signed_request``, by which
people withdraw an app's access or ask for the deletion of their data.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from attrs import evolve

from socialcommerce.errors import WebhookError
from socialcommerce.models.event import Event
from socialcommerce.runtime.text import read_json
from socialcommerce.runtime.transport import Response
from socialcommerce.webhooks.delivery import Assurance, Delivery
from socialcommerce.webhooks.signature import Hmac, Key, escaped, key_bytes

__all__ = [
    "ESCAPED_SCHEME",
    "SCHEME",
    "handshake_event",
    "handshake_reply",
    "is_handshake",
    "open_signed_request",
    "seal_signed_request",
    "sign",
    "signed_request_of",
    "verify_handshake",
    "verify_push",
]

SCHEME = Hmac("X-Hub-Signature-256", prefix="sha256=")
"""HMAC-SHA256 with the app secret over the raw body. Nothing signs the time: events are told by key."""

ESCAPED_SCHEME = evolve(SCHEME, message=escaped)
r"""The same over the body as Meta wrote it (``\uXXXX``), where a proxy on the way decoded it."""

_ALGORITHM = "HMAC-SHA256"


def verify_push(delivery: Delivery, keys: Sequence[Key], now: datetime) -> Assurance:
    """What a push proves by any of the app secrets; ``WebhookError`` where it was forged."""
    try:
        return SCHEME.verify(delivery, keys, now)
    except WebhookError as error:
        if error.reason != "signature" or delivery.body.isascii():
            raise
        return ESCAPED_SCHEME.verify(delivery, keys, now)


def sign(delivery: Delivery, key: Key) -> Delivery:
    """The delivery as Meta signs it, for tests."""
    names = {name.lower(): value for name, value in SCHEME.sign(delivery, key).items()}
    return evolve(delivery, headers={**delivery.headers, **names})


def is_handshake(delivery: Delivery) -> bool:
    """Whether Meta tries the address: pushes and forms are never sent with GET."""
    return delivery.method == "GET"


def _hub(delivery: Delivery, name: str) -> str:
    # Some frameworks write the dots of a parameter's name as underscores.
    return delivery.query.get(f"hub.{name}") or delivery.query.get(f"hub_{name}") or ""


def verify_handshake(delivery: Delivery, tokens: Sequence[Key]) -> Assurance:
    """``shared_secret``, where the trial shows one of our verify tokens; ``WebhookError`` otherwise."""
    known = [key_bytes(token) for token in tokens]
    if not any(known):
        raise WebhookError("no verify_token is set to answer the trial with", reason="configuration")
    shown = _hub(delivery, "verify_token").encode("utf-8", "surrogatepass")
    # Every token is compared, so that the time taken says nothing of which one was nearly right.
    matches = [hmac.compare_digest(token, shown) for token in known if token]
    if _hub(delivery, "mode") != "subscribe" or not any(matches) or not _hub(delivery, "challenge"):
        raise WebhookError("the trial of the address does not show our verify token", reason="handshake")
    return "shared_secret"


def handshake_event(delivery: Delivery, platform: str) -> Event:
    """The trial as an event."""
    key = f"verification:{_hub(delivery, 'challenge')}".encode("utf-8", "replace").decode()
    return Event.build(key=key, type="verification", native_type="hub.challenge", platform=platform)


def handshake_reply(delivery: Delivery) -> Response:
    """200 and the bare challenge; as plain text, since a stranger chose what it says."""
    challenge = _hub(delivery, "challenge").encode("utf-8", "replace")
    return Response(200, {"content-type": "text/plain; charset=utf-8"}, challenge)


def signed_request_of(delivery: Delivery) -> str | None:
    """The ``signed_request`` of a form; None where the delivery is no such form."""
    if delivery.body[:1] in (b"{", b"["):
        return None
    try:
        fields = parse_qs(delivery.body.decode("ascii"), max_num_fields=20)
    except ValueError:
        return None
    return next(iter(fields.get("signed_request", ())), None)


def open_signed_request(text: str, keys: Sequence[Key]) -> Mapping[str, Any]:
    """What a ``signed_request`` says, where any of ``keys`` signed it.

    ``WebhookError`` where none did, or where it cannot be read.
    """
    if not keys:
        raise WebhookError("no app secret is set to verify deliveries with", reason="configuration")
    signature, point, payload = text.partition(".")
    claimed, message = _decoded(signature), payload.encode("utf-8", "surrogatepass")
    matches = [hmac.compare_digest(hmac.digest(key_bytes(key), message, "sha256"), claimed) for key in keys]
    if not point or not any(matches):
        raise WebhookError("the signed_request was not signed by this app's secret", reason="signature")
    return _payload(payload)


def seal_signed_request(payload: bytes, key: Key) -> str:
    """The ``signed_request`` that says ``payload`` (JSON which names the algorithm), for tests."""
    said = _encoded(payload)
    return f"{_encoded(hmac.digest(key_bytes(key), said.encode(), 'sha256'))}.{said}"


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _payload(payload: str) -> Mapping[str, Any]:
    try:
        said = read_json(_decoded(payload))
    except ValueError:
        said = None
    if not isinstance(said, Mapping):
        raise WebhookError("the signed_request cannot be read", reason="malformed")
    if str(said.get("algorithm")).upper() != _ALGORITHM:
        raise WebhookError("the signed_request names another algorithm", reason="signature")
    return said


def _decoded(text: str) -> bytes:
    """base64url without its padding; empty where it is none."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
