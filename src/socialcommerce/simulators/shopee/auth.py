"""Consent pages, codes and tokens of the pretend Shopee, and the public lists about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.shopee.authority import ACCESS_LIFE, App, Pair, Subject
from socialcommerce.simulators.shopee.wire import IDENTITY, Call, Refused, Routes, signature

if TYPE_CHECKING:
    from socialcommerce.simulators.shopee.twin import ShopeeTwin

__all__ = ["consent", "routes", "subjects_of"]

routes = Routes()

LINK_LIFE = 300
AUTHORIZE = "/api/v2/shop/auth_partner"
CANCEL = "/api/v2/shop/cancel_auth_partner"
SUBJECTS = ("shop_id", "merchant_id", "supplier_id", "user_id", "principal_id")


def subjects_of(accounts: Sequence[Account], merchants: bool = False) -> list[Subject]:
    """The identities behind accounts: their shops and, where asked, their merchants."""
    found = [("shop_id", account.id) for account in accounts]
    if merchants:
        ids = {str(one) for account in accounts if (one := account.native["merchant_id"]) is not None}
        found += [("merchant_id", one) for one in sorted(ids)]
    return found


def consent(
    twin: ShopeeTwin,
    url: str,
    account: object = None,
    main_account: bool | None = None,
    days: float = 365,
) -> str | None:
    """Do on Shopee's page what the seller would; answers the redirect, None where it is no page.

    ``account`` is the shop that logs in (the first unless given). With ``main_account`` all
    shops are authorised at once, which is so by itself where there are several and none was
    named. ``days`` is the validity picked. Raises ``Refused`` as the page would.
    """
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    if parts.path in (AUTHORIZE, CANCEL):
        app, redirect = _legacy(twin, parts.path, query), query.get("redirect", "")
    elif parts.netloc.startswith("open.") and parts.path in ("/auth", "/cancel_auth"):
        app, redirect = _unsigned(twin, query), query.get("redirect_uri", "")
    else:
        return None
    _check_domain(app, redirect)
    if "cancel" in parts.path:
        twin.withdraw(app, [twin.market.account(account)] if account else twin.accounts)
        return redirect
    state = {"state": query["state"]} if "state" in query else {}
    return _with_query(redirect, {**_answer(twin, app, account, main_account, days), **state})


def _answer(
    twin: ShopeeTwin, app: App, account: object, main_account: bool | None, days: float
) -> dict[str, str]:
    if main_account is None:
        main_account = account is None and len(twin.accounts) > 1
    if main_account:
        subjects = subjects_of(twin.accounts, merchants=True)
        twin.grant(app, subjects, days, main_account=True)
        code = twin.authority.code(app, subjects, twin.main_account_id)
        return {"code": code, "main_account_id": twin.main_account_id}
    shop = twin.market.account(account) if account else twin.accounts[0]
    subjects = subjects_of([shop])
    twin.grant(app, subjects, days)
    return {"code": twin.authority.code(app, subjects), "shop_id": shop.id}


def _legacy(twin: ShopeeTwin, path: str, query: dict[str, str]) -> App:
    app = twin.app(query.get("partner_id", ""))
    timestamp = query.get("timestamp", "")
    if not timestamp.isdecimal() or abs(twin.clock.now() - int(timestamp)) > LINK_LIFE:
        raise Refused("error_param", "Timestamp is expired.")
    if query.get("sign") != signature(app.partner_key, app.partner_id, path, timestamp):
        raise Refused("error_sign", "Wrong sign.", 403)
    return app


def _unsigned(twin: ShopeeTwin, query: dict[str, str]) -> App:
    app = twin.app(query.get("partner_id", ""))
    if query.get("response_type") != "code" or query.get("auth_type") not in ("seller", "supplier", "user"):
        raise Refused("error_param", "Wrong parameters, detail: response_type or auth_type.")
    return app


def _check_domain(app: App, redirect: str) -> None:
    host = urlsplit(redirect).hostname
    if not host or (app.redirect_domain and host != app.redirect_domain):
        raise Refused("error_param", "The domain of redirect_uri is not consistent with the declared one.")


def _with_query(url: str, fields: dict[str, str]) -> str:
    parts = urlsplit(url)
    query = "&".join(filter(None, [parts.query, urlencode(fields)]))
    return urlunsplit(parts._replace(query=query))


def _only_one(call: Call, names: Sequence[str]) -> tuple[str, str]:
    given = [(name, str(call.get(name))) for name in names if call.get(name) is not None]
    if len(given) != 1:
        raise Refused("error_param", f"Wrong parameters, detail: exactly one of {', '.join(names)}.")
    return given[0]


def _own_partner(call: Call) -> None:
    if call.params["partner_id"] != call.app.partner_id:
        raise Refused("error_param", "Wrong parameters, detail: partner_id.")


def _tokens(call: Call, pair: Pair) -> dict[str, Any]:
    return {
        "access_token": pair.access_token,
        "refresh_token": pair.refresh_token,
        "expire_in": ACCESS_LIFE,
    }


def _lists(pair: Pair) -> dict[str, list[int]]:
    shops = [int(one) for kind, one in pair.subjects if kind == "shop_id"]
    merchants = [int(one) for kind, one in pair.subjects if kind == "merchant_id"]
    return {"shop_id_list": shops, "merchant_id_list": merchants}


@routes.post("auth/token/get")
def exchange(call: Call) -> Any:
    """The first tokens for the code of the redirect."""
    _own_partner(call)
    kind, value = _only_one(call, ("shop_id", "main_account_id"))
    code = call.params["code"]
    if kind == "shop_id":
        return _tokens(call, call.twin.authority.exchange(call.app, code, shop=value))
    pair = call.twin.authority.exchange(call.app, code, main_account=value)
    return _tokens(call, pair) | _lists(pair)


@routes.post("auth/access_token/get")
def renew(call: Call) -> Any:
    """The next tokens for a refresh token, which is spent."""
    _own_partner(call)
    kind, value = _only_one(call, SUBJECTS)
    pair = call.twin.authority.renew(call.app, call.params["refresh_token"], (kind, value))
    return _tokens(call, pair) | {"partner_id": call.app.partner_id, kind: int(value)}


@routes.post("public/get_token_by_resend_code")
def redeem(call: Call) -> Any:
    """Tokens for a code that the seller had sent again."""
    pair = call.twin.authority.redeem(call.app, call.params["resend_code"])
    return _tokens(call, pair) | _lists(pair)


def _linked(call: Call, kind: str) -> tuple[list[tuple[str, int, int]], bool]:
    size = call.twin.page(call.within("page_size", 1, 100, 100))
    start = (call.within("page_no", 1, 5000, 1) - 1) * size
    grants = [
        grant
        for (partner, subject), grant in call.twin.authority.grants.items()
        if partner == call.app.partner_id and subject[0] == kind and grant.until > call.now
    ]
    page = [(grant.subject[1], int(grant.since), int(grant.until)) for grant in grants[start : start + size]]
    return page, start + size < len(grants)


@routes.get("public/get_shops_by_partner")
def shops(call: Call) -> Any:
    """Every shop that authorised the app."""
    page, more = _linked(call, IDENTITY["Shop"])
    region = call.twin.region_of
    rows = [
        {
            "region": region(shop),
            "shop_id": int(shop),
            "auth_time": since,
            "expire_time": until,
            "sip_affi_shop_list": [],
        }
        for shop, since, until in page
    ]
    return {"authed_shop_list": rows, "more": more}


@routes.get("public/get_merchants_by_partner")
def merchants(call: Call) -> Any:
    """Every merchant that authorised the app."""
    page, more = _linked(call, IDENTITY["Merchant"])
    rows = [
        {"region": "KR", "merchant_id": int(merchant), "auth_time": since, "expire_time": until}
        for merchant, since, until in page
    ]
    return {"authed_merchant_list": rows, "more": more}


@routes.get("public/get_shopee_ip_ranges")
def ip_ranges(call: Call) -> Any:
    """The networks that pushes come from (here: the range reserved for documentation)."""
    return {"ip_list": ["192.0.2.0/24"]}
