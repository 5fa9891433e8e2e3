"""A backend of one's own: one noun on half a page, with no tokens to speak of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialcommerce import Product, Response, connect, register
from socialcommerce.backends import (
    Backend,
    Call,
    Catalog,
    Flow,
    Page,
    Request,
    Service,
    read_json,
    supports,
)


class StallCatalog(Catalog):
    @supports("native")
    def list(self, **filters: Any) -> Flow[Page[Product]]:
        rows = yield from self.ask("GET", "/goods")
        return Page([Product(id=row["id"], title=row["title"], variants=()) for row in rows], None)


def sign(call: Call, token: Any, now: float) -> Request:
    return Request(call.method, f"https://stall.example{call.path}", {})


class Stall(Backend):
    name = "stall"
    catalog = StallCatalog

    @property
    def services(self) -> Mapping[str, Service]:
        service = Service(
            name="main",
            hosts=("https://stall.example",),
            slot="default",
            signer=sign,
            envelope=lambda call, response: read_json(response.content),
        )
        return {"main": service}


def test_a_backend_without_accounts_and_tokens_needs_to_say_nothing_of_them() -> None:
    register("stall", Stall)
    shop = connect("stall", transport=lambda request: Response(200, {}, b'[{"id": "1", "title": "Mug"}]'))
    assert [product.title for product in shop.catalog.list()] == ["Mug"]
