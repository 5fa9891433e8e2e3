"""``AdsNoun``: what Shopee's advertising nouns share: reading campaigns, finding the whole shop's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from attrs import evolve

from socialcommerce.backends.shopee.ads.mapping import Known
from socialcommerce.backends.shopee.ads.wire import PREFIX, day_text, local_day, number
from socialcommerce.backends.shopee.codes.ads import MISSING, NO_SHOP_CAMPAIGN
from socialcommerce.backends.shopee.noun import ShopeeNoun
from socialcommerce.errors import NotFound, PlatformError, SocialCommerceError
from socialcommerce.models.ads import CampaignKind
from socialcommerce.models.product import Ref
from socialcommerce.resources.catalog import Catalog
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime.flow import Flow, gather
from socialcommerce.runtime.paging import position, read_position

__all__ = ["AdsNoun"]

_IDS = 100
_ALL_IDS = 5000


class AdsNoun(ShopeeNoun):
    """An advertising noun: it speaks through the app that may call ads."""

    service = "ads"

    def read(self, name: str, **query: Any) -> Flow[Any]:
        """GET one of the ads calls."""
        return self.ask("GET", PREFIX + name, query=query)

    def post_read(self, name: str, **body: Any) -> Flow[Any]:
        """One of the ads calls that read and are POST all the same."""
        return self.ask("POST", PREFIX + name, body=body)

    def today(self) -> Flow[date]:
        """The present day of the shop."""
        region = yield from self.region()
        return local_day(self.now(), region)

    def settings(self, ids: Sequence[str]) -> Flow[dict[str, Mapping[str, Any]]]:
        """The settings rows of campaigns by id, a hundred a call; ids that are not there are left out."""
        chunks = [ids[start : start + _IDS] for start in range(0, len(ids), _IDS)]
        rows: dict[str, Mapping[str, Any]] = {}
        for found in (yield from gather([self._settings(chunk) for chunk in chunks])) if chunks else ():
            rows |= found
        return rows

    def _settings(self, ids: Sequence[str]) -> Flow[dict[str, Mapping[str, Any]]]:
        """One call; where an id is not there, Shopee refuses the whole call, so it is cut in two."""
        try:
            reply = yield from self.read(
                "get_product_level_campaign_setting_info",
                info_type_list=[1, 2, 3, 4],
                campaign_id_list=[number(one) for one in ids],
            )
        except PlatformError as error:
            if not isinstance(error, NotFound) and error.code not in MISSING:
                raise
            if len(ids) == 1:
                return {}
            half = len(ids) // 2
            left = yield from self._settings(ids[:half])
            return left | (yield from self._settings(ids[half:]))
        return {str(row["campaign_id"]): row for row in reply.get("campaign_list") or ()}

    def reread(self, known: Known) -> Flow[Known]:
        """A campaign after a write; without its settings where they cannot be read just now.

        The write has happened, so a failure to look at it must not pass for its own.
        """
        rows = yield from self.reread_rows([] if known.shop else [known.id])
        return evolve(known, row=rows.get(known.id, {}))

    def reread_rows(self, ids: Sequence[str]) -> Flow[dict[str, Mapping[str, Any]]]:
        """The settings rows of campaigns that were just written; none where they cannot be read."""
        try:
            return (yield from self.settings(ids))
        except SocialCommerceError:
            return {}

    def shop_campaign(self) -> Flow[str | None]:
        """The id of the whole shop's campaign (GMV Max), of which there is one at most.

        Only its performance call names it, so that is asked for today.
        """
        day = day_text((yield from self.today()))
        try:
            reply = yield from self.post_read("get_gms_campaign_performance", start_date=day, end_date=day)
        except PlatformError as error:
            if isinstance(error, NotFound) or error.code in NO_SHOP_CAMPAIGN:
                return None
            raise
        found = reply.get("campaign_id")
        return str(found) if found else None

    def load(self, ids: Sequence[str]) -> Flow[dict[str, Known]]:
        """Campaigns by id, the whole shop's among them; ids that are not there are left out."""
        rows = yield from self.settings(ids)
        found = {one: Known(one, rows[one]) for one in ids if one in rows}
        if len(found) < len(set(ids)):
            shop = yield from self.shop_campaign()
            if shop in ids:
                found[str(shop)] = Known(str(shop), shop=True)
        return found

    def load_one(self, campaign_id: str) -> Flow[Known]:
        """One campaign; ``NotFound`` where it is not there."""
        found = yield from self.load([campaign_id])
        if campaign_id not in found:
            raise NotFound(f"this shop has no campaign {campaign_id}", platform="shopee", sent="yes")
        return found[campaign_id]

    def known_page(
        self, cursor: str | None, ids: Sequence[str] | None = None, kind: CampaignKind | None = None
    ) -> Flow[tuple[list[Known], str | None]]:
        """A page of campaigns and where the next one begins: a hundred ids, the whole shop's at the end."""
        place = read_position(cursor)
        if ids is not None:
            return (yield from self._page_of(ids, int(place.get("at", 0))))
        if kind == "shop_gmv_max" or place.get("shop"):
            shop = yield from self.shop_campaign()
            return ([Known(shop, shop=True)] if shop else []), None
        offset = int(place.get("offset", 0))
        reply = yield from self._ids(offset, _IDS, "manual" if kind == "standard" else "all")
        told = {str(row["campaign_id"]): row for row in reply.get("campaign_list") or ()}
        listed = list(told)
        rows = yield from self.settings(listed)
        following = (
            position(offset=offset + (len(listed) or _IDS))
            if reply.get("has_next_page")
            else position(shop=True)
        )
        return [Known(one, rows.get(one, {"common_info": row})) for one, row in told.items()], (
            following if _goes_on(reply, kind) else None
        )

    def _page_of(self, ids: Sequence[str], start: int) -> Flow[tuple[list[Known], str | None]]:
        chunk = ids[start : start + _IDS]
        found = yield from self.load(chunk)
        following = position(at=start + _IDS) if start + _IDS < len(ids) else None
        return [found[one] for one in chunk if one in found], following

    def _ids(self, offset: int, limit: int, ad_type: str) -> Flow[Any]:
        return self.read("get_product_level_campaign_id_list", ad_type=ad_type, offset=offset, limit=limit)

    def all_ids(self, ad_type: str = "all") -> Flow[list[str]]:
        """The ids of every product campaign."""
        found: list[str] = []
        more = True
        while more:
            reply = yield from self._ids(len(found), _ALL_IDS, ad_type)
            rows = reply.get("campaign_list") or ()
            found += [str(row["campaign_id"]) for row in rows]
            more = bool(rows) and bool(reply.get("has_next_page"))
        return found

    def item_of(self, ref: Ref) -> Flow[str]:
        """The item that a reference names; a SKU is looked up in the catalogue."""
        if ref.product_id is not None:
            return ref.product_id
        result = yield from self.sibling(Catalog).find([str(ref.sku)])
        found = {str(one.product_id) for one in result[0].unwrap()}
        if len(found) != 1:
            count = len(found) or "no"
            raise invalid(products=f"{count} items carry the SKU {ref.sku}; give a product_id")
        return found.pop()


def _goes_on(reply: Mapping[str, Any], kind: CampaignKind | None) -> bool:
    """Whether another page follows: of ids, or, where any kind will do, the whole shop's campaign."""
    return bool(reply.get("has_next_page")) or kind is None
