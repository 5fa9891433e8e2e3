"""Consent pages, codes, tokens of both worlds, and the accounts that they open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from socialcommerce.simulators.tiktok_ads.advertiser import Advertiser
from socialcommerce.simulators.tiktok_ads.authority import ACCESS_LIFE, REFRESH_LIFE, SCOPES, App, Token
from socialcommerce.simulators.tiktok_ads.wire import Call, Plain, Refused, Routes, wrong

if TYPE_CHECKING:
    from socialcommerce.simulators.tiktok_ads.twin import TikTokAdsTwin

__all__ = ["PUBLIC", "consent", "routes"]

routes = Routes()

ADVERTISER_PAGE = ("business-api.tiktok.com", "/portal/auth")
ACCOUNT_PAGE = ("www.tiktok.com", "/v2/auth/authorize")
PUBLIC = (
    "/oauth2/access_token/",
    "/oauth2/token/",
    "/oauth2/revoke_token/",
    "/tt_user/",
    "/business/webhook/",
    "/subscription/",
)
"""Paths that carry app id and secret in place of a token."""


def consent(
    twin: TikTokAdsTwin,
    url: str,
    account: object = None,
    deny: bool = False,
    scopes: Iterable[int] | None = None,
) -> str | None:
    """Do on TikTok's page what the seller would; answers the redirect, None where it is no page.

    Every ad account is granted unless ``account`` names one (on the page of the TikTok account:
    the first one's account unless named); ``scopes`` are the numbers granted to an advertiser
    token; ``deny`` is the other button. Raises ``Refused`` as the page would.
    """
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    page = (parts.netloc, parts.path.rstrip("/"))
    if page not in (ADVERTISER_PAGE, ACCOUNT_PAGE):
        return None
    app = twin.authority.app(query.get("app_id" if page == ADVERTISER_PAGE else "client_key", ""))
    redirect = query.get("redirect_uri", "")
    if not redirect or (app.redirects and redirect not in app.redirects):
        raise wrong("redirect_uri: Not registered with this app.")
    state = {"state": query["state"]} if "state" in query else {}
    if deny:
        return _redirect(redirect, {"error": "access_denied", **state})
    if page == ADVERTISER_PAGE:
        names = [one.id for one in ([twin.advertiser(account)] if account is not None else twin.advertisers)]
        code = twin.authority.advertiser_code(app, names, SCOPES if scopes is None else scopes)
        return _redirect(redirect, {"auth_code": code, **state})
    if query.get("response_type") != "code":
        raise wrong("response_type: Must be code.")
    who = twin.advertiser(account) if account is not None else twin.advertisers[0]
    code = twin.authority.account_code(app, who.open_id, query.get("scope", ""), redirect)
    return _redirect(redirect, {"code": code, "scopes": query.get("scope", ""), **state})


def _redirect(url: str, fields: Mapping[str, str]) -> str:
    parts = urlsplit(url)
    query = "&".join(filter(None, [parts.query, urlencode(fields)]))
    return urlunsplit(parts._replace(query=query))


# -- the advertiser's world


@routes.on("POST", "/oauth2/access_token/")
def access_token(call: Call) -> Any:
    """The token that an auth_code buys; it never ends by itself."""
    app = call.twin.authority.app(call.values["app_id"], call.values["secret"])
    token = call.twin.authority.exchange(app, "advertiser", call.values["auth_code"])
    shown: dict[str, Any] = {"access_token": token.access, "scope": sorted(token.scopes)}
    if call.values.get("return_advertiser_ids", True):
        shown["advertiser_ids"] = sorted(token.advertisers)
    return shown


@routes.on("POST", "/oauth2/token/")
def token(call: Call) -> Any:
    """The other form of the same: the token stands beside ``code``."""
    app = call.twin.authority.app(call.values["client_id"], call.values["client_secret"])
    if call.values["grant_type"] != "authorization_code":
        raise wrong("grant_type: Must be authorization_code.")
    bought = call.twin.authority.exchange(app, "advertiser", call.values["code"])
    fields = {"access_token": bought.access, "token_type": "Bearer", "scope": sorted(bought.scopes)}
    return Plain({**fields, "advertiser_ids": sorted(bought.advertisers)})


@routes.on("POST", "/oauth2/revoke_token/")
def revoke_token(call: Call) -> Any:
    """End a token; the subscriptions behind it end with it."""
    app = call.twin.authority.app(call.values["app_id"], call.values["secret"])
    ended = call.twin.authority.revoke(app, call.values["access_token"])
    call.twin.forget_subscriptions(ended.access)
    return {"app_id": app.app_id, "advertiser_ids": sorted(ended.advertisers)}


@routes.on("GET", "/oauth2/advertiser/get/")
def advertisers(call: Call) -> Any:
    """The ad accounts that a token opens."""
    call.twin.authority.app(call.values["app_id"], call.values["secret"])
    opened = call.twin.authority.tokens[call.token].advertisers
    rows = [one for one in call.twin.advertisers if one.id in opened]
    return {"list": [{"advertiser_id": one.id, "advertiser_name": one.name} for one in rows]}


def _info(twin: TikTokAdsTwin, one: Advertiser) -> dict[str, Any]:
    return {
        "advertiser_id": one.id,
        "name": one.name,
        "currency": one.currency,
        "timezone": one.timezone,
        "display_timezone": one.timezone,
        "country": one.region,
        "status": one.native["status"],
        "role": "ROLE_ADVERTISER",
        "balance": one.balance,
        "company": f"{one.name} Ltd.",
        "industry": "290502",
        "language": "en",
        "owner_bc_id": twin.bc_id,
        "advertiser_account_type": "AUCTION",
        "rejection_reason": "",
        "create_time": int(one.native["created"]),
    }


@routes.on("GET", "/advertiser/info/")
def info(call: Call) -> Any:
    """Currency, time zone, status and balance of up to a hundred ad accounts."""
    ids = call.values["advertiser_ids"]
    if not 1 <= len(ids) <= 100:
        raise Refused(40011, "advertiser_ids: Must hold 1 to 100 ids.")
    shown = [_info(call.twin, call.twin.opened(call.token, one)) for one in ids]
    fields = call.values.get("fields")
    return {
        "list": [{name: row[name] for name in row if name in fields} for row in shown] if fields else shown
    }


@routes.on("GET", "/advertiser/balance/get/")
def balance(call: Call) -> Any:
    """What is left in each ad account of the Business Center."""
    call.twin.check_bc(call.values["bc_id"])

    def show(one: Advertiser) -> dict[str, Any]:
        return {
            "advertiser_id": one.id,
            "advertiser_name": one.name,
            "advertiser_status": "SHOW_ACCOUNT_STATUS_APPROVED",
            "currency": one.currency,
            "timezone": one.timezone,
            "account_balance": one.balance,
            "valid_account_balance": one.balance,
        }

    return call.page(call.twin.advertisers, show, 50, "advertiser_account_list")


@routes.on("GET", "/user/info/")
def user(call: Call) -> Any:
    """The person behind the token."""
    return {
        "core_user_id": call.twin.user_id,
        "display_name": "Pretend seller",
        "email": "s***r@example.com",
        "create_time": int(call.twin.advertisers[0].native["created"]),
    }


@routes.on("GET", "/bc/get/")
def business_center(call: Call) -> Any:
    """The one Business Center."""
    info = {"bc_id": call.twin.bc_id, "name": "Pretend center", "currency": call.twin.advertisers[0].currency}
    rows = [info] if call.values.get("bc_id", call.twin.bc_id) == call.twin.bc_id else []
    return call.page(rows, lambda row: {"bc_info": row, "user_role": "ADMIN"}, 50)


@routes.on("GET", "/term/check/")
def term_check(call: Call) -> Any:
    """Whether an agreement was confirmed."""
    return {"confirmed": call.values["term_type"] in call.advertiser.native["terms"]}


@routes.on("POST", "/term/confirm/")
def term_confirm(call: Call) -> Any:
    """Confirm an agreement."""
    call.advertiser.native["terms"].add(call.values["term_type"])


# -- the TikTok account's world


def _pair(token: Token) -> dict[str, Any]:
    return {
        "access_token": token.access,
        "token_type": "Bearer",
        "scope": ",".join(sorted(token.account_scopes)),
        "expires_in": ACCESS_LIFE,
        "refresh_token": token.refresh,
        "refresh_token_expires_in": REFRESH_LIFE,
        "open_id": token.open_id,
    }


def _client(call: Call, grant: str | None = None) -> App:
    if grant is not None and call.values["grant_type"] != grant:
        raise wrong(f"grant_type: Must be {grant}.")
    return call.twin.authority.app(call.values["client_id"], call.values["client_secret"])


@routes.on("POST", "/tt_user/oauth2/token/")
def account_token(call: Call) -> Any:
    """The pair of tokens that an account's code buys; durations, not instants."""
    app = _client(call, "authorization_code")
    code, redirect = call.values["auth_code"], call.values["redirect_uri"]
    return _pair(call.twin.authority.exchange(app, "account", code, redirect))


@routes.on("POST", "/tt_user/oauth2/refresh_token/")
def refresh_token(call: Call) -> Any:
    """A new pair; the old refresh token is used up."""
    return _pair(call.twin.authority.renew(_client(call, "refresh_token"), call.values["refresh_token"]))


@routes.on("POST", "/tt_user/oauth2/revoke/")
def revoke(call: Call) -> Any:
    """End an account's token."""
    call.twin.authority.revoke(_client(call), call.values["access_token"])


@routes.on("POST", "/tt_user/token_info/get/")
def token_info(call: Call) -> Any:
    """Whose token it is, and what it opens."""
    app = call.twin.authority.app(call.values["app_id"])
    found = call.twin.authority.tokens.get(call.values["access_token"])
    if found is None or found.app is not app or not found.open_id:
        raise Refused(40105, "Access token is incorrect or has been revoked.")
    return {
        "app_id": app.app_id,
        "creator_id": found.open_id,
        "scope": ",".join(sorted(found.account_scopes)),
    }
