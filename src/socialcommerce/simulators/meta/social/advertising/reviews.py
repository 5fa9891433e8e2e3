"""Reviews of ads, and what an app hears of their ends: webhooks of the object ``ad_account``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialcommerce.simulators.meta.graph.subscriptions import installed, listeners
from socialcommerce.simulators.meta.graph.wire import Call, Routes, Rows
from socialcommerce.simulators.meta.social.advertising.state import Advertising, Unit
from socialcommerce.simulators.meta.social.advertising.units import effective_status, issues

__all__ = ["begin", "routes"]

routes = Routes("ads_management", use_case="ads_management")
OBJECT = "ad_account"


def begin(ads: Advertising, unit: Unit) -> None:
    """Start the review of an ad; it ends by itself."""
    unit.reviewed = ads.now() + ads.review_delay
    ends = unit.reviewed

    def end() -> None:
        if unit.reviewed == ends:
            _tell(ads, unit)

    ads.seller.clock.later(ads.review_delay, end)


def _tell(ads: Advertising, unit: Unit) -> None:
    """Say what a review came to, and what keeps the ad from delivering."""
    word = effective_status(ads, unit).replace("_", " ").capitalize()
    _push(ads, "in_process_ad_objects", {"id": unit.id, "level": "AD", "status_name": word})
    for one in issues(ads, unit):
        told = {name: one[name] for name in ("error_code", "error_summary", "error_message")}
        _push(ads, "with_issues_ad_objects", {"id": unit.id, "level": "AD", **told})


def _push(ads: Advertising, field: str, value: Mapping[str, Any]) -> None:
    account = ads.seller.asset("AdAccount")
    changes = [{"field": field, "value": value}]
    entry = {"id": ads.number, "time": int(ads.now()), "changes": changes}
    for one in listeners(ads.twin, account, OBJECT, field):
        one.hook.send(ads.twin.market, OBJECT, [entry])


# -- the apps on an ad account


@routes.edge("GET", "AdAccount", "subscribed_apps")
def subscribed(call: Call) -> Rows:
    """The apps that hear of the account."""
    apps = call.twin.authority.apps
    return Rows([{"id": key, "name": apps[key].name} for key in installed(call.own)])


@routes.edge("POST", "AdAccount", "subscribed_apps")
def subscribe(call: Call) -> None:
    """Put an app (the caller's, unless named) on the account."""
    installed(call.own)[_app(call)] = {}


@routes.edge("DELETE", "AdAccount", "subscribed_apps")
def unsubscribe(call: Call) -> None:
    """Take an app off the account."""
    installed(call.own).pop(_app(call), None)


def _app(call: Call) -> str:
    """The app that a call names; one that does not exist is refused."""
    return call.twin.authority.app(str(call.given.get("app_id") or call.app.app_id)).app_id
