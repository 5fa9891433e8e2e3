"""Orders of TikTok Shop, page by page, and shops that list them."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from socialcommerce import AsyncClient, Client
from socialcommerce.backends import TikTokShop
from socialcommerce.runtime.call import Subject, TokenRecord

C = TypeVar("C", Client, AsyncClient)

SEARCH = "/order/202309/orders/search"
MADE_AT = 1_763_690_000


def order(number: int) -> dict[str, Any]:
    """One order as the search answers it, about 960 bytes."""
    return {
        "id": str(576461413038785752 + number),
        "status": "AWAITING_SHIPMENT",
        "order_type": "NORMAL",
        "fulfillment_type": "FULFILLMENT_BY_SELLER",
        "shipping_type": "SELLER",
        "delivery_option_id": "7091146663229654785",
        "commerce_platform": "TIKTOK_SHOP",
        "is_cod": False,
        "user_id": "7021436810468230477",
        "create_time": MADE_AT + 60 * number,
        "paid_time": MADE_AT + 60 * number + 30,
        "update_time": MADE_AT + 60 * number + 30,
        "rts_sla_time": MADE_AT + 60 * number + 172_800,
        "payment_method_name": "CCDC",
        "warehouse_id": "7068517275539719942",
        "line_items": [
            {
                "id": str(577086512123755001 + number),
                "product_id": "1729592969712207999",
                "product_name": "Organic tee",
                "sku_id": "1729592969712310001",
                "sku_name": "Red, S",
                "seller_sku": "TEE-Red-S",
                "currency": "USD",
                "original_price": "19.99",
                "sale_price": "15.99",
                "display_status": "AWAITING_SHIPMENT",
                "package_id": "1153132168123859123",
            }
        ],
        "packages": [{"id": "1153132168123859123"}],
        "payment": {
            "currency": "USD",
            "total_amount": "16.99",
            "sub_total": "15.99",
            "shipping_fee": "1.00",
        },
    }


def page(place: int, size: int, pages: int) -> bytes:
    """The envelope of one page of orders; the last has no token for a next one."""
    orders = [order(number) for number in range(place * size, (place + 1) * size)]
    data = {
        "orders": orders,
        "total_count": size * pages,
        "next_page_token": str(place + 1) if place + 1 < pages else "",
    }
    return json.dumps({"code": 0, "message": "Success", "request_id": "2026", "data": data}).encode()


def shop_of(base: str) -> TikTokShop:
    """An app whose host is the loopback server."""
    return TikTokShop("6bcd3fg", "e59af819cc", host=base, region="US")


def shops_of_one_app(root: C, shops: int) -> list[C]:
    """So many shops, each with a token of its own; they share transport, memory and limits."""
    app: Any = root.backend
    for number in range(shops):
        key = app.token_key(app.services["shop"], Subject("shop", str(number)))
        record = TokenRecord(f"TTP_{number:08d}", extra={"cipher": f"ROW_{number:08d}"})
        root.state.tokens.swap(key, 0, record.dump())
    return [root.for_account(str(number)) for number in range(shops)]
