"""What the type checkers must conclude of the faces. Never run: ``assert_type`` is judged while checking."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import assert_type

from socialcommerce.models import (
    BulkResult,
    Category,
    Check,
    Document,
    Event,
    Order,
    Product,
    ProductInput,
    Ref,
    Shipment,
    StockChange,
    StockLevel,
)
from socialcommerce.resources.catalog import AsyncCatalog, SyncCatalog
from socialcommerce.resources.jobs import AsyncJob, Job
from socialcommerce.resources.orders import AsyncOrders, SyncOrders
from socialcommerce.resources.pager import AsyncPager, Pager


def one_in_the_object_out(
    catalog: SyncCatalog, orders: SyncOrders, product: Product, new: ProductInput, change: StockChange
) -> None:
    assert_type(catalog.get("1"), Product)
    assert_type(catalog.get(product), Product)
    assert_type(catalog.get("1", version="pending"), Product)
    assert_type(catalog.create(new), Product)
    assert_type(catalog.find("TS-1"), tuple[Ref, ...])
    assert_type(catalog.set_stock(change), StockLevel)
    assert_type(orders.get("2409"), Order)
    assert_type(orders.ship("2409"), Shipment)


def many_in_a_result_for_each_out(catalog: SyncCatalog, orders: SyncOrders, product: Product) -> None:
    assert_type(catalog.get(["1", "2"]), BulkResult[str | Product, Product])
    assert_type(catalog.get(("1", product)), BulkResult[str | Product, Product])
    assert_type(catalog.get(str(n) for n in range(3)), BulkResult[str | Product, Product])
    assert_type(orders.get(["2409"])[0].unwrap(), Order)
    assert_type(catalog.get(["1"]).raise_for_failures().values, tuple[Product, ...])


def lists_give_pagers(catalog: SyncCatalog, catalog_: AsyncCatalog) -> None:
    assert_type(catalog.list(status="active"), Pager[Product])
    assert_type(catalog.list().prefetch().collect(5), list[Product])
    assert_type(catalog_.list(detail="ids"), AsyncPager[Product])
    for product in catalog.list():
        assert_type(product, Product)
    for page in catalog.list().pages():
        assert_type(page, Sequence[Product])


async def the_same_awaited(
    catalog: AsyncCatalog, orders: AsyncOrders, new: ProductInput, since: datetime
) -> None:
    assert_type(await catalog.get("1"), Product)
    assert_type(await catalog.get(["1"]), BulkResult[str | Product, Product])
    assert_type(await catalog.check(new), Check)
    assert_type(await catalog.categories(parent="5"), Sequence[Category])
    assert_type(await orders.get("2409"), Order)
    assert_type(await catalog.list().collect(), list[Product])
    async for product in catalog.list():
        assert_type(product, Product)
    async for event in catalog.changes(since=since):
        assert_type(event, Event)


async def jobs(orders: SyncOrders, orders_: AsyncOrders) -> None:
    assert_type(orders.label("2409"), Document)
    assert_type(orders.label("2409", wait=False), Job[Document])
    assert_type(orders.label("2409", wait=False).wait(timedelta(minutes=1)), Document)
    assert_type(await orders_.label("2409"), Document)
    assert_type(await orders_.label("2409", wait=False), AsyncJob[Document])


def what_is_wrong_is_told(catalog: SyncCatalog, orders: SyncOrders) -> None:
    catalog.list(status="no such status")  # type: ignore[arg-type]
    catalog.list(colour="red")  # type: ignore[call-arg]
    catalog.get(5)  # type: ignore[call-overload]
    orders.accept()  # type: ignore[call-overload]
