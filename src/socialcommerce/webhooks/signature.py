"""How deliveries prove where they come from: schemes as values.

A backend states its scheme once (``Hmac(header="Authorization", message=…)``) and both checks and,
in tests, makes signatures with it. Whatever arrives, a check answers or raises ``WebhookError``;
comparisons take the same time wherever two signatures differ.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from attrs import frozen

from socialcommerce.errors import ConfigurationError, WebhookError

if TYPE_CHECKING:
    from socialcommerce.webhooks.delivery import Assurance, Delivery

__all__ = ["Hmac", "Key", "Rsa", "Scheme", "SharedSecret", "Window", "body_of", "escaped", "key_bytes"]


class Secret(Protocol):
    """What holds a secret and shows it only when asked, as pydantic's ``SecretStr``."""

    def get_secret_value(self) -> str | bytes:
        """The secret itself."""
        ...


Key: TypeAlias = "str | bytes | Secret"
Encoding: TypeAlias = Literal["hex", "base64"]


class Scheme(Protocol):
    """One way to prove a delivery."""

    def verify(self, delivery: Delivery, keys: Sequence[Key], now: datetime) -> Assurance:
        """What the delivery proves by any of ``keys``; ``WebhookError`` where it proves nothing."""
        ...


def key_bytes(key: Key) -> bytes:
    """The bytes of a key, however it is held."""
    if isinstance(key, bytes):
        return key
    return key.encode() if isinstance(key, str) else key_bytes(key.get_secret_value())


def body_of(delivery: Delivery) -> bytes:
    """The commonest message: the body alone."""
    return delivery.body


def escaped(delivery: Delivery) -> bytes:
    r"""The body with every UTF-16 unit that is not ASCII written as lower-case ``\uXXXX``."""
    try:
        text = delivery.body.decode()
    except UnicodeDecodeError:
        return delivery.body
    units = text.encode("utf-16-be", "surrogatepass")
    return b"".join(_unit(units[place : place + 2]) for place in range(0, len(units), 2))


def _unit(pair: bytes) -> bytes:
    number = int.from_bytes(pair)
    return bytes([number]) if number < 128 else b"\\u%04x" % number


@frozen
class Window:
    """A signed time: where it stands, and how far from now it may be, before or after.

    ``stamp`` reads it as text; ``unit`` is how many of it make a second (1000: milliseconds). Only a
    time that the signature covers is worth checking.
    """

    stamp: Callable[[Delivery], str]
    tolerance: timedelta = timedelta(minutes=5)
    unit: int = 1

    def check(self, delivery: Delivery, now: datetime) -> None:
        """Raise ``WebhookError`` unless the delivery was signed about now."""
        text = self.stamp(delivery).strip()
        if not (text.isascii() and text.isdigit() and len(text) <= 16):
            raise WebhookError("the delivery has no readable time", reason="malformed")
        distance = abs(now.timestamp() - int(text) / self.unit)
        if distance > self.tolerance.total_seconds():
            raise WebhookError("the delivery was signed too long ago, or in the future", reason="stale")


def _equal(ours: str | bytes, theirs: str | bytes) -> bool:
    return hmac.compare_digest(_raw(ours), _raw(theirs))


def _raw(text: str | bytes) -> bytes:
    # Text may hold anything, lone surrogates too; as bytes it can always be compared.
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text


def _claimed(delivery: Delivery, header: str, prefix: str) -> str:
    value = delivery.header(header)
    if not value:
        raise WebhookError(f"the delivery has no {header} header", reason="signature")
    if not value.startswith(prefix):
        raise WebhookError(f"the {header} header is not of the expected kind", reason="signature")
    return value[len(prefix) :]


@frozen
class Hmac:
    """A keyed hash of the delivery in a header.

    ``message`` builds what is hashed; ``prefix`` stands before the hash (``sha256=``); ``window`` where
    the message holds a time. Keys are tried in order, so that one can be replaced without losing events.
    """

    header: str
    digest: str = "sha256"
    encoding: Encoding = "hex"
    prefix: str = ""
    message: Callable[[Delivery], bytes] = body_of
    window: Window | None = None

    def verify(self, delivery: Delivery, keys: Sequence[Key], now: datetime) -> Assurance:
        """``signed``, where any of ``keys`` made the signature; ``WebhookError`` otherwise."""
        if not keys:
            raise WebhookError("no key is set to verify deliveries with", reason="configuration")
        claimed = _raw(_claimed(delivery, self.header, self.prefix))
        message = self.message(delivery)
        if not any(hmac.compare_digest(self._hash(message, key), claimed) for key in keys):
            raise WebhookError("the signature does not match", reason="signature")
        if self.window is not None:
            self.window.check(delivery, now)
        return "signed"

    def sign(self, delivery: Delivery, key: Key) -> Mapping[str, str]:
        """The header that a platform holding ``key`` would send with this delivery."""
        return {self.header: self.prefix + self._hash(self.message(delivery), key).decode()}

    def _hash(self, message: bytes, key: Key) -> bytes:
        digest = hmac.digest(key_bytes(key), message, self.digest)
        return digest.hex().encode() if self.encoding == "hex" else base64.b64encode(digest)


@frozen
class SharedSecret:
    """A secret that the sender simply shows, in a header or a query parameter.

    It proves who speaks, not what is said: the body is as safe as the connection.
    """

    header: str | None = None
    parameter: str | None = None
    prefix: str = ""

    def verify(self, delivery: Delivery, keys: Sequence[Key], now: datetime) -> Assurance:
        """``shared_secret``, where one of ``keys`` was shown; ``WebhookError`` otherwise."""
        if not keys:
            raise WebhookError("no secret is set to verify deliveries with", reason="configuration")
        shown = (
            _claimed(delivery, self.header, self.prefix)
            if self.header
            else delivery.query.get(self.parameter or "", "")
        )
        if not any(_equal(key_bytes(key), shown) for key in keys if key_bytes(key)):
            raise WebhookError("the shared secret does not match", reason="signature")
        return "shared_secret"


@frozen
class Rsa:
    """An RSA signature (PKCS #1 v1.5) in a header, checked with public keys in PEM form.

    Needs the extra ``crypto`` (the ``cryptography`` package); ``ConfigurationError`` without it.
    """

    header: str
    digest: str = "SHA256"
    message: Callable[[Delivery], bytes] = body_of
    window: Window | None = None

    def verify(self, delivery: Delivery, keys: Sequence[Key], now: datetime) -> Assurance:
        """``signed``, where the private half of any of ``keys`` signed; ``WebhookError`` otherwise."""
        if not keys:
            raise WebhookError("no public key is set to verify deliveries with", reason="configuration")
        try:
            signature = base64.b64decode(_raw(_claimed(delivery, self.header, "")), validate=True)
        except binascii.Error:
            raise WebhookError("the signature is not base64", reason="signature") from None
        message = self.message(delivery)
        if not any(self._made(signature, message, key) for key in keys):
            raise WebhookError("the signature does not match", reason="signature")
        if self.window is not None:
            self.window.check(delivery, now)
        return "signed"

    def _made(self, signature: bytes, message: bytes, key: Key) -> bool:
        try:
            from cryptography.exceptions import InvalidSignature
            from cryptography.hazmat.primitives import hashes, serialization
            from cryptography.hazmat.primitives.asymmetric import padding, rsa
        except ImportError as missing:
            raise ConfigurationError(
                "RSA-signed deliveries need the cryptography package: pip install 'socialcommerce[crypto]'"
            ) from missing
        public = serialization.load_pem_public_key(key_bytes(key))
        if not isinstance(public, rsa.RSAPublicKey):
            raise ConfigurationError("the key for RSA-signed deliveries is not an RSA key")
        try:
            public.verify(signature, message, padding.PKCS1v15(), getattr(hashes, self.digest)())
        except InvalidSignature:
            return False
        return True
