"""Toy Market: a whole backend in one module: how the platform signs, what its replies mean, two nouns."""

# ruff: noqa: D101, D102  # the contracts say what each operation means
from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote

from attrs import evolve

from socialcommerce import BulkResult, Money, Order, Product, StockChange, StockLevel, Totals, Variant, errors
from socialcommerce import backends as kit
from socialcommerce.backends import Call, Flow, Page, Request, Response, emulated, native, no, supports

HOST = "https://api.toy-market.example"
ERRORS: dict[str, type[errors.PlatformError]] = {
    "bad_signature": errors.AuthenticationError,
    "no_such_thing": errors.NotFound,
    "too_fast": errors.RateLimited,
}
PRODUCT_STATUSES: dict[str, Any] = {"ON_SALE": "active", "HIDDEN": "inactive"}
ORDER_STATUSES: dict[str, Any] = {"NEW": "open", "SENT": "closed", "VOID": "cancelled"}


def sign(seller: str, secret: str, call: Call, token: object, now: float) -> Request:
    """HMAC-SHA256 over the instant, the method, the target and the body."""
    query = kit.write_query({name: str(value) for name, value in call.query.items() if value is not None})
    target = f"{call.path}?{query}" if query else call.path
    content = b"" if call.body is None else kit.write_json(call.body)
    message = f"{int(now)}\n{call.method}\n{target}\n".encode() + content
    signature = hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
    headers = {"toy-seller": seller, "toy-time": str(int(now)), "toy-signature": signature}
    return Request(call.method, HOST + target, headers, content)


def read(call: Call, response: Response) -> Any:
    """The decoded reply, or the error it holds: ``{"error": code, "message": text}``."""
    if response.status >= 500:
        raise errors.PlatformUnavailable("the marketplace failed", status=response.status)
    try:
        body = kit.read_json(response.content)
    except ValueError as error:
        raise errors.DecodeError("the reply is not JSON", raw=response.content) from error
    if not isinstance(body, dict):
        raise errors.DecodeError("the reply is not a JSON object", raw=response.content)
    if "error" in body:
        kind = ERRORS.get(body["error"], errors.PlatformError)
        raise kind(str(body.get("message", "")), code=str(body["error"]), status=response.status, raw=body)
    return body


class ToyCatalog(kit.Catalog):
    @supports(
        "native",
        params=emulated("status")
        | native("detail")
        | dict.fromkeys(("updated_after", "updated_before"), no("rows carry no time of change"))
        | {"group": no("the catalogue is not flat: a row is a whole product")},
    )
    def list(
        self, *, status: Any = None, updated_after: datetime | None = None,
        updated_before: datetime | None = None, detail: Any = "full", group: bool = False,
        cursor: str | None = None,
    ) -> Flow[Page[Product]]:  # fmt: skip
        page = yield from self.ask("GET", "/items", query={"from": cursor})
        wanted = {status} if isinstance(status, str) else set(status or ())
        items = [product(row) for row in page["rows"]]
        return Page([item for item in items if item.status in wanted or not wanted], page.get("next"))

    @supports("native", params={"version": no("there is one copy of a product")}, cost="a call a product")
    def get(
        self, products: Sequence[str | Product], *, version: Any = "live"
    ) -> Flow[BulkResult[str | Product, Product]]:
        return kit.each_alone(products, self._read)

    def _read(self, given: str | Product) -> Flow[Product]:
        row = yield from self.ask("GET", f"/items/{quote(getattr(given, 'id', given), safe='')}")
        return product(row)

    @supports("native", params={"idempotency_key": no("not needed: setting a stock twice is harmless")})
    def set_stock(
        self, changes: Sequence[StockChange], *, idempotency_key: str | None = None
    ) -> Flow[BulkResult[StockChange, StockLevel]]:
        return kit.each_alone(changes, self._set)

    def _set(self, change: StockChange) -> Flow[StockLevel]:
        if change.sku is None or change.mode == "add" or change.expected is not None or change.location:
            raise kit.invalid(change="stock is set by SKU and in one place: give sku and quantity alone")
        path = f"/stock/{quote(change.sku, safe='')}"
        row = yield from self.ask("PUT", path, body={"units": change.quantity}, safety="absolute")
        return StockLevel.build(ref=change.ref(), available=row["units"])


class ToyOrders(kit.Orders):
    @supports(
        "native",
        params=native("created_after", "detail")
        | dict.fromkeys(("status", "created_before"), no("orders are found by the time they begin at"))
        | dict.fromkeys(("updated_after", "updated_before"), no("rows carry no time of change")),
    )
    def list(
        self, *, status: Any = None, created_after: datetime | None = None,
        created_before: datetime | None = None, updated_after: datetime | None = None,
        updated_before: datetime | None = None, detail: Any = "full", cursor: str | None = None,
    ) -> Flow[Page[Order]]:  # fmt: skip
        since = created_after.timestamp() if created_after else None
        page = yield from self.ask("GET", "/orders", query={"since": since, "from": cursor})
        return Page([order(row) for row in page["rows"]], page.get("next"))


class ToyMarket(kit.Backend):
    """Toy Market: ``seller`` is the seller's name, ``secret_key`` signs every call."""

    name = "toy_market"
    catalog = ToyCatalog
    orders = ToyOrders

    def __init__(self, seller: str, secret_key: str) -> None:
        self._services = {"main": kit.Service("main", (HOST,), partial(sign, seller, secret_key), read)}

    @property
    def services(self) -> Mapping[str, kit.Service]:
        return self._services

    def resolve(self, call: Call, chosen: kit.Subject | None) -> Call:
        return evolve(call, account="none")  # the key stands for the one seller: there is no token


def product(row: Mapping[str, Any]) -> Product:
    price = Money(row["price"], "EUR")
    variant = Variant.build(
        id=row["id"], is_default=True, sku=row["sku"], available=row["units"], price=price
    )
    status = PRODUCT_STATUSES.get(row["state"], "other")
    kept = {"platform": "toy_market", "native_status": row["state"], "raw": row}
    return Product.build(id=row["id"], title=row["title"], status=status, variants=(variant,), **kept)


def order(row: Mapping[str, Any]) -> Order:
    totals = Totals.build(total=Money(row["total"], "EUR"))
    status = ORDER_STATUSES.get(row["state"], "other")
    kept = {"platform": "toy_market", "native_status": row["state"], "raw": row}
    absent = ("lines", "buyer")
    return Order.build(id=row["id"], number=row["id"], status=status, totals=totals, missing=absent, **kept)
