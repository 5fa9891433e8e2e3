"""Who hears of what: an app's subscriptions to objects, and the assets that an app is installed on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from attrs import frozen

from socialcommerce.simulators.market import Delivery
from socialcommerce.simulators.meta.graph.errors import Refused, wrong
from socialcommerce.simulators.meta.graph.hooks import Hook, handshake, signed_request
from socialcommerce.simulators.meta.graph.wire import Call, Node, Routes, Rows

if TYPE_CHECKING:
    from socialcommerce.simulators.meta.graph.authority import App
    from socialcommerce.simulators.meta.graph.twin import GraphTwin

__all__ = ["Listener", "begin", "call_back", "check_url", "installed", "listeners", "routes"]

routes = Routes(holders=("APP",))
VERSION = "v26.0"


@frozen
class Listener:
    """An app that hears of a field, and what its installation on the asset says."""

    app: App
    hook: Hook
    installation: Mapping[str, Any]


def begin(twin: GraphTwin, app: App) -> None:
    """A new app hears of everything, and is installed on every asset there is."""
    for name, fields in twin.hook_fields.items():
        app.subscriptions[name] = {"callback_url": twin.push_url, "fields": set(fields)}
    for seller in twin.sellers:
        if twin.hook_asset in seller.assets:
            installed(seller.asset(twin.hook_asset))[app.app_id] = {}


def installed(asset: Node) -> dict[str, dict[str, Any]]:
    """The apps on an asset: app id -> what was agreed with it."""
    found: dict[str, dict[str, Any]] = asset.hidden.setdefault("subscribed", {})
    return found


def listeners(twin: GraphTwin, asset: Node, name: str, field: str) -> Iterator[Listener]:
    """The apps that hear of a field of an object that happens to an asset."""
    for app_id, installation in list(installed(asset).items()):
        app = twin.authority.apps[app_id]
        subscription = app.subscriptions.get(name)
        if subscription is not None and field in subscription["fields"]:
            yield Listener(app, Hook(subscription["callback_url"], app.secret), installation)


def call_back(twin: GraphTwin, app: App, user_id: str) -> None:
    """Tell an app that somebody took it off the account, or wants the data deleted: a signed form."""
    body = urlencode({"signed_request": signed_request(app.secret, _about(twin, user_id))}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    twin.market.deliver(Delivery("POST", twin.push_url, headers, body))


def _about(twin: GraphTwin, user_id: str) -> dict[str, Any]:
    return {"user_id": user_id, "issued_at": int(twin.clock.now())}


def check_url(url: str) -> str:
    """The address, if it is one that webhooks are sent to."""
    if not url.startswith("https://"):
        raise wrong("callback_url must be a secure address (https://)")
    return url


# -- /{app-id}/subscriptions


@routes.edge("GET", "Application", "subscriptions")
def listed(call: Call) -> Rows:
    """The objects that the app hears of."""
    return Rows(
        [
            {
                "object": name,
                "callback_url": one["callback_url"],
                "active": True,
                "fields": [{"name": field, "version": VERSION} for field in sorted(one["fields"])],
            }
            for name, one in call.app.subscriptions.items()
        ]
    )


@routes.edge("POST", "Application", "subscriptions")
def subscribe(call: Call) -> None:
    """Hear of fields of an object; the address is asked for its consent first."""
    given, name = call.given, str(call.given["object"])
    known = call.twin.hook_fields.get(name)
    if known is None:
        raise wrong(f"Param object must be one of {', '.join(sorted(call.twin.hook_fields))}")
    if not given.get("callback_url") or not given.get("verify_token"):
        raise Refused(2200, "(#2200) Callback verification failed: callback_url and verify_token are needed")
    fields = set(given.get("fields") or ())
    if not fields <= known:
        raise wrong(f"Param fields holds unknown words: {', '.join(sorted(fields - known))}")
    url = check_url(str(given["callback_url"]))
    handshake(call.twin.market, url, str(given["verify_token"]))
    kept = call.app.subscriptions.get(name, {}).get("fields", set())
    call.app.subscriptions[name] = {"callback_url": url, "fields": kept | fields}


@routes.edge("DELETE", "Application", "subscriptions")
def unsubscribe(call: Call) -> None:
    """Hear no longer of some fields, of an object, or of anything."""
    name, fields = call.given.get("object"), set(call.given.get("fields") or ())
    if name is None:
        call.app.subscriptions.clear()
    elif fields and name in call.app.subscriptions:
        call.app.subscriptions[name]["fields"] -= fields
    else:
        call.app.subscriptions.pop(str(name), None)
