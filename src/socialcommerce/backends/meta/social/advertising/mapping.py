"""From Meta's campaigns, ad sets and ads to ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from socialcommerce.backends.meta.social.advertising.account import AdAccount, instant, number
from socialcommerce.backends.meta.social.advertising.blocks import ROAS_SCALE
from socialcommerce.backends.meta.social.advertising.reach import targeting_of
from socialcommerce.backends.meta.social.codes import ads as codes
from socialcommerce.models.ads import (
    Ad,
    AdDelivery,
    AdGroup,
    Bid,
    Budget,
    Campaign,
    CampaignKind,
    Delivery,
    Hours,
    Schedule,
)
from socialcommerce.models.creatives import Built, CatalogCreative, Creative, ExistingPost
from socialcommerce.models.media import Media
from socialcommerce.models.product import Review

__all__ = ["ad", "ad_group", "campaign", "creative_of", "kind_of"]

Row = Mapping[str, Any]

_IDS = ("account_id", "campaign_id", "adset_id")
_OFF = frozenset({"", "NONE", "DISABLED", "NOT_ELIGIBLE"})
_A_DAY = 24 * 60


def _common(row: Row, now: datetime) -> dict[str, Any]:
    """What campaigns, ad groups and ads tell alike."""
    told = row.get("effective_status")
    return {
        "id": str(row.get("id") or ""),
        "platform": "meta",
        "native_ids": {name: str(row[name]) for name in _IDS if row.get(name)},
        "name": row.get("name") or "",
        "status": codes.STATUS.get(str(row.get("status")), "other"),
        "native_status": row.get("status"),
        "delivery": _delivery(row, now) if told else None,
        "native_delivery": told,
        "reasons": _reasons(row),
        "created_at": instant(row.get("created_time")),
        "updated_at": instant(row.get("updated_time")),
        "raw": row,
    }


def _delivery(row: Row, now: datetime) -> AdDelivery:
    """What happens: the effective status, refined by the times and by what Meta is still learning."""
    told = row["effective_status"]
    if told != "ACTIVE":
        return codes.DELIVERY.get(told, "other")
    start, end = instant(row.get("start_time")), instant(row.get("end_time") or row.get("stop_time"))
    if end is not None and end <= now:
        return "ended"
    if start is not None and start > now:
        return "scheduled"
    learning = (row.get("learning_stage_info") or {}).get("status")
    return "learning" if learning == "LEARNING" else "delivering"


def _reasons(row: Row) -> tuple[str, ...]:
    found = [one.get("error_message") or one.get("error_summary") for one in row.get("issues_info") or ()]
    return tuple(str(one) for one in found if one)


# -- campaigns


def campaign(row: Row, account: AdAccount, now: datetime) -> Campaign:
    """A campaign."""
    objective = _objective(row)
    schedule = _schedule(row, "stop_time")
    bid = _bid(row, account)
    told = Delivery.build(objective=objective, bid=bid, schedule=schedule)
    return Campaign.build(
        **_common(row, now),
        kind=kind_of(row),
        native_kind=(row.get("advantage_state_info") or {}).get("advantage_state"),
        budget=_budget(row, account) or Budget.build(kind="unlimited"),
        settings=told if objective or bid or schedule else None,
        native_objective=row.get("objective"),
    )


def kind_of(row: Row) -> CampaignKind:
    """``auto`` where Meta says that an Advantage+ state is on."""
    state = (row.get("advantage_state_info") or {}).get("advantage_state")
    return "standard" if state is None or str(state) in _OFF else "auto"


def _objective(row: Row) -> Any:
    told = row.get("objective")
    if told == "OUTCOME_SALES" and (row.get("promoted_object") or {}).get("product_catalog_id"):
        return "catalog_sales"
    return codes.READ_OBJECTIVES.get(told, "other") if told else None


def _budget(row: Row, account: AdAccount) -> Budget | None:
    daily, lifetime = account.money(row.get("daily_budget")), account.money(row.get("lifetime_budget"))
    if lifetime is not None:
        return Budget.build(kind="lifetime", amount=lifetime)
    return None if daily is None else Budget.build(kind="daily", amount=daily)


def _schedule(row: Row, end: str) -> Schedule | None:
    start, until = instant(row.get("start_time")), instant(row.get(end))
    hours = _hours(row.get("adset_schedule") or ())
    return Schedule.build(start=start, end=until, hours=hours) if start or until or hours else None


def _hours(parts: Sequence[Row]) -> tuple[Hours, ...]:
    """Parts of the week; Meta's begins on Sunday, ours on Monday."""
    found = [
        Hours.build(
            weekday=(int(day) - 1) % 7, start=_clock(part["start_minute"]), end=_until(part["end_minute"])
        )
        for part in parts
        for day in part.get("days") or ()
    ]
    return tuple(sorted(found, key=lambda one: (one.weekday, one.start)))


def _clock(minute: Any) -> time:
    return time(*divmod(int(minute), 60))


def _until(minute: Any) -> time | None:
    return None if int(minute) >= _A_DAY else _clock(minute)


def _bid(row: Row, account: AdAccount) -> Bid | None:
    word, amount = row.get("bid_strategy"), account.money(row.get("bid_amount"))
    billing = row.get("billing_event")
    if not word and amount is None and not billing:
        return None
    strategy: Any = codes.READ_BIDS.get(word, "other") if word else "other" if amount else "auto"
    if strategy == "auto" and row.get("optimization_goal") == "VALUE":
        strategy = "highest_value"
    event = codes.READ_BILLING.get(billing, "other") if billing else None
    return Bid.build(strategy=strategy, amount=amount, billing_event=event)


# -- ad groups


def ad_group(row: Row, account: AdAccount, now: datetime) -> AdGroup:
    """An ad group, which Meta calls an ad set."""
    floor = number((row.get("bid_constraints") or {}).get("roas_average_floor"))
    return AdGroup.build(
        **_common(row, now),
        campaign_id=str(row.get("campaign_id") or ""),
        budget=_budget(row, account),
        target_roas=floor / ROAS_SCALE if floor else None,
        settings=_settings(row, account),
    )


_KEPT = ("destination_type", "promoted_object", "attribution_spec", "dsa_beneficiary", "dsa_payor")


def _settings(row: Row, account: AdAccount) -> Delivery:
    targeting = row.get("targeting")
    return Delivery.build(
        objective=codes.READ_DESTINATIONS.get(str(row.get("destination_type"))),
        goal=_goal(row),
        bid=_bid(row, account),
        schedule=_schedule(row, "end_time"),
        targeting=targeting_of(targeting) if targeting else None,
        native={name: row[name] for name in _KEPT if row.get(name) not in (None, "", "UNDEFINED")},
    )


_EVENTS = {"ADD_TO_CART": "add_to_cart", "PURCHASE": "purchases"}


def _goal(row: Row) -> Any:
    word = row.get("optimization_goal")
    if word == "OFFSITE_CONVERSIONS":
        return _EVENTS.get((row.get("promoted_object") or {}).get("custom_event_type") or "", "other")
    return codes.READ_GOALS.get(word, "other") if word else None


# -- ads


def ad(row: Row, now: datetime) -> Ad:
    """An ad."""
    told = row.get("effective_status")
    review: Any = codes.REVIEWS.get(str(told))
    reasons = _feedback(row.get("ad_review_feedback") or {})
    creative: Row = row.get("creative") or {}
    common = _common(row, now)
    return Ad.build(
        **{**common, "reasons": (*common["reasons"], *reasons)},
        campaign_id=str(row["campaign_id"]) if row.get("campaign_id") else None,
        ad_group_id=str(row.get("adset_id") or ""),
        review=Review.build(status=review, native_status=told, reasons=reasons) if review else None,
        creative=creative_of(creative),
        creative_id=str(creative["id"]) if creative.get("id") else None,
        preview_url=row.get("preview_shareable_link"),
    )


def _feedback(told: Row) -> tuple[str, ...]:
    """Why an ad was turned down: Meta's own texts, each once, those for all places first."""
    placed = [one for one in (told.get("placement_specific") or {}).values() if isinstance(one, Mapping)]
    texts = [text for part in (told.get("global") or {}, *placed) for text in part.values()]
    return tuple(dict.fromkeys(str(one) for one in texts))


def creative_of(row: Row) -> Creative | None:
    """What a creative shows; None where the row tells its id alone."""
    spec = row.get("object_story_spec") or {}
    data = spec.get("template_data") or spec.get("video_data") or spec.get("link_data") or {}
    native = {name: row[name] for name in ("id", "name") if row.get(name)}
    if row.get("product_set_id"):
        return CatalogCreative.build(set=str(row["product_set_id"]), template=data or None, native=native)
    button = data.get("call_to_action") or {}
    words: dict[str, Any] = {
        "cta": codes.READ_CALLS_TO_ACTION.get(str(button.get("type") or row.get("call_to_action_type"))),
        "url": (button.get("value") or {}).get("link") or data.get("link"),
        "native": native,
    }
    media = _media(spec)
    if media:
        return _built(spec, data, media, words)
    post = row.get("object_story_id") or row.get("source_instagram_media_id")
    post = post or row.get("effective_object_story_id")
    if not post:
        return None
    return ExistingPost.build(post_id=str(post), identity=row.get("instagram_user_id"), **words)


def _built(spec: Row, data: Row, media: tuple[Media, ...], words: Mapping[str, Any]) -> Built:
    return Built.build(
        media=media,
        text=data.get("message") or "",
        title=data.get("title") or data.get("name"),
        description=data.get("link_description") or data.get("description"),
        identity=spec.get("page_id"),
        **words,
    )


def _media(spec: Row) -> tuple[Media, ...]:
    """The films and pictures of a built creative."""
    video = spec.get("video_data")
    if video:
        film = Media.from_id(str(video["video_id"]), kind="video")
        return (film, *_pictures(video.get("image_hash"), video.get("image_url")))
    link = spec.get("link_data") or {}
    cards = link.get("child_attachments") or ()
    if cards:
        return tuple(one for card in cards for one in _pictures(card.get("image_hash"), card.get("picture")))
    return _pictures(link.get("image_hash"), link.get("picture"))


def _pictures(hashed: Any, address: Any) -> tuple[Media, ...]:
    if hashed:
        return (Media.from_id(str(hashed)),)
    return (Media.from_url(address),) if address else ()
