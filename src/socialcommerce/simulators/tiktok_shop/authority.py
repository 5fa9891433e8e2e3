"""Who may speak for which shops: apps, codes, tokens, and what each seller granted."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable

from attrs import define, field

from socialcommerce.simulators.clock import Clock
from socialcommerce.simulators.tiktok_shop.wire import Refused

__all__ = ["ACCESS_LIFE", "CODE_LIFE", "CONSENT_LIFE", "REFRESH_LIFE", "App", "Authority", "Pair"]

ACCESS_LIFE, REFRESH_LIFE = 7 * 86400, 365 * 86400
CODE_LIFE = 30 * 60
CONSENT_LIFE = 365 * 86400
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
SCOPES: dict[str, str] = {
    "authorization": "seller.authorization.info",
    "seller": "seller.shop.info",
    "product": "seller.product.basic",
    "order": "seller.order.info",
    "fulfillment": "seller.fulfillment.basic",
    "logistics": "seller.logistics",
    "return_refund": "seller.return_refund.basic",
    "customer_service": "seller.customer_service",
    "customer_engagement": "seller.customer_engagement",
    "finance": "seller.finance.info",
    "promotion": "seller.promotion.basic",
    "analytics": "data.shop_analytics.public.read",
    "event": "seller.authorization.info",
    "affiliate_seller": "seller.affiliate_collaboration.read",
}
"""The scope that each group of operations needs; the other groups are no seller's."""
BAD_TOKEN = "Invalid credentials. The `x-tts-access-token` header is invalid."
NO_SCOPE = (
    "Access denied. The app is not authorized to access the endpoint because the access scopes granted for "
    "the app or the access token do not contain the required access scope for the endpoint."
)


@define(slots=True, eq=False)
class App:
    """A registered app; ``scopes`` are those approved for it.

    ``topics`` are switched on for every shop (in Partner Center), ``subscriptions`` per shop:
    shop id -> topic -> (address, created, updated).
    """

    app_key: str
    app_secret: str = field(repr=False)
    service_id: str = ""
    redirect_url: str = "https://app.example.com/callback"
    scopes: frozenset[str] = frozenset(SCOPES.values())
    webhook_url: str = ""
    topics: frozenset[str] = frozenset()
    subscriptions: dict[str, dict[str, tuple[str, float, float]]] = field(factory=dict)


@define(slots=True, eq=False)
class Grant:
    """What one seller allowed one app: which shops, which scopes, until when."""

    app: App
    shops: set[str]
    scopes: frozenset[str]
    until: float


@define(slots=True, eq=False)
class Pair:
    """An access token with the refresh token that renews it, and when each ends."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    access_until: float
    refresh_until: float
    grant: Grant


class Authority:
    """The book of consents. Codes live half an hour and work once; refreshing rotates."""

    def __init__(self, clock: Clock, randomness: random.Random) -> None:
        self.apps: dict[str, App] = {}
        self.grants: dict[str, Grant] = {}
        self._clock, self._random = clock, randomness
        self._codes: dict[str, tuple[Grant, float]] = {}
        self._access: dict[str, Pair] = {}
        self._refresh: dict[str, Pair] = {}

    def text(self, length: int) -> str:
        """Random letters and digits."""
        return "".join(self._random.choices(LETTERS, k=length))

    def digits(self, length: int) -> str:
        """A random number of that many digits, as text."""
        return str(self._random.randrange(10 ** (length - 1), 10**length))

    def authorise(self, app: App, shops: Iterable[str], scopes: Iterable[str], seconds: float) -> Grant:
        """Enter a consent, beside what already stands for that app."""
        grant = self.grants.get(app.app_key)
        until = self._clock.now() + seconds
        if grant is None or not grant.shops:
            grant = Grant(app, set(), frozenset(), until)
            self.grants[app.app_key] = grant
        grant.shops |= set(shops)
        grant.scopes, grant.until = app.scopes & frozenset(scopes), until
        return grant

    def code(self, grant: Grant) -> str:
        """A code for the redirect."""
        code = f"ROW_{self.text(48)}"
        self._codes[code] = (grant, self._clock.now() + CODE_LIFE)
        return code

    def exchange(self, app: App, code: str) -> Pair:
        """The tokens that a code buys, once."""
        grant, until = self._codes.pop(code, (None, 0.0))
        if grant is None or grant.app is not app or self._clock.now() > until:
            raise Refused(36004004, "Invalid auth code")
        return self.issue(grant)

    def issue(self, grant: Grant) -> Pair:
        """A fresh pair of tokens; the refresh token does not outlive the consent."""
        now = self._clock.now()
        pair = Pair(
            f"ROW_{self.text(96)}",
            self.text(62),
            now + ACCESS_LIFE,
            min(now + REFRESH_LIFE, grant.until),
            grant,
        )
        self._access[pair.access_token] = self._refresh[pair.refresh_token] = pair
        return pair

    def renew(self, app: App, refresh_token: str) -> Pair:
        """A new pair for a refresh token, which is used up by it.

        Whether the real platform lets the old one live on is not stated; the strict reading
        finds the callers that do not store what came back.
        """
        pair = self._refresh.get(refresh_token)
        if pair is None or pair.grant.app is not app or not self._stands(pair, pair.refresh_until):
            raise Refused(36004004, "Invalid refresh token")
        del self._refresh[refresh_token]
        return self.issue(pair.grant)

    def check(self, app: App, access_token: str, group: str) -> Grant:
        """The grant behind an access token, fit for a group of operations; else the refusal."""
        pair = self._access.get(access_token)
        if pair is None or pair.grant.app is not app or not self._stands(pair, float("inf")):
            raise Refused(36009004, BAD_TOKEN, 401)
        if self._clock.now() > pair.access_until:
            raise Refused(
                105002,
                "Expired credentials. The `access_token` or `x-tts-access-token` header has expired.",
                401,
            )
        if group in ("affiliate_creator", "affiliate_partner"):
            raise Refused(101000, "The token does not match the user type of the endpoint.", 403)
        if SCOPES.get(group, SCOPES["product"]) not in pair.grant.scopes:
            raise Refused(105005, NO_SCOPE, 403)
        return pair.grant

    def _stands(self, pair: Pair, until: float) -> bool:
        return bool(pair.grant.shops) and self._clock.now() <= min(until, pair.grant.until)

    def expire(self, access_token: str) -> None:
        """Let an access token run out now."""
        pair = self._access.get(access_token)
        if pair is not None:
            pair.access_until = self._clock.now() - 1

    def withdraw(self, shop_id: str, told: Callable[[App], None]) -> None:
        """Take a shop out of every consent; each app that had it is told."""
        for grant in self.grants.values():
            if shop_id in grant.shops:
                grant.shops.discard(shop_id)
                told(grant.app)
