"""What arrives at an endpoint, as one value, whatever the web framework called its parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeAlias
from urllib.parse import parse_qsl

from attrs import field, frozen

from socialcommerce.errors import WebhookError

__all__ = ["ASSURANCES", "Assurance", "Delivery", "Text"]

Assurance: TypeAlias = Literal["nothing", "shared_secret", "signed", "encrypted"]
"""What was proven of a delivery: nothing; that the sender knows a secret, which says nothing of the
body; that the body is the sender's; that and secrecy."""

ASSURANCES: tuple[Assurance, ...] = ("nothing", "shared_secret", "signed", "encrypted")
"""From the least to the most."""

Text: TypeAlias = str | bytes


@frozen(repr=False)
class Delivery:
    """One HTTP request as it reached an endpoint. ``headers`` have lower-case names.

    ``endpoint`` is the name under which the settings know the address that was called. The repr shows
    neither headers nor body, since both may hold secrets and personal data.
    """

    method: str = "POST"
    headers: Mapping[str, str] = field(factory=dict)
    body: bytes = b""
    query: Mapping[str, str] = field(factory=dict)
    endpoint: str = "default"

    @classmethod
    def of(
        cls,
        method: str,
        headers: Any,
        body: Any,
        query: Any = None,
        endpoint: str = "default",
    ) -> Delivery:
        """Read what a web framework hands over.

        Args:
            method: the HTTP method.
            headers: a mapping or pairs, names and values as text or bytes; repeated ones are joined.
            body: the raw bytes (or the very text) of the request, before any parsing.
            query: the query string, or a mapping or pairs; None where there is none.
            endpoint: the name of the address that was called.

        Raises:
            WebhookError: a part is of a type that no HTTP request has (``reason="malformed"``).
        """
        return cls(str(method).upper(), _headers(headers), _bytes(body), _query(query), endpoint)

    def header(self, name: str) -> str:
        """The header of that name in any case; empty where it was not sent."""
        return self.headers.get(name.lower(), "")

    def __repr__(self) -> str:
        return f"<Delivery {self.method} to {self.endpoint!r}, {len(self.body)} bytes>"


def _headers(headers: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in _pairs(headers, "headers"):
        key = (name if type(name) is str else _text(name, "headers")).lower()
        text = value if type(value) is str else _text(value, "headers")
        # Two values of one header must not let a caller choose which of them is checked.
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def _query(query: Any) -> dict[str, str]:
    if not query:
        return {}
    if isinstance(query, str | bytes):
        try:
            pairs: Iterable[tuple[Any, Any]] = parse_qsl(
                _text(query, "query"), keep_blank_values=True, max_num_fields=200
            )
        except ValueError:
            raise WebhookError("the query string cannot be read", reason="malformed") from None
    else:
        pairs = _pairs(query, "query")
    found: dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(_text(name, "query"), _text(value, "query"))
    return found


def _pairs(source: Any, what: str) -> Iterable[tuple[Any, Any]]:
    if type(source) is dict:
        return source.items()
    items = getattr(source, "items", None)
    try:
        return [(name, value) for name, value in (items() if items else source)]
    except (TypeError, ValueError):
        raise WebhookError(f"{what}: expected a mapping or pairs", reason="malformed") from None


def _text(value: Any, what: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("latin-1")
    raise WebhookError(f"{what}: expected text, not {type(value).__name__}", reason="malformed")


def _bytes(body: Any) -> bytes:
    if isinstance(body, bytes):
        return body
    if isinstance(body, bytearray | memoryview):
        return bytes(body)
    if isinstance(body, str):
        return body.encode("utf-8", "surrogatepass")
    raise WebhookError(
        f"body: hand over the raw bytes of the request, not {type(body).__name__}: parsed and written "
        "again it no longer matches its signature",
        reason="malformed",
    )
