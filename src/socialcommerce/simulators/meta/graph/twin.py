"""The pretend Graph API: gate, dispatch, accounts. Both of its ends derive from ``GraphTwin``."""

from __future__ import annotations

import base64
import binascii
import importlib
import math
import pkgutil
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from socialcommerce.runtime.transport import Request, Response
from socialcommerce.simulators.account import Account, NotPlayed
from socialcommerce.simulators.entities import Location
from socialcommerce.simulators.market import Market
from socialcommerce.simulators.meta.graph import batch, subscriptions, versions
from socialcommerce.simulators.meta.graph.auth import consent
from socialcommerce.simulators.meta.graph.authority import DAY, App, Authority, Token
from socialcommerce.simulators.meta.graph.errors import Refused, no_such_object, reduce_data, wrong
from socialcommerce.simulators.meta.graph.fields import selected
from socialcommerce.simulators.meta.graph.limits import Limits, asset_key
from socialcommerce.simulators.meta.graph.parameters import typed
from socialcommerce.simulators.meta.graph.requests import Asked, asked
from socialcommerce.simulators.meta.graph.seller import Seller
from socialcommerce.simulators.meta.graph.show import answered
from socialcommerce.simulators.meta.graph.tables import edges
from socialcommerce.simulators.meta.graph.wire import Call, Node, Plain, Route, Routes, reply
from socialcommerce.simulators.twin import Twin

__all__ = ["GraphTwin"]

REGIONS = {"EUR": "DE", "GBP": "GB", "JPY": "JP", "BRL": "BR", "MXN": "MX", "CAD": "CA", "INR": "IN"}
GRAPH = "socialcommerce.simulators.meta.graph"
FILES = "https://lookaside.fbsbx.com"
HTML_ERROR = (
    b"<!DOCTYPE html><html><head><title>Error</title></head><body>Sorry, something went wrong.</body></html>"
)


class GraphTwin(Twin):
    """The Graph API, played over a market.

    All assets belong to one business, with one person and one system user. ``apps[0]`` is the app
    whose ``settings`` are given out; ``add_app`` registers others. What can be set:

    * ``batch_delay``, ``feed_delay``, ``review_delay``: seconds until an items batch or an upload of
      a feed is worked off, and until a new item is reviewed (one with a ``forbidden`` word fails);
    * ``empty_pages``: so many of the next pages come empty, with a ``next``;
    * ``unrun``: so many parts at the end of the next batch request come back as ``null``;
    * ``most_data``: more objects than this in one answer are too much (code 1); None: any number;
    * ``html_errors``: what fails inside answers 502 with a page of HTML, as the edge of the network does;
    * ``comma_prices``: display prices with a decimal comma (``1.299,50 €``);
    * ``sites``: what stands at the addresses of the seller's own site, for feeds that are fetched;
    * ``limits.budgets``: calls per window of a use case, and of the "app".
    """

    parts: ClassVar[tuple[str, ...]] = (GRAPH,)
    seller_class: ClassVar[type[Seller]] = Seller
    account_asset: ClassVar[str] = "ProductCatalog"
    """The kind of asset that an account is known by: its id is the account's."""
    hook_fields: ClassVar[Mapping[str, frozenset[str]]] = {}
    hook_asset: ClassVar[str] = ""
    """Object -> the fields that an app can hear of; and the kind of asset that it is installed on."""
    status_fields: ClassVar[frozenset[str]] = frozenset(
        {"status", "effective_status", "review_status", "availability", "visibility", "async_status"}
    )

    def __init__(
        self,
        market: Market,
        page_size: int | None = None,
        *,
        accounts: int = 1,
        currency: str | None = None,
    ) -> None:
        self.market = market
        self.authority = Authority(market.clock, market.random)
        self.limits = Limits(market.clock)
        self.nodes: dict[str, Node] = {}
        self.files: dict[str, tuple[bytes, str, float, bool]] = {}
        self.configs: dict[str, dict[str, Any]] = {}
        self.sites: dict[str, bytes] = {}
        self.versions: Counter[str] = Counter()
        self.batch_delay: float = 120
        self.feed_delay: float = 60
        self.review_delay: float = 60
        self.forbidden = {"counterfeit"}
        self.empty_pages = 0
        self.unrun = 0
        self.most_data: int | None = None
        self.comma_prices = False
        self.html_errors = False
        self.verify_token = "pretend-verify-token"
        self._shown = 0
        self.routes = _loaded(self.parts)
        self.business = self.add("Business", None, name="Pretend business", verification_status="verified")
        self.person = self.add("User", None, name="Pat Seller", first_name="Pat", last_name="Seller")
        self.system_user = self.add("SystemUser", None, name="Pretend system user")
        super().__init__(market, page_size, accounts=accounts, currency=currency)
        self.apps = [self.add_app()]

    # -- ids, nodes, accounts

    def new_id(self, kind: str) -> str:
        """A fresh id as Meta writes it; many are too large for a float."""
        length = {"conversation": 17, "message": 20, "variant": 17, "product": 17, "buyer": 16}.get(kind, 15)
        number = str(self.market.random.randrange(10 ** (length - 1), 10**length))
        return {"conversation": "t_", "message": "m_"}.get(kind, "") + number

    def new_word(self, length: int) -> str:
        """A random opaque text."""
        raw = self.market.random.randbytes(length)
        return base64.urlsafe_b64encode(raw).decode()[:length]

    def add(self, kind: str, seller: Seller | None, *, key: str | None = None, **data: Any) -> Node:
        """Make an object; ``key`` is its id (a fresh one unless given), ``data`` its fields."""
        node = Node(kind, key or self.new_id(kind), seller, data, created=self.clock.now())
        self.nodes[node.id] = node
        return node

    def of(self, kind: str, seller: Seller | None = None) -> list[Node]:
        """Every object of a kind (of one seller), oldest first."""
        return [
            one
            for one in self.nodes.values()
            if one.kind == kind and (seller is None or one.seller is seller)
        ]

    def moment(self, seconds: float | None = None) -> str:
        """An instant (now, unless given) as Graph reads have it."""
        return f"{self.clock.moment(seconds):%Y-%m-%dT%H:%M:%S}+0000"

    def open_account(self, index: int, currency: str | None) -> Account:
        """A seller who counts in that currency (US dollars unless given), with a catalog."""
        money = currency or "USD"
        seller = self.seller_class(
            id=self.new_id(self.account_asset),
            name=f"Brand {index + 1}",
            currency=money,
            region=REGIONS.get(money, "US"),
            timezone="America/Los_Angeles",
            clock=self.clock,
            platform=self,
            locations=[Location("catalog", "Catalog")],
        )
        seller.give(
            self,
            "ProductCatalog",
            name=seller.name,
            vertical="commerce",
            business=self.business,
        )
        for opener in self.routes.openers:
            opener(self, seller)
        return seller

    @property
    def sellers(self) -> list[Seller]:
        """The accounts, as what they are."""
        return [account for account in self.accounts if isinstance(account, Seller)]

    def account_of(self, key: str) -> Seller | None:
        """The seller with an asset of that id; an ad account's may lack its ``act_``."""
        names = (key, f"act_{key}")
        owners = (one for one in self.sellers if any(node.id in names for node in one.assets.values()))
        return next(owners, None)

    def seller(self, thing: object) -> Seller:
        """The seller with an asset of that id (or of an object with one); raises ``LookupError``."""
        found = self.account_of(str(getattr(thing, "id", thing)))
        if found is None:
            raise LookupError(f"no seller has {thing!r}")
        return found

    def app_settings(self) -> dict[str, Any]:
        """What ``settings`` gives whichever seller is meant: the app, the business, where pushes go."""
        app = self.apps[0]
        return {
            "app_id": app.app_id,
            "app_secret": app.secret,
            "business_id": self.business.id,
            "verify_token": self.verify_token,
            "callback_urls": {"default": self.push_url},
        }

    def add_app(self, redirects: tuple[str, ...] = ()) -> App:
        """Register another app, for these redirects only (any, unless given)."""
        node = self.add("Application", None, name="Pretend app")
        app = self.authority.add_app(node.id, redirects)
        subscriptions.begin(self, app)
        return app

    def add_config(self, *scopes: str, kind: str = "SYSTEM_USER", seconds: float | None = None) -> str:
        """Set up a Facebook Login for Business; answers its ``config_id``."""
        key = self.new_id("config")
        self.configs[key] = {"scopes": scopes, "kind": kind, "seconds": seconds}
        return key

    # -- tokens

    def token(
        self,
        account: Account | None = None,
        kind: str = "SYSTEM_USER",
        seconds: float | None = None,
        **more: Any,
    ) -> Token:
        """A fresh token for one seller's assets (everyone's unless given)."""
        who = [account.id] if account is not None else [one.id for one in self.accounts]
        holder = {"USER": self.person, "SYSTEM_USER": self.system_user}[kind].id
        return self.authority.issue(self.apps[0], kind, holder, who, seconds=seconds, **more)

    def everyones(self, kind: str, seconds: float | None = None) -> Token:
        """One token for all sellers' assets, the same one for as long as it lives."""
        now, everyone = self.clock.now(), {one.id for one in self.accounts}
        for token in self.authority.tokens.values():
            alive = token.dead is None and (token.until is None or token.until > now)
            if token.kind == kind and alive and token.sellers >= everyone and token.app is self.apps[0]:
                return token
        return self.token(None, kind, seconds)

    def issue_token(self, account: Account) -> dict[str, Any]:
        """A system user's token for one seller's assets; it never ends by itself."""
        return self.grant_of(self.token(account))

    def grant_of(self, token: Token) -> dict[str, Any]:
        """A token as ``issue_token`` answers it."""
        return {
            "access_token": token.access,
            "refresh_token": None,
            "access_expires_at": None if token.until is None else self.clock.moment(token.until),
            "refresh_expires_at": None,
            "consent_expires_at": None,
        }

    def revoke(self, account: Account) -> None:
        """The business withdraws a seller's assets from every app; with its last ones, the app itself."""
        self.authority.withdraw(account.id)
        if all(one.dead is not None for one in self.authority.tokens.values()):
            for app in self.authority.apps.values():
                subscriptions.call_back(self, app, self.person.id)

    def expire_token(self, request: Request) -> None:
        """Let the access token of the request run out now."""
        self.authority.expire(self.taken_apart(request).token)

    def consent(self, url: str, **choices: Any) -> str | None:
        """See ``auth.consent``."""
        return consent(self, url, **choices)

    # -- what happens in the market

    def furnish(self, account: Account, entity: Any) -> None:
        """Give an entity the object that shows it."""
        maker = self.routes.makers.get(type(entity))
        if maker is not None:
            maker(self, account, entity)

    def happened(self, what: str, account: Account, entity: Any) -> None:
        """Tell every part that listens."""
        for listener in self.routes.heard(what):
            listener(self, account, entity)

    def publish(self, account: Account, text: str) -> str:
        """Publish a post by hand; answers its id."""
        return str(self._verb("publish")(self, account, text))

    def approve_templates(self, account: Account) -> None:
        """Let every waiting message template pass review."""
        self._verb("approve_templates")(self, account)

    def _verb(self, name: str) -> Any:
        if name not in self.routes.verbs:
            raise NotPlayed(f"{self.name} does not {name.replace('_', ' ')}")
        return self.routes.verbs[name]

    # -- the wire

    def answer(self, request: Request) -> Response:
        """Check version, token, permission and parameters; then let the handler answer."""
        try:
            if request.path in self.files and request.method == "GET":
                return self._file(request)
            return self.respond(self.taken_apart(request))
        except Refused as refusal:
            return self.refused(refusal)

    def taken_apart(self, request: Request) -> Asked:
        """What a request says."""
        return asked(request)

    def refused(self, refusal: Refused) -> Response:
        """An error, as the platform sends it."""
        return reply(refusal.shown(f"A{self.new_word(22)}"), refusal.status, refusal.headers)

    def respond(self, found: Asked) -> Response:
        """The reply to a request, or to a whole batch of them."""
        self._shown = 0
        versions.check_protocol(found.path, found.given)
        if found.path == "/" and found.method == "POST" and "batch" in found.given:
            return reply(batch.run(self, found, self._part))
        return self._answered(found)

    def _part(self, found: Asked) -> Response:
        self._shown = 0
        try:
            versions.check_protocol(found.path, found.given)
            return self._answered(found)
        except Refused as refusal:
            return self.refused(refusal)

    def _answered(self, found: Asked) -> Response:
        public = self.routes.paths.get((found.method, found.path))
        token = None if public is not None and public.public else self._token(found)
        app = token.app if token is not None else self.apps[0]
        headers = self.limits.count("app", app.app_id)
        call = (
            self._fixed(found, public, app, token) if public is not None else self._on_node(found, app, token)
        )
        self._note_version(found, call.route)
        if call.route.use_case:
            key = asset_key(call.route.use_case, call.node, app.app_id)
            headers |= self.limits.count(call.route.use_case, key)
        answer = answered(call, call.route.handler(call))
        if isinstance(answer, Plain):
            return Response(answer.status, {"content-type": answer.kind, **headers}, answer.content)
        return reply(answer, 200, headers)

    def _token(self, found: Asked) -> Token:
        token = self.authority.check(found.token)
        self.authority.check_proof(token, found.given)
        return token

    def _note_version(self, found: Asked, route: Route) -> None:
        marketing = route.use_case.startswith(("ads_", "custom_"))
        today = datetime.fromtimestamp(self.clock.now(), UTC).date()
        self.versions[versions.served(found.version, marketing, today)] += 1

    def _fixed(self, found: Asked, route: Route, app: App, token: Token | None) -> Call:
        if token is not None:
            self.authority.check_scope(token, route.scope, route.holders)
        return self._call(found, route, app, token, None, found.given, ())

    def _on_node(self, found: Asked, app: App, token: Token | None) -> Call:
        key, *rest = found.path.strip("/").split("/")
        edge = rest[0] if rest else ""
        versions.check_retired(edge)
        if token is None or not key:
            raise wrong("Unsupported request: the path names no object")
        node = self.find(found.method, key, token)
        route = self._route(found.method, node, edge)
        self.authority.check_scope(token, route.scope, route.holders)
        documented = edges().get((found.method, node.kind, edge))
        given = found.given if documented is None else typed(documented, found.given, found.files)
        return self._call(found, route, app, token, node, given, tuple(rest[1:]))

    def _call(
        self,
        found: Asked,
        route: Route,
        app: App,
        token: Token | None,
        node: Node | None,
        given: Any,
        rest: tuple[str, ...],
    ) -> Call:
        path = f"/{found.version or versions.NEWEST}{found.path}"
        return Call(
            twin=self,
            route=route,
            app=app,
            token=token,
            node=node,
            given=given,
            files=found.files,
            fields=selected(found.given.get("fields")),
            origin=found.origin,
            path=path,
            query=found.query,
            rest=rest,
        )

    def _route(self, method: str, node: Node, edge: str) -> Route:
        route = self.routes.calls.get((method, node.kind, edge))
        if route is not None:
            return route
        if (method, node.kind, edge) in edges():
            raise Refused(3, "(#3) Application does not have the capability to make this API call.")
        raise no_such_object(method, node.id)

    def find(self, method: str, key: str, token: Token) -> Node:
        """The object that a token names by ``key``; raises ``Refused`` where it sees none."""
        if key == "me":
            key = token.holder
        node = self._by_sku(method, key) if key.startswith("catalog:") else self.nodes.get(key)
        if node is None and not key.removeprefix("act_").isdecimal():
            raise Refused(803, f"(#803) Some of the aliases you requested do not exist: {key}", status=404)
        if node is None or not self._reaches(token, node):
            raise no_such_object(method, key)
        return node

    @staticmethod
    def _reaches(token: Token, node: Node) -> bool:
        if token.kind == "APP":
            return node.kind == "Application" and node.id == token.app.app_id
        return node.seller is None or node.seller.id in token.sellers

    def _by_sku(self, method: str, key: str) -> Node:
        try:
            _, catalog, packed = key.split(":")
            sku = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode()
        except (ValueError, binascii.Error):
            raise no_such_object(method, key) from None
        shelf = self.nodes.get(catalog)
        found: Node | None = shelf.hidden.get("items", {}).get(sku) if shelf is not None else None
        if found is None:
            raise no_such_object(method, key)
        return found

    def charge(self, objects: int) -> None:
        """Count what an answer holds; raises ``Refused`` (1) where it becomes too much."""
        self._shown += objects
        if self.most_data is not None and self._shown > self.most_data:
            raise reduce_data()

    def keep_file(
        self, origin: str, path: str, content: bytes, kind: str, seconds: float = DAY, token: bool = False
    ) -> str:
        """Serve ``content`` for so long; with ``token`` only to who sends a good one. Answers the address.

        ``origin`` is where the file was asked for: a twin that is served elsewhere than on the
        platform's own host serves the file there, too.
        """
        self.files[path] = (content, kind, self.clock.now() + seconds, token)
        return f"{FILES if origin.endswith('.facebook.com') else origin}{path}"

    def _file(self, request: Request) -> Response:
        content, kind, until, token = self.files[request.path]
        if self.clock.now() > until:
            return Response(404, {"content-type": "text/plain"}, b"URL signature expired")
        sent = self.taken_apart(request).token
        if token:
            self.authority.check(sent)
        elif sent:
            return Response(400, {"content-type": "text/plain"}, b"Bad URL hash")
        return Response(200, {"content-type": kind}, content)

    def throttled(self, request: Request, retry_after: timedelta | None) -> Response:
        """One call too many, in the words of the use case that the call counts in."""
        found = self.taken_apart(request)
        key, *rest = found.path.strip("/").split("/")
        node = self.nodes.get(key)
        route = self.routes.calls.get((found.method, node.kind if node else "", rest[0] if rest else ""))
        name = route.use_case if route is not None and route.use_case else "app"
        minutes = math.ceil(retry_after.total_seconds() / 60) if retry_after is not None else 1
        return self.refused(self.limits.refusal(name, asset_key(name, node, self.apps[0].app_id), minutes))

    def broken(self, request: Request) -> Response:
        """The platform's reply when it fails inside: code 2, worth another try."""
        if self.html_errors:
            return Response(502, {"content-type": "text/html; charset=utf-8"}, HTML_ERROR)
        return self.refused(
            Refused(
                2,
                "An unexpected error has occurred. Please retry your request later.",
                status=500,
                is_transient=True,
            )
        )


def _loaded(parts: tuple[str, ...]) -> Routes:
    """The handlers of every module of these packages, and of the packages in them."""
    found = Routes()
    for part in parts:
        package = importlib.import_module(part)
        for module in pkgutil.walk_packages(package.__path__, f"{part}."):
            routes = getattr(importlib.import_module(module.name), "routes", None)
            if isinstance(routes, Routes):
                found.merge(routes)
    return found
