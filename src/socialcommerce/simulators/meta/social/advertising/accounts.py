"""Ad accounts: what is read of them, and how the fields of their objects are read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from socialcommerce.simulators.meta.graph.tables import fields_of
from socialcommerce.simulators.meta.graph.wire import Call, Node, Routes
from socialcommerce.simulators.meta.social.advertising.books import spent
from socialcommerce.simulators.meta.social.advertising.money import minor, smallest_budget
from socialcommerce.simulators.meta.social.advertising.state import (
    KINDS,
    SUCCESS,
    Advertising,
    Unit,
    ads_of,
    advertising,
    text_time,
)
from socialcommerce.simulators.meta.social.advertising.units import row_of

__all__ = ["routes"]

routes = Routes("ads_read", "ads_management", use_case="ads_management")
ACTIVE, UNSETTLED = 1, 3
WRITABLE = ("name", "default_dsa_beneficiary", "default_dsa_payor", "end_advertiser", "media_agency")

for _kind in (*KINDS.values(), "AdCreative", "AdVideo", "CustomAudience"):
    routes.readable(_kind, "id")


def _account(call: Call, node: Node) -> Advertising:
    assert node.seller is not None
    return advertising(call.twin, node.seller)


@routes.reads("AdAccount", "owner")
def owner(call: Call, node: Node) -> str:
    """The business that an account belongs to."""
    return call.twin.business.id


@routes.reads("AdAccount", "disable_reason")
def disable_reason(call: Call, node: Node) -> int:
    """Why an account is disabled: 0, for it is not."""
    return 0


@routes.reads("AdAccount", "tos_accepted")
def terms(call: Call, node: Node) -> dict[str, int]:
    """Which terms were accepted."""
    return {"custom_audience_tos": 1}


@routes.reads("AdAccount", "created_time")
def created(call: Call, node: Node) -> str:
    """When the account was opened."""
    return text_time(node.created)


@routes.reads("AdAccount", "account_status")
def account_status(call: Call, node: Node) -> int:
    """1 for an active account, 3 for one that cannot pay."""
    return ACTIVE if _account(call, node).funded else UNSETTLED


@routes.reads("AdAccount", "min_daily_budget")
def min_daily_budget(call: Call, node: Node) -> int:
    """The smallest daily budget, in the smallest steps."""
    return smallest_budget(_account(call, node).seller)


@routes.reads("AdAccount", "amount_spent", "balance")
def amount_spent(call: Call, node: Node) -> str:
    """What all campaigns cost so far, in the smallest steps."""
    ads = _account(call, node)
    return str(sum(minor(ads.seller, spent(ads, one)) for one in ads.at("campaign")))


@routes.reads("AdAccount", "timezone_offset_hours_utc")
def offset_hours(call: Call, node: Node) -> float:
    """How far the account's time zone is from UTC now, in hours."""
    ads = _account(call, node)
    offset = datetime.fromtimestamp(ads.now(), ZoneInfo(ads.seller.timezone)).utcoffset()
    return offset.total_seconds() / 3600 if offset is not None else 0.0


@routes.node("POST", "AdAccount", scope="ads_management")
def update(call: Call) -> Any:
    """Change the name of an account, or whom its ads stand for in Europe."""
    call.own.data.update({name: call.given[name] for name in WRITABLE if name in call.given})
    return SUCCESS


@routes.edge("GET", "AdAccount", "minimum_budgets")
def minimum_budgets(call: Call) -> Any:
    """The smallest daily budgets by what is billed."""
    seller = ads_of(call).seller
    least = smallest_budget(seller)
    row = {
        "currency": seller.currency,
        "min_daily_budget_imp": least,
        "min_daily_budget_high_freq": least * 5,
        "min_daily_budget_low_freq": least * 40,
        "min_daily_budget_video_views": least,
    }
    return {"data": [row]}


def _field(name: str) -> Callable[[Call, Node], Any]:
    def read(call: Call, node: Node) -> Any:
        ads, unit = _account(call, node), node.entity
        assert isinstance(unit, Unit)
        if ads.shown is None or ads.shown[0] is not call or ads.shown[1] is not unit:
            ads.shown = (call, unit, row_of(ads, unit))
        return ads.shown[2].get(name)

    return read


for _kind in KINDS.values():
    for _name in (fields_of(_kind) or frozenset()) - {"id"}:
        routes.reads(_kind, _name)(_field(_name))
