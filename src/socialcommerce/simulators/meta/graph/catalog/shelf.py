"""What stands in a catalog: items and groups, made, changed and taken away."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.entities import Product, Variant
from socialcommerce.simulators.meta.graph.seller import Seller
from socialcommerce.simulators.meta.graph.wire import Node, Routes

if TYPE_CHECKING:
    from socialcommerce.simulators.meta.graph.twin import GraphTwin

__all__ = ["change", "create", "group_of", "groups", "items", "new_group", "remove", "remove_group", "routes"]

routes = Routes()


def items(catalog: Node) -> dict[str, Node]:
    """The items of a catalog by ``retailer_id``, oldest first."""
    found: dict[str, Node] = catalog.hidden.setdefault("items", {})
    return found


def groups(catalog: Node) -> dict[str, Node]:
    """The groups of a catalog by ``retailer_id``, oldest first."""
    found: dict[str, Node] = catalog.hidden.setdefault("groups", {})
    return found


def group_of(item: Node) -> Node:
    """The group that an item stands in."""
    found: Node = item.hidden["group"]
    return found


@routes.furnishes(Product)
def furnish(twin: GraphTwin, seller: Seller, product: Product) -> None:
    """Put a product that the market lists into the seller's catalog, reviewed and published."""
    native = product.native
    group = _group(twin, seller.catalog, native.get("group") or product.sku, product)
    for variant in product.variants:
        data = {
            "name": product.title,
            "description": f"{product.title}, as good as new",
            "availability": "in stock" if variant.available else "out of stock",
            "condition": "new",
            "currency": seller.currency,
            "url": f"https://shop.example.com/p/{variant.sku}",
            "image_url": f"https://cdn.example.com/{variant.sku}.jpg",
            **{key: value for key, value in native.items() if key not in ("group", "catalog")},
        }
        _stand(twin, group, variant, data)


def _group(twin: GraphTwin, catalog: Node, retailer_id: str, product: Product) -> Node:
    group = twin.add("ProductGroup", catalog.seller, key=product.id, retailer_id=retailer_id)
    group.entity, group.hidden["catalog"] = product, catalog
    groups(catalog)[retailer_id] = group
    return group


def _stand(twin: GraphTwin, group: Node, variant: Variant, data: Mapping[str, Any]) -> Node:
    item = twin.add("ProductItem", group.seller, key=variant.id)
    item.entity = variant
    item.data = {
        "visibility": "published",
        "review_status": "approved",
        "image_fetch_status": "FETCHED",
        "additional_image_urls": [],
        **data,
    }
    item.hidden |= {"catalog": group.hidden["catalog"], "group": group}
    items(group.hidden["catalog"])[variant.sku] = item
    return item


def create(twin: GraphTwin, catalog: Node, sku: str, fields: Mapping[str, Any]) -> Node:
    """A new item; it waits for its review. ``fields`` as ``change`` takes them."""
    seller = _owner(catalog)
    shelf = {location.id: 0 for location in seller.locations}
    variant = Variant(twin.new_id("variant"), sku, Decimal(0), shelf)
    group = new_group(twin, catalog, str(fields.get("retailer_product_group_id") or sku))
    group.entity.variants.append(variant)
    data = {"currency": seller.currency, "review_status": "pending", "image_fetch_status": "NO_STATUS"}
    item = _stand(twin, group, variant, data)
    change(twin, item, fields)
    twin.clock.later(twin.review_delay, lambda: _review(twin, item))
    return item


def _owner(catalog: Node) -> Account:
    if catalog.seller is None:
        raise LookupError("the catalog belongs to nobody")
    return catalog.seller


def new_group(twin: GraphTwin, catalog: Node, retailer_id: str) -> Node:
    """The group with that ``retailer_id``; an empty one where there was none."""
    found = groups(catalog).get(retailer_id)
    if found is not None:
        return found
    now, seller = twin.clock.now(), _owner(catalog)
    product = Product(twin.new_id("product"), retailer_id, retailer_id, [], now, now, status="inactive")
    seller.products[product.id] = product
    return _group(twin, catalog, retailer_id, product)


def change(twin: GraphTwin, item: Node, fields: Mapping[str, Any]) -> None:
    """Set fields of an item.

    ``price`` and ``sale_price`` are amounts, ``inventory`` is a count; the rest is kept as it is
    read, and None takes a field away.
    """
    variant: Variant = item.entity
    given = dict(fields)
    if "price" in given:
        variant.price = given.pop("price")
    if "inventory" in given:
        variant.stock = dict.fromkeys(variant.stock, 0)
        variant.give_back(int(given.pop("inventory")))
    target = given.pop("retailer_product_group_id", None)
    if target and target != group_of(item).data["retailer_id"]:
        _move(twin, item, str(target))
    for name, value in given.items():
        if value is None or value == "":
            item.data.pop(name, None)
        else:
            item.data[name] = value
    if item.data["review_status"] != "pending":
        _review(twin, item)
    _settle(twin, group_of(item))


def _move(twin: GraphTwin, item: Node, retailer_id: str) -> None:
    old, new = group_of(item), new_group(twin, item.hidden["catalog"], retailer_id)
    old.entity.variants.remove(item.entity)
    new.entity.variants.append(item.entity)
    item.hidden["group"] = new
    _settle(twin, old)
    if not old.entity.variants:
        remove_group(twin, old)


def _review(twin: GraphTwin, item: Node) -> None:
    text = f"{item.data.get('name', '')} {item.data.get('description', '')}".lower()
    bad = sorted(word for word in twin.forbidden if word in text)
    item.data["review_status"] = "rejected" if bad else "approved"
    item.data["image_fetch_status"] = "FETCHED"
    item.data["review_rejection_reasons"] = ["PROHIBITED_CONTENT"] if bad else []
    _settle(twin, group_of(item))


def _settle(twin: GraphTwin, group: Node) -> None:
    """What the market sees of a group: its title, and whether any of it is on sale."""
    product: Product = group.entity
    shown = [twin.nodes[one.id] for one in product.variants]
    sold = [one for one in shown if _on_sale(one)]
    product.title = str(shown[0].data.get("name", product.sku)) if shown else product.title
    product.status = "active" if sold else "inactive"
    product.updated = twin.clock.now()


def _on_sale(item: Node) -> bool:
    return (
        item.data["visibility"] == "published"
        and item.data["review_status"] == "approved"
        and item.data.get("availability") not in ("out of stock", "discontinued")
    )


def remove(twin: GraphTwin, item: Node) -> None:
    """Take an item away; a group that is empty then goes with it."""
    group = group_of(item)
    group.entity.variants.remove(item.entity)
    del items(item.hidden["catalog"])[item.entity.sku], twin.nodes[item.id]
    if group.entity.variants:
        _settle(twin, group)
    else:
        remove_group(twin, group)


def remove_group(twin: GraphTwin, group: Node) -> None:
    """Take an empty group away."""
    group.entity.status = "deleted"
    groups(group.hidden["catalog"]).pop(group.data["retailer_id"], None)
    twin.nodes.pop(group.id, None)
