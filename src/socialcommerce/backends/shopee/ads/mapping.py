"""Shopee's settings rows as campaigns, ad groups and ads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from attrs import field, frozen

from socialcommerce.backends.shopee.ads.wire import instant
from socialcommerce.backends.shopee.codes.ads import DELIVERY, ITEM_DELIVERY, ITEM_STATUS, STATUS
from socialcommerce.backends.shopee.regions import Region
from socialcommerce.models.ads import (
    Ad,
    AdGroup,
    Bid,
    Budget,
    Campaign,
    CampaignKind,
    Delivery,
    Keyword,
    Schedule,
    Targeting,
)
from socialcommerce.models.money import Money

__all__ = ["Known", "ad_group", "ads_of", "campaign", "exact", "shop_ad"]


@frozen
class Known:
    """One campaign as far as Shopee shows it: its settings row, or, of the whole shop's, the id alone."""

    id: str
    row: Mapping[str, Any] = field(factory=dict, repr=False)
    shop: bool = False

    @property
    def common(self) -> Mapping[str, Any]:
        """The part of the settings that every product campaign has."""
        found: Mapping[str, Any] = self.row.get("common_info") or {}
        return found

    @property
    def manual(self) -> Mapping[str, Any]:
        """Keywords and locations with their bids."""
        found: Mapping[str, Any] = self.row.get("manual_bidding_info") or {}
        return found

    @property
    def status(self) -> str | None:
        """Shopee's word for where it stands; None where it does not say."""
        found: str | None = self.common.get("campaign_status")
        return found

    @property
    def automatic(self) -> bool:
        """Whether it belongs to the automatic product ads, which cannot be written any more."""
        return self.common.get("ad_type") == "auto"

    @property
    def by_hand(self) -> bool:
        """Whether it bids on keywords and locations."""
        return self.common.get("bidding_method") == "manual"

    @property
    def kind(self) -> CampaignKind:
        """Its kind in the words of all platforms."""
        if self.shop:
            return "shop_gmv_max"
        return "auto" if self.automatic or not self.by_hand else "standard"

    @property
    def items(self) -> tuple[str, ...]:
        """The ids of its items."""
        return tuple(str(item) for item in self.common.get("item_id_list") or ())


def exact(value: Any) -> Decimal:
    """A JSON number without loss."""
    return value if isinstance(value, Decimal) else Decimal(str(value))


def campaign(known: Known, region: Region) -> Campaign:
    """A campaign; what Shopee does not show of the whole shop's campaign is None."""
    return Campaign.build(
        missing=_missing(known, (*_SETTINGS, "kind", "native_kind", "budget")),
        name=known.common.get("ad_name"),
        kind=known.kind,
        native_kind=_native_kind(known),
        budget=_budget(known, region),
        target_roas=_target_roas(known),
        settings=Delivery.build(
            objective="shop_sales", goal=_goal(known), bid=_bid(known), schedule=_schedule(known)
        ),
        **_shared(known),
        raw=known.row,
    )


def ad_group(known: Known, region: Region) -> AdGroup:
    """The one group of a campaign: its bids, keywords and placements."""
    return AdGroup.build(
        missing=_missing(known, _SETTINGS),
        name=known.common.get("ad_name"),
        campaign_id=known.id,
        target_roas=_target_roas(known),
        settings=Delivery.build(
            goal=_goal(known),
            bid=_bid(known),
            targeting=Targeting.build(
                keywords=tuple(_keywords(known, region)), placements=tuple(_placements(known))
            ),
            native=_native(known),
        ),
        synthetic=True,
        **_shared(known),
        raw=known.row,
    )


def ads_of(known: Known) -> Iterator[Ad]:
    """One ad an item of a product campaign; automatic ones say how each item does."""
    told = {str(info.get("item_id")): info for info in known.row.get("auto_product_ads_info") or ()}
    for item in dict.fromkeys((*known.items, *told)):
        info = told.get(item, {})
        name = info.get("product_name") or (None if told else known.common.get("ad_name"))
        shared = _shared(known) | (_item_status(info) if info else {})
        yield _ad(known.id, item, name, info or known.row, **shared)


def shop_ad(campaign_id: str, item: str, removed: bool, raw: Any = None) -> Ad:
    """The ad that an item of the whole shop's campaign is; one taken out is paused."""
    return _ad(
        campaign_id,
        item,
        None,
        raw,
        status="paused" if removed else "active",
        native_status="removed" if removed else None,
        delivery="paused" if removed else None,
        platform="shopee",
    )


def _ad(campaign_id: str, item: str, name: str | None, raw: Any, **fields: Any) -> Ad:
    identity = {
        "id": f"{campaign_id}:{item}",
        "native_ids": {"campaign_id": campaign_id, "item_id": item},
        "campaign_id": campaign_id,
        "ad_group_id": campaign_id,
    }
    missing = () if name else ("name",)
    return Ad.build(missing=missing, **fields | identity, name=name, synthetic=True, raw=raw)


_SETTINGS = ("status", "native_status", "delivery", "native_delivery", "target_roas", "settings")


def _missing(known: Known, settings: tuple[str, ...]) -> tuple[str, ...]:
    """The fields that were not read: the name of the whole shop's campaign, all settings of an unread one."""
    if known.common:
        return () if "ad_name" in known.common else ("name",)
    return ("name",) if known.shop else ("name", *settings)


def _shared(known: Known) -> dict[str, Any]:
    word = known.status
    return {
        "id": known.id,
        "platform": "shopee",
        "native_ids": {"campaign_id": known.id},
        "status": STATUS.get(word or "", "other"),
        "native_status": word,
        "delivery": DELIVERY.get(word, "other") if word else None,
        "native_delivery": word,
    }


def _item_status(info: Mapping[str, Any]) -> dict[str, Any]:
    word = str(info.get("status") or "")
    return {
        "status": ITEM_STATUS.get(word, "other"),
        "native_status": word,
        "delivery": ITEM_DELIVERY.get(word, "other"),
        "native_delivery": word,
    }


def _native_kind(known: Known) -> str:
    return "shop_gmv_max" if known.shop else "auto_product" if known.automatic else "manual_product"


def _budget(known: Known, region: Region) -> Budget | None:
    amount = known.common.get("campaign_budget")
    if amount is None:
        return None
    if not amount:
        return Budget.build(kind="unlimited")
    return Budget.build(kind="daily", amount=Money.of(exact(amount), region.currency))


def _target_roas(known: Known) -> Decimal | None:
    target = (known.row.get("auto_bidding_info") or {}).get("roas_target")
    return exact(target) if target and not known.by_hand else None


def _goal(known: Known) -> str:
    return "purchases" if known.by_hand else "value"


def _bid(known: Known) -> Bid:
    if known.shop:
        strategy = "highest_value"
    elif known.by_hand:
        strategy = "manual"
    else:
        strategy = "target_roas" if _target_roas(known) else "auto"
    return Bid.build(strategy=strategy, billing_event="clicks")


def _schedule(known: Known) -> Schedule | None:
    span = known.common.get("campaign_duration")
    if span is None:
        return None
    return Schedule.build(start=instant(span.get("start_time")), end=instant(span.get("end_time")))


def _native(known: Known) -> dict[str, Any]:
    """What an update of the group takes back as it is: enhanced CPC, and the bid of each location."""
    names = ("enhanced_cpc", "discovery_ads_locations")
    return {name: known.manual[name] for name in names if known.by_hand and name in known.manual}


def _keywords(known: Known, region: Region) -> Iterator[Keyword]:
    for word in known.manual.get("selected_keywords") or ():
        if word.get("status") != "deleted":
            bid = Money.of(exact(word["bid_price_per_click"]), region.currency)
            yield Keyword.build(text=word["keyword"], match=word["match_type"], bid=bid)


def _placements(known: Known) -> Iterator[str]:
    """``search``, and the locations of discovery; their names are known with bids by hand only."""
    placement = known.common.get("campaign_placement")
    if placement in ("search", "all"):
        yield "search"
    if placement in ("discovery", "all"):
        places = known.manual.get("discovery_ads_locations") or ()
        names = [place["location"] for place in places if place.get("status", "active") == "active"]
        yield from names or ("discovery",)
