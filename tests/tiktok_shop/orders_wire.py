"""Rows of TikTok Shop's orders for the order tests, and a client that never waits."""

from __future__ import annotations

from typing import Any

from tests.tiktok_shop.wire import CIPHER, SHOP_ID, Wire

from socialcommerce import Client, Retry
from socialcommerce.backends import TikTokShop
from socialcommerce.runtime.transport import Interrupted, Request

NOW = 1_763_700_000
ORDER = "576461413038785752"
PACKAGE = "1153132168123859123"
OTHER = "1153132168123859124"
SKU, SECOND = "1729592969712310001", "1729592969712310003"
UPS = "7117858858072016686"
DETAIL = "GET /order/202507/orders"
ONE = f"GET /packages/{PACKAGE}"


def client(wire: Wire, region: str = "US") -> Client:
    shop = TikTokShop(
        "6a7b8c9d0e1f2",
        "secret",
        shop_id=SHOP_ID,
        shop_cipher=CIPHER,
        access_token="token",
        region=region,
        callback_urls={"default": "https://shop.example/hooks"},
    )
    return Client(shop, transport=wire, clock=lambda: NOW, sleep=lambda _: None, retry=Retry(attempts=2))


def unit(number: int, sku: str = SKU, price: str = "10.00", **fields: Any) -> dict[str, Any]:
    return {
        "id": f"57708651212375500{number}",
        "product_id": "1729592969712207999",
        "product_name": "Organic tee",
        "sku_id": sku,
        "sku_name": "Red, S",
        "seller_sku": f"SKU-{sku[-2:]}",
        "currency": "USD",
        "original_price": price,
        "sale_price": price,
        "seller_discount": "0",
        "platform_discount": "0",
        "item_tax": [{"tax_type": "SALES_TAX", "tax_amount": "1.00", "tax_rate": "0.1"}],
        "display_status": "AWAITING_SHIPMENT",
        "package_id": PACKAGE,
        "package_status": "TO_FULFILL",
    } | fields


def order(*units: dict[str, Any], **fields: Any) -> dict[str, Any]:
    rows = list(units or (unit(1), unit(2), unit(3, SECOND)))
    numbers = dict.fromkeys(row["package_id"] for row in rows if row.get("package_id"))
    return {
        "id": ORDER,
        "status": "AWAITING_SHIPMENT",
        "shipping_type": "TIKTOK",
        "user_id": "7021436810468230477",
        "warehouse_id": "7068517275539719942",
        "delivery_option_id": "7091146663229654785",
        "create_time": NOW - 5000,
        "paid_time": NOW - 4900,
        "update_time": NOW - 1000,
        "payment_method_name": "CCDC",
        "recipient_address": {"region_code": "US", "name": "Da***", "postal_code": "95110"},
        "packages": [{"id": number} for number in numbers],
        "line_items": rows,
        "payment": {
            "currency": "USD",
            "sub_total": "30.00",
            "shipping_fee": "2.00",
            "tax": "3.00",
            "total_amount": "35.00",
        },
    } | fields


def by_seller(region: str = "US", **fields: Any) -> dict[str, Any]:
    return order(shipping_type="SELLER", recipient_address={"region_code": region}, **fields)


def package(word: str = "TO_FULFILL", number: str = PACKAGE, **fields: Any) -> dict[str, Any]:
    return {
        "package_id": number,
        "package_status": word,
        "orders": [{"id": ORDER}],
        "order_line_item_ids": [f"57708651212375500{n}" for n in (1, 2, 3)],
    } | fields


class ShopWire(Wire):
    """A wire that also has files, which no operation is about."""

    def _documented(self, request: Request) -> None:
        if request.path.startswith(("/label", "/file", "/wsos")):
            return
        super()._documented(request)


def shop(*rows: dict[str, Any], region: str = "US", **replies: Any) -> tuple[Wire, Client]:
    """A shop with these orders, whose package can be picked up."""
    wire = ShopWire(region=region)
    wire[DETAIL] = {"orders": list(rows or [order()])}
    wire[ONE] = package()
    wire["GET /handover_time_slots"] = {
        "can_pickup": True,
        "can_drop_off": True,
        "pickup_slots": [
            {"start_time": NOW, "end_time": NOW + 3600, "avaliable": False},
            {"start_time": NOW + 7200, "end_time": NOW + 9000, "avaliable": True},
        ],
    }
    wire["GET /shipping_providers"] = {"shipping_providers": [{"id": UPS, "name": "UPS"}]}
    for key, reply in replies.items():
        wire[key] = reply
    return wire, client(wire, region)


def lost(_: Request) -> Any:
    """The request arrived; its reply did not."""
    raise Interrupted("the reply was lost")
