"""The pretend Facebook and Instagram: their end of the Graph API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from attrs import define

from socialcommerce.simulators.account import Account, NotPlayed
from socialcommerce.simulators.meta.graph.authority import LONG, Token
from socialcommerce.simulators.meta.graph.seller import Seller
from socialcommerce.simulators.meta.graph.twin import GraphTwin
from socialcommerce.simulators.meta.social import instagram, people, posts, push

__all__ = ["MetaTwin", "SocialSeller"]


@define(slots=True, eq=False)
class SocialSeller(Seller):
    """A seller with a catalog, a Page, an Instagram account, an ad account and a pixel."""

    def buy(self, sku: str, quantity: int = 1) -> str:
        """Nothing is bought on Facebook or Instagram any more."""
        raise NotPlayed("nothing is bought on Facebook or Instagram: sales happen on the seller's own site")


class MetaTwin(GraphTwin):
    """Facebook and Instagram (Graph and Marketing API), played over a market. See ``GraphTwin``."""

    name = "meta"
    account_setting = "page_id"
    push_url = "https://hooks.example.com/webhooks/meta"
    parts: ClassVar[tuple[str, ...]] = (*GraphTwin.parts, "socialcommerce.simulators.meta.social")
    seller_class: ClassVar[type[Seller]] = SocialSeller
    account_asset = "Page"
    hook_fields: ClassVar[Mapping[str, frozenset[str]]] = push.FIELDS
    hook_asset = "Page"

    def settings(self, account_index: int | None = None) -> dict[str, Any]:
        """The app's settings and the ids of the seller's assets; none of several sellers' unless named."""
        shared = self.app_settings()
        if account_index is None and len(self.accounts) > 1:
            return shared
        seller = self.sellers[account_index or 0]
        return shared | {
            "catalog_id": seller.catalog.id,
            "page_id": seller.asset("Page").id,
            "instagram_id": seller.asset("IGUser").id,
            "ad_account_id": seller.asset("AdAccount").id.removeprefix("act_"),
            "pixel_id": seller.asset("AdsPixel").id,
        }

    def grants(self, account: Account) -> list[tuple[str | None, str | None, str, dict[str, Any]]]:
        """What a login brings: the long-lived token of the person, and the Page's behind it."""
        seller = self.seller(account)
        user = self.everyones("USER", float(LONG))
        page = self.authority.page_token(user, seller.asset("Page").id, seller.id)
        pages = [("page", seller.asset("Page").id), ("instagram", seller.asset("IGUser").id)]
        ad, number = seller.asset("AdAccount").id, seller.asset("AdAccount").id.removeprefix("act_")
        goods = [("business", self.business.id), ("catalog", seller.catalog.id)]
        whole = [*goods, ("ad", ad), ("ad", number), *pages]
        opened: list[tuple[str, Token, list[tuple[str, str]]]] = [
            ("user", user, whole),
            ("page", page, pages),
            ("pixel", user, [("ad", ad), ("ad", number), ("pixel", seller.asset("AdsPixel").id)]),
        ]
        return [(slot, kind, key, self.grant_of(token)) for slot, token, ids in opened for kind, key in ids]

    # -- what people do

    def say_on_instagram(self, text: str, conversation: str = "", account_index: int = 0) -> str:
        """A person writes to the Instagram account; a new one unless a conversation is given."""
        seller = self.sellers[account_index]
        talk = seller.conversations.get(conversation) or people.begin(self, seller, "instagram")
        seller.add_message(talk, "buyer", "text", {"text": text})
        return talk.id

    def comment(self, key: str, text: str) -> str:
        """A person comments on a post or on Instagram media, or answers a comment; its id."""
        kind = self.nodes[key].kind if key in self.nodes else ""
        write = instagram.comment if kind in ("IGMedia", "IGComment") else posts.comment
        return write(self, key, text).id

    def announce(self, name: str, field: str, value: Mapping[str, Any], account_index: int = 0) -> None:
        """Tell of any other change to the "page" ("leadgen" …) or the "instagram" account ("mentions" …)."""
        push.change(self, self.sellers[account_index], name, field, value)
