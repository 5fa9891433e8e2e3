"""Consent pages, codes, tokens and shops of the pretend TikTok Shop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.tiktok_shop.authority import CONSENT_LIFE, SCOPES, App, Pair
from socialcommerce.simulators.tiktok_shop.wire import Call, Refused, Routes

if TYPE_CHECKING:
    from socialcommerce.simulators.tiktok_shop.twin import TikTokShopTwin

__all__ = ["CONSENT_HOSTS", "consent", "routes", "token_reply"]

routes = Routes()

CONSENT_HOSTS = frozenset(
    {"services.tiktokshop.com", "services.us.tiktokshop.com", "services.tiktokshops.us"}
)
LEGACY = ("auth.tiktok-shops.com", "/oauth/authorize")


def consent(
    twin: TikTokShopTwin,
    url: str,
    account: object = None,
    deny: bool = False,
    scopes: Iterable[str] | None = None,
    days: float = CONSENT_LIFE / 86400,
) -> str | None:
    """Do on TikTok's page what the seller would; answers the redirect, None where it is no page.

    Every shop of the seller is granted unless ``account`` names one; ``scopes`` may be fewer
    than the app has; ``deny`` is the other button. Raises ``Refused`` as the page would.
    """
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    if parts.netloc in CONSENT_HOSTS and parts.path == "/open/authorize":
        app = next(
            (one for one in twin.authority.apps.values() if one.service_id == query.get("service_id")), None
        )
    elif (parts.netloc, parts.path) == LEGACY:
        app = twin.authority.apps.get(query.get("app_key", ""))
    else:
        return None
    if app is None:
        raise Refused(36009004, "This service does not exist")
    state = {"state": query["state"]} if "state" in query else {}
    if deny:
        return _redirect(app, {"code": "null", "error": "auth_denied", **state})
    shops = [twin.market.account(account)] if account is not None else twin.accounts
    grant = twin.grant(app, shops, SCOPES.values() if scopes is None else scopes, days)
    return _redirect(app, {"code": twin.authority.code(grant), **state})


def _redirect(app: App, fields: Mapping[str, str]) -> str:
    parts = urlsplit(app.redirect_url)
    query = "&".join(filter(None, [parts.query, urlencode(fields)]))
    return urlunsplit(parts._replace(query=query))


def token_reply(twin: TikTokShopTwin, path: str, query: Mapping[str, str]) -> dict[str, Any]:
    """The ``data`` of ``/api/v2/token/get`` and ``/refresh``; both unsigned, the secret in the query."""
    app = twin.app(query.get("app_key", ""))
    if query.get("app_secret") != app.app_secret:
        raise _invalid("app_secret")
    wanted, field = WANTED[path]
    if query.get("grant_type") != wanted:
        raise _invalid("grant_type")
    if not query.get(field):
        raise _invalid(field)
    if field == "auth_code":
        return _pair(twin, twin.authority.exchange(app, query[field]))
    return _pair(twin, twin.authority.renew(app, query[field]))


WANTED: Mapping[str, tuple[str, str]] = {
    "/api/v2/token/get": ("authorized_code", "auth_code"),
    "/api/v2/token/refresh": ("refresh_token", "refresh_token"),
}
"""Path -> the grant type it takes, and the parameter that carries the proof."""


def _invalid(name: str) -> Refused:
    return Refused(98001004, f"Parameter invalid: {name}")


def _pair(twin: TikTokShopTwin, pair: Pair) -> dict[str, Any]:
    return {
        "access_token": pair.access_token,
        "access_token_expire_in": int(pair.access_until),
        "refresh_token": pair.refresh_token,
        "refresh_token_expire_in": int(pair.refresh_until),
        "open_id": twin.open_id,
        "seller_name": twin.accounts[0].name,
        "seller_base_region": twin.accounts[0].region,
        "user_type": 0,
        "granted_scopes": sorted(pair.grant.scopes),
    }


def _granted(call: Call) -> list[Account]:
    shops = call.twin.authority.grants[call.app.app_key].shops
    return [account for account in call.twin.accounts if account.id in shops]


@routes.on("GET", "/authorization/202309/shops")
def authorized_shops(call: Call) -> Any:
    """The shops that the token reaches, each with its cipher."""
    return {
        "shops": [
            {
                "id": shop.id,
                "name": shop.name,
                "region": shop.region,
                "seller_type": "CROSS_BORDER" if len(call.twin.accounts) > 1 else "LOCAL",
                "cipher": shop.native["cipher"],
                "code": shop.native["code"],
            }
            for shop in _granted(call)
        ]
    }


@routes.on("GET", "/seller/202309/shops")
def active_shops(call: Call) -> Any:
    """The seller's active shops."""
    return {"shops": [{"id": shop.id, "region": shop.region} for shop in _granted(call)]}


@routes.on("GET", "/seller/202309/permissions")
def permissions(call: Call) -> Any:
    """What a cross-border seller may do with global products."""
    several = len(call.twin.accounts) > 1
    return {"permissions": ["MANAGE_GLOBAL_PRODUCT"] if several else []}


@routes.on("GET", "/authorization/202405/category_assets")
def category_assets(call: Call) -> Any:
    """None: category assets belong to affiliate partners."""
    return {"category_assets": []}
