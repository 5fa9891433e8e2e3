"""Who may speak for whom: apps, login codes, and the five types of token."""

from __future__ import annotations

import hashlib
import hmac
import random
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import define, evolve, field

from socialcommerce.simulators.clock import Clock
from socialcommerce.simulators.meta.graph.errors import Refused, expired, no_permission, token_refused, wrong

__all__ = ["DAY", "LONG", "SCOPES", "App", "Authority", "Token", "proof"]

DAY = 86400
SHORT, LONG = 2 * 3600 - 400, 5183944
DATA_ACCESS = 90 * DAY
CODE_LIFE = 600
PROOF_LIFE = 300
SCOPES = frozenset(
    {"catalog_management", "business_management", "ads_management", "ads_read", "pages_show_list",
     "pages_read_engagement", "pages_manage_posts", "pages_manage_engagement", "pages_manage_metadata",
     "pages_messaging", "pages_utility_messaging", "pages_read_user_content", "instagram_basic",
     "instagram_content_publish", "instagram_manage_comments", "instagram_manage_messages",
     "instagram_shopping_tag_products", "read_insights", "whatsapp_business_messaging",
     "whatsapp_business_management"}
)  # fmt: skip
"""Every permission that can be granted here."""
INVALID = "Invalid OAuth access token - Cannot parse access token"
REVOKED = "Error validating access token: The user has not authorized application {app}."


def proof(secret: str, token: str, moment: int | None = None) -> str:
    """The ``appsecret_proof`` of a token: plain, or timed at ``moment`` (epoch seconds)."""
    message = token if moment is None else f"{token}|{moment}"
    return hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


@define(slots=True, eq=False)
class App:
    """A registered app. ``require_proof`` turns "Require App Secret" on; ``redirects`` empty takes any.

    ``subscriptions`` holds what ``/{app-id}/subscriptions`` was told, by object.
    """

    app_id: str
    secret: str = field(repr=False)
    name: str = "Pretend app"
    redirects: frozenset[str] = frozenset()
    require_proof: bool = False
    subscriptions: dict[str, dict[str, Any]] = field(factory=dict)

    @property
    def token(self) -> str:
        """The app's own token in its short form."""
        return f"{self.app_id}|{self.secret}"


@define(slots=True, eq=False)
class Token:
    """What a token opens: the assets of ``sellers`` (their account ids) with ``scopes``.

    ``kind`` is USER, PAGE, SYSTEM_USER or APP; ``holder`` the id of the person, system user or page
    behind it; ``until`` None for one that never ends; ``dead`` the subcode that a use of it meets.
    """

    app: App
    access: str = field(repr=False)
    kind: str
    holder: str
    sellers: frozenset[str]
    scopes: frozenset[str]
    issued: float
    until: float | None = None
    data_until: float | None = None
    parent: str = field(default="", repr=False)
    dead: int | None = None


@define(slots=True)
class _Code:
    app: App
    redirect: str | None
    token: Token
    until: float


class Authority:
    """The book of apps, codes and tokens."""

    def __init__(self, clock: Clock, randomness: random.Random) -> None:
        self.apps: dict[str, App] = {}
        self.tokens: dict[str, Token] = {}
        self._clock, self._random = clock, randomness
        self._codes: dict[str, _Code] = {}

    def add_app(self, app_id: str, redirects: Iterable[str] = ()) -> App:
        """Register an app, with a secret of its own."""
        app = App(app_id, f"{self._random.getrandbits(128):032x}", redirects=frozenset(redirects))
        self.apps[app_id] = app
        return app

    def app(self, app_id: str, secret: str | None = None) -> App:
        """The app with that id (and secret), else the platform's refusal."""
        found = self.apps.get(app_id)
        if found is None:
            raise Refused(
                101, "Error validating application. Cannot get application info due to a system error."
            )
        if secret is not None and not _same(found.secret, secret):
            raise Refused(1, "Error validating client secret.")
        return found

    def _word(self) -> str:
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        return "EAA" + "".join(self._random.choices(letters, k=96)) + "ZD"

    # -- tokens

    def issue(
        self,
        app: App,
        kind: str,
        holder: str,
        sellers: Iterable[str],
        scopes: Iterable[str] = SCOPES,
        seconds: float | None = None,
        parent: str = "",
    ) -> Token:
        """A fresh token; ``seconds`` is its life (None: no end)."""
        now = self._clock.now()
        token = Token(app, self._word(), kind, holder, frozenset(sellers), frozenset(scopes), now)
        token.until = None if seconds is None else now + seconds
        token.data_until = now + DATA_ACCESS if kind == "USER" else None
        token.parent = parent
        self.tokens[token.access] = token
        return token

    def page_token(self, parent: Token, page: str, seller: str) -> Token:
        """The page's token behind a person's or system user's: the same one each time."""
        for one in self.tokens.values():
            if (one.kind, one.holder, one.parent) == ("PAGE", page, parent.access):
                return one
        ends = parent.kind == "USER" and parent.until is not None and parent.until - parent.issued < DAY
        left = parent.until - self._clock.now() if ends and parent.until is not None else None
        return self.issue(parent.app, "PAGE", page, {seller}, parent.scopes, left, parent.access)

    def lengthen(self, app: App, access: str, sixty_days: bool) -> Token:
        """A longer-lived token for one that still lives; the old one lives on."""
        old = self.check(access)
        if old.app is not app:
            raise token_refused(INVALID)
        if old.kind == "SYSTEM_USER":
            seconds: float | None = 60 * DAY if sixty_days or old.until is not None else None
        else:
            seconds = LONG
        return self.issue(app, old.kind, old.holder, old.sellers, old.scopes, seconds)

    def check(self, access: str) -> Token:
        """The token behind a text, if it is good; else the refusal (190)."""
        if not access:
            raise Refused(104, "An access token is required to request this resource.")
        app = self.apps.get(access.partition("|")[0])
        if app is not None and access == app.token:
            return Token(app, access, "APP", app.app_id, frozenset(), frozenset(), 0.0)
        token = self.tokens.get(access)
        if token is None:
            raise token_refused(INVALID)
        self._check_alive(token)
        return token

    def _check_alive(self, token: Token) -> None:
        if token.dead is not None:
            raise token_refused(REVOKED.format(app=token.app.app_id), token.dead)
        if token.until is not None and self._clock.now() >= token.until:
            raise expired()

    def end(self, token: Token, subcode: int) -> None:
        """Kill a token and those derived from it; a use of them meets 190 with that subcode."""
        for one in self.tokens.values():
            if one is token or (one.parent and one.parent == token.access):
                one.dead = subcode

    def withdraw(self, seller: str) -> None:
        """A business takes its assets out of every token; one that opens nothing more dies (458)."""
        for token in list(self.tokens.values()):
            if seller in token.sellers:
                token.sellers -= {seller}
                if not token.sellers:
                    self.end(token, 458)

    def expire(self, access: str) -> None:
        """Let a token run out now."""
        if access in self.tokens:
            self.tokens[access].until = self._clock.now()

    # -- codes

    def code(self, app: App, redirect: str | None, token: Token) -> str:
        """A code that buys ``token`` once; ``redirect`` None where the popup needs no address."""
        text = "AQ" + "".join(self._random.choices("ABCDEFabcdef0123456789_-", k=60))
        self._codes[text] = _Code(app, redirect, token, self._clock.now() + CODE_LIFE)
        return text

    def exchange(self, app: App, code: str, redirect: str | None) -> Token:
        """The token that a code buys; any use of it, good or bad, uses it up."""
        found = self._codes.pop(code, None)
        if found is None or found.app is not app:
            raise wrong("This authorization code has been used.", error_subcode=36009)
        if self._clock.now() > found.until:
            raise wrong("This authorization code has expired.", error_subcode=36007)
        if found.redirect != redirect:
            raise wrong(
                "Error validating verification code. Please make sure your redirect_uri is identical to "
                "the one you used in the OAuth dialog request",
                error_subcode=36008,
            )
        now = self._clock.now()
        life = None if found.token.until is None else found.token.until - found.token.issued
        bought = evolve(
            found.token, access=self._word(), issued=now, until=None if life is None else now + life
        )
        self.tokens[bought.access] = bought
        return bought

    # -- checks of a call

    def check_proof(self, token: Token, given: Mapping[str, Any]) -> None:
        """Hold a call's ``appsecret_proof`` to its token."""
        text, moment = given.get("appsecret_proof"), given.get("appsecret_time")
        if text is None:
            if token.app.require_proof and token.kind != "APP":
                raise wrong("API calls from the server require an appsecret_proof argument")
            return
        timed = None if moment is None else int(moment) if str(moment).isdecimal() else 0
        late = timed is not None and not 0 <= self._clock.now() - timed + 1 <= PROOF_LIFE + 1
        if late or not _same(proof(token.app.secret, token.access, timed), str(text)):
            raise wrong("Invalid appsecret_proof provided in the API argument")

    @staticmethod
    def check_scope(token: Token, scope: tuple[str, ...], holders: frozenset[str]) -> None:
        """Refuse a token without any of the permissions, or of another type."""
        if holders and token.kind not in holders:
            if holders == frozenset({"PAGE"}):
                raise Refused(
                    210, "(#210) A page access token is required to request this resource.", status=403
                )
            raise Refused(15, "(#15) This method must be called with another type of access token.")
        if scope and not token.scopes & set(scope) and token.kind != "APP":
            raise no_permission(scope[0])
        if scope and token.kind == "APP":
            raise no_permission(scope[0])
