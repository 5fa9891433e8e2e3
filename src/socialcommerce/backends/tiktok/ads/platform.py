"""The Business API's identity: hosts, two token worlds, envelope, limits (fact sheet, first half)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from attrs import evolve, field, frozen
from typing_extensions import override

from socialcommerce.backends.base import Backend
from socialcommerce.backends.tiktok.ads.codes import errors
from socialcommerce.backends.tiktok.ads.codes.calls import APP_CALLS, LIMITS, RATES, SCOPES
from socialcommerce.errors import ConfigurationError, DecodeError
from socialcommerce.resources.capability import Level, Refusal
from socialcommerce.runtime.call import Call, Service, Subject, TokenRecord
from socialcommerce.runtime.limits import Bucket
from socialcommerce.runtime.multipart import multipart
from socialcommerce.runtime.text import read_json, write_json, write_query
from socialcommerce.runtime.transport import Request, Response

__all__ = ["HOSTS", "PREFIX", "App", "TikTokAdsPlatform"]

PREFIX = "/open_api/v1.3"

HOSTS: dict[str, str] = {
    "production": "https://business-api.tiktok.com",
    "sandbox": "https://sandbox-ads.tiktok.com",
}

ADVERTISER, ACCOUNT = "advertiser", "account"
"""The two services, which are also the credential slots: ad accounts, and TikTok accounts."""

_PARTLY_DONE = 20001


@frozen
class App:
    """The developer's app: its id and secret, and how fast it may call."""

    id: str
    secret: str = field(repr=False)
    rate: float = RATES["basic"]

    def __reduce__(self) -> Any:
        raise TypeError("an App holds a secret and is not pickled")


class TikTokAdsPlatform(Backend):
    """What every noun of the Business API stands on.

    Args:
        app_id: the app's id.
        secret: the app's secret; it also signs webhooks.
        advertiser_id: the ad account to work on; ``client.for_account`` chooses another.
        business_id: the TikTok account that writes messages: the ``open_id`` of its login.
        bc_id: the Business Center that holds catalogues; no call lists them.
        store_id: the TikTok Shop that GMV Max campaigns sell for; looked up where there is only one.
        access_token: the ad account's token, which never ends; a later one is kept in ``State.tokens``.
        account_token: the TikTok account's token to begin with (24 hours).
        account_refresh_token: the refresh token that belongs to it (a year).
        host: ``production``, ``sandbox``, or a base URL.
        level: how fast the app may call: ``basic``, ``advanced``, ``premium``, ``ultimate``.
        webhook_secrets: further secrets that may sign webhooks, while one is replaced.
        callback_urls: webhook endpoints by name.
    """

    name: ClassVar[str] = "tiktok_ads"
    twin: ClassVar[str | None] = "socialcommerce.simulators.tiktok_ads:TikTokAdsTwin"
    account_kinds: ClassVar[tuple[str, ...]] = ("ad", "page", "catalog", "shop")
    refusals: ClassVar[Mapping[str, Refusal]] = {}
    features: ClassVar[Mapping[str, Level | Refusal]] = {}

    def __init__(
        self,
        app_id: str | int,
        secret: str,
        *,
        advertiser_id: str | int | None = None,
        business_id: str | None = None,
        bc_id: str | int | None = None,
        store_id: str | int | None = None,
        access_token: str = "",
        account_token: str = "",
        account_refresh_token: str = "",
        host: str = "production",
        level: str = "basic",
        webhook_secrets: str | Sequence[str] = (),
        callback_urls: Mapping[str, str] | None = None,
    ) -> None:
        if level not in RATES:
            raise ConfigurationError(f"level is one of {', '.join(RATES)}, not {level!r}")
        self.app = App(str(app_id), secret, RATES["sandbox" if host == "sandbox" else level])
        self.host = HOSTS.get(host, host).rstrip("/")
        self.bc_id = None if bc_id is None else str(bc_id)
        self.store_id = None if store_id is None else str(store_id)
        given = {"ad": advertiser_id, "page": business_id}
        self.identities = {kind: Subject(kind, str(one)) for kind, one in given.items() if one is not None}
        self._seeds = {
            ADVERTISER: (access_token, ""),
            ACCOUNT: (account_token, account_refresh_token),
        }
        more = (webhook_secrets,) if isinstance(webhook_secrets, str) else tuple(webhook_secrets)
        self.webhook_keys = (secret, *more)
        self.callback_urls = dict(callback_urls or {})
        self._services = {slot: self._service(slot) for slot in (ADVERTISER, ACCOUNT)}

    def _service(self, slot: str) -> Service:
        return Service(
            name=slot,
            hosts=(self.host,),
            slot=slot,
            signer=partial(sign, self.app, self.host),
            envelope=read,
            unwrap=unwrap,
            limits=partial(limits, self.app),
            renewal="never" if slot == ADVERTISER else "rotate_once",
            version="v1.3",
        )

    @property
    @override
    def services(self) -> Mapping[str, Service]:
        return self._services

    @override
    def default_service(self, call: Call) -> Service:
        """The token world of a path: TikTok accounts have their own."""
        return self._services[ACCOUNT if _is_of_account(call.path) else ADVERTISER]

    @override
    def subject_kind(self, call: Call) -> str | None:
        """Ad accounts, but for the calls of TikTok accounts."""
        return "page" if _is_of_account(_plain(call.path)) else "ad"

    @override
    def default_subject(self) -> Subject | None:
        return self.identities.get("ad")

    @override
    def resolve(self, call: Call, chosen: Subject | None) -> Call:
        """Settle the path (every path ends with a slash), and whom a call speaks for."""
        if "://" in call.path:
            return call
        call = evolve(call, path=_plain(call.path))
        if _needs_no_token(call.path):
            return evolve(call, account="none", subject=None)
        kind = self.subject_kind(call)
        if call.account != "required" or (call.subject is not None and call.subject.kind == kind):
            return call
        fits = chosen is not None and chosen.kind == kind
        return evolve(call, subject=chosen if fits else self.identities.get(str(kind)))

    @override
    def token_key(self, service: Service, subject: Subject | None) -> str:
        whose = f"{subject.kind}:{subject.id}" if subject else "app"
        return f"tiktok_ads:{self.app.id}:{whose}"

    @override
    def seed(self, service: Service, subject: Subject | None) -> TokenRecord | None:
        access, refresh = self._seeds[service.slot]
        if not access and not refresh:
            return None
        own = subject is None or subject == self.identities.get(subject.kind)
        if not own and service.slot == ACCOUNT:
            return None  # an advertiser token reaches every ad account of its login, this one a single one
        return TokenRecord(access, refresh, access_expires_at=None if access else 0.0)


def _plain(path: str) -> str:
    """A path as it goes on the wire, without the version, which the host's part carries."""
    return path.removeprefix(PREFIX).rstrip("/") + "/"


def _is_of_account(path: str) -> bool:
    return path.startswith(("/business/", "/tt_user/")) and not path.startswith("/business/webhook/")


def _needs_no_token(path: str) -> bool:
    names, signed = _app_call(path)
    return bool(names) and not signed


def sign(app: App, host: str, call: Call, token: TokenRecord | None, now: float) -> Request:
    """Write the request of one call: the token in its header, the account where the path wants it.

    TikTok signs nothing; app id and secret go into the calls that show them.
    """
    fields = {**_scope(call), **_app_fields(app, call.path)}
    in_body = call.method != "GET"
    url = f"{host}{PREFIX}{call.path}"
    query = {**({} if in_body else fields), **call.query}
    if query:
        url += "?" + write_query(query_pairs(query))
    headers = {"Access-Token": token.access_token} if token is not None else {}
    kind, content = _content(call, fields) if in_body else ({}, b"")
    return Request(call.method, url, {**headers, **kind, **call.headers}, content)


def _scope(call: Call) -> dict[str, str]:
    """The account that a call speaks for, under the name its path wants."""
    if call.subject is None:
        return {}
    for prefix, name in SCOPES.items():
        if call.path.startswith(prefix):
            return {name: call.subject.id} if name else {}
    return {"advertiser_id": call.subject.id}


def _app_fields(app: App, path: str) -> dict[str, str]:
    values = {"app_id": app.id, "secret": app.secret, "client_id": app.id, "client_secret": app.secret}
    names, _ = _app_call(path)
    return {name: values[name] for name in names}


def _app_call(path: str) -> tuple[tuple[str, ...], bool]:
    """How a path shows the app, and whether it needs a token all the same: by the first that fits."""
    return next((known for prefix, known in APP_CALLS.items() if path.startswith(prefix)), ((), True))


def query_pairs(query: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Parameters as TikTok reads them: lists and objects as JSON text, booleans in lower case."""
    return [(name, text(value)) for name, value in query.items() if value is not None]


def text(value: Any) -> str:
    """A value as a query or a form carries it."""
    if isinstance(value, list | tuple | dict | bool):
        return write_json(value).decode()
    return str(value)


def _content(call: Call, fields: Mapping[str, str]) -> tuple[dict[str, str], bytes]:
    if isinstance(call.body, bytes):
        return {"Content-Type": "application/json"}, call.body
    body = {**fields, **(call.body or {})}
    if call.files is not None:
        kind, content = multipart({name: text(one) for name, one in body.items()}, call.files)
        return {"Content-Type": kind}, content
    return {"Content-Type": "application/json"}, write_json(body)


def read(call: Call, response: Response) -> Any:
    """Decode a reply, or raise the error it holds: failures come with HTTP 200 too.

    Code 20001 is a partial success: what was done is answered, what was not is read by the flow.
    """
    if call.raw and response.status < 400 and response.content.lstrip()[:1] != b"{":
        return response.content
    try:
        body = read_json(response.content)
    except ValueError as error:
        raise _unreadable(response) from error
    if not isinstance(body, dict) or ("code" not in body and not call.raw):
        raise _unreadable(response)
    if response.status >= 400 or body.get("code", 0) not in (0, _PARTLY_DONE):
        raise errors.error_for(body, response.status)
    return body


def _unreadable(response: Response) -> Exception:
    if response.status >= 400:
        return errors.error_for({}, response.status)
    return DecodeError(
        "the reply is not the JSON object it should be",
        raw=response.content,
        platform="tiktok_ads",
        status=response.status,
    )


def unwrap(body: Any) -> Any:
    """The payload of a reply."""
    return body["data"] if isinstance(body, dict) and "data" in body else body


def limits(app: App, call: Call, subject: Subject | None) -> tuple[Bucket, ...]:
    """What TikTok counts: calls of the app, and of a few paths by themselves."""
    whole = Bucket(f"tiktok_ads:{app.id}", app.rate, max(1, int(app.rate)))
    if call.path.startswith("/smart_plus/") and call.path.endswith("/update/"):
        return (*_objects(app, call), whole)
    rate = LIMITS.get(call.path)
    if rate is None:
        return (whole,)
    own = Bucket(f"tiktok_ads:{app.id}:{call.path}", rate.per_minute / 60, rate.per_second)
    return (own,) if rate.apart else (own, whole)


def _objects(app: App, call: Call) -> Iterator[Bucket]:
    """One write in five seconds to one object of Smart+."""
    body = call.body if isinstance(call.body, dict) else {}
    for name in _SMART_IDS:
        named = body.get(name) or ()
        for one in dict.fromkeys([named] if isinstance(named, str) else named):
            yield Bucket(f"tiktok_ads:{app.id}:smart:{one}", 0.2, 1)


_SMART_IDS = (
    "smart_plus_ad_id",
    "smart_plus_ad_ids",
    "adgroup_id",
    "adgroup_ids",
    "campaign_id",
    "campaign_ids",
)
