"""TikTok's words for advertising: statuses, objectives, goals, bids, and what it cannot do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from socialcommerce.resources.capability import Level, Refusal

if TYPE_CHECKING:
    from socialcommerce.models.ads import AdDelivery, AdStatus, BillingEvent, BudgetKind, CampaignKind

__all__ = [
    "AGE_GROUPS",
    "BILLING",
    "BUDGETS",
    "CALLS_TO_ACTION",
    "DELIVERY",
    "FEATURES",
    "GENDERS",
    "GOALS",
    "KINDS",
    "MATCHES",
    "NO_DECIMALS",
    "OBJECTIVES",
    "READ_BILLING",
    "READ_BUDGETS",
    "READ_GOALS",
    "READ_OBJECTIVES",
    "REFUSALS",
    "REVIEWS",
    "SMART_OBJECTIVES",
    "STATUS",
    "WRITE_STATUS",
    "Goal",
]

STATUS: dict[str, AdStatus] = {"ENABLE": "active", "DISABLE": "paused", "DELETE": "deleted"}
"""``operation_status`` to what was set; any other word is ``other``."""

WRITE_STATUS: dict[str, str] = {"active": "ENABLE", "paused": "DISABLE"}

DELIVERY: dict[str, AdDelivery] = {
    **dict.fromkeys(
        ("CAMPAIGN_STATUS_ENABLE", "ADGROUP_STATUS_DELIVERY_OK", "AD_STATUS_DELIVERY_OK"), "delivering"
    ),
    **dict.fromkeys(("ADGROUP_STATUS_NOT_START", "AD_STATUS_NOT_START"), "scheduled"),
    **dict.fromkeys(
        ("STATUS_TIME_DONE", "ADGROUP_STATUS_TIME_DONE", "AD_STATUS_DONE", "AD_STATUS_TIME_DONE"), "ended"
    ),
    **dict.fromkeys(
        (
            "CAMPAIGN_STATUS_BUDGET_EXCEED",
            "ADGROUP_STATUS_BUDGET_EXCEED",
            "ADGROUP_STATUS_CAMPAIGN_EXCEED",
        ),
        "budget_exhausted",
    ),
    **dict.fromkeys(("ADGROUP_STATUS_BALANCE_EXCEED", "AD_STATUS_BALANCE_EXCEED"), "balance_exhausted"),
    **dict.fromkeys(
        ("ADGROUP_STATUS_CAMPAIGN_DISABLE", "AD_STATUS_CAMPAIGN_DISABLE", "AD_STATUS_ADGROUP_DISABLE"),
        "parent_paused",
    ),
    **dict.fromkeys(("CAMPAIGN_STATUS_DISABLE", "ADGROUP_STATUS_DISABLE", "AD_STATUS_DISABLE"), "paused"),
    **dict.fromkeys(
        ("ADGROUP_STATUS_AUDIT", "AD_STATUS_AUDIT", "CAMPAIGN_STATUS_ADVERTISER_AUDIT"), "in_review"
    ),
    **dict.fromkeys(
        ("ADGROUP_STATUS_AUDIT_DENY", "AD_STATUS_AUDIT_DENY", "CAMPAIGN_STATUS_REVIEW_DISAPPROVED"),
        "rejected",
    ),
    **dict.fromkeys(
        (
            "CAMPAIGN_STATUS_PRODUCT_UNAVAILABLE",
            "CAMPAIGN_STATUS_TIKTOK_SHOP_UNAVAILABLE",
            "CAMPAIGN_STATUS_IDENTITY_USED_BY_GMV_MAX_AD",
        ),
        "limited",
    ),
    **dict.fromkeys(
        (
            "ADVERTISER_ACCOUNT_PUNISH",
            "ADVERTISER_CONTRACT_PENDING",
            "CAMPAIGN_STATUS_ADVERTISER_AUDIT_DENY",
        ),
        "account_issue",
    ),
}
"""``secondary_status`` to what happens; any other word is ``other``."""

REVIEWS: dict[str, str] = {
    "AD_STATUS_AUDIT": "pending",
    "AD_STATUS_DELIVERY_OK": "approved",
    "AD_STATUS_AUDIT_DENY": "rejected",
}

KINDS: tuple[CampaignKind, ...] = ("standard", "auto", "shop_gmv_max")
"""Kinds of campaigns: by hand, Smart+, GMV Max; each is a family of calls."""

OBJECTIVES: dict[str, str] = {
    "awareness": "REACH",
    "traffic": "TRAFFIC",
    "engagement": "ENGAGEMENT",
    "video_views": "VIDEO_VIEWS",
    "leads": "LEAD_GENERATION",
    "app_promotion": "APP_PROMOTION",
    "conversions": "WEB_CONVERSIONS",
    "catalog_sales": "PRODUCT_SALES",
    "messages": "LEAD_GENERATION",
    "followers": "ENGAGEMENT",
}
"""What can be written; ``shop_sales`` is written as a GMV Max campaign."""

SMART_OBJECTIVES = frozenset({"leads", "app_promotion", "conversions"})
"""What Smart+ takes."""

READ_OBJECTIVES: dict[str, str] = {
    "REACH": "awareness",
    "RF_REACH": "awareness",
    "TRAFFIC": "traffic",
    "ENGAGEMENT": "engagement",
    "VIDEO_VIEWS": "video_views",
    "RF_VIDEO_VIEW": "video_views",
    "LEAD_GENERATION": "leads",
    "APP_PROMOTION": "app_promotion",
    "APP_INSTALL": "app_promotion",
    "WEB_CONVERSIONS": "conversions",
    "CONVERSIONS": "conversions",
    "CATALOG_SALES": "catalog_sales",
    "SHOP_PURCHASES": "shop_sales",
}
"""``PRODUCT_SALES`` is read by its ``sales_destination`` and product source."""


@frozen
class Goal:
    """How a goal is written: its word, what is billed unless told, and the event it optimises for."""

    word: str
    billing: str
    event: str | None = None


GOALS: dict[str, Goal] = {
    "impressions": Goal("SHOW", "CPM"),
    "reach": Goal("REACH", "CPM"),
    "clicks": Goal("CLICK", "CPC"),
    "landing_page_views": Goal("TRAFFIC_LANDING_PAGE_VIEW", "OCPM"),
    "video_views": Goal("ENGAGED_VIEW", "CPV"),
    "leads": Goal("LEAD_GENERATION", "OCPM"),
    "app_installs": Goal("INSTALL", "OCPM"),
    "add_to_cart": Goal("CONVERT", "OCPM", "ON_WEB_CART"),
    "purchases": Goal("CONVERT", "OCPM", "SHOPPING"),
    "value": Goal("VALUE", "OCPM"),
    "conversations": Goal("CONVERSATION", "OCPM"),
    "followers": Goal("FOLLOWERS", "OCPM"),
}

READ_GOALS: dict[str, str] = {
    "SHOW": "impressions",
    "REACH": "reach",
    "CLICK": "clicks",
    "TRAFFIC_LANDING_PAGE_VIEW": "landing_page_views",
    "ENGAGED_VIEW": "video_views",
    "ENGAGED_VIEW_FIFTEEN": "video_views",
    "VIDEO_VIEW": "video_views",
    "LEAD_GENERATION": "leads",
    "CONVERSION_LEADS": "leads",
    "PREFERRED_LEAD": "leads",
    "INSTALL": "app_installs",
    "PURCHASES": "purchases",
    "INITIATE_CHECKOUTS": "purchases",
    "VALUE": "value",
    "GMV": "value",
    "AUTOMATIC_VALUE_OPTIMIZATION": "value",
    "CONVERSATION": "conversations",
    "FOLLOWERS": "followers",
}
"""``CONVERT`` is read by its ``optimization_event``."""

BILLING: dict[str, str] = {"impressions": "CPM", "clicks": "CPC", "video_views": "CPV", "actions": "CPA"}
READ_BILLING: dict[str, BillingEvent] = {
    "CPM": "impressions",
    "OCPM": "impressions",
    "CPC": "clicks",
    "OCPC": "clicks",
    "CPV": "video_views",
    "CPA": "actions",
}

BUDGETS: dict[str, str] = {
    "daily": "BUDGET_MODE_DAY",
    "dynamic_daily": "BUDGET_MODE_DYNAMIC_DAILY_BUDGET",
    "lifetime": "BUDGET_MODE_TOTAL",
    "unlimited": "BUDGET_MODE_INFINITE",
}
READ_BUDGETS: dict[str, BudgetKind] = {
    "BUDGET_MODE_DAY": "daily",
    "BUDGET_MODE_DYNAMIC_DAILY_BUDGET": "dynamic_daily",
    "BUDGET_MODE_TOTAL": "lifetime",
    "BUDGET_MODE_INFINITE": "unlimited",
}

AGE_GROUPS: tuple[tuple[int, int, str], ...] = (
    (13, 17, "AGE_13_17"),
    (18, 24, "AGE_18_24"),
    (25, 34, "AGE_25_34"),
    (35, 44, "AGE_35_44"),
    (45, 54, "AGE_45_54"),
    (55, 100, "AGE_55_100"),
)
"""The age groups that can be targeted, in years, inclusive; the last is open."""

GENDERS: dict[frozenset[str], str] = {
    frozenset(): "GENDER_UNLIMITED",
    frozenset({"female"}): "GENDER_FEMALE",
    frozenset({"male"}): "GENDER_MALE",
    frozenset({"female", "male", "unknown"}): "GENDER_UNLIMITED",
}

MATCHES: dict[str, str] = {"exact": "PRECISE_WORD", "phrase": "PHRASE_WORD", "broad": "BROAD_WORD"}

CALLS_TO_ACTION: dict[str, str] = {
    "shop_now": "SHOP_NOW",
    "learn_more": "LEARN_MORE",
    "sign_up": "SIGN_UP",
    "download": "DOWNLOAD_NOW",
    "book_now": "BOOK_NOW",
    "contact_us": "CONTACT_US",
    "send_message": "SEND_MESSAGE",
    "order_now": "ORDER_NOW",
    "subscribe": "SUBSCRIBE",
    "watch_more": "WATCH_NOW",
    "apply_now": "APPLY_NOW",
}

NO_DECIMALS = frozenset({"JPY", "KRW", "VND", "IDR", "CLP", "COP", "TWD", "HUF", "ISK", "PYG", "UGX", "XOF"})
"""Currencies whose budgets and bids are whole numbers."""

_STATUS = Refusal(
    "TikTok keeps what is active, paused or deleted, nothing else", "status 'paused', or delete"
)
_OF_GROUP = "is kept by the ad group, not by the campaign"

REFUSALS: dict[str, Refusal] = {
    "ads.campaigns.create:validate_only": Refusal(
        "only the sandbox host tries things out", "ads.check(plan)"
    ),
    "ads.campaigns.create:status=draft": Refusal("TikTok keeps no drafts", "status='paused'"),
    "ads.campaigns.create:delivery": Refusal(
        f"goal, bid, schedule and targeting: each {_OF_GROUP}", "delivery of ads.ad_groups.create"
    ),
    "ads.campaigns.create:target_roas": Refusal(f"a target ROAS {_OF_GROUP}", "ads.ad_groups.create"),
    "ads.campaigns.create:products": Refusal(
        "only GMV Max campaigns name products themselves", "kind='shop_gmv_max', or a CatalogCreative"
    ),
    "ads.campaigns.create:store_visits": Refusal("TikTok has no objective of visits to a store"),
    "ads.campaigns.create:shop_sales": Refusal(
        "sales of a TikTok Shop are advertised by GMV Max alone", "kind='shop_gmv_max'"
    ),
    "ads.campaigns.create:smart_objective": Refusal(
        "Smart+ takes leads, app_promotion and conversions", "kind='standard'"
    ),
    "ads.campaigns.create:shared_budget": Refusal("TikTok has no budgets that campaigns share"),
    "ads.campaigns.create:monthly_cap": Refusal("a budget is daily, dynamic_daily, lifetime or unlimited"),
    "ads.campaigns.create:gmv_max": Refusal(
        "a GMV Max campaign takes a budget, a target ROAS, a schedule and products; it targets by itself"
    ),
    "ads.campaigns.update:objective": Refusal("the objective is settled when a campaign is created"),
    "ads.campaigns.update:budget_kind": Refusal(
        "the kind of a budget is settled when the campaign is created", "a new amount of the same kind"
    ),
    "ads.campaigns.set_status:archived": _STATUS,
    "ads.ad_groups.create:gmv_max": Refusal(
        "a GMV Max campaign has no ad groups of its own; the one shown is the campaign", "ads.campaigns"
    ),
    "ads.ad_groups.create:objective": Refusal(
        "the objective is kept by the campaign", "ads.campaigns.create"
    ),
    "ads.ad_groups.create:products": Refusal(
        "an ad group names a set of products, by native={'product_source', 'catalog_id', …}",
        "CatalogCreative(set), or kind='shop_gmv_max'",
    ),
    "ads.ad_groups.create:target_cost": Refusal(
        "bids are auto, bid_cap, cost_cap, target_roas, highest_value or manual"
    ),
    "ads.ad_groups.create:followers": Refusal("TikTok bills impressions, clicks, video views or actions"),
    "ads.ad_groups.create:goal": Refusal(
        "this goal has no word at TikTok", "native={'optimization_goal': …}"
    ),
    "ads.ads.create:delivery": Refusal(
        "goal, bid, schedule and targeting are kept by the ad group; an ad has no budget", "ads.ad_groups"
    ),
    "ads.ads.create:products": Refusal("an ad shows a creative", "CatalogCreative(set)"),
    "ads.ads.create:cta": Refusal("TikTok has no such call to action", "native={'call_to_action': …}"),
    "ads.report:attribution": Refusal(
        "the windows of the ad group hold, and cannot be chosen for a report",
        "native={'click_attribution_window': …} of the ad group",
    ),
    "ads.report:hour": Refusal("GMV Max campaigns are reported by the day", "granularity='day'"),
    "ads.report:booked_on": Refusal("results are booked on the day of the click or view"),
    "ads.suggest:products": Refusal("TikTok recommends bids, budgets, ROAS and keywords"),
    "ads.suggest:budget": Refusal(
        "budgets are recommended for GMV Max of a shop alone", "product=… of a shop"
    ),
    "ads.audiences.create:kind": Refusal(
        "audiences of websites, apps and engagement are made from rules that only native settings can say",
        "client.call('POST', '/dmp/custom_audience/rule/create/', …)",
    ),
    "ads.audiences:identifier": Refusal(
        "TikTok matches people by e-mail, phone and mobile advertising id",
        "give email, phone or mobile_ad_id",
    ),
    "ads.products:excluded": Refusal("TikTok tells the products that are advertised only"),
}

FEATURES: dict[str, Level | Refusal] = {
    "ads.accounts": "native",
    "ads.report (async job)": "native",
    "ads.create:status=paused": "native",
    "ads.budget at campaign level": "native",
    "ads.budget at ad_group level": "native",
    "ads.budget at ad level": Refusal("an ad has no budget", "that of its ad group"),
    "ads.target_roas": "native",
    "ads.schedule": "native",
    "ads.day-parting": "native",
    "ads.keywords": "native",
    "ads.campaigns.kind": "native",
}
"""Capabilities that are neither an operation nor a parameter."""
