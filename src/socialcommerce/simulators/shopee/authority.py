"""Who may speak for whom: apps, authorisations, codes and tokens of the pretend Shopee."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any, TypeAlias

from attrs import define, field

from socialcommerce.simulators.clock import Clock
from socialcommerce.simulators.shopee.wire import Refused

__all__ = ["ACCESS_LIFE", "App", "Authority", "Grant", "Pair", "Subject"]

ACCESS_LIFE = 4 * 3600
GRACE = 5 * 60
REFRESH_LIFE = 30 * 86400
CODE_LIFE = 10 * 60
DAY = 86400

Subject: TypeAlias = tuple[str, str]
"""Whom a token speaks for: the identity parameter ("shop_id") and the id."""

CATEGORIES = {"S": "Seller In House System", "E": "ERP System", "A": "Ads Service", "C": "Customer Service"}


@define(slots=True, eq=False)
class App:
    """A program registered with the platform.

    ``category`` is a letter of ``CATEGORIES`` and decides which operations it may call.
    ``push_key`` signs its webhooks; ``redirect_domain`` restricts the consent page's
    redirect where it is set.
    """

    partner_id: int
    partner_key: str = field(repr=False)
    push_key: str = field(repr=False)
    category: str = "S"
    redirect_domain: str = ""
    callback_url: str = ""
    push_on: set[int] = field(factory=set)
    blocked_shops: set[int] = field(factory=set)
    lost: list[dict[str, Any]] = field(factory=list)
    confirmed: int = 0


@define(slots=True)
class Grant:
    """A seller's authorisation of an app for one subject, in epoch seconds."""

    app: App
    subject: Subject
    since: float
    until: float


@define(slots=True)
class _Access:
    app: App
    until: dict[Subject, float]


@define(slots=True)
class _Refresh:
    app: App
    unspent: set[Subject]
    until: float


@define(slots=True)
class _Code:
    app: App
    subjects: tuple[Subject, ...]
    main_account: str
    until: float


@define(slots=True)
class Pair:
    """An access token and the refresh token that renews it."""

    access_token: str
    refresh_token: str
    subjects: tuple[Subject, ...]


class Authority:
    """The platform's book of apps, authorisations and tokens."""

    def __init__(self, clock: Clock, randomness: random.Random) -> None:
        self.clock = clock
        self._random = randomness
        self.apps: dict[int, App] = {}
        self.grants: dict[tuple[int, Subject], Grant] = {}
        self._access: dict[str, _Access] = {}
        self._refresh: dict[str, _Refresh] = {}
        self._codes: dict[str, _Code] = {}

    def token(self) -> str:
        """A fresh secret of 32 hexadecimal digits, as the platform's tokens and keys look."""
        return f"{self._random.getrandbits(128):032x}"

    # -- authorisations

    def authorise(self, app: App, subjects: Iterable[Subject], days: float = 365) -> None:
        """The seller authorises ``app``; whatever it held for these subjects is replaced."""
        now = self.clock.now()
        for subject in subjects:
            self._forget(app, subject)
            self.grants[app.partner_id, subject] = Grant(app, subject, now, now + days * DAY)

    def withdraw(self, app: App, subject: Subject) -> bool:
        """The seller withdraws an authorisation; says whether there was one."""
        self._forget(app, subject)
        return self.grants.pop((app.partner_id, subject), None) is not None

    def _forget(self, app: App, subject: Subject) -> None:
        for access in self._access.values():
            if access.app is app:
                access.until.pop(subject, None)
        for refresh in self._refresh.values():
            if refresh.app is app:
                refresh.unspent.discard(subject)

    def standing(self, app: App, subject: Subject) -> Grant:
        """The authorisation in force, else the platform's refusal."""
        kind = subject[0].removesuffix("_id")
        grant = self.grants.get((app.partner_id, subject))
        if grant is None:
            raise Refused(f"{kind}_no_linked", f"Partner and {kind} has no linked.", 403)
        if grant.until <= self.clock.now():
            raise Refused(f"{kind}_access_expired", f"Your access to {kind} has expired.", 403)
        return grant

    def stands(self, app: App, subject: Subject) -> bool:
        """Whether an authorisation is in force."""
        grant = self.grants.get((app.partner_id, subject))
        return grant is not None and grant.until > self.clock.now()

    # -- codes

    def code(self, app: App, subjects: Iterable[Subject], main_account: str = "") -> str:
        """A one-time code for the redirect, or a resend code."""
        code = self.token()
        self._codes[code] = _Code(app, tuple(subjects), main_account, self.clock.now() + CODE_LIFE)
        return code

    def exchange(self, app: App, code: str, shop: str = "", main_account: str = "") -> Pair:
        """The first pair of tokens for a code, which is spent by it."""
        found = self._spend(app, code, "The code is expired or used or invalid, please check the code.")
        if main_account and found.main_account != main_account:
            raise Refused(
                "invalid_main_acount_id",
                "The code or main_accoount_id is wrong, please check the code or the main_account_id.",
            )
        if shop and (found.main_account or ("shop_id", shop) not in found.subjects):
            raise Refused(
                "invalid_shop_id", "The code or shop_id is wrong, please check the code or the shop_id."
            )
        return self.issue(app, found.subjects)

    def redeem(self, app: App, code: str) -> Pair:
        """A pair of tokens for a resend code."""
        return self.issue(app, self._spend(app, code, "The resend_code is invalid.").subjects)

    def _spend(self, app: App, code: str, message: str) -> _Code:
        found = self._codes.pop(code, None)
        if found is None or found.app is not app or found.until <= self.clock.now():
            raise Refused("invalid_code", message)
        return found

    # -- tokens

    def issue(self, app: App, subjects: Iterable[Subject]) -> Pair:
        """A fresh pair: the access token for four hours, the refresh token for thirty days."""
        now, who = self.clock.now(), tuple(subjects)
        pair = Pair(self.token(), self.token(), who)
        self._access[pair.access_token] = _Access(app, dict.fromkeys(who, now + ACCESS_LIFE))
        self._refresh[pair.refresh_token] = _Refresh(app, set(who), now + REFRESH_LIFE)
        return pair

    def renew(self, app: App, refresh_token: str, subject: Subject) -> Pair:
        """The next pair for one subject; the old access token works five minutes more.

        A refresh token is spent once for each subject that it was given for.
        """
        self.standing(app, subject)
        kind = subject[0].removesuffix("_id")
        found = self._refresh.get(refresh_token)
        if found is None or found.app is not app or subject not in found.unspent:
            whose = "shopid" if kind == "shop" else f"{kind}_id"
            raise Refused(
                f"error_{'shop' if kind == 'shop' else 'merchant'}_refresh_token",
                f"Your refresh token is error ,please check refresh token or {whose}.",
                403,
            )
        if found.until <= self.clock.now():
            raise Refused("refresh_token_expired", "Your refresh_token expired.", 403)
        found.unspent.discard(subject)
        self._end(app, subject, self.clock.now() + GRACE)
        return self.issue(app, [subject])

    def _end(self, app: App, subject: Subject, latest: float) -> None:
        for access in self._access.values():
            if access.app is app and subject in access.until:
                access.until[subject] = min(access.until[subject], latest)

    def check(self, app: App, access_token: str, subject: Subject) -> None:
        """Refuse an access token that is not in force for this app and subject."""
        grant = self.grants.get((app.partner_id, subject))
        found = self._access.get(access_token)
        if found is not None and found.app is app and grant is None:
            raise Refused("partner_shop_no_link", "The partner and the shop are not linked.", 403)
        if found is None or found.app is not app or subject not in found.until:
            raise Refused("error_auth", "Invalid access_token.", 403)
        self.standing(app, subject)
        if found.until[subject] <= self.clock.now():
            message = "Invalid access_token, please have a check."
            raise Refused("invalid_acceess_token", message, 403)

    def expire(self, access_token: str) -> None:
        """Let an access token run out now."""
        found = self._access.get(access_token)
        if found is not None:
            found.until = dict.fromkeys(found.until, self.clock.now())
