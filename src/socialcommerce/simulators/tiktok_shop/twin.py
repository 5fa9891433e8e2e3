"""The pretend TikTok Shop: gate, dispatch, and the defaults of what it sells."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from socialcommerce.runtime.transport import Request, Response
from socialcommerce.simulators.account import Account
from socialcommerce.simulators.entities import Location, Order, Package
from socialcommerce.simulators.market import Market
from socialcommerce.simulators.tiktok_shop import auth, cases, defaults, push
from socialcommerce.simulators.tiktok_shop.authority import CONSENT_LIFE, SCOPES, App, Authority, Grant
from socialcommerce.simulators.tiktok_shop.parameters import body_of, header, query_of
from socialcommerce.simulators.tiktok_shop.wire import (
    MISSING_CIPHER,
    PACKAGE,
    Call,
    Handler,
    Operation,
    Refused,
    Routes,
    dumps,
    envelope,
    find_operation,
    signature,
)
from socialcommerce.simulators.twin import Twin

__all__ = ["TikTokShopTwin"]

API_HOST, AUTH_HOST = "open-api.tiktokglobalshop.com", "auth.tiktok-shops.com"
LATE, EARLY = 300, 30
"""How many seconds a timestamp may lie in the past, and in the future."""
TOO_MANY = "Too many requests. You've made too many requests in a short period of time."


class TikTokShopTwin(Twin):
    """The TikTok Shop Partner API, played over a market.

    All accounts are shops of one seller, so that one token reaches them all. ``apps[0]`` is
    the app whose ``settings`` are given out; ``add_app`` registers others. What can be set:

    * ``audit_delay``: seconds until the review of a listing ends; a title with one of the
      ``forbidden`` words fails it;
    * ``hold``: seconds that a new order stays ON_HOLD;
    * ``search_cap``: how many rows a search can reach;
    * ``burst``: how many requests a shop may make within one pretend second (None: any number).
    """

    name = "tiktok_shop"
    push_url = "https://hooks.example.com/webhooks/tiktok_shop"
    status_fields: ClassVar[frozenset[str]] = frozenset(
        {
            "status",
            "display_status",
            "package_status",
            "cancel_status",
            "return_status",
            "order_status",
            "type",
        }
    )

    def __init__(
        self,
        market: Market,
        page_size: int | None = None,
        *,
        accounts: int = 1,
        currency: str | None = None,
    ) -> None:
        self.authority = Authority(market.clock, market.random)
        self.open_id = self.authority.digits(19)
        self.audit_delay: float = 60
        self.forbidden = {"counterfeit"}
        self.hold: float = 0
        self.search_cap = 10_000
        self.burst: int | None = None
        self.images: set[str] = set()
        self.files: dict[str, tuple[bytes, str, float]] = {}
        self.brands: dict[str, str] = dict(defaults.BRANDS)
        self.global_products: dict[str, dict[str, Any]] = {}
        self.replies: dict[tuple[str, str], Any] = {}
        self._seconds: dict[tuple[str, int], int] = {}
        super().__init__(market, page_size, accounts=accounts, currency=currency)
        self.apps = [self.add_app()]
        self._handlers = _handlers()

    # -- accounts and apps

    def new_id(self, kind: str) -> str:
        """A fresh id as TikTok Shop writes it: a number too large for a float."""
        return defaults.new_id(kind, self.market.random)

    def open_account(self, index: int, currency: str | None) -> Account:
        """A shop in the market where that currency is used (the United States unless given)."""
        region, money, timezone = defaults.market_of(currency)
        shop = Account(
            id=self.new_id("shop"),
            name=f"shop{index + 1}.{region.lower()}",
            currency=money,
            region=region,
            timezone=timezone,
            clock=self.clock,
            platform=self,
            locations=[Location(self.new_id("warehouse"), "Main warehouse")],
        )
        shop.native = defaults.shop_fields(self, region)
        return shop

    def add_app(self, scopes: Iterable[str] | None = None, redirect_url: str | None = None) -> App:
        """Register another app, with these scopes approved (every seller's scope unless given)."""
        app = App(self.authority.text(13).lower(), self.authority.text(40).lower(), self.authority.digits(19))
        if scopes is not None:
            app.scopes = frozenset(scopes)
        if redirect_url is not None:
            app.redirect_url = redirect_url
        app.webhook_url, app.topics = self.push_url, frozenset(push.TOPICS)
        self.authority.apps[app.app_key] = app
        return app

    def app(self, app_key: str) -> App:
        """The app with that key, else the platform's refusal."""
        found = self.authority.apps.get(app_key)
        if found is None:
            raise Refused(36009004, "Invalid app_key. The `app_key` query parameter is invalid.", 400)
        return found

    def settings(self, account_index: int = 0, app: App | None = None) -> dict[str, Any]:
        """App key, app secret and service id."""
        who = app or self.apps[0]
        return {"app_key": who.app_key, "app_secret": who.app_secret, "service_id": who.service_id}

    def issue_token(self, account: Account, app: App | None = None) -> dict[str, Any]:
        """A fresh pair of tokens for the seller of a shop, good for all shops, beside any older pair."""
        who = app or self.apps[0]
        grant = self.authority.grants.get(who.app_key)
        if grant is None or account.id not in grant.shops:
            grant = self.grant(who, self.accounts, SCOPES.values(), CONSENT_LIFE / 86400)
        pair = self.authority.issue(grant)
        return {
            "access_token": pair.access_token,
            "refresh_token": pair.refresh_token,
            "access_expires_at": self.clock.moment(pair.access_until),
            "refresh_expires_at": self.clock.moment(pair.refresh_until),
            "consent_expires_at": self.clock.moment(grant.until),
        }

    def grant(self, app: App, shops: Sequence[Account], scopes: Iterable[str], days: float) -> Grant:
        """Enter a consent in the book; its end is announced from thirty days before, daily."""
        grant = self.authority.authorise(app, [shop.id for shop in shops], scopes, days * 86400)
        until = grant.until
        for left in range(min(30, int(days)), 0, -1):
            self.clock.later(
                until - left * 86400 - self.clock.now(), lambda: push.expiring(self, app, grant, until)
            )
        return grant

    def revoke(self, account: Account) -> None:
        """The seller withdraws a shop from every app."""
        self.authority.withdraw(account.id, lambda app: push.withdrawn(self, app, account))

    def consent(self, url: str, **choices: Any) -> str | None:
        """See ``auth.consent``."""
        return auth.consent(self, url, **choices)

    def furnish(self, account: Account, entity: Any) -> None:
        """Give an entity the fields that TikTok Shop alone has."""
        defaults.furnish(self, account, entity)

    def happened(self, what: str, account: Account, entity: Any) -> None:
        """Keep the cases that follow from a change, and push what TikTok Shop pushes."""
        cases.follow(self, what, account, entity)
        push.tell(self, what, account, entity)

    def find_package(self, shop: Account, package_id: str) -> tuple[Order, Package] | None:
        """A parcel of a shop with the order that holds it."""
        for order in shop.orders.values():
            package = order.package(package_id)
            if package is not None and package.native.get("made", True):
                return order, package
        return None

    def announce(self, topic: str, data: Mapping[str, Any], account_index: int = 0) -> None:
        """Let the platform tell a topic of ``push.TOPICS`` about a shop that no verb brings about."""
        push.topic(self, self.accounts[account_index].id, topic, data)

    def keep_file(self, path: str, content: bytes, kind: str, seconds: float = 1e12) -> None:
        """Serve ``content`` at a path, without credentials, for so long."""
        self.files[path] = (content, kind, self.clock.now() + seconds)

    # -- the wire

    def answer(self, request: Request) -> Response:
        """Check signature, token, cipher and parameters; then let the handler answer."""
        if request.path in self.files and request.method == "GET":
            return self._file(request)
        request_id = f"{self.clock.moment():%Y%m%d%H%M%S}{self.market.random.getrandbits(80):020X}"
        try:
            if request.path in auth.WANTED:
                return self._token(request, request_id)
            if urlsplit(request.url).netloc == AUTH_HOST:
                raise Refused(36009009, "Invalid path. The request path does not exist.", 404)
            return envelope(request_id, self._api(request))
        except Refused as refusal:
            return envelope(request_id, refusal=refusal)

    def _token(self, request: Request, request_id: str) -> Response:
        if request.method != "GET" or urlsplit(request.url).netloc == API_HOST:
            return Response(404, {"content-type": "text/plain"}, b"404 page not found")
        query = dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))
        response = envelope(request_id, auth.token_reply(self, request.path, query))
        return Response(200, response.headers, response.content.replace(b'"Success"', b'"success"', 1))

    def _api(self, request: Request) -> Any:
        operation, path = find_operation(request.method, request.path)
        query: dict[str, str] = {}
        for name, value in parse_qsl(urlsplit(request.url).query, keep_blank_values=True):
            query.setdefault(name, value)  # of a repeated parameter only the first value is read
        app = self._check_signature(request, query)
        token = header(request, "x-tts-access-token")
        grant = self.authority.check(app, token, operation.group)
        account = self._check_cipher(operation, grant, query)
        self._check_burst(account or self.accounts[0])
        values = query_of(operation, query)
        body, files = body_of(operation, request)
        handler = self._handlers.get((operation.method, operation.template))
        if handler is None:
            raise Refused(36009009, "Invalid path. The endpoint is not available in this environment.", 404)
        call = Call(self, operation, app, token, account, path, values, body, files)
        return self._once(call, handler)

    def _once(self, call: Call, handler: Handler) -> Any:
        """A call whose ``idempotency_key`` was seen before gets the reply it got then."""
        key = call.query.get("idempotency_key") or call.body.get("idempotency_key")
        if key is None:
            return handler(call)
        if len(key) > 255:
            raise Refused(36009004, "Invalid parameter. `idempotency_key` is too long.", 400)
        who = "" if call.account is None else call.account.id
        seen = (f"{who} {call.operation.template} {dict(call.path)}", key)
        if seen not in self.replies:
            self.replies[seen] = handler(call)
        return self.replies[seen]

    def _check_signature(self, request: Request, query: Mapping[str, str]) -> App:
        app = self.app(query.get("app_key", ""))
        timestamp = query.get("timestamp", "")
        if not timestamp.isdecimal() or len(timestamp) != 10:
            raise Refused(36009004, "Invalid timestamp. Use Unix seconds of 10 digits.", 400)
        ahead = int(timestamp) - self.clock.now()
        if ahead > EARLY:
            raise Refused(36009004, f"{STALE} must not exceed the current time by more than 30 seconds.", 400)
        if ahead < -LATE:
            raise Refused(36009004, f"{STALE} must not be more than 5 minutes old.", 400)
        if not query.get("sign"):
            raise Refused(36009004, "Missing request signature. The `sign` query parameter is required.", 400)
        expected = signature(
            app.app_secret, request.path, query, header(request, "content-type"), request.content
        )
        if query["sign"] != expected:
            raise Refused(106001, "Invalid credentials. The `sign` query parameter is invalid.", 401)
        return app

    def _check_cipher(self, operation: Operation, grant: Grant, query: Mapping[str, str]) -> Account | None:
        cipher = query.get("shop_cipher")
        if not operation.cipher:
            if cipher is not None:
                raise Refused(36009004, UNEXPECTED_CIPHER, 400)
            return None
        if not cipher:
            raise Refused(106013, MISSING_CIPHER, 400)
        for account in self.accounts:
            if account.native["cipher"] == cipher and account.id in grant.shops:
                return account
        raise Refused(101000, "The access token does not match the `shop_cipher`.", 403)

    def _check_burst(self, account: Account) -> None:
        if self.burst is None:
            return
        second = (account.id, int(self.clock.now()))
        self._seconds[second] = self._seconds.get(second, 0) + 1
        if self._seconds[second] > self.burst:
            raise Refused(36009002, TOO_MANY, 429)

    def _file(self, request: Request) -> Response:
        content, kind, until = self.files[request.path]
        if header(request, "x-tts-access-token"):
            return Response(400, {"content-type": "text/plain"}, b"credentials do not belong here")
        if self.clock.now() > until:
            return Response(403, {"content-type": "text/plain"}, b"expired")
        return Response(200, {"content-type": kind}, content)

    def throttled(self, request: Request, retry_after: timedelta | None) -> Response:
        """Too many requests: HTTP 429 and code 36009002, with ``Retry-After`` where it is given."""
        headers = {"content-type": "application/json; charset=utf-8"}
        if retry_after is not None:
            headers["retry-after"] = str(int(retry_after.total_seconds()))
        body = {"code": 36009002, "message": TOO_MANY, "request_id": self.authority.text(32), "data": None}
        return Response(429, headers, dumps(body))

    def broken(self, request: Request) -> Response:
        """Internal error, in the platform's own envelope."""
        body = {"code": 36009003, "message": INTERNAL, "request_id": self.authority.text(32), "data": None}
        return Response(500, {"content-type": "application/json"}, dumps(body))

    def expire_token(self, request: Request) -> None:
        """Let the access token of the request run out now."""
        self.authority.expire(header(request, "x-tts-access-token"))


UNEXPECTED_CIPHER = (
    "Unexpected identifier. The `shop_cipher` query parameter is not supported by the endpoint."
)
INTERNAL = (
    "Internal error. Please try again. If the issue persists after multiple attempts, please contact "
    "platform support."
)
STALE = "Invalid timestamp. The value of the `timestamp` query parameter"


def _handlers() -> dict[tuple[str, str], Handler]:
    found: dict[tuple[str, str], Handler] = {}
    package = importlib.import_module(PACKAGE)
    for module in pkgutil.iter_modules(package.__path__):
        routes = getattr(importlib.import_module(f"{PACKAGE}.{module.name}"), "routes", None)
        if isinstance(routes, Routes):
            found.update(routes)
    return found
