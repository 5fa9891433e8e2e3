"""The pretend TikTok API for Business: gate, dispatch, accounts."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, ClassVar

from socialcommerce.runtime.transport import Request, Response
from socialcommerce.simulators.account import Account
from socialcommerce.simulators.entities import Location, Message
from socialcommerce.simulators.market import Market
from socialcommerce.simulators.tiktok_ads import auth, defaults, push
from socialcommerce.simulators.tiktok_ads.advertiser import Advertiser
from socialcommerce.simulators.tiktok_ads.authority import SCOPES, App, Authority, Token
from socialcommerce.simulators.tiktok_ads.parameters import header, values_of
from socialcommerce.simulators.tiktok_ads.wire import (
    PACKAGE,
    PREFIX,
    Call,
    Handler,
    Operation,
    Refused,
    Routes,
    envelope,
    operations,
    wrong,
)
from socialcommerce.simulators.twin import Twin

__all__ = ["TikTokAdsTwin"]

TOO_MANY = "Too many requests. Please retry in some time."
NOT_FOUND = Response(404, {"content-type": "text/plain"}, b"404 page not found")


class TikTokAdsTwin(Twin):
    """TikTok API for Business v1.3, played over a market.

    All ad accounts belong to one person and one Business Center; each has a TikTok account and
    a shop of its own. ``apps[0]`` is the app whose ``settings`` are given out; ``add_app``
    registers others. What can be set:

    * ``audit_delay``: seconds until the review of an ad ends; a text with one of the
      ``forbidden`` words fails it;
    * ``report_delay``: seconds until an asynchronous report is written;
    * ``audience_delay``: seconds until an audience can be used;
    * ``repeat_window``: seconds for which a ``request_id`` that was used is refused (40050);
    * ``burst``: how many requests the app may make within one pretend second (None: any number);
    * ``bursts``: the same for single paths ("/ad/create/").
    """

    name = "tiktok_ads"
    account_setting = "advertiser_id"
    push_url = "https://hooks.example.com/webhooks/tiktok_ads"
    status_fields: ClassVar[frozenset[str]] = frozenset(
        {"status", "operation_status", "secondary_status", "objective_type", "message_type"}
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
        self.bc_id = self.new_bare_id(market)
        self.user_id = self.new_bare_id(market)
        self.audit_delay: float = 60
        self.report_delay: float = 20
        self.audience_delay: float = 600
        self.repeat_window: float = 10
        self.forbidden = {"counterfeit"}
        self.burst: int | None = None
        self.bursts: dict[str, int] = {}
        self.catalogs: dict[str, dict[str, Any]] = {}
        self.files: dict[str, tuple[bytes, str, float, bool]] = {}
        self._seconds: dict[tuple[str, int], int] = {}
        super().__init__(market, page_size, accounts=accounts, currency=currency)
        self.apps = [self.add_app()]
        self._handlers = _handlers()

    # -- accounts and apps

    @staticmethod
    def new_bare_id(market: Market) -> str:
        """A long id for what is no entity."""
        return defaults.new_id("object", market.random)

    def new_id(self, kind: str) -> str:
        """A fresh id as TikTok writes it: a number too large for a float, or a text."""
        return defaults.new_id(kind, self.market.random)

    def open_account(self, index: int, currency: str | None) -> Account:
        """An ad account that counts in that currency (US dollars unless given)."""
        region, money, timezone = defaults.market_of(currency)
        account = Advertiser(
            id=self.new_id("advertiser"),
            name=f"brand{index + 1}.{region.lower()}",
            currency=money,
            region=region,
            timezone=timezone,
            clock=self.clock,
            platform=self,
            locations=[Location("shop", "Shop")],
        )
        account.open_id = f"_000{self.authority.hex(24)}"
        account.store_id = self.new_id("store")
        account.native = {"status": "STATUS_ENABLE", "created": self.clock.now() - 86400, "terms": set()}
        account.identities = [
            {
                "identity_id": self.authority.hex(32),
                "identity_type": kind,
                "display_name": account.name,
                "available_status": "AVAILABLE",
                "can_pull_video": kind != "CUSTOMIZED_USER",
            }
            for kind in ("CUSTOMIZED_USER", "TT_USER")
        ]
        return account

    @property
    def advertisers(self) -> list[Advertiser]:
        """The ad accounts, as what they are."""
        return [account for account in self.accounts if isinstance(account, Advertiser)]

    def advertiser(self, thing: object) -> Advertiser:
        """The ad account with that id (or of an object with one)."""
        key = self.market.account(thing).id
        return next(one for one in self.advertisers if one.id == key)

    def add_app(self, redirects: Iterable[str] = ()) -> App:
        """Register another app, for these redirects only (any, unless given); it hears all events."""
        app = App(self.authority.digits(19), self.authority.hex(40), frozenset(redirects))
        app.webhooks = dict.fromkeys(push.EVENT_TYPES, self.push_url)
        self.authority.apps[app.app_id] = app
        return app

    def settings(self, account_index: int = 0, app: App | None = None) -> dict[str, Any]:
        """App id and secret, and the ids that no call tells: the Business Center's and the account's."""
        who, account = app or self.apps[0], self.advertisers[account_index]
        return {
            "app_id": who.app_id,
            "secret": who.secret,
            "advertiser_id": account.id,
            "business_id": account.open_id,
            "bc_id": self.bc_id,
            "callback_urls": {"default": self.push_url},
        }

    def issue_token(
        self, account: Account, app: App | None = None, slot: str | None = None
    ) -> dict[str, Any]:
        """A fresh token. ``slot``: advertiser, account, or None for one that opens both worlds."""
        who, holder = app or self.apps[0], self.advertiser(account)
        everyone = [one.id for one in self.advertisers]
        if slot == "advertiser":
            token = self.authority.advertiser_token(who, everyone, SCOPES)
        elif slot == "account":
            token = self.authority.account_token(who, holder.open_id)
        else:
            token = self.authority.joint_token(who, everyone, holder.open_id)
        until = token.refresh_until
        return {
            "access_token": token.access,
            "refresh_token": token.refresh or None,
            "access_expires_at": None if token.until is None else self.clock.moment(token.until),
            "refresh_expires_at": self.clock.moment(until) if token.refresh else None,
            "consent_expires_at": None,
        }

    def grants(self, account: Account) -> list[tuple[str | None, str | None, str, dict[str, Any]]]:
        """Both worlds: the ad account's token, and that of the TikTok account beside it."""
        person = self.advertiser(account).open_id
        return [
            ("advertiser", "ad", account.id, self.issue_token(account, slot="advertiser")),
            ("account", "page", person, self.issue_token(account, slot="account")),
        ]

    def revoke(self, account: Account) -> None:
        """The advertiser withdraws an ad account, and its TikTok account, from every app."""
        holder = self.advertiser(account)
        for token in list(self.authority.tokens.values()):
            token.advertisers -= {holder.id}
            if token.open_id == holder.open_id or not token.advertisers | {token.open_id} - {""}:
                self.authority.tokens.pop(token.access)
                self.forget_subscriptions(token.access)

    def forget_subscriptions(self, access: str) -> None:
        """The subscriptions made with a token die with it."""
        for app in self.authority.apps.values():
            for key in [key for key, one in app.subscriptions.items() if one["access_token"] == access]:
                del app.subscriptions[key]

    def consent(self, url: str, **choices: Any) -> str | None:
        """See ``auth.consent``."""
        return auth.consent(self, url, **choices)

    def furnish(self, account: Account, entity: Any) -> None:
        """Give an entity the fields that TikTok alone has."""
        defaults.furnish(account, entity)

    def happened(self, what: str, account: Account, entity: Any) -> None:
        """Push the messages."""
        if isinstance(entity, Message):
            push.message(self, self.advertiser(account), entity)

    def publish(self, account: Account, text: str) -> str:
        """Publish a video with that caption; answers its item id."""
        return push.published(self, self.advertiser(account), text)

    def comment(self, item_id: str, text: str, parent: str = "") -> str:
        """A viewer comments on a post (or answers a comment); answers the comment's id."""
        return push.commented(self, item_id, text, parent)

    def announce(self, entity: str, entry: Mapping[str, Any], account_index: int = 0) -> None:
        """Let a subscription (LEAD, AD, AD_GROUP, CREATIVE_FATIGUE …) tell of something."""
        push.subscribed(self, self.advertisers[account_index], entity, entry)

    def keep_file(self, path: str, content: bytes, kind: str, seconds: float, user: bool = False) -> str:
        """Serve ``content`` for so long; with ``user`` only to who sends a token as ``x-user``."""
        self.files[path] = (content, kind, self.clock.now() + seconds, user)
        return f"https://files.tiktokcdn.example{path}"

    # -- the wire

    def answer(self, request: Request) -> Response:
        """Check path, token and parameters; then let the handler answer."""
        if request.path in self.files and request.method == "GET":
            return self._file(request)
        prefix, version, path = request.path.partition(PREFIX)
        operation = operations().get((request.method, path))
        if operation is None or prefix or not version:
            return self._no_such_path(path)
        request_id = self._request_id()
        try:
            return envelope(request_id, self._handle(operation, request))
        except Refused as refusal:
            return envelope(request_id, refusal=refusal)

    def _no_such_path(self, path: str) -> Response:
        if {("GET", path), ("POST", path)} & operations().keys():
            return Response(405, {"content-type": "text/plain"}, b"405 method not allowed")
        return NOT_FOUND

    def _request_id(self) -> str:
        return f"{self.clock.moment():%Y%m%d%H%M%S}{self.market.random.getrandbits(80):020X}"

    def _handle(self, operation: Operation, request: Request) -> Any:
        access = header(request, "access-token")
        public = operation.path.startswith(auth.PUBLIC)
        token = None if public else self.authority.check(access, operation.path, request.method == "POST")
        handler = self._handlers.get((operation.method, operation.path))
        if handler is None:
            raise Refused(40008, f"{operation.path} is not supported in this environment.")
        values, files = values_of(operation, request)
        app = self.apps[0] if token is None else token.app
        self._check_burst(app, operation.path)
        account = None if token is None else self._account(token, values)
        return handler(Call(self, operation, app, access, account, values, files))

    def _account(self, token: Token, values: Mapping[str, Any]) -> Advertiser | None:
        if "advertiser_id" in values:
            return self.opened(token.access, values["advertiser_id"])
        if "business_id" not in values:
            return None
        found = next((one for one in self.advertisers if one.open_id == values["business_id"]), None)
        if found is None or token.open_id != found.open_id:
            raise Refused(40001, f"No permission to operate business_id {values['business_id']}.")
        return found

    def opened(self, access: str, advertiser_id: str) -> Advertiser:
        """The ad account with that id, if the token opens it; else the platform's refusal."""
        found = next((one for one in self.advertisers if one.id == advertiser_id), None)
        if found is None:
            raise Refused(40300, f"Advertiser {advertiser_id} doesn't exist.")
        if found.id not in self.authority.tokens[access].advertisers:
            raise Refused(40001, f"No permission to operate advertiser {advertiser_id}.")
        return found

    def check_bc(self, bc_id: str) -> None:
        """Refuse another Business Center than the one there is."""
        if bc_id != self.bc_id:
            raise Refused(40001, f"You don't have permission to operate this Business Center:{bc_id}.")

    def check_store(self, account: Advertiser, values: Mapping[str, Any]) -> None:
        """Refuse another shop, or another Business Center, than the ad account's."""
        if values.get("store_id", account.store_id) != account.store_id:
            raise Refused(40007, f"Store {values['store_id']} doesn't exist.")
        self.check_bc(values.get("store_authorized_bc_id", self.bc_id))

    def _check_burst(self, app: App, path: str) -> None:
        now = int(self.clock.now())
        for key, most in ((app.app_id, self.burst), (f"{app.app_id}{path}", self.bursts.get(path))):
            if most is None:
                continue
            self._seconds[key, now] = self._seconds.get((key, now), 0) + 1
            if self._seconds[key, now] > most:
                raise Refused(40100, TOO_MANY)

    def _file(self, request: Request) -> Response:
        content, kind, until, user = self.files[request.path]
        if self.clock.now() > until:
            return Response(403, {"content-type": "text/plain"}, b"expired")
        if user and header(request, "x-user") not in self.authority.tokens:
            return Response(401, {"content-type": "text/plain"}, b"x-user is missing")
        if not user and header(request, "access-token"):
            return Response(400, {"content-type": "text/plain"}, b"credentials do not belong here")
        return Response(200, {"content-type": kind}, content)

    def throttled(self, request: Request, retry_after: timedelta | None) -> Response:
        """Too many requests: code 40100 with HTTP 200. The platform has no header that says how long."""
        return envelope(self._request_id(), refusal=Refused(40100, TOO_MANY))

    def expire_token(self, request: Request) -> None:
        """Let the access token of the request run out now."""
        self.authority.expire(header(request, "access-token"))

    def unknown_video(self, item_id: str) -> Refused:
        """The refusal for a post that is not there."""
        return wrong(f"video_id: {item_id} doesn't exist.")


def _handlers() -> dict[tuple[str, str], Handler]:
    found: dict[tuple[str, str], Handler] = {}
    package = importlib.import_module(PACKAGE)
    for module in pkgutil.iter_modules(package.__path__):
        routes = getattr(importlib.import_module(f"{PACKAGE}.{module.name}"), "routes", None)
        if isinstance(routes, Routes):
            found.update(routes)
    return found
