"""Who may speak for whom: apps, and the two worlds of tokens of the pretend TikTok.

An *advertiser* token reaches ad accounts and never ends by itself; an *account* token reaches
one TikTok account's posts and messages, lives a day, and is renewed for a year.
"""

from __future__ import annotations

import random
from collections.abc import Iterable

from attrs import define, field

from socialcommerce.simulators.clock import Clock
from socialcommerce.simulators.tiktok_ads.wire import Refused

__all__ = ["ACCESS_LIFE", "REFRESH_LIFE", "SCOPES", "App", "Authority", "Token"]

ACCESS_LIFE, REFRESH_LIFE = 86400, 365 * 86400
CODE_LIFE = 3600
SCOPES: dict[int, frozenset[str]] = {
    1: frozenset({"advertiser", "bc", "user", "term", "changelog"}),
    2: frozenset({"campaign", "adgroup", "ad", "smart_plus", "gmv_max", "store", "identity", "tool",
                  "comment", "search", "optimizer",
                  "blockedword", "search_ad", "creative_fatigue", "showcase"}),
    3: frozenset({"dmp", "audience", "segment"}),
    4: frozenset({"report"}),
    5: frozenset({"event", "offline", "crm", "custom_conversion"}),
    6: frozenset({"file", "creative", "playable", "discovery"}),
    7: frozenset({"app"}),
    8: frozenset({"pixel"}),
    9: frozenset({"catalog", "diagnostic", "eventsource", "eventsource_bind"}),
}  # fmt: skip
"""Number of a scope -> the first part of the paths it opens."""
MESSAGE_SCOPES = (
    "user.info.basic,user.info.username,user.info.stats,user.info.profile,user.account.type,user.insights,"
    "message.list.read,message.list.send,message.list.manage,comment.list,comment.list.manage,video.list,"
    "video.publish"
)
NEEDS = {
    "message": ("message.list.read", "message.list.send"),
    "comment": ("comment.list", "comment.list.manage"),
    "video": ("video.list", "video.publish"),
}
"""Part of a ``/business/…`` path -> the scope to read and the scope to write."""
NOBODY = "Access token is null, you should set it in http header with key Access-Token."
REVOKED = "Access token is incorrect or has been revoked."


@define(slots=True, eq=False)
class App:
    """A registered app: webhooks by event type -> callback url; subscriptions by id."""

    app_id: str
    secret: str = field(repr=False)
    redirects: frozenset[str] = frozenset()
    webhooks: dict[str, str] = field(factory=dict)
    subscriptions: dict[str, dict[str, object]] = field(factory=dict)


@define(slots=True, eq=False)
class Token:
    """What an access token opens: ad accounts with scopes, a TikTok account, or both.

    ``until`` is None for a token that never ends; ``refresh`` is empty where nothing renews it.
    """

    app: App
    access: str = field(repr=False)
    advertisers: frozenset[str] = frozenset()
    scopes: frozenset[int] = frozenset()
    open_id: str = ""
    account_scopes: frozenset[str] = frozenset()
    until: float | None = None
    refresh: str = field(default="", repr=False)
    refresh_until: float = 0.0


@define(slots=True)
class _Code:
    app: App
    world: str
    names: frozenset[str]
    scopes: frozenset[int]
    words: str
    redirect: str
    until: float


class Authority:
    """The book of apps, codes and tokens."""

    def __init__(self, clock: Clock, randomness: random.Random) -> None:
        self.apps: dict[str, App] = {}
        self.tokens: dict[str, Token] = {}
        self._clock, self._random = clock, randomness
        self._codes: dict[str, _Code] = {}

    def hex(self, digits: int) -> str:
        """Random lower-case hexadecimal digits."""
        return f"{self._random.getrandbits(4 * digits):0{digits}x}"

    def digits(self, length: int) -> str:
        """A random number of that many digits, as text."""
        return str(self._random.randrange(10 ** (length - 1), 10**length))

    def app(self, app_id: str, secret: str | None = None) -> App:
        """The app with that id (and secret), else the platform's refusal."""
        found = self.apps.get(app_id)
        if found is None:
            raise Refused(40101, "The app_id is incorrect.")
        if secret is not None and secret != found.secret:
            raise Refused(40113, "The secret is incorrect.")
        return found

    # -- codes

    def advertiser_code(self, app: App, advertisers: Iterable[str], scopes: Iterable[int]) -> str:
        """The code for the redirect after an advertiser agreed; an hour, once."""
        names = frozenset(advertisers)
        return self._keep(_Code(app, "advertiser", names, frozenset(scopes), "", "", self._in_an_hour()))

    def account_code(self, app: App, open_id: str, words: str, redirect: str) -> str:
        """The code for the redirect after the owner of a TikTok account agreed."""
        names = frozenset({open_id})
        return self._keep(_Code(app, "account", names, frozenset(), words, redirect, self._in_an_hour()))

    def _in_an_hour(self) -> float:
        return self._clock.now() + CODE_LIFE

    def _keep(self, code: _Code) -> str:
        text = self.hex(40)
        self._codes[text] = code
        return text

    def exchange(self, app: App, world: str, code: str, redirect: str | None = None) -> Token:
        """The token that a code buys, once."""
        found = self._codes.pop(code, None)
        if found is None or found.app is not app or found.world != world or self._clock.now() > found.until:
            raise Refused(40110, "The auth_code is used, cancelled or expired.")
        if redirect is not None and redirect != found.redirect:
            raise Refused(40002, "redirect_uri: Does not match the one of the authorization.")
        if world == "advertiser":
            return self.advertiser_token(app, found.names, found.scopes)
        return self.account_token(app, next(iter(found.names)), found.words)

    # -- tokens

    def advertiser_token(self, app: App, advertisers: Iterable[str], scopes: Iterable[int]) -> Token:
        """A token for ad accounts; it ends only when it is revoked."""
        return self._enter(Token(app, self.hex(40), frozenset(advertisers), frozenset(scopes)))

    def account_token(self, app: App, open_id: str, words: str = MESSAGE_SCOPES) -> Token:
        """A token for one TikTok account: a day, renewed for a year."""
        now = self._clock.now()
        token = Token(app, f"act.{self.hex(60)}", open_id=open_id, account_scopes=frozenset(words.split(",")))
        token.until, token.refresh, token.refresh_until = (
            now + ACCESS_LIFE,
            f"rft.{self.hex(60)}",
            now + REFRESH_LIFE,
        )
        return self._enter(token)

    def joint_token(self, app: App, advertisers: Iterable[str], open_id: str) -> Token:
        """A token that opens both worlds, for a client that is handed one of them only."""
        token = self.account_token(app, open_id)
        token.advertisers, token.scopes, token.until = frozenset(advertisers), frozenset(SCOPES), None
        return token

    def _enter(self, token: Token) -> Token:
        self.tokens[token.access] = token
        return token

    def renew(self, app: App, refresh: str) -> Token:
        """A new pair for a refresh token, which is used up by it."""
        token = next((one for one in self.tokens.values() if refresh and one.refresh == refresh), None)
        if token is None or token.app is not app:
            raise Refused(40107, "The refresh_token is invalid.")
        if self._clock.now() > token.refresh_until:
            raise Refused(40103, "The refresh_token is expired.")
        token.refresh = ""
        return self.account_token(app, token.open_id, ",".join(sorted(token.account_scopes)))

    def revoke(self, app: App, access: str) -> Token:
        """End a token of that app."""
        token = self.tokens.get(access)
        if token is None or token.app is not app:
            raise Refused(40105, REVOKED)
        return self.tokens.pop(access)

    def expire(self, access: str) -> None:
        """Let a token run out now."""
        if access in self.tokens:
            self.tokens[access].until = self._clock.now() - 1

    def check(self, access: str, path: str, writes: bool) -> Token:
        """The token behind a header, fit for a path; else the refusal."""
        if not access:
            raise Refused(40104, NOBODY)
        token = self.tokens.get(access)
        if token is None:
            raise Refused(40105, REVOKED)
        if token.until is not None and self._clock.now() > token.until:
            raise Refused(40102, "Access token is expired.")
        if not self._opens(token, path, writes):
            raise Refused(40001, f"No permission to operate {path}: the token lacks the scope.")
        return token

    def _opens(self, token: Token, path: str, writes: bool) -> bool:
        first, _, rest = path.strip("/").partition("/")
        if first in ("oauth2", "user"):
            return bool(token.advertisers)
        if first != "business":
            return any(first in SCOPES[number] for number in token.scopes)
        needed = NEEDS.get(rest.partition("/")[0], ("user.info.basic", "user.info.basic"))[writes]
        return bool(token.open_id) and needed in token.account_scopes
