"""Meta's words for advertising: statuses, objectives, goals, bids, money, and what it cannot do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from attrs import frozen

from socialcommerce.resources.capability import Level, Refusal

if TYPE_CHECKING:
    from socialcommerce.models.ads import AdDelivery, AdStatus, BidStrategy, BillingEvent
    from socialcommerce.models.ads import Goal as GoalName
    from socialcommerce.models.ads import Objective as ObjectiveName

__all__ = [
    "BID_STRATEGIES",
    "BILLING",
    "CALLS_TO_ACTION",
    "DELIVERY",
    "EUROPEAN_UNION",
    "FEATURES",
    "GENDERS",
    "GOALS",
    "OBJECTIVES",
    "OLDEST",
    "PLATFORMS",
    "READ_BIDS",
    "READ_BILLING",
    "READ_CALLS_TO_ACTION",
    "READ_DESTINATIONS",
    "READ_GOALS",
    "READ_OBJECTIVES",
    "REFUSALS",
    "REVIEWS",
    "SPECIAL_CATEGORIES",
    "STATUS",
    "WRITE_STATUS",
    "Goal",
    "Objective",
]

STATUS: dict[str, AdStatus] = {
    "ACTIVE": "active",
    "PAUSED": "paused",
    "ARCHIVED": "archived",
    "DELETED": "deleted",
}
"""``status`` to what was set; any other word is ``other``."""

WRITE_STATUS: dict[str, str] = {"active": "ACTIVE", "paused": "PAUSED", "archived": "ARCHIVED"}

DELIVERY: dict[str, AdDelivery] = {
    "ACTIVE": "delivering",
    "PENDING_BILLING_INFO": "balance_exhausted",
    "CAMPAIGN_PAUSED": "parent_paused",
    "ADSET_PAUSED": "parent_paused",
    "PAUSED": "paused",
    "PENDING_REVIEW": "in_review",
    "IN_PROCESS": "in_review",
    "DISAPPROVED": "rejected",
    "WITH_ISSUES": "limited",
}
"""``effective_status`` to what happens; any other word is ``other``. Times and learning refine it."""

REVIEWS: dict[str, str] = {
    "PENDING_REVIEW": "pending",
    "PREAPPROVED": "approved",
    "ACTIVE": "approved",
    "DISAPPROVED": "rejected",
}


@frozen
class Objective:
    """How an objective is written: the campaign's word, its ad groups' destination and goal unless told.

    ``also`` are the words of campaigns whose ad groups may have this objective as well.
    """

    word: str
    destination: str | None = None
    goal: GoalName | None = None
    also: tuple[str, ...] = ()

    def fits(self, word: str) -> bool:
        """Whether ad groups of this objective may stand below a campaign of that word."""
        return word in (self.word, *self.also)


OBJECTIVES: dict[str, Objective] = {
    "awareness": Objective("OUTCOME_AWARENESS"),
    "traffic": Objective("OUTCOME_TRAFFIC"),
    "engagement": Objective("OUTCOME_ENGAGEMENT"),
    "video_views": Objective("OUTCOME_AWARENESS", goal="video_views", also=("OUTCOME_ENGAGEMENT",)),
    "leads": Objective("OUTCOME_LEADS"),
    "app_promotion": Objective("OUTCOME_APP_PROMOTION"),
    "conversions": Objective("OUTCOME_SALES", "WEBSITE"),
    "catalog_sales": Objective("OUTCOME_SALES", "WEBSITE"),
    "shop_sales": Objective("OUTCOME_SALES", "SHOP_AUTOMATIC"),
    "messages": Objective(
        "OUTCOME_ENGAGEMENT", "MESSENGER", "conversations", also=("OUTCOME_SALES", "OUTCOME_LEADS")
    ),
    "followers": Objective("OUTCOME_ENGAGEMENT", goal="followers"),
    "store_visits": Objective("OUTCOME_AWARENESS"),
}
"""What can be written; where several share a word, the ad group's goal and destination tell them apart."""

READ_OBJECTIVES: dict[str, ObjectiveName] = {
    "OUTCOME_AWARENESS": "awareness",
    "BRAND_AWARENESS": "awareness",
    "REACH": "awareness",
    "LOCAL_AWARENESS": "awareness",
    "OUTCOME_TRAFFIC": "traffic",
    "LINK_CLICKS": "traffic",
    "OUTCOME_ENGAGEMENT": "engagement",
    "POST_ENGAGEMENT": "engagement",
    "EVENT_RESPONSES": "engagement",
    "PAGE_LIKES": "followers",
    "VIDEO_VIEWS": "video_views",
    "OUTCOME_LEADS": "leads",
    "LEAD_GENERATION": "leads",
    "OUTCOME_APP_PROMOTION": "app_promotion",
    "APP_INSTALLS": "app_promotion",
    "OUTCOME_SALES": "conversions",
    "CONVERSIONS": "conversions",
    "PRODUCT_CATALOG_SALES": "catalog_sales",
    "MESSAGES": "messages",
    "STORE_VISITS": "store_visits",
}
"""A campaign of sales with a catalogue in its ``promoted_object`` is ``catalog_sales``."""

READ_DESTINATIONS: dict[str, ObjectiveName] = {
    "SHOP_AUTOMATIC": "shop_sales",
    "MESSENGER": "messages",
    "WHATSAPP": "messages",
    "INSTAGRAM_DIRECT": "messages",
    "MESSAGING_INSTAGRAM_DIRECT_MESSENGER": "messages",
    "MESSAGING_INSTAGRAM_DIRECT_MESSENGER_WHATSAPP": "messages",
    "MESSAGING_INSTAGRAM_DIRECT_WHATSAPP": "messages",
    "MESSAGING_MESSENGER_WHATSAPP": "messages",
}
"""What an ad group's ``destination_type`` says of the objective; those that lead elsewhere say nothing."""


@frozen
class Goal:
    """How a goal is written: its word, what its ad group has to name, and the event it counts."""

    word: str
    promotes: Literal["pixel", "page", "app"] | None = None
    event: str | None = None


GOALS: dict[str, Goal] = {
    "impressions": Goal("IMPRESSIONS"),
    "reach": Goal("REACH"),
    "clicks": Goal("LINK_CLICKS"),
    "landing_page_views": Goal("LANDING_PAGE_VIEWS"),
    "video_views": Goal("THRUPLAY"),
    "leads": Goal("LEAD_GENERATION", "page"),
    "app_installs": Goal("APP_INSTALLS", "app"),
    "add_to_cart": Goal("OFFSITE_CONVERSIONS", "pixel", "ADD_TO_CART"),
    "purchases": Goal("OFFSITE_CONVERSIONS", "pixel", "PURCHASE"),
    "value": Goal("VALUE", "pixel", "PURCHASE"),
    "conversations": Goal("CONVERSATIONS", "page"),
    "followers": Goal("PAGE_LIKES", "page"),
}

READ_GOALS: dict[str, GoalName] = {
    "IMPRESSIONS": "impressions",
    "REACH": "reach",
    "LINK_CLICKS": "clicks",
    "LANDING_PAGE_VIEWS": "landing_page_views",
    "THRUPLAY": "video_views",
    "LEAD_GENERATION": "leads",
    "QUALITY_LEAD": "leads",
    "APP_INSTALLS": "app_installs",
    "VALUE": "value",
    "CONVERSATIONS": "conversations",
    "MESSAGING_PURCHASE_CONVERSION": "conversations",
    "PAGE_LIKES": "followers",
}
"""``OFFSITE_CONVERSIONS`` is read by the ``custom_event_type`` of its ``promoted_object``."""

BID_STRATEGIES: dict[str, str] = {
    "auto": "LOWEST_COST_WITHOUT_CAP",
    "highest_value": "LOWEST_COST_WITHOUT_CAP",
    "bid_cap": "LOWEST_COST_WITH_BID_CAP",
    "cost_cap": "COST_CAP",
    "target_roas": "LOWEST_COST_WITH_MIN_ROAS",
}
READ_BIDS: dict[str, BidStrategy] = {
    "LOWEST_COST_WITHOUT_CAP": "auto",
    "LOWEST_COST_WITH_BID_CAP": "bid_cap",
    "COST_CAP": "cost_cap",
    "LOWEST_COST_WITH_MIN_ROAS": "target_roas",
}
"""Without a cap and with the goal ``VALUE`` it is ``highest_value``."""

BILLING: dict[str, str] = {
    "impressions": "IMPRESSIONS",
    "clicks": "LINK_CLICKS",
    "video_views": "THRUPLAY",
    "followers": "PAGE_LIKES",
    "actions": "PURCHASE",
}
READ_BILLING: dict[str, BillingEvent] = {
    "IMPRESSIONS": "impressions",
    "LINK_CLICKS": "clicks",
    "CLICKS": "clicks",
    "THRUPLAY": "video_views",
    "PAGE_LIKES": "followers",
    "PURCHASE": "actions",
}

GENDERS: dict[str, int] = {"male": 1, "female": 2}
OLDEST = 65
"""Meta's oldest age stands for everybody of that age and above."""

PLATFORMS = ("facebook", "instagram", "messenger", "audience_network", "threads", "whatsapp")
"""Where ads appear; ``platform:position`` names one place of a platform."""

SPECIAL_CATEGORIES = frozenset(
    {
        "NONE",
        "CREDIT",
        "EMPLOYMENT",
        "FINANCIAL_PRODUCTS_SERVICES",
        "HOUSING",
        "ISSUES_ELECTIONS_POLITICS",
        "ONLINE_GAMBLING_AND_GAMING",
    }
)

EUROPEAN_UNION = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT",
    "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip
"""Where an ad group says who benefits from its ads and who pays for them."""

CALLS_TO_ACTION: dict[str, str] = {
    "shop_now": "SHOP_NOW",
    "learn_more": "LEARN_MORE",
    "sign_up": "SIGN_UP",
    "download": "DOWNLOAD",
    "book_now": "BOOK_NOW",
    "contact_us": "CONTACT_US",
    "send_message": "MESSAGE_PAGE",
    "get_offer": "GET_OFFER",
    "order_now": "ORDER_NOW",
    "subscribe": "SUBSCRIBE",
    "watch_more": "WATCH_MORE",
    "apply_now": "APPLY_NOW",
    "none": "NO_BUTTON",
}
READ_CALLS_TO_ACTION = {word: name for name, word in CALLS_TO_ACTION.items()}

_NO_KEY = Refusal(
    "Meta knows no key that makes a repeat safe; after a lost answer the object is looked for by its name",
    "leave it out",
)
_ENDED = Refusal("Meta has no status 'ended'", "paused or archived, or an end in delivery.schedule")
_WHOLE = Refusal("this update is one call: it takes effect whole or not at all", "update again")
_OF_GROUP = "is kept by the ad group, not by the campaign"
_SET = Refusal("Meta advertises a set of products, not single ones", "CatalogCreative(set) in an ad")

REFUSALS: dict[str, Refusal] = {
    "ads.campaigns.create:idempotency_key": _NO_KEY,
    "ads.ad_groups.create:idempotency_key": _NO_KEY,
    "ads.ads.create:idempotency_key": _NO_KEY,
    "ads.launch:idempotency_key": _NO_KEY,
    "ads.campaigns.create:kind": Refusal(
        "Advantage+ follows from the settings of a campaign and is not set; GMV Max is TikTok's",
        "kind='standard'",
    ),
    "ads.campaigns.create:status=draft": Refusal("Meta keeps no drafts over the API", "status='paused'"),
    "ads.campaigns.create:goal": Refusal(
        f"a goal {_OF_GROUP}", "delivery of ads.ad_groups.create, or ads.launch"
    ),
    "ads.campaigns.create:targeting": Refusal(
        f"targeting {_OF_GROUP}", "delivery of ads.ad_groups.create, or ads.launch"
    ),
    "ads.campaigns.create:hours": Refusal(f"parts of the week: each {_OF_GROUP}", "ads.ad_groups.create"),
    "ads.campaigns.create:bid": Refusal(
        f"without a budget of the campaign a bid {_OF_GROUP}", "a budget, or ads.ad_groups.create"
    ),
    "ads.campaigns.create:bid_amount": Refusal(
        f"the amount of a bid {_OF_GROUP}",
        "ads.launch; or native={'bid_strategy': 'COST_CAP'} here and delivery.bid of ads.ad_groups.create",
    ),
    "ads.campaigns.create:target_roas": Refusal(
        f"a target ROAS {_OF_GROUP}", "ads.ad_groups.create, or ads.launch"
    ),
    "ads.campaigns.create:products": _SET,
    "ads.campaigns.create:shared_budget": Refusal("Meta has no budgets that campaigns share"),
    "ads.campaigns.create:monthly_cap": Refusal("a budget is daily, dynamic_daily, lifetime or unlimited"),
    "ads.campaigns.create:other": Refusal("an objective is one of those that have a name"),
    "ads.campaigns.update:resume": _WHOLE,
    "ads.campaigns.update:objective": Refusal("the objective is settled when a campaign is created"),
    "ads.campaigns.update:no_budget": Refusal(
        "a campaign gives its budget up only when each ad group gets one",
        "native={'adset_budgets': [{'adset_id': …, 'daily_budget': …}]}",
    ),
    "ads.campaigns.set_status:ended": _ENDED,
    "ads.ad_groups.create:bid_strategy": Refusal(
        "bids are auto, bid_cap, cost_cap, target_roas or highest_value"
    ),
    "ads.ad_groups.create:goal": Refusal("this goal has no word at Meta", "native={'optimization_goal': …}"),
    "ads.ad_groups.create:billing": Refusal(
        "Meta bills impressions, clicks, video_views, followers or actions", "native={'billing_event': …}"
    ),
    "ads.ad_groups.create:keywords": Refusal("Meta does not advertise by words that people search for"),
    "ads.ad_groups.create:products": _SET,
    "ads.ad_groups.update:resume": _WHOLE,
    "ads.ad_groups.update:objective": Refusal("the objective is kept by the campaign, where it is settled"),
    "ads.ads.create:delivery": Refusal(
        "goal, bid, schedule and targeting are kept by the ad group; an ad has no budget", "ads.ad_groups"
    ),
    "ads.ads.create:products": _SET,
    "ads.upload_media:image_url": Refusal(
        "Meta takes pictures for the ad account as files only",
        "Media.from_bytes; in Built(media) an address can stand as it is",
    ),
    "ads.targeting.search:keywords": Refusal("Meta does not advertise by words that people search for"),
    "ads.suggest:roas": Refusal("Meta estimates reach and bids, no target ROAS"),
    "ads.suggest:product": Refusal("Meta estimates for a delivery, not for a product", "delivery=…"),
    "ads.suggest:products": Refusal("Meta recommends no products"),
    "ads.report:keyword": Refusal("Meta does not report by words that people search for"),
    "ads.audiences.create:idempotency_key": _NO_KEY,
    "ads.audiences.create:kind": Refusal(
        "only lists of people and lookalikes are made here; the others follow from rules in Ads Manager",
        "kind='customer_list' or 'lookalike'",
    ),
    "ads.products:excluded": Refusal("Meta tells the products that are advertised only"),
}

FEATURES: dict[str, Level | Refusal] = {
    "ads.accounts": "native",
    "ads.report (async job)": "native",
    "ads.create:status=paused": "native",
    "ads.budget at campaign level": "native",
    "ads.budget at ad_group level": "native",
    "ads.budget at ad level": Refusal("an ad has no budget", "that of its ad group or campaign"),
    "ads.target_roas": "native",
    "ads.schedule": "native",
    "ads.day-parting": "native",
    "ads.keywords": Refusal("Meta does not advertise by words that people search for"),
    "ads.campaigns.kind": "emulated",
}
"""Capabilities that are neither an operation nor a parameter."""
