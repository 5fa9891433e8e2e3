"""Every published sample is read through the backend, and what the sheet names of it is not lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import shared_path
from tests.tiktok_shop.orders_wire import NOW, ORDER, PACKAGE, package, shop
from tests.tiktok_shop.wire import PRODUCT, SHOP_ID, Wire, sample, stock

from socialcommerce import Client, LineRef, Money, RateLimits, RefundInput, StockChange
from socialcommerce.backends import Response, TikTokShop
from socialcommerce.errors import (
    AuthenticationError,
    InvalidRequest,
    PermissionDenied,
    PlatformError,
    PlatformUnavailable,
    RateLimited,
)
from socialcommerce.models import Order, Ref
from socialcommerce.runtime.retry import Retry

SHARED = shared_path()
SAMPLES = SHARED / "samples" / "tiktok_shop" if SHARED else Path()
FILES = sorted(file.stem for file in SAMPLES.glob("*.json")) if SHARED else []
SEARCH = "POST /product/202502/products/search"

pytestmark = pytest.mark.skipif(SHARED is None, reason="needs ../shared/samples/tiktok_shop")


def data(name: str) -> Any:
    return sample(name)["data"]


def answering(**replies: str) -> tuple[Wire, Client]:
    """A shop that answers operations, by the end of their path, with samples."""
    wire, client = shop()
    for key, name in replies.items():
        wire[key] = sample(name)
    return wire, client


def client_of(key: str, name: str) -> Client:
    return answering(**{key: name})[1]


# -- consent


def a_grant(name: str) -> None:
    wire = Wire()
    wire["GET /api/v2/token/get"] = sample(name)
    wire["GET /authorization/202309/shops"] = sample("authorized_shops")
    fresh = data(name)["access_token_expire_in"] - 86_400.0
    client = Client(TikTokShop("key", "secret"), transport=wire, clock=lambda: fresh)
    (grant,) = client.auth.exchange({"code": "c"})
    assert [account.id for account in grant.accounts] == [
        row["id"] for row in data("authorized_shops")["shops"]
    ]
    assert grant.subject == data(name)["open_id"]
    assert data(name)["access_token"] not in repr(grant)


def a_renewal(name: str) -> None:
    wire = Wire()
    wire["GET /token/refresh"] = sample(name)
    shop_of_one = TikTokShop("key", "secret", shop_id=SHOP_ID, refresh_token="old")
    token = Client(shop_of_one, transport=wire, clock=lambda: float(NOW)).auth.refresh()
    assert token.access_expires_at is not None
    assert int(token.access_expires_at.timestamp()) == data(name)["access_token_expire_in"]
    assert token.scopes == tuple(data(name).get("granted_scopes") or ())


def a_refused_code(name: str) -> None:
    wire = Wire()
    wire["GET /token/get"] = sample(name)
    with pytest.raises(AuthenticationError) as caught:
        Client(TikTokShop("key", "secret"), transport=wire).auth.exchange({"code": "c"})
    assert caught.value.code == str(sample(name)["code"])


def the_shops(name: str) -> None:
    accounts = client_of("GET /authorization/202309/shops", name).auth.accounts()
    rows = data(name)["shops"]
    assert [(one.id, one.name, one.region) for one in accounts] == [
        (row["id"], row["name"], row["region"]) for row in rows
    ]


# -- catalog


def a_page_of_products(name: str) -> None:
    wire, client = answering()
    wire[SEARCH] = data(name) | {"next_page_token": ""}
    rows = data(name).get("products") or []
    found = client.catalog.list(detail="ids").collect()
    assert [one.id for one in found] == [row["id"] for row in rows]


def a_product(name: str) -> None:
    native = data(name)
    product = client_of(f"GET /products/{native['id']}", name).catalog.get(native["id"])
    assert (product.id, product.title, product.native_status) == (
        native["id"],
        native["title"],
        native["status"],
    )
    assert product.description == native["description"]
    assert [media.url for media in product.media if media.kind == "image"] == [
        image["urls"][0] for image in native["main_images"]
    ]
    for variant, sku in zip(product.variants, native["skus"], strict=True):
        assert (variant.id, variant.sku) == (sku["id"], sku.get("seller_sku") or None)
        assert variant.price.amount == Decimal(sku["price"]["sale_price"])
        assert len(variant.options) == len(sku.get("sales_attributes") or ())


def a_stock_level(name: str) -> None:
    row = data(name)["inventory"][0]
    sku = row["skus"][0]
    client = client_of("POST /inventory/search", name)
    level = client.catalog.stock([Ref(product_id=row["product_id"], variant_id=sku["id"])])[0].unwrap()
    assert level.available == sku["total_available_quantity"]


def a_stock_refusal(name: str) -> None:
    wire, client = answering()
    error = data(name)["errors"][0]["detail"]
    place = error["extra_errors"][0]["warehouse_id"]
    wire["POST /inventory/search"] = stock((error["sku_id"], {place: 5}))
    wire["POST /inventory/update"] = sample(name)
    change = StockChange(product_id=PRODUCT, variant_id=error["sku_id"], quantity=1)
    (outcome,) = client.catalog.set_stock([change])
    assert outcome.error is not None
    assert error["extra_errors"][0]["message"] in str(outcome.error)


def the_warehouses(name: str) -> None:
    (place,) = client_of("GET /warehouses", name).store.locations()
    assert (place.id, place.name) == (data(name)["warehouses"][0]["id"], data(name)["warehouses"][0]["name"])


# -- orders


def an_order(name: str) -> None:
    for native in data(name)["orders"]:
        order: Order = client_of("GET /order/202507/orders", name).orders.get(native["id"])
        assert (order.id, order.native_status) == (native["id"], native["status"])
        assert order.totals.total == Money(native["payment"]["total_amount"], native["payment"]["currency"])
        assert sum(line.quantity.ordered for line in order.lines) == len(native["line_items"])
        assert {line.sku for line in order.lines} == {
            unit.get("seller_sku") or None for unit in native["line_items"]
        }
        assert int(order.created_at.timestamp()) == native["create_time"]


def a_page_of_orders(name: str) -> None:
    wire, client = answering()
    wire["POST /orders/search"] = data(name) | {"next_page_token": ""}
    found = client.orders.list(detail="ids").collect()
    assert {one.id for one in found} == {row["id"] for row in data(name).get("orders") or ()}


def a_tracking(name: str) -> None:
    tracking = client_of("GET /tracking", name).orders.tracking(ORDER)
    (event,), (native,) = tracking.events, data(name)["tracking"]
    assert event.description == native["description"].strip() or native["description"]
    assert event.at is not None
    assert int(event.at.timestamp() * 1000) == native["update_time_millis"]


def a_partly_shipped_batch(name: str) -> None:
    number = data(name)["errors"][0]["detail"]["package_id"]
    wire, client = answering()
    wire["GET /order/202507/orders"] = {"orders": []}
    wire["POST /packages/ship"] = sample(name)
    wire[f"GET /packages/{number}"] = package(number=number)
    from tests.tiktok_shop.orders_wire import order, unit

    wire["GET /order/202507/orders"] = {"orders": [order(unit(1, package_id=number)), order(unit(2), id="2")]}
    packages = client.orders.packages(ORDER)
    result = client.orders.ship([packages[0], packages[0]])
    assert data(name)["errors"][0]["message"] in str(result[0].error)


def a_label(name: str) -> None:
    wire, client = answering(**{"GET /shipping_documents": name})
    wire["GET /wsos641232"] = Response(200, {"content-type": "application/pdf"}, b"%PDF")
    wire[f"GET /packages/{PACKAGE}"] = package("PROCESSING")
    label = client.orders.label(ORDER)
    assert (label.url, label.content) == (data(name)["doc_url"], b"%PDF")
    assert "x-tts-access-token" not in wire.sent[-1].headers


def a_cancellation(name: str) -> None:
    wire, client = answering()
    wire["POST /cancellations/search"] = data(name) | {"next_page_token": ""}
    rows = data(name)["cancellations"]
    found = client.orders.cancellations.list().collect()
    assert [(one.id, one.order_id, one.native_status) for one in found] == [
        (row["cancel_id"], row["order_id"], row["cancel_status"]) for row in rows
    ]


def a_return(name: str) -> None:
    wire, client = answering()
    wire["POST /returns/search"] = data(name) | {"next_page_token": ""}
    (native,) = data(name)["return_orders"]
    (found,) = client.orders.returns.list().collect()
    assert (found.id, found.order_id, found.native_status) == (
        native["return_id"],
        native["order_id"],
        native["return_status"],
    )
    assert found.status == "disputed", "its judgement is under way"
    assert found.native_reason == native["return_reason"]
    assert found.amount == Money(native["refund_amount"]["refund_total"], native["refund_amount"]["currency"])


def a_price_of_a_refund(name: str) -> None:
    from tests.tiktok_shop.test_orders_cases import ELIGIBLE, SKU, eligibility, entry

    wire, client = answering(**{"POST /refunds/calculate": name})
    wire[ELIGIBLE] = eligibility(entry("REFUND", "why"))
    wanted = RefundInput(move_money=True, lines=[LineRef(SKU, 1)], reason="why")
    total = data(name)["order_refund_amount"]
    assert client.orders.check_refund(ORDER, wanted).cost == Money(total["refund_total"], total["currency"])


# -- messaging and webhooks


def the_conversations(name: str) -> None:
    wire, client = answering()
    wire["GET /conversations"] = data(name) | {"next_page_token": ""}
    (found,) = client.messaging.conversations().collect()
    (native,) = data(name)["conversations"]
    assert (found.id, found.unread) == (native["id"], native["unread_count"])


def the_messages(name: str) -> None:
    wire, client = answering()
    wire["GET /messages"] = data(name) | {"next_page_token": ""}
    (found,) = client.messaging.messages("7494560109732334261").collect()
    (native,) = data(name)["messages"]
    assert (found.id, found.text) == (native["id"], json.loads(native["content"])["content"])


def a_receipt(name: str) -> None:
    wire, client = answering()
    wire["GET /conversations"] = {"conversations": []}
    wire["POST /messages"] = sample(name)
    assert client.messaging.send("7494560109732334261", "hello").ids == (data(name)["message_id"],)


def the_topics(name: str) -> None:
    (found,) = client_of("GET /event/202309/webhooks", name).webhooks.subscriptions()
    (native,) = data(name)["webhooks"]
    assert (found.topic, found.url) == (native["event_type"], native["address"])


def by_hand(name: str) -> None:
    """What no operation reads comes whole through ``client.call``."""
    path, query = BY_HAND[name]
    assert client_of(f"GET {path}", name).call("GET", path, query=query) == sample(name)


BY_HAND: dict[str, tuple[str, dict[str, str]]] = {
    "order_price_detail": (f"/order/202407/orders/{ORDER}/price_detail", {}),
    "promotion_activity": ("/promotion/202309/activities/7136104329798256386", {}),
    "finance_statements": ("/finance/202309/statements", {"sort_field": "statement_time"}),
}


def packages_by_hand(name: str) -> None:
    path = "/fulfillment/202309/packages/search"
    assert client_of(f"POST {path}", name).call("POST", path, query={"page_size": 1}, body={}) == sample(name)


def a_creation(name: str) -> None:
    from tests.tiktok_shop.catalog_wire import mug
    from tests.tiktok_shop.catalog_wire import shop as writing

    wire = writing()
    wire["POST /product/202309/products"] = sample(name)
    wire["GET /products/1729592969712207008"] = sample("product_detail_published")
    assert wire.client().catalog.create(mug()).id == data(name)["product_id"]


READERS: dict[str, Callable[[str], None]] = {
    "auth_token_get": a_grant,
    "auth_token_refresh": a_renewal,
    "auth_token_error": a_refused_code,
    "authorized_shops": the_shops,
    "batch_ship_partial_error": a_partly_shipped_batch,
    "cancellations_search": a_cancellation,
    "conversations": the_conversations,
    "event_webhooks_get": the_topics,
    "inventory_search": a_stock_level,
    "inventory_update_partial_error": a_stock_refusal,
    "message_send": a_receipt,
    "messages": the_messages,
    "order_detail_multi_line": an_order,
    "order_detail_published": an_order,
    "order_tracking": a_tracking,
    "orders_search_last": a_page_of_orders,
    "orders_search_page1": a_page_of_orders,
    "packages_search": packages_by_hand,
    "product_create_with_warning": a_creation,
    "product_detail_published": a_product,
    "product_detail_variants": a_product,
    "products_search_empty": a_page_of_products,
    "products_search_last": a_page_of_products,
    "products_search_page1": a_page_of_products,
    "products_search_page2": a_page_of_products,
    "refund_calculate": a_price_of_a_refund,
    "returns_search": a_return,
    "shipping_document": a_label,
    "warehouses": the_warehouses,
    **dict.fromkeys(BY_HAND, by_hand),
}

ERRORS: dict[str, type[PlatformError]] = {
    "error_bad_sign": AuthenticationError,
    "error_bad_timestamp_36009004": PlatformError,
    "error_bad_token_36009004": AuthenticationError,
    "error_internal": PlatformUnavailable,
    "error_missing_cipher": PlatformError,
    "error_rate_limited": RateLimited,
    "error_scope": PermissionDenied,
    "error_search_cap": InvalidRequest,
    "error_token_expired": AuthenticationError,
}


@pytest.mark.parametrize("name", READERS)
def test_a_sample_is_read(name: str) -> None:
    READERS[name](name)


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_is_typed_and_keeps_its_words(name: str) -> None:
    wire = Wire()
    wire["GET /warehouses"] = sample(name)
    client = wire.client(retry=Retry(attempts=1), limits=RateLimits(enabled=False))
    with pytest.raises(ERRORS[name]) as caught:
        client.store.locations()
    body, error = sample(name), told(caught.value)
    assert (error.code, error.message, error.request_id) == (
        str(body["code"]),
        body["message"],
        body["request_id"],
    )


def told(error: BaseException | None) -> PlatformError:
    """The platform's own words, where a token could not be renewed: behind the error that says so."""
    while error is not None:
        if isinstance(error, PlatformError) and error.code is not None:
            return error
        error = error.__cause__ or error.__context__
    raise AssertionError("no error of the chain has the platform's code")


@pytest.mark.parametrize("name", [name for name in FILES if name.startswith("webhook_")])
def test_a_webhook_becomes_events(name: str) -> None:
    _, client = shop()
    body = (SAMPLES / f"{name}.json").read_bytes()
    signed = client.webhooks.sign(body)
    events = client.webhooks.receive(method="POST", headers=signed.headers, body=body).events
    assert events
    for event in events:
        assert event.type != "unknown"
        assert event.account == sample(name)["shop_id"]


def test_no_sample_was_forgotten() -> None:
    webhooks = {name for name in FILES if name.startswith("webhook_")}
    assert set(FILES) == {*READERS, *ERRORS, *webhooks}
