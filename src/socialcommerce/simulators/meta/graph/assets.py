"""Who there is and who owns what: ``/me``, the business, and the lists of its assets."""

from __future__ import annotations

from typing import Any

from socialcommerce.simulators.meta.graph.errors import Refused
from socialcommerce.simulators.meta.graph.seller import Seller
from socialcommerce.simulators.meta.graph.wire import Call, Node, Routes, Rows

__all__ = ["assets", "routes"]

routes = Routes()
business = Routes("business_management")

routes.readable("User")
routes.readable("SystemUser")
routes.readable("Application", "id", "name")
business.readable("Business")


def assets(call: Call, kind: str, shared: bool | None = None) -> Rows:
    """The assets of a kind that the token reaches; with ``shared`` only the lent ones, or the own."""
    found = []
    for node in call.twin.of(kind):
        seller = node.seller
        if seller is None or seller.id not in call.holder.sellers:
            continue
        if shared is None or seller.shared is shared:
            found.append(node)
    return Rows(found, most=100 if kind == "Page" else 5000)


def _lists(edge: str, kind: str, scope: tuple[str, ...]) -> None:
    for start, shared in (("owned_", False), ("client_", True)):

        def listing(call: Call, shared: bool = shared) -> Rows:
            return assets(call, kind, shared)

        business.edge("GET", "Business", f"{start}{edge}", scope=scope)(listing)


for _edge, _kind, _scope in (
    ("product_catalogs", "ProductCatalog", ("business_management", "catalog_management")),
    ("ad_accounts", "AdAccount", ("business_management", "ads_management", "ads_read")),
    ("pages", "Page", ("business_management",)),
    ("pixels", "AdsPixel", ("business_management", "ads_management")),
    ("whatsapp_business_accounts", "WhatsAppBusinessAccount", ("whatsapp_business_management",)),
):
    _lists(_edge, _kind, _scope)


def _of_person(edge: str, kind: str, *scope: str) -> None:
    def listing(call: Call) -> Rows:
        return assets(call, kind)

    for holder in ("User", "SystemUser"):
        routes.edge("GET", holder, edge, scope=scope)(listing)


_of_person("accounts", "Page", "pages_show_list")
_of_person("adaccounts", "AdAccount", "ads_management", "ads_read")
_of_person("assigned_ad_accounts", "AdAccount", "ads_management", "ads_read")
_of_person("assigned_pages", "Page", "pages_show_list")
_of_person("assigned_product_catalogs", "ProductCatalog", "catalog_management")
_of_person("assigned_whatsapp_business_accounts", "WhatsAppBusinessAccount", "whatsapp_business_management")


@business.edge(
    "GET", "Business", "owned_instagram_accounts", scope=("business_management", "instagram_basic")
)
@business.edge("GET", "Business", "instagram_accounts", scope=("business_management", "instagram_basic"))
def instagram_accounts(call: Call) -> Rows:
    """The Instagram accounts of the business."""
    return assets(call, "IGUser", False)


def businesses(call: Call) -> Rows:
    """The one business."""
    return Rows([call.twin.business])


for _holder in ("User", "SystemUser"):
    routes.edge("GET", _holder, "businesses", scope="business_management")(businesses)


@routes.edge("GET", "User", "permissions")
def permissions(call: Call) -> Rows:
    """What the person granted, and what not."""
    return Rows([{"permission": one, "status": "granted"} for one in sorted(call.holder.scopes)])


@business.edge(
    "POST", "Business", "owned_product_catalogs", scope=("business_management", "catalog_management")
)
def create_catalog(call: Call) -> Any:
    """Another catalog, of the first seller that the token reaches."""
    if any(one.data["name"] == call.given["name"] for one in call.twin.of("ProductCatalog")):
        raise Refused(804, "(#804) This object already exists: a catalog of that name")
    vertical = call.given.get("vertical", "commerce")
    seller = next(one for one in call.twin.sellers if one.id in call.holder.sellers)
    node = call.twin.add(
        "ProductCatalog", seller, name=call.given["name"], vertical=vertical, business=call.twin.business
    )
    return {"id": node.id}


# -- pages

page = Routes("pages_show_list", "pages_read_engagement", "pages_messaging", use_case="pages")
page.readable("Page", "id", "name")


@page.reads("Page", "access_token")
def page_access_token(call: Call, node: Node) -> str | None:
    """The page's own token, for a token of somebody with a role on it."""
    holder = call.holder
    if holder.kind == "PAGE":
        return holder.access
    assert isinstance(node.seller, Seller)
    return call.twin.authority.page_token(holder, node.id, node.seller.id).access


@page.reads("Page", "instagram_business_account", "connected_instagram_account")
def instagram(call: Call, node: Node) -> Node | None:
    """The Instagram account linked to a page."""
    return node.seller.assets.get("IGUser") if node.seller is not None else None


@page.edge("GET", "Page", "instagram_accounts", scope=("instagram_basic", "pages_show_list"))
def instagram_of(call: Call) -> Rows:
    """The same, as an edge."""
    return Rows([call.seller.assets[kind] for kind in ("IGUser",) if kind in call.seller.assets])


routes.merge(business)
routes.merge(page)
