"""Which operations name no shop: ``shop_cipher`` is forbidden there, and demanded everywhere else.

From the vendor's list of 318 operations (versions 202309 to 202610), in which an operation's answer is
the same in all of its versions; so the version of a path is left out here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

__all__ = ["takes_cipher"]

_GROUPS: Final = frozenset(
    {"affiliate_creator", "affiliate_partner", "authorization", "seller", "supply_chain"}
)
"""Groups of which no operation takes one."""

_OPERATIONS: Final = """
POST /affiliate_seller/images/upload
GET /analytics/live_rooms/{live_room_id}/core_stats
GET /analytics/live_rooms/{live_room_id}/gmv_trend_performances
GET /analytics/live_rooms/{live_room_id}/interactive_trend_performances
GET /analytics/live_rooms/{live_room_id}/product_stats
GET /analytics/live_rooms/{live_room_id}/traffic_performances
GET /analytics/live_rooms/{live_room_id}/user_portraits
GET /analytics/live_rooms/{live_room_id}/view_trend_performances
GET /analytics/videos/performances
POST /fulfillment/bundles
POST /fulfillment/orders/customs_info/query
POST /fulfillment/orders/customs_info/submit
GET /logistics/global_warehouses
POST /product/brands
GET /product/categories/{category_id}/global_attributes
GET /product/categories/{category_id}/global_rules
POST /product/compliance/manufacturers
POST /product/compliance/manufacturers/search
POST /product/compliance/manufacturers/{manufacturer_id}/partial_edit
POST /product/compliance/responsible_persons
POST /product/compliance/responsible_persons/search
POST /product/compliance/responsible_persons/{responsible_person_id}/partial_edit
POST /product/files/upload
GET /product/global_categories
POST /product/global_categories/recommend
DELETE /product/global_products
POST /product/global_products
POST /product/global_products/search
GET /product/global_products/{global_product_id}
PUT /product/global_products/{global_product_id}
POST /product/global_products/{global_product_id}/inventory/update
PUT /product/global_products/{global_product_id}/partial_edit
POST /product/global_products/{global_product_id}/publish
POST /product/images/upload
POST /product/products/gpa_upgrade_task
POST /product/sizecharts/search
"""

_VERSION: Final = re.compile(r"/[0-9]{6}(?=/)")


def _pattern(line: str) -> str:
    return re.sub(r"\\{[a-z_]+\\}", "[^/]+", re.escape(line))


_FORBIDDEN: Final = re.compile("|".join(map(_pattern, _OPERATIONS.split("\n")[1:-1])))


@lru_cache(maxsize=4096)
def takes_cipher(method: str, path: str) -> bool:
    """Whether ``path`` with its version, as ``/product/202309/products/1``, is called for one shop."""
    plain = _VERSION.sub("", path, count=1)
    if plain.split("/", 2)[1] in _GROUPS:
        return False
    return _FORBIDDEN.fullmatch(f"{method} {plain}") is None
