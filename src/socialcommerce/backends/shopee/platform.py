"""Shopee's identity: hosts, apps, signature, envelope, tokens, limits (fact sheet, first half)."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, ClassVar

from attrs import field, frozen
from typing_extensions import override

from socialcommerce.backends.base import Backend
from socialcommerce.backends.shopee.affiliate import Affiliate, service
from socialcommerce.backends.shopee.codes import api_types, errors
from socialcommerce.errors import ConfigurationError, DecodeError
from socialcommerce.resources.capability import Level, Refusal
from socialcommerce.runtime.call import Call, Service, Subject, TokenRecord
from socialcommerce.runtime.limits import Bucket
from socialcommerce.runtime.multipart import multipart
from socialcommerce.runtime.text import read_json, write_json, write_query
from socialcommerce.runtime.transport import Request, Response

__all__ = ["HOSTS", "App", "ShopeePlatform"]

PREFIX = "/api/v2/"

HOSTS: dict[str, str] = {
    "global": "https://partner.shopeemobile.com",
    "brazil": "https://openplatform.shopee.com.br",
    "china": "https://openplatform.shopee.cn",
    "sandbox": "https://openplatform.sandbox.test-stable.shopee.sg",
    "sandbox_china": "https://openplatform.sandbox.test-stable.shopee.cn",
}
"""API hosts by where the caller's servers stand, which is not the shop's market (guide 16)."""

CONSENT_HOSTS: dict[str, str] = {
    "global": "https://open.shopee.com",
    "brazil": "https://open.shopee.com.br",
    "china": "https://open.shopee.cn",
    "sandbox": "https://open.sandbox.test-stable.shopee.com",
    "sandbox_china": "https://open.sandbox.test-stable.shopee.cn",
}

_IDENTITY: dict[api_types.ApiType, str] = {
    "Shop": "shop",
    "Merchant": "merchant",
    "User": "user",
    "Principal": "principal",
}
_REPEATED = frozenset({"item_status"})
"""Lists that are sent as a repeated parameter; all others are comma-joined in one."""


@frozen
class App:
    """One app of the open platform: its partner id and key, and, optionally, tokens to begin with.

    Shopee fixes an app's category when it is made, so ads and chat often need apps of their own.
    """

    partner_id: int = field(converter=int)
    partner_key: str = field(repr=False)
    access_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)

    def __reduce__(self) -> Any:
        raise TypeError("an App holds a partner key and is not pickled")


class ShopeePlatform(Backend):
    """Shopee Open Platform, version 2: who speaks, through which apps and host, for which shop.

    Args:
        partner_id: the app's partner id.
        partner_key: the app's key, used as text.
        shop_id: the shop to work on; ``client.for_account`` chooses another.
        merchant_id: the merchant (cross-border sellers), for global products.
        user_id: the user, for livestream and video.
        principal_id: the principal, for the brand portal.
        ads: the app that may call ads, where it is not the same one.
        chat: the app that may chat, where it is not the same one.
        affiliate: credentials of the affiliate programme, for ``client.call(..., service="affiliate")``.
        access_token: a token to begin with; later ones are kept in ``State.tokens``.
        refresh_token: the refresh token that belongs to it.
        host: ``global``, ``brazil``, ``china``, ``sandbox``, ``sandbox_china``, or a base URL.
        region: the shop's market, as ``SG``; read once from the shop where it is not given.
        push_partner_key: the key that signs pushes; several, oldest last, while one is replaced.
        callback_urls: push endpoints by name, exactly as typed in Shopee's console.
    """

    name: ClassVar[str] = "shopee"
    twin: ClassVar[str | None] = "socialcommerce.simulators.shopee:ShopeeTwin"
    account_kinds: ClassVar[tuple[str, ...]] = ("shop", "merchant", "user", "principal", "ad")
    refusals: ClassVar[Mapping[str, Refusal]] = {}
    features: ClassVar[Mapping[str, Level | Refusal]] = {}

    def __init__(
        self,
        partner_id: int | str,
        partner_key: str,
        *,
        shop_id: int | str | None = None,
        merchant_id: int | str | None = None,
        user_id: int | str | None = None,
        principal_id: int | str | None = None,
        ads: App | None = None,
        chat: App | None = None,
        affiliate: Affiliate | None = None,
        access_token: str = "",
        refresh_token: str = "",
        host: str = "global",
        region: str | None = None,
        push_partner_key: str | Sequence[str] = (),
        callback_urls: Mapping[str, str] | None = None,
    ) -> None:
        if not str(partner_id).isdigit():
            raise ConfigurationError("partner_id must be the app's number from Shopee's console")
        seller = App(partner_id, partner_key, access_token, refresh_token)
        self.apps: dict[str, App] = {"seller": seller, "ads": ads or seller, "chat": chat or seller}
        self.host = HOSTS.get(host, host).rstrip("/")
        self.consent_host = CONSENT_HOSTS.get(host, CONSENT_HOSTS["global"])
        self.market = region
        keys = (push_partner_key,) if isinstance(push_partner_key, str) else tuple(push_partner_key)
        self.push_keys = (*keys, partner_key)
        self.callback_urls = dict(callback_urls or {})
        given = {"shop": shop_id, "merchant": merchant_id, "user": user_id, "principal": principal_id}
        self.identities = {
            kind: Subject(kind, str(value)) for kind, value in given.items() if value is not None
        }
        self._services = {slot: self._service(slot, app) for slot, app in self.apps.items()}
        if affiliate is not None:
            self._services["affiliate"] = service(affiliate)

    def _service(self, slot: str, app: App) -> Service:
        return Service(
            name=slot,
            hosts=(self.host,),
            slot=slot,
            signer=partial(sign, app, self.host),
            envelope=read,
            unwrap=unwrap,
            limits=partial(limits, app),
            renewal="rotate_once",
            version="v2",
        )

    @property
    @override
    def services(self) -> Mapping[str, Service]:
        return self._services

    @override
    def default_subject(self) -> Subject | None:
        return self.identities.get("shop")

    @override
    def default_service(self, call: Call) -> Service:
        """The app that may call a path: ads and chat may have apps of their own."""
        module = call.path.removeprefix(PREFIX).partition("/")[0]
        return self._services[{"ads": "ads", "sellerchat": "chat"}.get(module, "seller")]

    @override
    def subject_kind(self, call: Call) -> str | None:
        """The identity that signs a path, by its documented API type."""
        return _IDENTITY.get(api_types.api_type(call.path))

    @override
    def resolve(self, call: Call, chosen: Subject | None) -> Call:
        """Settle the identity of a call by the API type of its path."""
        kind = self.subject_kind(call)
        if call.service == "affiliate":
            return call.speaking_for(None, account="none")
        if call.account != "required":
            return call
        if kind is None:
            return call.speaking_for(None, account="forbidden")
        if call.subject is not None and call.subject.kind == kind:
            return call
        return call.speaking_for(self._chosen(kind, chosen) or self.identities.get(kind))

    def _chosen(self, kind: str, chosen: Subject | None) -> Subject | None:
        if chosen is None:
            return None
        if chosen.kind == "ad":
            chosen = Subject("shop", chosen.id)
        return chosen if chosen.kind == kind else None

    @override
    def token_key(self, service: Service, subject: Subject | None) -> str:
        app = self.apps[service.slot]
        whose = f"{subject.kind}:{subject.id}" if subject else "app"
        return f"shopee:{app.partner_id}:{whose}"

    @override
    def seed(self, service: Service, subject: Subject | None) -> TokenRecord | None:
        app = self.apps[service.slot]
        if not app.access_token and not app.refresh_token:
            return None
        if subject is not None and subject != self.identities.get(subject.kind):
            return None
        expired = None if app.access_token else 0.0
        return TokenRecord(app.access_token, app.refresh_token, access_expires_at=expired)


def signature(app: App, path: str, now: int, token: str = "", subject_id: str = "") -> str:
    """HMAC-SHA256 over partner id, path, time and, but for Public calls, token and identity (guide 16)."""
    message = f"{app.partner_id}{path}{now}{token}{subject_id}"
    return hmac.digest(app.partner_key.encode(), message.encode(), "sha256").hex()


def sign(app: App, host: str, call: Call, token: TokenRecord | None, now: float) -> Request:
    """Write the request of one call: common parameters in the query, the rest by method."""
    moment = int(now)
    common = [("partner_id", str(app.partner_id)), ("timestamp", str(moment))]
    if call.subject is None:
        common.append(("sign", signature(app, call.path, moment)))
    else:
        text = token.access_token if token else ""
        common.append(("access_token", text))
        common.append((f"{call.subject.kind}_id", call.subject.id))
        common.append(("sign", signature(app, call.path, moment, text, call.subject.id)))
    url = f"{host}{call.path}?{write_query([*query_pairs(call.query), *common])}"
    headers, content = _content(call)
    return Request(call.method, url, {**headers, **call.headers}, content)


def query_pairs(query: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Parameters as Shopee reads them: lists comma-joined or repeated, booleans in lower case."""
    pairs: list[tuple[str, str]] = []
    for name, value in query.items():
        if isinstance(value, list | tuple):
            texts = [_text(item) for item in value]
            pairs += [(name, text) for text in texts] if name in _REPEATED else [(name, ",".join(texts))]
        elif value is not None:
            pairs.append((name, _text(value)))
    return pairs


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _content(call: Call) -> tuple[dict[str, str], bytes]:
    if call.files:
        fields = {name: _text(value) for name, value in (call.body or {}).items()}
        kind, content = multipart(fields, call.files)
        return {"content-type": kind}, content
    if call.method == "GET":
        return {}, b""
    body = {} if call.body is None else call.body
    return {"content-type": "application/json"}, body if isinstance(body, bytes) else write_json(body)


def read(call: Call, response: Response) -> Any:
    """Decode a reply, or raise the error it holds; a file is answered as its bytes."""
    if call.raw and response.content.lstrip()[:1] != b"{":
        if response.status < 400:
            return response.content
        raise errors.error_for({}, response.status)
    try:
        body = read_json(response.content)
    except ValueError as error:
        raise _unreadable(response) from error
    if not isinstance(body, dict):
        raise _unreadable(response)
    if response.status >= 400 or body.get("error") not in (None, "", "-"):
        raise errors.error_for(body, response.status)
    return body


def _unreadable(response: Response) -> Exception:
    if response.status >= 400:
        return errors.error_for({}, response.status)
    return DecodeError(
        "the reply is not a JSON object", raw=response.content, platform="shopee", status=response.status
    )


def unwrap(body: Any) -> Any:
    """The payload: ``response`` where there is one, else the whole (several calls answer unwrapped)."""
    return body["response"] if isinstance(body, dict) and "response" in body else body


def limits(app: App, call: Call, subject: Subject | None) -> tuple[Bucket, ...]:
    """What Shopee is known to count: about 10 calls a second for a shop, 20 for an app, 3 on ads."""
    return _buckets(app.partner_id, subject, call.path.startswith(PREFIX + "ads/"))


@lru_cache(maxsize=4096)
def _buckets(partner_id: int, subject: Subject | None, ads: bool) -> tuple[Bucket, ...]:
    buckets = [Bucket(f"shopee:{partner_id}", 20.0, 40)]
    if subject is not None:
        buckets.insert(0, Bucket(f"shopee:{partner_id}:{subject.kind}:{subject.id}", 10.0, 20))
    if ads:
        buckets.insert(0, Bucket(f"shopee:{partner_id}:ads", 3.0, 6))
    return tuple(buckets)
