"""The types of what a user holds and hands in, held by the type checkers alone: nothing here is run."""

from __future__ import annotations

from typing import assert_type

from socialcommerce.models import (
    AcceptReturn,
    Built,
    BulkResult,
    CampaignInput,
    DropOff,
    Media,
    Money,
    OfferPartial,
    Order,
    OrderCard,
    Outcome,
    OwnCarrier,
    Pickup,
    PriceChange,
    Product,
    ProductInput,
    Recipient,
    Ref,
    RefundInput,
    Report,
    ReportRow,
    ShippingOptions,
    StockChange,
    Text,
    Variant,
    VariantInput,
)


def a_price_is_plainly_money(product: Product, order: Order) -> None:
    assert_type(product.title, str)
    assert_type(product.variants, tuple[Variant, ...])
    assert_type(product.variants[0].price, Money)
    assert_type(order.totals.total, Money)
    assert_type(order.lines[0].total, Money)
    assert_type(product.loaded("title"), bool)


def changes_are_flat(price: Money) -> None:
    StockChange(sku="TS-1", quantity=25)
    StockChange(product_id="1", variant_id="2", quantity=-1, mode="add")
    PriceChange(sku="TS-1", base_price=price)
    Ref(sku="TS-1")


def inputs_take_lists(price: Money) -> None:
    ProductInput(
        title="Shirt",
        categories=["12"],
        attributes={"material": "cotton"},
        variants=[VariantInput(sku="TS-1", quantity=3, price=price, options={"Colour": "red"})],
        media=[Media.from_url("https://shop.example/a.png")],
        native={"logistic_info": []},
    )
    RefundInput(move_money=True, amount=price)
    RefundInput(amount=price)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # whether money moves is said, never guessed
    CampaignInput(name="Autumn")


def small_inputs_read_well_by_position(options: ShippingOptions, price: Money) -> None:
    Pickup(options.pickup[0].address, options.pickup[0].slots[0])
    DropOff(options.dropoff[0])
    OwnCarrier("DHL", "JD01")
    OfferPartial(price)
    AcceptReturn()
    Text("On its way!")
    Recipient("+65 8123 4567", {"1": "Ann", "total": price})
    OrderCard("2409")
    Built(Media.from_id("7"), "New", "shop_now", "https://shop.example")


def a_report_iterates_rows(report: Report) -> None:
    for row in report:
        assert_type(row, ReportRow)
        assert_type(row.cpc, Money | None)


def a_bulk_result_keeps_types(result: BulkResult[StockChange, int]) -> None:
    assert_type(result[0], Outcome[StockChange, int])
    assert_type(result.values, tuple[int, ...])
