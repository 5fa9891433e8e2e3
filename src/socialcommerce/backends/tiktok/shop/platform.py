"""TikTok Shop's identity: hosts, signature, envelope, shops and their ciphers (fact sheet, first half)."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, ClassVar

from attrs import evolve, field, frozen
from typing_extensions import override

from socialcommerce.backends.base import Backend
from socialcommerce.backends.tiktok.shop.codes import errors
from socialcommerce.backends.tiktok.shop.codes.operations import takes_cipher
from socialcommerce.errors import ConfigurationError, DecodeError
from socialcommerce.resources.capability import Level, Refusal
from socialcommerce.runtime.call import Call, Service, Subject, TokenRecord
from socialcommerce.runtime.limits import Bucket
from socialcommerce.runtime.multipart import multipart
from socialcommerce.runtime.text import read_json, write_json, write_query
from socialcommerce.runtime.transport import Request, Response

__all__ = ["API", "AUTH", "TikTokShopPlatform"]

API = "https://open-api.tiktokglobalshop.com"
AUTH = "https://auth.tiktok-shops.com"

_UNSIGNED = frozenset({"sign", "access_token"})
_TOKEN_HEADER = "x-tts-access-token"
_SETTINGS = "settings"
"""The login whose tokens are given in the settings; others are known by their ``open_id``."""


@frozen
class App:
    """One app of the Partner Center: its key and secret."""

    app_key: str
    app_secret: str = field(repr=False)

    def __reduce__(self) -> Any:
        raise TypeError("an App holds a secret and is not pickled")


class TikTokShopPlatform(Backend):
    """What every TikTok Shop noun stands on.

    Args:
        app_key: the app's key.
        app_secret: the app's secret: it signs calls and webhooks.
        service_id: the app's number in the consent link (the long "App ID"); not the app key.
        shop_id: the shop to work on; ``client.for_account`` chooses another.
        shop_cipher: the shop's cipher; looked up once where it is not given.
        access_token: a token to begin with; later ones are kept in ``State.tokens``.
        refresh_token: the refresh token that belongs to it.
        region: the shop's market, as ``US``; read once from the shop where it is not given. ``US``
            also has a consent page of its own.
        webhook_secret: the secret that signs webhooks; several, oldest last, while the app's is replaced.
        callback_urls: webhook endpoints by name; ``webhooks.subscribe`` has TikTok Shop push to them.
        host: the base URL of the API.
        auth_host: the base URL under which tokens are given out.
    """

    name: ClassVar[str] = "tiktok_shop"
    twin: ClassVar[str | None] = "socialcommerce.simulators.tiktok_shop:TikTokShopTwin"
    account_kinds: ClassVar[tuple[str, ...]] = ("shop",)
    refusals: ClassVar[Mapping[str, Refusal]] = {}
    features: ClassVar[Mapping[str, Level | Refusal]] = {}

    def __init__(
        self,
        app_key: str,
        app_secret: str,
        *,
        service_id: int | str | None = None,
        shop_id: int | str | None = None,
        shop_cipher: str = "",
        access_token: str = "",
        refresh_token: str = "",
        region: str | None = None,
        webhook_secret: str | Sequence[str] = (),
        callback_urls: Mapping[str, str] | None = None,
        host: str = API,
        auth_host: str = AUTH,
    ) -> None:
        if not app_key or not app_secret:
            raise ConfigurationError("app_key and app_secret are those of the app in the Partner Center")
        self.app = App(app_key, app_secret)
        self.service_id = None if service_id is None else str(service_id)
        self.shop = None if shop_id is None else Subject("shop", str(shop_id))
        self.market = region
        given = (webhook_secret,) if isinstance(webhook_secret, str) else tuple(webhook_secret)
        self.webhook_secrets = (*given, app_secret)
        self.callback_urls = dict(callback_urls or {})
        self.host, self.auth_host = host.rstrip("/"), auth_host.rstrip("/")
        self._cipher = shop_cipher
        self._tokens = (access_token, refresh_token)
        self._services = {"shop": self._api(), "auth": self._auth()}

    def _api(self) -> Service:
        return Service(
            name="shop",
            hosts=(self.host,),
            slot="shop",
            signer=self.sign,
            envelope=read,
            unwrap=unwrap,
            limits=partial(limits, self.app),
            renewal="rotate_once",
        )

    def _auth(self) -> Service:
        return Service(
            name="auth",
            hosts=(self.auth_host,),
            slot="shop",
            signer=partial(sign_nothing, self.app, self.auth_host),
            envelope=read,
            unwrap=unwrap,
            limits=partial(limits, self.app),
            renewal="rotate_once",
            version="v2",
        )

    @property
    @override
    def services(self) -> Mapping[str, Service]:
        return self._services

    @override
    def default_subject(self) -> Subject | None:
        return self.shop

    @override
    def resolve(self, call: Call, chosen: Subject | None) -> Call:
        return evolve(call, account="none") if call.service == "auth" else super().resolve(call, chosen)

    @override
    def subject_kind(self, call: Call) -> str | None:
        """A shop, but for what names none and can be asked with the tokens of the settings."""
        return None if not _names_shop(call) and any(self._tokens) else "shop"

    @override
    def authorize(self, call: Call, token: Any = None, now: datetime | float = 0.0) -> Request:
        """Sign a call; one that names no shop, or whose query holds ``shop_cipher``, needs none for it."""
        return super().authorize(call if _names_shop(call) else evolve(call, account="none"), token, now)

    @override
    def token_key(self, service: Service, subject: Subject | None) -> str:
        if subject is None:
            return self.login_key(_SETTINGS)
        return f"tiktok_shop:{self.app.app_key}:{subject.kind}:{subject.id}"

    def login_key(self, login: str) -> str:
        """Under which key the tokens of one consent are kept, which all its shops share."""
        return f"tiktok_shop:{self.app.app_key}:login:{login}"

    @override
    def seed(self, service: Service, subject: Subject | None) -> TokenRecord | None:
        access, refresh = self._tokens
        if not access and not refresh:
            return None
        extra = {"login": _SETTINGS}
        return TokenRecord(access, refresh, access_expires_at=None if access else 0.0, extra=extra)

    def cipher(self, call: Call, token: TokenRecord | None) -> str:
        """The cipher of the shop a call speaks for, as far as it is known."""
        if call.subject is not None and call.subject == self.shop and self._cipher:
            return self._cipher
        return str(token.extra.get("cipher", "")) if token is not None else ""

    def lacks_cipher(self, call: Call, token: TokenRecord) -> bool:
        """Whether a call cannot be signed before its shop's cipher is looked up."""
        return _names_shop(call) and call.account == "required" and not self.cipher(call, token)

    def sign(self, call: Call, token: TokenRecord | None, now: float) -> Request:
        """Write the request of one call (guide 'Sign your API request'): pure."""
        query = query_of(call.query)
        query["app_key"], query["timestamp"] = self.app.app_key, str(int(now))
        if _names_shop(call):
            query["shop_cipher"] = self.cipher(call, token) or _no_cipher(call)
        headers, content = _content(call)
        signed = b"" if call.files or (call.headers and _is_multipart(call.headers)) else content
        query["sign"] = signature(self.app, call.path, query, signed)
        if token is not None:
            headers[_TOKEN_HEADER] = token.access_token
        url = f"{self.host}{call.path}?{write_query(query)}"
        return Request(call.method, url, {**headers, **call.headers}, content)


def _names_shop(call: Call) -> bool:
    """Whether the cipher is ours to add: it is demanded, and the call has not settled it itself."""
    return "shop_cipher" not in call.query and takes_cipher(call.method, call.path)


def _no_cipher(call: Call) -> str:
    raise ConfigurationError(
        f"{call.path} is signed with the shop's cipher, which is not known yet: give shop_cipher in the "
        "backend's settings, or let a client look it up"
    )


def _is_multipart(headers: Mapping[str, str]) -> bool:
    kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    return kind.partition(";")[0].strip().lower() == "multipart/form-data"


def signature(app: App, path: str, query: Mapping[str, str], content: bytes) -> str:
    """HMAC-SHA256 in lower-case hex over secret, path, sorted decoded query, body and secret."""
    pairs = "".join([name + query[name] for name in sorted(query) if name not in _UNSIGNED])
    secret = app.app_secret.encode()
    message = secret + f"{path}{pairs}".encode() + content + secret
    return hmac.digest(secret, message, "sha256").hex()


def sign_nothing(app: App, host: str, call: Call, token: TokenRecord | None, now: float) -> Request:
    """Write a request for tokens: GET, unsigned, the app's secret in the query."""
    query = {"app_key": app.app_key, "app_secret": app.app_secret} | query_of(call.query)
    return Request(call.method, f"{host}{call.path}?{write_query(query)}", dict(call.headers), b"")


def query_of(query: Mapping[str, Any]) -> dict[str, str]:
    """Parameters as TikTok Shop reads them: lists comma-joined, booleans in lower case, None left out."""
    return {
        name: value if type(value) is str else _text(value)
        for name, value in query.items()
        if value is not None
    }


def _text(value: Any) -> str:
    if isinstance(value, (str, int)):
        return str(value).lower() if isinstance(value, bool) else str(value)
    return ",".join(map(_text, value)) if isinstance(value, (list, tuple)) else str(value)


def _content(call: Call) -> tuple[dict[str, str], bytes]:
    if call.files:
        kind, content = multipart(query_of(call.body or {}), call.files)
        return {"content-type": kind}, content
    if call.body is None:
        return {"content-type": "application/json"}, b""
    content = call.body if isinstance(call.body, bytes) else write_json(call.body)
    return {"content-type": "application/json"}, content


def read(call: Call, response: Response) -> Any:
    """Decode a reply, or raise the error it holds: success is ``code`` 0, whatever the HTTP status."""
    try:
        body = read_json(response.content)
    except ValueError as error:
        raise _unreadable(call, response) from error
    if not isinstance(body, dict) or "code" not in body:
        raise _unreadable(call, response)
    if body["code"] != 0:
        raise errors.error_for(body, response.status, path=call.path)
    return body


def _unreadable(call: Call, response: Response) -> Exception:
    if response.status >= 400:
        return errors.error_for({}, response.status, path=call.path)
    return DecodeError(
        "the reply is not TikTok Shop's envelope",
        raw=response.content,
        platform="tiktok_shop",
        status=response.status,
    )


def unwrap(body: Any) -> Any:
    """The payload; an operation without one answers ``data`` null, or leaves it out."""
    return body.get("data") or {}


def limits(app: App, call: Call, subject: Subject | None) -> tuple[Bucket, ...]:
    """TikTok Shop counts by app and shop and publishes no number; bursts within a second trip it.

    So calls of one shop are smoothed: no more than 20 at once and in a second.
    """
    whose = subject.id if subject else "app"
    return _smoothed(f"tiktok_shop:{app.app_key}:{whose}")


@lru_cache(maxsize=4096)
def _smoothed(key: str) -> tuple[Bucket, ...]:
    return (Bucket(key, 20.0, 20),)
