"""The ad that a listing is: one an item. Only those of the whole shop's campaign can be put in and out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from socialcommerce.backends.shopee.ads.base import AdsNoun
from socialcommerce.backends.shopee.ads.campaigns import NO_TIME, REQUIRES, has_status
from socialcommerce.backends.shopee.ads.mapping import Known, ads_of, shop_ad
from socialcommerce.backends.shopee.ads.plan import unsupported
from socialcommerce.backends.shopee.ads.wire import PREFIX, day_text, number
from socialcommerce.errors import NotFound, SocialCommerceError
from socialcommerce.models.ads import Ad, AdGroup, AdInput, AdStatus, Campaign
from socialcommerce.models.bulk import BulkResult, Outcome
from socialcommerce.resources.ads_levels import Removed, SingleAds, TargetStatus, confirm_spending
from socialcommerce.resources.capability import emulated, native, no, supports
from socialcommerce.resources.noun import each_alone, identity, invalid
from socialcommerce.runtime.flow import Flow, gather
from socialcommerce.runtime.paging import Page, position, read_position

__all__ = ["ItemsNoun", "ShopeeSingleAds"]

I = TypeVar("I")  # noqa: E741  # the letter of "input" reads best in signatures

_ITEMS = 30
_PAGE = 100
_LOOKBACK = timedelta(days=89)
"""How far back an item must have performed to be seen: the longest span of one call."""


class ItemsNoun(AdsNoun):
    """A noun that reads the items of the whole shop's campaign."""

    def shop_items(self, shop: str, since: date, until: date, offset: int) -> Flow[tuple[Any, bool]]:
        """A page of the items that performed, with their figures, and whether more follow."""
        reply = yield from self.post_read(
            "get_gms_item_performance",
            campaign_id=number(shop),
            start_date=day_text(since),
            end_date=day_text(until),
            offset=offset,
            limit=_PAGE,
        )
        rows = reply.get("result_list") or ()
        return rows, bool(rows) and bool(reply.get("has_next_page"))

    def all_shop_items(self, shop: str, since: date, until: date) -> Flow[list[Any]]:
        """All items that performed in a span."""
        found: list[Any] = []
        more = True
        while more:
            rows, more = yield from self.shop_items(shop, since, until, len(found))
            found += rows
        return found

    def removed_items(self) -> Flow[list[str]]:
        """The items that the seller took out of the whole shop's campaign."""
        found: list[str] = []
        more = True
        while more:
            reply = yield from self.post_read("list_gms_user_deleted_item", offset=len(found), limit=_PAGE)
            items = reply.get("item_id_list") or ()
            found += [str(item) for item in items]
            more = bool(items) and bool(reply.get("has_next_page"))
        return found

    def shop_ads(self, shop: str, offset: int) -> Flow[tuple[list[Ad], bool]]:
        """A page of the ads of the whole shop's campaign; the first one begins with those taken out."""
        removed = yield from self.removed_items()
        today = yield from self.today()
        rows, more = yield from self.shop_items(shop, today - _LOOKBACK, today, offset)
        out = [shop_ad(shop, item, True) for item in removed] if offset == 0 else []
        items = [(str(row["item_id"]), row) for row in rows]
        return out + [shop_ad(shop, item, False, row) for item, row in items if item not in removed], more


class ShopeeSingleAds(ItemsNoun, SingleAds):
    """``client.ads.ads`` on Shopee: ids are ``{campaign_id}:{item_id}``."""

    @supports(
        "emulated",
        params={**emulated("ad_group", "campaign", "status", "ids"), "updated_after": NO_TIME},
        requires=REQUIRES,
        cost="2 calls per 100 campaigns, 3 per 100 items of the whole shop's",
    )
    def list(
        self,
        *,
        ad_group: str | AdGroup | None = None,
        campaign: str | Campaign | None = None,
        status: AdStatus | Sequence[AdStatus] | None = None,
        ids: Sequence[str] | None = None,
        updated_after: datetime | None = None,
        cursor: str | None = None,
    ) -> Flow[Page[Ad]]:
        """GET get_product_level_campaign_setting_info, and POST get_gms_item_performance of 90 days."""
        found, following = yield from self._page(cursor, _within(ad_group, campaign, ids))
        items = [one for one in found if has_status(one, status) and (ids is None or one.id in ids)]
        return Page(items, following)

    def _page(
        self, cursor: str | None, campaigns: Sequence[str] | None
    ) -> Flow[tuple[Sequence[Ad], str | None]]:
        place = read_position(cursor)
        if "items" in place:
            known, following = [Known(place["of"], shop=True)], place["then"]
        else:
            known, following = yield from self.known_page(cursor, campaigns)
        found: Sequence[Ad] = ()
        for one in known:
            if not one.shop:
                found = [*found, *ads_of(one)]
                continue
            offset = int(place.get("items", 0))
            ads, more = yield from self.shop_ads(one.id, offset)
            found = [*found, *ads]
            if more:
                following = position(of=one.id, items=offset + _PAGE, then=following)
        return found, following

    @supports("emulated", params=emulated("ads"), requires=REQUIRES, cost="1 call; more in the whole shop's")
    def get(self, ads: Sequence[str | Ad]) -> Flow[BulkResult[str | Ad, Ad]]:
        """As ``list`` of the ad's campaign, of which the item is picked."""
        return (yield from each_alone(ads, lambda one: self._get(identity(one))))

    def _get(self, ad_id: str) -> Flow[Ad]:
        campaign_id, _ = _split(ad_id)
        cursor: str | None = None
        while True:
            found, cursor = yield from self._page(cursor, [campaign_id])
            for one in found:
                if one.id == ad_id:
                    return one
            if cursor is None:
                raise NotFound(f"campaign {campaign_id} has no ad {ad_id}", platform="shopee", sent="yes")

    @supports(
        "emulated",
        params={
            **native("ads", "may_spend"),
            "validate_only": no("no dry run", "ads.check(plan)"),
            "idempotency_key": no("being in the campaign is a state: a repeat changes nothing"),
        },
        requires=REQUIRES,
        cost="2 calls, and 1 per 30 items",
    )
    def create(
        self,
        ads: Sequence[AdInput],
        *,
        may_spend: bool = False,
        validate_only: bool = False,
        idempotency_key: str | None = None,
    ) -> Flow[BulkResult[AdInput, Ad]]:
        """POST edit_gms_item_product_campaign with add: puts items back into the whole shop's campaign."""
        for one in ads:
            _hold(one)
        confirm_spending(self, may_spend)
        shop = yield from self._shop_of(one.ad_group_id for one in ads)
        items = yield from gather([self.item_of(one.products[0]) for one in ads])
        pairs = list(zip(ads, items, strict=True))
        return (yield from self._move(shop, "add", pairs, lambda item: shop_ad(shop, item, False)))

    def _shop_of(self, asked: Any) -> Flow[str]:
        """The whole shop's campaign; refused where another one is asked for."""
        shop = yield from self.shop_campaign()
        if any(one not in (None, shop) for one in asked):
            raise unsupported("ads.ads.create:campaign")
        if shop is None:
            raise NotFound("this shop has no GMV Max campaign", platform="shopee", sent="yes")
        return shop

    @supports(
        "emulated",
        params=native("ads", "status"),
        requires=REQUIRES,
        cost="1 call, and 1 per 30 items",
        confidence="judgement",
    )
    def set_status(self, ads: Sequence[str | Ad], status: TargetStatus) -> Flow[BulkResult[str | Ad, Ad]]:
        """POST edit_gms_item_product_campaign: ``active`` adds the items, ``paused`` removes them."""
        if status not in ("active", "paused"):
            raise unsupported("ads.ads.set_status:status")
        shop = yield from self._shop_only(ads)
        pairs = [(one, _split(identity(one))[1]) for one in ads]
        out = status == "paused"
        action = "remove" if out else "add"
        return (yield from self._move(shop, action, pairs, lambda item: shop_ad(shop, item, out)))

    def _shop_only(self, ads: Sequence[str | Ad]) -> Flow[str]:
        shop = yield from self.shop_campaign()
        if shop is None or any(_split(identity(one))[0] != shop for one in ads):
            raise unsupported("ads.ads.set_status:campaign")
        return shop

    @supports("emulated", params=native("ads"), requires=REQUIRES, cost="1 call, and 1 per 30 items")
    def delete(self, ads: Sequence[str | Ad]) -> Flow[BulkResult[str | Ad, Removed]]:
        """POST edit_gms_item_product_campaign with remove."""
        shop = yield from self._shop_only(ads)
        pairs = [(one, _split(identity(one))[1]) for one in ads]
        return (yield from self._move(shop, "remove", pairs, _deleted))

    def _move(
        self, shop: str, action: str, pairs: Sequence[tuple[I, str]], made: Callable[[str], Any]
    ) -> Flow[BulkResult[I, Any]]:
        """Put items in or out, thirty a call: what a call answers holds for all of its items."""
        chunks = [pairs[start : start + _ITEMS] for start in range(0, len(pairs), _ITEMS)]
        results = yield from gather([self._moved(shop, action, chunk, made) for chunk in chunks])
        return BulkResult(tuple(outcome for result in results for outcome in result))

    def _moved(
        self, shop: str, action: str, pairs: Sequence[tuple[I, str]], made: Callable[[str], Any]
    ) -> Flow[Sequence[Outcome[I, Any]]]:
        items = list(dict.fromkeys(number(item) for _, item in pairs))
        body = {"campaign_id": number(shop), "edit_action": action, "item_id_list": items}
        try:
            yield from self.ask(
                "POST", PREFIX + "edit_gms_item_product_campaign", body=body, safety="absolute"
            )
        except SocialCommerceError as error:
            return [Outcome.of(one, error) for one, _ in pairs]
        return [Outcome.of(one, made(item)) for one, item in pairs]


def _deleted(item: str) -> Removed:
    return "deleted"


def _within(
    ad_group: str | AdGroup | None, campaign: str | Campaign | None, ids: Sequence[str] | None
) -> Sequence[str] | None:
    """The campaigns in which to look; None for all."""
    named = {identity(one) for one in (ad_group, campaign) if one is not None}
    if len(named) > 1:
        raise invalid(ad_group="is the campaign itself on Shopee, and not the campaign given")
    if named or ids is None:
        return list(named) or None
    return list(dict.fromkeys(_split(one)[0] for one in ids))


def _split(ad_id: str) -> tuple[str, str]:
    campaign_id, colon, item = ad_id.partition(":")
    if not (colon and campaign_id.isdecimal() and item.isdecimal()):
        raise invalid(id=f"{ad_id!r} is no ad's id on Shopee: they are 'campaign_id:item_id'")
    return campaign_id, item


def _hold(ad: AdInput) -> None:
    """Raise what is wrong with an ad to make."""
    if ad.creative is not None or ad.delivery is not None or ad.native or ad.name is not None:
        raise unsupported("ads.ads.create:creative")
    if ad.status != "active":
        raise unsupported("ads.ads.create:status")
    if len(ad.products) != 1:
        raise invalid(products=f"must be exactly one item; there are {len(ad.products)}")
