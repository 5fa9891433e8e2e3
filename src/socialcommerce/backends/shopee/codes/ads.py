"""Shopee's words for advertising: statuses, error codes, and what it cannot do (fact sheet, 'Ads')."""

from __future__ import annotations

from typing import TYPE_CHECKING

from socialcommerce.resources.capability import Level, Refusal

if TYPE_CHECKING:
    from socialcommerce.models.ads import AdDelivery, AdStatus

__all__ = [
    "DELIVERY",
    "FEATURES",
    "ITEM_DELIVERY",
    "ITEM_STATUS",
    "MISSING",
    "NO_SHOP_CAMPAIGN",
    "REFUSALS",
    "STATUS",
    "WHOLE_CURRENCIES",
]

STATUS: dict[str, AdStatus] = {"ongoing": "active", "paused": "paused", "deleted": "deleted"}
"""``campaign_status`` to what was set; any other word is ``other``."""

DELIVERY: dict[str, AdDelivery] = {
    "ongoing": "delivering",
    "scheduled": "scheduled",
    "ended": "ended",
    "closed": "ended",
    "paused": "paused",
}
"""``campaign_status`` to what happens."""

ITEM_STATUS: dict[str, AdStatus] = {"learning": "active", "ongoing": "active", "paused": "paused"}
ITEM_DELIVERY: dict[str, AdDelivery] = {
    "learning": "learning",
    "ongoing": "delivering",
    "paused": "paused",
    "ended": "ended",
    "unavailable": "limited",
}
"""Status of one item of an automatic campaign."""

MISSING = frozenset({"ads.shop.campaign_not_match", "ads_error_product_gms_campaign_not_found"})
"""Codes that say a campaign is not there, beside those that are ``NotFound`` everywhere."""

NO_SHOP_CAMPAIGN = MISSING | {"ads_error_not_whitelisted_for_product_gms"}
"""Codes that say the shop has no GMV Max campaign, or may not have one."""

WHOLE_CURRENCIES = frozenset({"IDR", "VND", "TWD", "CLP", "COP"})
"""Currencies in which advertising money has no decimals; two in all others."""

_AUDIENCES = Refusal("Shopee Open API has no audience calls; targeting is automatic")
_GROUP = "Shopee has no ad-group level: a campaign carries exactly one"
_LISTING = "the ad is the listing itself"
_STATUS = "Shopee has no such status for it"

REFUSALS: dict[str, Refusal] = {
    "ads.ad_groups.create": Refusal(_GROUP, "create the campaign with its bids"),
    "ads.ad_groups.set_status": Refusal("the group is the campaign", "campaigns.set_status"),
    "ads.ad_groups.delete": Refusal("the group is the campaign", "campaigns.delete"),
    "ads.ads.update": Refusal(
        f"{_LISTING}; smart_creative_setting is a setting of the campaign", "catalog.update"
    ),
    "ads.audiences.list": _AUDIENCES,
    "ads.audiences.create": _AUDIENCES,
    "ads.audiences.add": _AUDIENCES,
    "ads.audiences.remove": _AUDIENCES,
    "ads.audiences.replace": _AUDIENCES,
    "ads.audiences.delete": _AUDIENCES,
    "ads.conversions.send": Refusal("sales happen on Shopee itself; nothing is sent in"),
    "ads.upload_media": Refusal(
        f"{_LISTING}: no creative media; native smart_creative_setting is a switch of the campaign"
    ),
    "ads.creatives": Refusal("no creatives: the listing is the ad", "give the campaign its products"),
    "ads.targeting.search": Refusal("targeting is automatic", "ads.suggest('keywords', product=…)"),
    # parts of an input that Shopee has no place for
    "ads.campaigns.create:name": Refusal(
        "Shopee takes no name; the name of the item is used", "leave it out"
    ),
    "ads.campaigns.update:name": Refusal("Shopee takes no name; the name of the item is used"),
    "ads.campaigns.create:status=draft": Refusal("Shopee keeps no drafts", "status='paused'"),
    "ads.campaigns.create:budget": Refusal("a budget is daily or unlimited, and the campaign's own"),
    "ads.campaigns.create:objective": Refusal("shop_sales is the only objective"),
    "ads.campaigns.create:goal": Refusal("only purchases and value can be the goal"),
    "ads.campaigns.create:bid": Refusal(
        "bids are auto, target_roas or manual (highest_value for the whole shop), paid by the click"
    ),
    "ads.campaigns.create:shop_gmv_max": Refusal(
        "the campaign of the whole shop bids and targets by itself and takes no products", "target_roas"
    ),
    "ads.campaigns.create:hours": Refusal("a campaign runs whole days, round the clock: no day-parting"),
    "ads.campaigns.create:schedule": Refusal(
        "dates are whole days of the shop", "give midnight in the shop's time zone"
    ),
    "ads.campaigns.create:targeting": Refusal("only keywords and placements can be chosen"),
    "ads.campaigns.create:keywords": Refusal("keywords match exact or broad; there are no negative ones"),
    "ads.campaigns.update:bid": Refusal(
        "the bidding method is settled when a campaign is created", "create a new campaign"
    ),
    "ads.campaigns.update:auto_product": Refusal(
        "automatic product ads are read only: Shopee takes their create and edit calls offline",
        "create a campaign for the item",
    ),
    "ads.campaigns.set_status:archived": Refusal(_STATUS, "campaigns.delete, or status 'ended'"),
    "ads.campaigns.set_status:ended": Refusal(
        "the campaign of the whole shop cannot be stopped for good", "status 'paused'"
    ),
    "ads.campaigns.delete:shop_gmv_max": Refusal(
        "the campaign of the whole shop cannot be deleted", "pause it"
    ),
    "ads.ad_groups.update:budget": Refusal(
        "budget, ROAS, status and dates are the campaign's", "campaigns.update"
    ),
    "ads.ads.create:campaign": Refusal(
        "a product campaign has one fixed item; items are added to the campaign of the whole shop alone",
        "campaigns.create",
    ),
    "ads.ads.create:creative": Refusal(_LISTING, "give products"),
    "ads.ads.create:status": Refusal(
        "an item that is added to the campaign of the whole shop runs at once", "status='active'"
    ),
    "ads.ads.set_status:campaign": Refusal(
        "a product campaign has one fixed item and its status is the campaign's", "campaigns.set_status"
    ),
    "ads.ads.set_status:status": Refusal(
        _STATUS, "status 'paused', which takes the item out of the campaign"
    ),
    "ads.launch:levels": Refusal(
        "one call makes the whole tree, so a plan has no ad groups or ads of its own",
        "put bids, keywords and products into the campaign",
    ),
    "ads.report:booked_on": Refusal("sales are booked on the day of the click"),
    "ads.report:hour": Refusal(
        "the campaign of the whole shop is not reported by the hour", "campaigns=[…], day"
    ),
    "ads.report:ad": Refusal(
        "only the campaign of the whole shop is reported by item, and not by the hour", "level='campaign'"
    ),
}

FEATURES: dict[str, Level | Refusal] = {
    "ads.accounts": "emulated",
    "ads.report (async job)": Refusal("no report jobs; ranges are split by us into one-month calls"),
    "ads.create:status=paused": "emulated",
    "ads.budget at campaign level": "native",
    "ads.budget at ad_group level": Refusal("campaign only"),
    "ads.budget at ad level": Refusal("campaign only"),
    "ads.target_roas": "native",
    "ads.schedule": "native",
    "ads.day-parting": Refusal("a campaign runs whole days, round the clock"),
    "ads.keywords": "native",
    "ads.campaigns.kind": "native",
}
"""Capabilities that are neither an operation nor a parameter."""
