"""The endpoint of a Flow: what Meta asks of it is encrypted for our key, what we answer with theirs."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from socialcommerce.errors import ConfigurationError, WebhookError
from socialcommerce.runtime.text import read_json, write_json

__all__ = ["FlowRequest", "decrypt", "is_flow"]

_PARTS = ("encrypted_flow_data", "encrypted_aes_key", "initial_vector")


@frozen
class FlowRequest:
    """One decrypted request, and what its answer is encrypted with."""

    content: Mapping[str, Any] = field(repr=False)
    key: bytes = field(repr=False)
    vector: bytes = field(repr=False)

    @property
    def action(self) -> str:
        """``ping``, ``INIT``, ``BACK`` or ``data_exchange``."""
        return str(self.content.get("action") or "")

    def answer(self, content: Any) -> bytes:
        """The body that answers it: AES-GCM under the same key and the inverted vector, as base64."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        text = content.encode() if isinstance(content, str) else write_json(content)
        inverted = bytes(byte ^ 0xFF for byte in self.vector)
        return base64.b64encode(AESGCM(self.key).encrypt(inverted, text, None))


def is_flow(body: Any) -> bool:
    """Whether a decoded body is a request to the endpoint of a Flow."""
    return isinstance(body, Mapping) and all(isinstance(body.get(name), str) for name in _PARTS)


def decrypt(body: Mapping[str, Any], private_key: str) -> FlowRequest:
    """Open a request.

    Args:
        body: the decoded JSON of the request.
        private_key: our RSA key (PEM text), whose public half Meta was given.

    Raises:
        WebhookError: it was not made for this key (``reason="flow_key"``: Meta then asks for the key anew).
        ConfigurationError: the extra ``crypto`` is not installed.
    """
    if not private_key:
        raise WebhookError("flow_private_key is not set", reason="configuration")
    try:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError as missing:
        raise ConfigurationError(
            "the endpoint of a Flow needs the cryptography package: pip install 'socialcommerce[crypto]'"
        ) from missing
    scheme = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    try:
        data, wrapped, vector = (base64.b64decode(body[name], validate=True) for name in _PARTS)
        key = _private(private_key).decrypt(wrapped, scheme)
        content = read_json(AESGCM(key).decrypt(vector, data, None))
    except (ValueError, binascii.Error, InvalidTag):
        raise WebhookError("the request was not encrypted for our key", reason="flow_key") from None
    if not isinstance(content, Mapping):
        raise WebhookError("the decrypted request is no object", reason="malformed")
    return FlowRequest(content, key, vector)


def _private(text: str) -> Any:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(text.encode(), None)
    except (ValueError, TypeError) as error:
        raise ConfigurationError("flow_private_key is no RSA key in PEM form without a password") from error
    if not isinstance(key, RSAPrivateKey):
        raise ConfigurationError("flow_private_key is not an RSA key")
    return key
