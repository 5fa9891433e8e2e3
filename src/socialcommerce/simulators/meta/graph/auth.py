"""The login dialog, and every call about tokens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from socialcommerce.simulators.meta.graph.authority import DAY, SCOPES, SHORT, App, Token
from socialcommerce.simulators.meta.graph.errors import Refused, missing, wrong
from socialcommerce.simulators.meta.graph.wire import Call, Routes

if TYPE_CHECKING:
    from socialcommerce.simulators.meta.graph.twin import GraphTwin

__all__ = ["consent", "routes"]

routes = Routes()


def consent(
    twin: GraphTwin,
    url: str,
    accounts: Iterable[object] | None = None,
    deny: bool = False,
    scopes: Iterable[str] | None = None,
) -> str | None:
    """Do on Meta's login dialog what the seller would; answers the redirect, None where it is none.

    Every seller's assets are granted unless ``accounts`` names some, and every permission asked for
    unless ``scopes`` names fewer; ``deny`` is the other button. Raises ``Refused`` as the dialog would.
    """
    parts = urlsplit(url)
    path = parts.path.split("/", 2)[-1] if parts.path.startswith("/v") else parts.path.lstrip("/")
    if (parts.netloc, path) != ("www.facebook.com", "dialog/oauth"):
        return None
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    app = twin.authority.app(query.get("client_id", ""))
    redirect = query.get("redirect_uri", "")
    if not redirect or (app.redirects and redirect not in app.redirects):
        raise Refused(191, "URL Blocked: This redirect failed because the redirect URI is not whitelisted")
    if query.get("response_type", "code") != "code":
        raise wrong("response_type must be code")
    state = {"state": query["state"]} if "state" in query else {}
    if deny:
        refusal = {"error": "access_denied", "error_code": "200", "error_reason": "user_denied"}
        return _redirect(redirect, {**refusal, "error_description": "Permissions error", **state})
    sellers = [twin.seller(one).id for one in accounts] if accounts else [one.id for one in twin.sellers]
    token = _granted(twin, app, query, sellers, scopes)
    return _redirect(redirect, {"code": twin.authority.code(app, redirect, token), **state})


def _granted(
    twin: GraphTwin, app: App, query: Mapping[str, str], sellers: list[str], scopes: Iterable[str] | None
) -> Token:
    kind, seconds = "USER", float(SHORT)
    asked = set(query.get("scope", "").replace(",", " ").split())
    if "config_id" in query:
        config = twin.configs.get(query["config_id"])
        if config is None:
            raise wrong("Invalid config_id")
        kind, asked = config["kind"], set(config["scopes"])
        seconds = config["seconds"] if kind == "SYSTEM_USER" else seconds
    unknown = asked - SCOPES - {"public_profile", "email"}
    if unknown:
        raise wrong(f"Invalid Scopes: {', '.join(sorted(unknown))}")
    granted = asked & set(scopes) if scopes is not None else asked
    holder = twin.system_user.id if kind == "SYSTEM_USER" else twin.person.id
    return twin.authority.issue(app, kind, holder, sellers, granted, seconds)


def _redirect(url: str, fields: Mapping[str, str]) -> str:
    parts = urlsplit(url)
    query = "&".join(filter(None, [parts.query, urlencode(fields)]))
    return urlunsplit(parts._replace(query=query))


# -- tokens


def _client(call: Call) -> App:
    for name in ("client_id", "client_secret"):
        if not call.given.get(name):
            raise missing(name)
    return call.twin.authority.app(str(call.given["client_id"]), str(call.given["client_secret"]))


def _bought(call: Call, token: Token) -> dict[str, Any]:
    shown: dict[str, Any] = {"access_token": token.access, "token_type": "bearer"}
    if token.until is not None:
        shown["expires_in"] = int(token.until - call.twin.clock.now())
    return shown


def access_token(call: Call) -> Any:
    """A token for a code, a longer-lived one for a token, or the app's own."""
    app, authority = _client(call), call.twin.authority
    grant = call.given.get("grant_type", "authorization_code")
    if grant == "client_credentials":
        return {"access_token": app.token, "token_type": "bearer"}
    if grant == "fb_exchange_token":
        if not call.given.get("fb_exchange_token"):
            raise missing("fb_exchange_token")
        sixty = str(call.given.get("set_token_expires_in_60_days", "")).lower() in ("true", "1")
        return _bought(call, authority.lengthen(app, str(call.given["fb_exchange_token"]), sixty))
    if grant != "authorization_code":
        raise wrong(f"Invalid grant_type: {grant}")
    if not call.given.get("code"):
        raise missing("code")
    return _bought(
        call, authority.exchange(app, str(call.given["code"]), call.given.get("redirect_uri") or None)
    )


routes.path("GET", "/oauth/access_token", public=True)(access_token)
routes.path("POST", "/oauth/access_token", public=True)(access_token)


@routes.path("GET", "/oauth/revoke")
def revoke(call: Call) -> Any:
    """End one token of the app."""
    app = _client(call)
    token = call.twin.authority.tokens.get(str(call.given.get("revoke_token", "")))
    if token is None or token.app is not app:
        raise wrong("Invalid revoke_token")
    call.twin.authority.end(token, 458)


@routes.path("GET", "/debug_token")
def debug_token(call: Call) -> Any:
    """Whose token it is, what it opens, and until when."""
    text = str(call.given.get("input_token", ""))
    if not text:
        raise missing("input_token")
    authority = call.twin.authority
    token = authority.tokens.get(text)
    problem = _problem(call, text)
    if token is None and problem is None:
        token = authority.check(text)
    if token is None or token.app is not call.app:
        raise wrong("The access token could not be decrypted" if token is None else "(#100) Not your app's")
    error = {"error": problem} if problem is not None else {}
    return {"data": {**_described(call, token), "is_valid": problem is None, **error}}


def _problem(call: Call, text: str) -> dict[str, Any] | None:
    try:
        call.twin.authority.check(text)
    except Refused as refusal:
        return {"code": refusal.code, "message": refusal.message, "subcode": refusal.subcode or 0}
    return None


def _described(call: Call, token: Token) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "app_id": token.app.app_id,
        "type": token.kind,
        "application": token.app.name,
        "data_access_expires_at": int(token.data_until or 0),
        "expires_at": int(token.until or 0),
        "issued_at": int(token.issued),
        "scopes": sorted(token.scopes),
        "granular_scopes": [
            {"scope": scope, "target_ids": ids}
            for scope in sorted(token.scopes)
            if (ids := _targets(call.twin, token, scope))
        ],
    }
    if token.kind == "PAGE":
        shown |= {"profile_id": token.holder, "user_id": call.twin.person.id}
    elif token.kind != "APP":
        shown["user_id"] = token.holder
    return shown


TARGETS = {
    "catalog_": "ProductCatalog",
    "ads_": "AdAccount",
    "pages_": "Page",
    "instagram_": "IGUser",
    "whatsapp_": "WhatsAppBusinessAccount",
}


def _targets(twin: GraphTwin, token: Token, scope: str) -> list[str]:
    kind = next((kind for start, kind in TARGETS.items() if scope.startswith(start)), "")
    owned = (one.assets.get(kind) for one in twin.sellers if one.id in token.sellers)
    return [node.id.removeprefix("act_") for node in owned if node is not None]


# -- tokens of a system user


def make_token(call: Call) -> Any:
    """A token for the system user; asked for by an admin of the business, with a proof."""
    if call.given.get("business_app") != call.app.app_id:
        raise wrong("business_app must be the app of the access token")
    if not call.given.get("appsecret_proof"):
        raise wrong("API calls from the server require an appsecret_proof argument")
    asked = call.given.get("scope") or []
    scopes = set(asked.replace(",", " ").split()) if isinstance(asked, str) else set(asked)
    if scopes - SCOPES:
        raise wrong(f"Invalid Scopes: {', '.join(sorted(scopes - SCOPES))}")
    sixty = str(call.given.get("set_token_expires_in_60_days", "")).lower() == "true"
    life = float(60 * DAY) if sixty else None
    sellers = call.holder.sellers
    token = call.twin.authority.issue(call.app, "SYSTEM_USER", call.own.id, sellers, scopes, life)
    return _bought(call, token)


def drop_tokens(call: Call) -> Any:
    """End every token that the app holds of the system user."""
    for token in list(call.twin.authority.tokens.values()):
        if token.holder == call.own.id and token.app is call.app:
            call.twin.authority.end(token, 458)


routes.edge("POST", "SystemUser", "access_tokens", scope="business_management")(make_token)
routes.edge("DELETE", "SystemUser", "access_tokens", scope="business_management")(drop_tokens)
