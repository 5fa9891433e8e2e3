"""What is asked of a platform, and who answers: calls, services, token records.

A ``Call`` is what a backend's flow wants sent, before host, credentials and encoding.
A ``Service`` is one front door of a platform: its hosts, the credential slot it uses, how
it signs, how it wraps its replies, what it counts. Both are values; ``runtime.perform``
brings them together.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Generic, Literal, Protocol, TypeAlias, TypeVar

from attrs import evolve, field, frozen

from socialcommerce.runtime.limits import Bucket
from socialcommerce.runtime.transport import Request, Response

__all__ = [
    "Absent",
    "Call",
    "Found",
    "Readback",
    "Renewal",
    "Reply",
    "Safety",
    "Service",
    "Subject",
    "TokenRecord",
    "Undecided",
    "Upload",
]

T = TypeVar("T")

Safety: TypeAlias = Literal["read", "absolute", "keyed", "state_guarded", "unsafe"]
"""What a repeat of the call would do: nothing; set the same state again; be recognised by
its key; be refused by the state; happen twice."""

Account: TypeAlias = Literal["required", "forbidden", "none"]

Renewal: TypeAlias = Literal[
    "rotate_once",
    "rotate_with_grace",
    "keep",
    "same_until_last_hour",
    "exchange_before_expiry",
    "reissue",
    "never",
    "human",
]


@frozen
class Subject:
    """Whom a call speaks for: one account that the credentials reach, as the wire knows it."""

    kind: str
    id: str


@frozen
class Found(Generic[T]):
    """The read-back saw the effect; ``value`` is what the call would have answered."""

    value: T


@frozen
class Absent:
    """The read-back is sure that the effect did not happen: sending again is safe."""


@frozen
class Undecided:
    """The read-back cannot tell: what it saw, and what a person can look at."""

    evidence: Any = None
    how_to_find_out: str = ""


Readback: TypeAlias = Callable[[], Generator[Any, Any, "Found[Any] | Absent | Undecided"]]


@frozen(repr=False)
class Upload:
    """One file of a multipart body."""

    filename: str
    content: bytes
    media_type: str = "application/octet-stream"

    def __repr__(self) -> str:
        return f"Upload({self.filename!r}, {len(self.content)} bytes)"


@frozen
class Call:
    """One request as a backend thinks of it.

    ``query`` values may be str, int, bool, Decimal, None (left out) or a list, which the
    service encodes in its own way. ``body`` is JSON-able, or bytes sent as they are, or the
    text fields of a form beside ``files``. ``account``: whether the call speaks for an
    account (``required``), must not (``forbidden``), or needs no credential (``none``).
    ``raw``: the reply is a file; the envelope only looks for an error in it.
    """

    method: str
    path: str
    query: Mapping[str, Any] = field(factory=dict)
    body: Any = field(default=None, repr=False)
    files: Mapping[str, Upload | list[Upload]] | None = None
    service: str = "default"
    account: Account = "required"
    safety: Safety = "read"
    readback: Readback | None = field(default=None, repr=False)
    raw: bool = False
    subject: Subject | None = None
    headers: Mapping[str, str] = field(factory=dict, repr=False)

    def speaking_for(self, subject: Subject | None, account: Account | None = None) -> Call:
        """The same call for ``subject``; written out, since every call passes here."""
        return Call(
            self.method,
            self.path,
            self.query,
            self.body,
            self.files,
            self.service,
            account or self.account,
            self.safety,
            self.readback,
            self.raw,
            subject,
            self.headers,
        )


@frozen
class Reply(Generic[T]):
    """A decoded reply: its payload, the response it came in, and the whole body with its envelope."""

    value: T
    response: Response = field(repr=False)
    body: Any = field(default=None, repr=False)


_TIMES = ("access_expires_at", "refresh_expires_at", "consent_expires_at")
_KEPT = ("access_token", "refresh_token", *_TIMES, "issued_at", "renewing_since")


def _is_text(_: Any, __: Any, value: Any) -> None:
    """A reply may hold anything where a token belongs; what it is must not stand in an error."""
    if not isinstance(value, str):
        raise TypeError(f"a token is text, not {type(value).__name__}")


@frozen(repr=False)
class TokenRecord:
    """What is remembered of one authorisation: tokens in the clear, times in epoch seconds.

    Any of the three expiries may be None: unknown. ``renewing_since`` is set while a renewal
    is under way, so that a process that finds it after a crash knows why a refresh token may
    already be spent. ``extra`` keeps what one platform alone needs.
    """

    access_token: str = field(default="", validator=_is_text)
    refresh_token: str = ""
    access_expires_at: float | None = None
    refresh_expires_at: float | None = None
    consent_expires_at: float | None = None
    issued_at: float | None = None
    scopes: tuple[str, ...] = ()
    renewing_since: float | None = None
    extra: Mapping[str, Any] = field(factory=dict)

    def __repr__(self) -> str:
        return f"<TokenRecord expires {self.access_expires_at}>"

    def __reduce__(self) -> Any:
        raise TypeError("a TokenRecord holds secrets and is not pickled; keep it in a token store")

    @classmethod
    def of(cls, token: Any) -> TokenRecord | None:
        """Read whatever a caller has: None, the token's text, a record, or a public ``Token``."""
        if token is None or isinstance(token, cls):
            return token
        if isinstance(token, str):
            return cls(access_token=token)
        times: dict[str, Any] = {name: _epoch(getattr(token, name, None)) for name in _TIMES}
        return cls(
            access_token=_clear(token.access_token),
            refresh_token=_clear(getattr(token, "refresh_token", None)),
            scopes=tuple(getattr(token, "scopes", None) or ()),
            **times,
        )

    @classmethod
    def load(cls, value: Mapping[str, Any]) -> TokenRecord:
        """Read a record as ``dump`` wrote it, by this version or another one."""
        get = value.get
        return cls(
            get("access_token", ""),
            get("refresh_token", ""),
            get("access_expires_at"),
            get("refresh_expires_at"),
            get("consent_expires_at"),
            get("issued_at"),
            tuple(get("scopes", ())),
            get("renewing_since"),
            get("extra", {}),
        )

    def dump(self) -> dict[str, Any]:
        """The record as JSON-able mapping, for a store; holds the secrets."""
        return {name: getattr(self, name) for name in _KEPT} | {
            "scopes": list(self.scopes),
            "extra": dict(self.extra),
        }

    def renewed(self, **changes: Any) -> TokenRecord:
        """The record after a renewal: changed where told, no longer being renewed."""
        return evolve(self, renewing_since=None, **changes)


def _clear(secret: Any) -> str:
    reveal = getattr(secret, "get_secret_value", None)
    return str(reveal()) if reveal else str(secret or "")


def _epoch(moment: Any) -> float | None:
    return moment.timestamp() if isinstance(moment, datetime) else moment


class Signer(Protocol):
    """Turns a call into the bytes that are sent: pure, the same inputs give the same request."""

    def __call__(self, call: Call, token: TokenRecord | None, now: float) -> Request: ...


class Envelope(Protocol):
    """Decodes a reply, or raises the typed error that it holds."""

    def __call__(self, call: Call, response: Response) -> Any: ...


class LimitRule(Protocol):
    """Names the buckets that one call draws from."""

    def __call__(self, call: Call, subject: Subject | None) -> tuple[Bucket, ...]: ...


class Heed(Protocol):
    """Reads from a reply which buckets have to rest from now on, and for how many seconds."""

    def __call__(
        self, call: Call, subject: Subject | None, response: Response
    ) -> Sequence[tuple[str, float]]: ...


class Renew(Protocol):
    """The flow that asks for a new token; answers the record to be saved."""

    def __call__(self, record: TokenRecord, subject: Subject | None) -> Generator[Any, Any, TokenRecord]: ...


def whole(body: Any) -> Any:
    """The unwrapping of a platform that does not wrap its replies."""
    return body


def no_limits(call: Call, subject: Subject | None) -> tuple[Bucket, ...]:
    """The limit rule of a service that counts nothing."""
    return ()


@frozen
class Service:
    """One front door of a platform.

    ``hosts``: the base URL of the API first, then further hosts from which files may be
    fetched. ``slot`` names the credentials. ``signer``, ``envelope`` and ``limits`` are its
    rules, ``unwrap`` takes the payload out of a decoded reply, ``heed`` reads usage headers
    where a platform has such, ``renewal`` says how its tokens end. ``version`` and ``sunset`` (the
    day on which the platform retires it) are data.
    """

    name: str
    hosts: tuple[str, ...]
    signer: Signer = field(repr=False)
    envelope: Envelope = field(repr=False)
    slot: str = "default"
    unwrap: Callable[[Any], Any] = field(default=whole, repr=False)
    limits: LimitRule = field(default=no_limits, repr=False)
    heed: Heed | None = field(default=None, repr=False)
    renewal: Renewal = "never"
    version: str = ""
    sunset: date | None = None

    def __reduce__(self) -> Any:
        raise TypeError("a Service signs with a secret and is not pickled")
