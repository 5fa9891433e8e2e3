"""Shopee's affiliate publisher API: a separate product over GraphQL, reached with ``client.call``.

``client.call("POST", "/graphql", body={"query": ...}, service="affiliate", safety="read")``
(fact sheet, 'Affiliate publisher API'; two sources, unofficial).
"""

from __future__ import annotations

import hashlib
from typing import Any

from attrs import field, frozen

from socialcommerce.errors import (
    AuthenticationError,
    DecodeError,
    InvalidRequest,
    PermissionDenied,
    PlatformError,
    PlatformUnavailable,
    RateLimited,
)
from socialcommerce.runtime.call import Call, Service, TokenRecord
from socialcommerce.runtime.text import read_json, write_json
from socialcommerce.runtime.transport import Request, Response

__all__ = ["Affiliate", "service"]

_TOP_LEVEL = {
    "BR": "com.br",
    "ID": "co.id",
    "VN": "vn",
    "SG": "sg",
    "PH": "ph",
    "TW": "tw",
    "MY": "com.my",
    "TH": "co.th",
}
_ACCESS_CODES = range(10031, 10036)
_CODES: dict[int, type[PlatformError]] = {
    10000: PlatformUnavailable,
    10010: InvalidRequest,
    10020: AuthenticationError,
    10030: RateLimited,
    11000: InvalidRequest,
    11001: InvalidRequest,
    11002: InvalidRequest,
    **dict.fromkeys(_ACCESS_CODES, PermissionDenied),
}


@frozen
class Affiliate:
    """Credentials of the affiliate programme: app id, secret, and the market they belong to."""

    app_id: str = field(converter=str)
    secret: str = field(repr=False)
    region: str = "SG"

    def __reduce__(self) -> Any:
        raise TypeError("Affiliate holds a secret and is not pickled")


def service(credentials: Affiliate) -> Service:
    """The affiliate programme as one of Shopee's services."""
    host = f"https://open-api.affiliate.shopee.{_TOP_LEVEL.get(credentials.region, 'sg')}"

    def sign(call: Call, token: TokenRecord | None, now: float) -> Request:
        """SHA-256 (no HMAC) over app id, time, the exact payload and the secret."""
        payload = call.body if isinstance(call.body, bytes) else write_json(call.body)
        base = f"{credentials.app_id}{int(now)}".encode() + payload + credentials.secret.encode()
        proof = hashlib.sha256(base).hexdigest()
        header = f"SHA256 Credential={credentials.app_id}, Timestamp={int(now)}, Signature={proof}"
        headers = {"authorization": header, "content-type": "application/json"}
        return Request(call.method, host + call.path, {**headers, **call.headers}, payload)

    return Service("affiliate", (host,), sign, read, slot="affiliate")


def read(call: Call, response: Response) -> Any:
    """Decode a GraphQL reply, or raise the first of its errors."""
    try:
        body = read_json(response.content)
    except ValueError as error:
        raise DecodeError("the reply is not JSON", raw=response.content, status=response.status) from error
    failed = body.get("errors") if isinstance(body, dict) else None
    if not failed:
        return body
    first = failed[0]
    extensions = first.get("extensions") or {}
    code = str(extensions.get("code") or "")
    kind = _CODES.get(int(code), PlatformError) if code.isdigit() else PlatformError
    raise kind(
        str(extensions.get("message") or first.get("message") or ""),
        platform="shopee",
        code=code or None,
        status=response.status,
        raw=body,
    )
