"""Smart+ campaigns, ad groups and ads: the platform chooses audience and placement itself."""

from __future__ import annotations

from typing import Any

from socialcommerce.simulators.tiktok_ads import ads
from socialcommerce.simulators.tiktok_ads.advertiser import Advertiser, Family, Level, Node
from socialcommerce.simulators.tiktok_ads.campaigns import NOT_KEPT, check_budget
from socialcommerce.simulators.tiktok_ads.nodes import (
    check_name,
    check_schedule,
    created,
    find,
    listing,
    once,
    set_status,
    show,
    touch,
)
from socialcommerce.simulators.tiktok_ads.wire import Call, Partial, Refused, Routes

__all__ = ["routes"]

routes = Routes()

FAMILY: tuple[Family, ...] = ("smart_plus",)


def _make(call: Call, level: Level, parent: str, **fixed: Any) -> Node:
    now = call.advertiser.clock.now()
    check_name(f"{level}_name", call.values[f"{level}_name"])
    key = call.twin.new_id(level)
    kept = {name: value for name, value in call.values.items() if name not in NOT_KEPT}
    id_name = "smart_plus_ad_id" if level == "ad" else f"{level}_id"
    return Node(key, level, "smart_plus", parent, fixed | kept | {id_name: key}, now, now)


def _change(call: Call, level: Level, key: str) -> Node:
    node = find(call.advertiser, level, key, FAMILY)
    fixed = {"advertiser_id", "campaign_id", "adgroup_id", "smart_plus_ad_id"}
    changes = {name: value for name, value in call.values.items() if name not in fixed}
    if f"{level}_name" in changes:
        check_name(f"{level}_name", changes[f"{level}_name"])
    if level == "campaign":
        check_budget(call.advertiser, node.row | changes)
    if level == "adgroup":
        check_schedule(node.row | changes)
    touch(call.advertiser, node, changes)
    return node


def _listed(answer: Any, level: Level) -> Any:
    """The answer of a switch as this family writes it: one object per id."""
    data = answer.data if isinstance(answer, Partial) else answer
    rows = [{f"{level}_id": key, "status": data["status"]} for key in data[f"{level}_ids"]]
    shown = {f"{level}_list": rows, "error_list": data.get("error_list", [])}
    return Partial(shown) if isinstance(answer, Partial) else shown


# -- campaigns


@routes.on("GET", "/smart_plus/campaign/get/")
def campaigns(call: Call) -> Any:
    """Smart+ campaigns."""
    return listing(call, "campaign", "smart_plus")


@routes.on("POST", "/smart_plus/campaign/create/")
def create_campaign(call: Call) -> Any:
    """A new campaign; ``request_id`` is required and guards against a second one."""

    def make() -> dict[str, Any]:
        holder = {"budget_mode": "BUDGET_MODE_INFINITE", "budget_optimize_on": "budget" in call.values}
        node = _make(call, "campaign", "", **holder, campaign_type="REGULAR_CAMPAIGN", special_industries=[])
        check_budget(call.advertiser, node.row)
        return show(call.advertiser, created(call, node))

    return once(call, make)


@routes.on("POST", "/smart_plus/campaign/update/")
def update_campaign(call: Call) -> Any:
    """Change name or budget."""
    return show(call.advertiser, _change(call, "campaign", call.values["campaign_id"]))


@routes.on("POST", "/smart_plus/campaign/status/update/")
def campaign_status(call: Call) -> Any:
    """Switch campaigns on or off, or delete them."""
    return _listed(set_status(call, "campaign", call.values["campaign_ids"], FAMILY), "campaign")


# -- ad groups


@routes.on("GET", "/smart_plus/adgroup/get/")
def adgroups(call: Call) -> Any:
    """Smart+ ad groups."""
    return listing(call, "adgroup", "smart_plus")


@routes.on("POST", "/smart_plus/adgroup/create/")
def create_adgroup(call: Call) -> Any:
    """A new ad group; ``request_id`` is required and guards against a second one."""

    def make() -> dict[str, Any]:
        account = call.advertiser
        campaign = find(account, "campaign", call.values["campaign_id"], FAMILY)
        node = _make(call, "adgroup", campaign.id, budget_mode="BUDGET_MODE_INFINITE")
        shared = campaign.row["budget_mode"] != "BUDGET_MODE_INFINITE"
        check_budget(account, node.row, may_be_infinite=shared)
        check_schedule(node.row)
        return show(account, created(call, node))

    return once(call, make)


@routes.on("POST", "/smart_plus/adgroup/update/")
def update_adgroup(call: Call) -> Any:
    """Change an ad group."""
    return show(call.advertiser, _change(call, "adgroup", call.values["adgroup_id"]))


@routes.on("POST", "/smart_plus/adgroup/status/update/")
def adgroup_status(call: Call) -> Any:
    """Switch ad groups on or off, or delete them."""
    return _listed(set_status(call, "adgroup", call.values["adgroup_ids"], FAMILY), "adgroup")


# -- ads


def _check_media(account: Advertiser, values: Any) -> None:
    for one in values.get("creative_list") or ():
        info = one["creative_info"]
        video = (info.get("video_info") or {}).get("video_id")
        if video and video not in account.videos:
            raise Refused(40007, f"video_id: {video} doesn't exist.")
        for image in info.get("image_info") or ():
            if image["web_uri"] not in account.images:
                raise Refused(40007, f"web_uri: {image['web_uri']} doesn't exist.")


@routes.on("GET", "/smart_plus/ad/get/")
def all_ads(call: Call) -> Any:
    """Smart+ ads."""
    return listing(call, "ad", "smart_plus")


@routes.on("POST", "/smart_plus/ad/create/")
def create_ad(call: Call) -> Any:
    """A new ad with its lists of creatives, texts and buttons; no key makes it repeatable."""
    account = call.advertiser
    group = find(account, "adgroup", call.values["adgroup_id"], FAMILY)
    _check_media(account, call.values)
    node = created(call, _make(call, "ad", group.id))
    ads.review(call.twin, account, node)
    return show(account, node)


@routes.on("POST", "/smart_plus/ad/update/")
def update_ad(call: Call) -> Any:
    """Change an ad; its review starts again. Two writes need five seconds between them (40202)."""
    _check_media(call.advertiser, call.values)
    node = _change(call, "ad", call.values["smart_plus_ad_id"])
    ads.review(call.twin, call.advertiser, node)
    return show(call.advertiser, node)


@routes.on("POST", "/smart_plus/ad/status/update/")
def ad_status(call: Call) -> Any:
    """Switch ads on or off, or delete them."""
    answer = set_status(call, "ad", call.values["smart_plus_ad_ids"], FAMILY)
    return {"smart_plus_ad_ids": answer["ad_ids"], "status": answer["status"]}
