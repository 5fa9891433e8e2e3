"""A mug, and a TikTok Shop that takes it: what the tests of writing products begin with."""

from __future__ import annotations

from typing import Any

from tests.tiktok_shop.wire import PRODUCT, Wire, row

from socialcommerce import Media, Money, ProductInput, VariantInput

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
CREATE = "POST /202309/products"
EDIT = f"POST /{PRODUCT}/partial_edit"
DETAIL = f"GET /products/{PRODUCT}"
IMAGE = "POST /images/upload"


def mug(**fields: Any) -> ProductInput:
    defaults: dict[str, Any] = {
        "title": "A mug of clay",
        "description": "<p>mug</p>",
        "categories": ["842248"],
        "media": [Media.from_id("tos/main")],
        "variants": [VariantInput(sku="MUG-1", quantity=5, price=Money("12.50", "USD"))],
    }
    return ProductInput(**{**defaults, **fields})


def variant(sku: str, colour: str, **fields: Any) -> VariantInput:
    return VariantInput(sku=sku, quantity=5, price=Money("12.50", "USD"), options={"Color": colour}, **fields)


def shop(**detail: Any) -> Wire:
    wire = Wire()
    wire[CREATE] = {"product_id": PRODUCT, "skus": []}
    wire[DETAIL] = row(**detail)
    wire[EDIT] = {"product_id": PRODUCT}
    wire[f"PUT /{PRODUCT}"] = {"product_id": PRODUCT}
    wire[IMAGE] = lambda request: {"uri": f"tos/{len(request.content)}", "url": "https://p16/x"}
    return wire
