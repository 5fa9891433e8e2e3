"""From TikTok's rows to campaigns, ad groups and ads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time
from decimal import Decimal
from typing import Any

from socialcommerce.backends.tiktok.ads.advertising.families import Known
from socialcommerce.backends.tiktok.ads.codes import ads as codes
from socialcommerce.backends.tiktok.ads.noun import AdAccount, instant, number
from socialcommerce.models.ads import (
    Ad,
    AdGroup,
    AdStatus,
    Bid,
    Budget,
    Campaign,
    Delivery,
    Hours,
    Keyword,
    Schedule,
    Targeting,
)
from socialcommerce.models.creatives import Built, CatalogCreative, Creative, ExistingPost
from socialcommerce.models.media import Media
from socialcommerce.models.money import Money
from socialcommerce.models.product import Review

__all__ = ["ad", "ad_group", "campaign", "creative_of", "group_of_campaign", "status_of"]

_SLOTS = 48
_HALF_HOURS = 7 * _SLOTS
_CTAS = {word: name for name, word in codes.CALLS_TO_ACTION.items()}
_MATCHES: dict[str, Any] = {word: name for name, word in codes.MATCHES.items()}
_SHOP = frozenset({"TIKTOK_SHOP", "STORE", "SHOWCASE"})


def status_of(row: Mapping[str, Any]) -> AdStatus:
    """What was set, in one word; ``other`` for a word that is new."""
    return codes.STATUS.get(str(row.get("operation_status")), "other")


def _common(known: Known) -> dict[str, Any]:
    """What campaigns, ad groups and ads tell alike."""
    row = known.row
    told = row.get("secondary_status")
    reasons = [row[name] for name in ("reject_reason", "opt_status_reason") if row.get(name)]
    return {
        "id": known.id,
        "platform": "tiktok_ads",
        "native_ids": {
            name: str(row[name])
            for name in (
                "advertiser_id",
                "campaign_id",
                "adgroup_id",
                "ad_id",
                "smart_plus_ad_id",
                "store_id",
            )
            if row.get(name)
        },
        "status": status_of(row),
        "native_status": row.get("operation_status"),
        "delivery": codes.DELIVERY.get(told, "other") if told else None,
        "native_delivery": told,
        "reasons": tuple(reasons) or ((told,) if told in _TROUBLE else ()),
        "created_at": instant(row.get("create_time")),
        "updated_at": instant(row.get("modify_time")),
        "raw": row,
    }


_TROUBLE = frozenset(
    word for word, meaning in codes.DELIVERY.items() if meaning in ("rejected", "limited", "account_issue")
)


def campaign(known: Known, account: AdAccount) -> Campaign:
    """A campaign of any kind."""
    row = known.row
    roas = number(row.get("roas_bid"))
    objective = _objective(known)
    return Campaign.build(
        **_common(known),
        name=row.get("campaign_name") or "",
        kind=known.kind,
        native_kind=row.get("shopping_ads_type") or row.get("campaign_type"),
        budget=_budget(row, account),
        target_roas=roas or None,
        settings=_settings(row, account, objective)
        if known.kind == "shop_gmv_max"
        else Delivery.build(objective=objective)
        if objective
        else None,
        native_objective=row.get("objective_type"),
    )


def _objective(known: Known) -> Any:
    row = known.row
    told = row.get("objective_type")
    if known.kind == "shop_gmv_max":
        return "shop_sales"
    if told == "PRODUCT_SALES":
        sells = {row.get("sales_destination"), row.get("campaign_product_source")}
        return "shop_sales" if sells & _SHOP else "catalog_sales"
    return codes.READ_OBJECTIVES.get(told, "other") if told else None


def _budget(row: Mapping[str, Any], account: AdAccount) -> Budget | None:
    amount = number(row.get("budget"))
    mode = row.get("budget_mode") or ("BUDGET_MODE_DAY" if amount else None)
    kind = codes.READ_BUDGETS.get(str(mode))
    if kind is None:
        return None
    money = Money.of(amount, account.currency) if amount and kind != "unlimited" else None
    return Budget.build(kind=kind, amount=money)


def ad_group(known: Known, account: AdAccount) -> AdGroup:
    """An ad group, made by hand or of Smart+."""
    row = known.row
    roas = number(row.get("roas_bid"))
    return AdGroup.build(
        **_common(known),
        name=row.get("adgroup_name") or "",
        campaign_id=str(row.get("campaign_id") or ""),
        budget=_budget(row, account),
        target_roas=roas or None,
        settings=_settings(row, account, None),
    )


def group_of_campaign(known: Known, account: AdAccount) -> AdGroup:
    """The ad group that a GMV Max campaign does not have: the campaign itself, ``synthetic``."""
    whole = campaign(known, account)
    names = ("id", "platform", "native_ids", "name", "status", "native_status", "delivery", "native_delivery")
    more = ("reasons", "budget", "target_roas", "settings", "created_at", "updated_at", "raw")
    return AdGroup.build(
        **{name: getattr(whole, name) for name in (*names, *more)}, campaign_id=whole.id, synthetic=True
    )


def _settings(row: Mapping[str, Any], account: AdAccount, objective: Any) -> Delivery:
    return Delivery.build(
        objective=objective,
        goal=_goal(row),
        bid=_bid(row, account),
        schedule=_schedule(row),
        targeting=_targeting({**row, **(row.get("targeting_spec") or {})}, account),
    )


def _goal(row: Mapping[str, Any]) -> Any:
    word = row.get("optimization_goal")
    if word == "CONVERT":
        event = str(row.get("optimization_event") or "")
        return "add_to_cart" if "CART" in event else "purchases" if event in _PURCHASE else "other"
    return codes.READ_GOALS.get(word, "other") if word else None


_PURCHASE = frozenset({"SHOPPING", "ON_WEB_ORDER", "ACTIVE_PAY", "INITIATE_ORDER"})


def _bid(row: Mapping[str, Any], account: AdAccount) -> Bid | None:
    billing = (
        codes.READ_BILLING.get(str(row.get("billing_event")), "other") if row.get("billing_event") else None
    )
    deep, kind = row.get("deep_bid_type"), row.get("bid_type")
    if deep in _DEEP:
        return Bid.build(strategy=_DEEP[deep], amount=None, billing_event=billing)
    if kind in ("BID_TYPE_NO_BID", "BID_TYPE_MAX_CONVERSION"):
        return Bid.build(strategy="auto", amount=None, billing_event=billing)
    cap, cost = number(row.get("bid_price")), number(row.get("conversion_bid_price"))
    if kind != "BID_TYPE_CUSTOM" or not (cap or cost):
        return Bid.build(strategy="other", amount=None, billing_event=billing) if kind or billing else None
    amount = Money.of(cost or cap or Decimal(0), account.currency)
    return Bid.build(strategy="cost_cap" if cost else "bid_cap", amount=amount, billing_event=billing)


_DEEP: dict[Any, Any] = {"VO_MIN_ROAS": "target_roas", "VO_HIGHEST_VALUE": "highest_value"}


def _schedule(row: Mapping[str, Any]) -> Schedule | None:
    start, end = instant(row.get("schedule_start_time")), instant(row.get("schedule_end_time"))
    if row.get("schedule_type") == "SCHEDULE_FROM_NOW":
        end = None  # TikTok then names a day ten years ahead
    hours = _hours(str(row.get("dayparting") or ""))
    return Schedule.build(start=start, end=end, hours=hours) if start or end or hours else None


def _hours(marks: str) -> tuple[Hours, ...]:
    """Parts of the week from 336 marks, one each half hour from Monday on; all or none set is no limit."""
    if len(marks) != _HALF_HOURS or len(set(marks)) == 1:
        return ()
    found = []
    for weekday in range(7):
        day = marks[weekday * _SLOTS : (weekday + 1) * _SLOTS] + "0"
        start: int | None = None
        for slot, mark in enumerate(day):
            if mark == "1" and start is None:
                start = slot
            elif mark == "0" and start is not None:
                found.append(Hours.build(weekday=weekday, start=_clock(start), end=_until(slot)))
                start = None
    return tuple(found)


def _clock(slot: int) -> time:
    return time(slot // 2, 30 * (slot % 2))


def _until(slot: int) -> time | None:
    return None if slot == _SLOTS else _clock(slot)


def _targeting(row: Mapping[str, Any], account: AdAccount) -> Targeting:
    groups = [str(one).strip() for one in row.get("age_groups") or ()]
    youngest, oldest, whole = _ages(groups)
    return Targeting.build(
        regions=_texts(row.get("location_ids")),
        age_min=youngest,
        age_max=oldest,
        genders=_GENDERS.get(row.get("gender"), ()),
        languages=_texts(row.get("languages")),
        interests=_texts(row.get("interest_category_ids")),
        keywords=tuple(_keyword(word, account) for word in row.get("search_keywords") or ()),
        audiences=_texts(row.get("audience_ids")),
        placements=_texts(row.get("placements")),
        native={} if whole else {"age_groups": groups},
    )


_GENDERS: dict[Any, tuple[str, ...]] = {"GENDER_FEMALE": ("female",), "GENDER_MALE": ("male",)}


def _texts(told: Any) -> tuple[str, ...]:
    return tuple(str(one) for one in told or ())


def _ages(groups: Sequence[str]) -> tuple[int | None, int | None, bool]:
    """The youngest and oldest age, and whether that says it all: groups with a gap between have none."""
    places = [place for place, (_, _, name) in enumerate(codes.AGE_GROUPS) if name in groups]
    if not places:
        return None, None, not groups
    if len(places) != places[-1] - places[0] + 1 or len(places) != len(groups):
        return None, None, False
    first, last = codes.AGE_GROUPS[places[0]], codes.AGE_GROUPS[places[-1]]
    open_ended = places[-1] == len(codes.AGE_GROUPS) - 1
    return first[0], None if open_ended else last[1], True


def _keyword(word: Mapping[str, Any], account: AdAccount) -> Keyword:
    bid = number(word.get("keyword_bid"))
    return Keyword.build(
        text=word.get("keyword") or "",
        match=_MATCHES.get(str(word.get("match_type")), "broad"),
        bid=Money.of(bid, account.currency) if bid else None,
    )


def ad(known: Known) -> Ad:
    """An ad, made by hand or of Smart+."""
    row = known.row
    told = row.get("secondary_status")
    review: Any = codes.REVIEWS.get(str(told))
    reason = (row["reject_reason"],) if row.get("reject_reason") else ()
    return Ad.build(
        **_common(known),
        name=row.get("ad_name") or "",
        campaign_id=str(row["campaign_id"]) if row.get("campaign_id") else None,
        ad_group_id=str(row.get("adgroup_id") or ""),
        review=Review.build(status=review, native_status=told, reasons=reason) if review else None,
        creative=creative_of(row),
        preview_url=row.get("preview_url"),
    )


def creative_of(row: Mapping[str, Any]) -> Creative | None:
    """What an ad shows; of a Smart+ ad, which mixes many, the first."""
    flat = _flat(row)
    cta: Any = _CTAS.get(str(flat.get("call_to_action")))
    url, identity = flat.get("landing_page_url"), flat.get("identity_id")
    if flat.get("tiktok_item_id"):
        return ExistingPost.build(
            post_id=str(flat["tiktok_item_id"]), identity=identity, cta=cta, url=url, native=_own(row, flat)
        )
    media = _media(flat)
    if media:
        return Built.build(
            media=media,
            text=flat.get("ad_text") or "",
            cta=cta,
            url=url,
            identity=identity,
            native=_own(row, flat),
        )
    if flat.get("product_set_id"):
        return CatalogCreative.build(set=str(flat["product_set_id"]), template=None, native=_own(row, flat))
    return None


def _own(row: Mapping[str, Any], flat: Mapping[str, Any]) -> dict[str, Any]:
    """The ad a creative belongs to, since it has no id of its own, and TikTok's words for the rest."""
    names = ("ad_format", "identity_type", "identity_authorized_bc_id", "call_to_action")
    owner = row.get("ad_id") or row.get("smart_plus_ad_id")
    told = {name: flat[name] for name in names if flat.get(name)}
    return {"id": str(owner), **told} if owner else told


def _media(flat: Mapping[str, Any]) -> tuple[Media, ...]:
    films = [Media.from_id(str(flat["video_id"]), kind="video")] if flat.get("video_id") else []
    pictures = [Media.from_id(str(one)) for one in flat.get("image_ids") or ()]
    return (*films, *pictures)


def _flat(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A Smart+ ad in the words of an ordinary one."""
    if "creative_list" not in row:
        return row
    found = next((one.get("creative_info") or {} for one in row["creative_list"] or ()), {})
    configuration = row.get("ad_configuration") or {}
    texts, links = row.get("ad_text_list") or (), row.get("landing_page_url_list") or ()
    calls = row.get("call_to_action_list") or row.get("call_to_action") or ()
    return {
        **{name: value for name, value in configuration.items() if not isinstance(value, dict | list)},
        **found,
        "video_id": (found.get("video_info") or {}).get("video_id"),
        "image_ids": [one["web_uri"] for one in found.get("image_info") or ()],
        "ad_text": texts[0].get("ad_text") if texts else None,
        "landing_page_url": links[0].get("landing_page_url") if links else None,
        "call_to_action": calls[0].get("call_to_action") if calls else None,
    }
