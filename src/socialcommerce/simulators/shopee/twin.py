"""The pretend Shopee: gate, dispatch, and the defaults of what it sells."""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from socialcommerce.runtime.transport import Request, Response
from socialcommerce.simulators.account import Account
from socialcommerce.simulators.entities import Location, Return, Upload
from socialcommerce.simulators.market import Market
from socialcommerce.simulators.shopee import auth, defaults, push, return_cases
from socialcommerce.simulators.shopee.authority import REFRESH_LIFE, App, Authority, Subject
from socialcommerce.simulators.shopee.parameters import files_of, parameters_of
from socialcommerce.simulators.shopee.wire import (
    IDENTITY,
    PACKAGE,
    Call,
    Handler,
    Operation,
    Refused,
    Routes,
    envelope,
    operations,
    signature,
)
from socialcommerce.simulators.twin import Twin

__all__ = ["ShopeeTwin"]

CLOCK_SKEW = 300
EITHER_SIGNATURE = frozenset({"media_space", "media", "push"})
"""Modules documented as Public whose calls are also taken when signed as a shop."""
HOST = "https://partner.shopeemobile.com"
OFFLINE = "The API is offline or the request path is incorrect."


class ShopeeTwin(Twin):
    """Shopee Open Platform v2, played over a market.

    ``apps[0]`` is a seller in-house app; ``add_app`` registers others. ``settings`` says
    with which credentials to talk to it.
    """

    name = "shopee"
    push_url = "https://hooks.example.com/webhooks/shopee"
    account_setting = "shop_id"
    status_fields: ClassVar[frozenset[str]] = frozenset(
        {"status", "item_status", "model_status", "order_status", "logistics_status", "fulfillment_status",
         "campaign_status", "message_type"}
    )  # fmt: skip

    def __init__(
        self,
        market: Market,
        page_size: int | None = None,
        *,
        accounts: int = 1,
        currency: str | None = None,
    ) -> None:
        self.authority = Authority(market.clock, market.random)
        self.main_account_id = str(market.random.randrange(10**5, 10**6))
        self.max_offset = 10_000
        self.offsets_given: set[int] = set()
        self.images: dict[str, bytes] = {}
        self.videos: dict[str, Upload] = {}
        super().__init__(market, page_size, accounts=accounts, currency=currency)
        self.apps = [self.add_app()]
        self._handlers = _handlers()

    # -- accounts and apps

    def new_id(self, kind: str) -> str:
        """A fresh id as Shopee writes it."""
        return defaults.new_id(kind, self.market.random, self.clock.moment())

    def open_account(self, index: int, currency: str | None) -> Account:
        """A shop, in the market where that currency is used (Singapore unless given)."""
        region, money, timezone = defaults.market_of(currency)
        shop = Account(
            id=self.new_id("shop"),
            name=f"shop{index + 1}.{region.lower()}",
            currency=money,
            region=region,
            timezone=timezone,
            clock=self.clock,
            platform=self,
            locations=[Location(f"{region}Z", "Main warehouse")],
        )
        shop.native = defaults.shop_fields(self.new_id)
        return shop

    def add_app(self, category: str = "S") -> App:
        """Register another app; ``category``: S seller in-house, E ERP, A ads, C customer service."""
        number = self.market.random.randrange(2_000_000, 3_000_000)
        app = App(number, f"shpk{self.authority.token()}", self.authority.token(), category)
        app.callback_url = self.push_url
        app.push_on = set(push.CODES)
        self.authority.apps[number] = app
        return app

    def app(self, partner_id: str) -> App:
        """The app with that partner id, else the platform's refusal."""
        found = self.authority.apps.get(int(partner_id)) if partner_id.isdecimal() else None
        if found is None:
            raise Refused("invalid_partner_id", "The partner_id is invalid, please check.", 403)
        return found

    def settings(self, account_index: int = 0, app: App | None = None) -> dict[str, Any]:
        """Partner id and key, shop id, and what is needed to verify pushes."""
        who = app or self.apps[0]
        return {
            "partner_id": who.partner_id,
            "partner_key": who.partner_key,
            "shop_id": int(self.accounts[account_index].id),
            "push_partner_key": who.push_key,
            "callback_urls": {"default": who.callback_url},
        }

    def issue_token(self, account: Account, app: App | None = None) -> dict[str, Any]:
        """A fresh pair of tokens for a shop, authorised for a year.

        Where the authorisation still stands it is kept, so that two clients of one world do
        not take each other's tokens away.
        """
        who, subjects = app or self.apps[0], auth.subjects_of([account])
        if not self.authority.stands(who, subjects[0]):
            self.grant(who, subjects, 365, quiet=True)
        pair = self.authority.issue(who, subjects)
        now, until = self.clock.moment(), self.authority.standing(who, subjects[0]).until
        return {
            "access_token": pair.access_token,
            "refresh_token": pair.refresh_token,
            "access_expires_at": now + timedelta(hours=4),
            "refresh_expires_at": now + timedelta(seconds=REFRESH_LIFE),
            "consent_expires_at": self.clock.moment(until),
        }

    def grant(
        self,
        app: App,
        subjects: Sequence[Subject],
        days: float,
        main_account: bool = False,
        quiet: bool = False,
    ) -> None:
        """Enter an authorisation in the book; tell the app, unless ``quiet``, and before its end."""
        self.authority.authorise(app, subjects, days)
        if not quiet:
            push.authorised(self, app, subjects, main_account)
        until = self.clock.now() + days * 86400
        self.clock.later(max(0.0, (days - 7) * 86400), lambda: push.expiring(self, app, subjects, until))

    def withdraw(self, app: App, accounts: Iterable[Account]) -> None:
        """The sellers withdraw the app's authorisation; the app is told."""
        for account in accounts:
            if self.authority.withdraw(app, ("shop_id", account.id)):
                push.withdrawn(self, app, account)

    def revoke(self, account: Account) -> None:
        """The seller withdraws every app's authorisation."""
        for app in self.authority.apps.values():
            self.withdraw(app, [account])

    def resend_code(self, account: Account, app: App | None = None) -> str:
        """The seller sends a lost code again: for ``public.get_token_by_resend_code``."""
        return self.authority.code(app or self.apps[0], auth.subjects_of([account]))

    def region_of(self, shop_id: str) -> str:
        """The market of a shop."""
        return self.market.account(shop_id).region

    def consent(self, url: str, **choices: Any) -> str | None:
        """See ``auth.consent``."""
        return auth.consent(self, url, **choices)

    def furnish(self, account: Account, entity: Any) -> None:
        """Give an entity the fields that Shopee alone has."""
        defaults.furnish(self, account, entity)
        if isinstance(entity, Return):
            return_cases.opened(self, account, entity)

    def happened(self, what: str, account: Account, entity: Any) -> None:
        """Push what Shopee pushes."""
        push.tell(self, what, account, entity)

    # -- the wire

    def answer(self, request: Request) -> Response:
        """Check signature, token, permission and parameters; then let the handler answer."""
        request_id = self.authority.token()
        operation = operations().get((request.method, request.path))
        try:
            if operation is None:
                raise Refused("error_param", OFFLINE, 404)
            call = self._admit(operation, request)
            handler = self._handlers.get((operation.method, operation.path))
            if handler is None:
                raise Refused("api_suspended", "This API is not available in this environment.")
            return envelope(operation, request_id, handler(call))
        except Refused as refusal:
            return envelope(operation, request_id, refusal=refusal)

    def _admit(self, operation: Operation, request: Request) -> Call:
        query = parse_qs(urlsplit(request.url).query, keep_blank_values=True)
        common = {name: values[0] for name, values in query.items()}
        app = self._check_signature(operation, common)
        account = self._check_identity(operation, app, common)
        if app.category not in operation.apps:
            raise _not_for_this_app(operation)
        params = parameters_of(operation, request, query)
        return Call(self, operation, app, account, params, files_of(operation, request))

    def _check_signature(self, operation: Operation, common: Mapping[str, str]) -> App:
        for name in ("partner_id", "timestamp", "sign"):
            if not common.get(name):
                raise Refused("error_param", f"There is no {name} in query.", 403)
        app = self.app(common["partner_id"])
        timestamp = common["timestamp"]
        if not timestamp.isdecimal():
            raise Refused("error_param", "Invalid timestamp", 403)
        if abs(self.clock.now() - int(timestamp)) > CLOCK_SKEW:
            raise Refused("error_param", "Timestamp is expired.", 403)
        if common["sign"] not in _signatures(operation, app, common):
            raise Refused("error_sign", "Wrong sign.", 403)
        return app

    def _check_identity(self, operation: Operation, app: App, common: Mapping[str, str]) -> Account | None:
        name = IDENTITY.get(operation.api_type)
        if name is None:
            return None
        for needed in ("access_token", name):
            if not common.get(needed):
                raise Refused("error_param", f"There is no {needed} in query.", 403)
        self.authority.check(app, common["access_token"], (name, common[name]))
        return self.market.accounts.get(common[name]) if name == "shop_id" else None

    def throttled(self, request: Request, retry_after: timedelta | None) -> Response:
        """Too many requests: the gateway's code, or the ads module's own, with HTTP 200.

        Where ``retry_after`` is given, HTTP 429 with that header, as has been reported too.
        """
        code = "ads.rate_limit.exceed_shop_api" if "/ads/" in request.path else "error_rate_limit"
        message = "Too many requests. You have reached the rate limit. Please try again later."
        headers = {"content-type": "application/json"}
        if retry_after is not None:
            headers["retry-after"] = str(int(retry_after.total_seconds()))
        body = {"error": code, "message": message, "request_id": self.authority.token()}
        return Response(200 if retry_after is None else 429, headers, json.dumps(body).encode())

    def expire_token(self, request: Request) -> None:
        """Let the access token of the request run out now."""
        query = parse_qs(urlsplit(request.url).query)
        self.authority.expire(query.get("access_token", [""])[0])


def _not_for_this_app(operation: Operation) -> Refused:
    if operation.module == "sellerchat":
        return Refused("", "", 491)
    return Refused("error_api_permission", "This app type has no permission to this API.", 403)


def _signatures(operation: Operation, app: App, common: Mapping[str, str]) -> set[str]:
    timestamp, token = common["timestamp"], common.get("access_token", "")
    name = IDENTITY.get(operation.api_type)
    accepted = set()
    if name is None:
        accepted.add(signature(app.partner_key, app.partner_id, operation.path, timestamp))
    if name is not None or operation.module in EITHER_SIGNATURE:
        subject = common.get(name or "shop_id", "")
        accepted.add(signature(app.partner_key, app.partner_id, operation.path, timestamp, token, subject))
    return accepted


def _handlers() -> dict[tuple[str, str], Handler]:
    found: dict[tuple[str, str], Handler] = {}
    package = importlib.import_module(PACKAGE)
    for module in pkgutil.iter_modules(package.__path__):
        routes = getattr(importlib.import_module(f"{PACKAGE}.{module.name}"), "routes", None)
        if isinstance(routes, Routes):
            found.update(routes)
    return found
