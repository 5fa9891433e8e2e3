"""Models as tables."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from socialcommerce.errors import ConfigurationError
from socialcommerce.models import (
    Address,
    Buyer,
    Identity,
    Line,
    Money,
    Order,
    Product,
    Quantities,
    Report,
    ReportRow,
    Totals,
    Variant,
    frames,
    to_arrow,
    to_pandas,
    to_polars,
    to_rows,
)

SGD = Money("19.90", "SGD")


def listing(count: int = 2, **fields: Any) -> Product:
    variants = tuple(
        Variant.build(id=str(n), sku=f"TS-{n}", price=SGD, options={"C": "r"}) for n in range(count)
    )
    return Product.build(id="1", platform="x", title="Shirt", variants=variants, **fields)


def test_one_row_an_item_with_money_in_two_columns() -> None:
    order = Order.build(id="1", totals=Totals.build(total=SGD), shipping_address=Address(city="Singapore"))
    (row,) = to_rows([order])
    assert (row["totals_total"], row["totals_total_currency"]) == (Decimal("19.90"), "SGD")
    assert row["shipping_address_city"] == "Singapore"
    assert "raw" not in row
    assert "not_loaded" not in row


def test_exploded_rows_repeat_the_item_and_prefix_the_part() -> None:
    rows = list(to_rows([listing()], "variants"))
    assert [(row["title"], row["variant_sku"], row["variant_price_currency"]) for row in rows] == [
        ("Shirt", "TS-0", "SGD"),
        ("Shirt", "TS-1", "SGD"),
    ]
    assert "variants" not in rows[0]
    assert rows[0]["variant_options_C"] == "r"
    line = Line.build(key="7", quantity=Quantities.build(ordered=2))
    (row,) = to_rows([Order.build(id="1", lines=(line,))], "lines")
    assert (row["line_key"], row["line_quantity_ordered"]) == ("7", 2)


def test_an_item_without_parts_keeps_its_row() -> None:
    assert len(list(to_rows([listing(0), Product.build(id="2", missing=("variants",))], "variants"))) == 2


def test_an_empty_value_has_the_columns_it_would_have_had() -> None:
    (empty,) = to_rows([Order.build(id="1")])
    assert {"totals_total", "totals_total_currency", "totals_discounts_seller_currency", "buyer_name"} <= set(
        empty
    )
    assert "totals" not in empty
    full = Order.build(id="1", totals=Totals.build(total=SGD), shipping_address=Address(city="Singapore"))
    assert set(next(to_rows([full]))) == set(empty)


def test_things_in_a_list_stay_a_list_of_plain_rows() -> None:
    buyer = Buyer.build(identities=(Identity(kind="phone", value="+65"),))
    (row,) = to_rows([Order.build(id="1", buyer=buyer)])
    assert row["buyer_identities"] == [{"kind": "phone", "scope": None, "value": "+65"}]


def test_pandas() -> None:
    pytest.importorskip("pandas")
    frame = to_pandas([listing(), listing(1)], "variants")
    assert list(frame["variant_price"]) == [Decimal("19.90")] * 3


def test_polars() -> None:
    pytest.importorskip("polars")
    frame = to_polars([listing(), listing(1)], "variants")
    assert frame["variant_price"].to_list() == [Decimal("19.90")] * 3


def test_arrow() -> None:
    pytest.importorskip("pyarrow")
    table = to_arrow([listing(), listing(1)])
    assert table.column("title").to_pylist() == ["Shirt", "Shirt"]


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_a_report_becomes_a_table(library: str) -> None:
    pytest.importorskip(library)
    report = Report(
        rows=[ReportRow(date=date(2026, 1, 1), spend=SGD)],
        level="ad",
        since=date(2026, 1, 1),
        until=date(2026, 1, 1),
    )
    table = {"pandas": report.to_pandas, "polars": report.to_polars, "pyarrow": report.to_arrow}[library]()
    assert list(table["spend_currency"]) == ["SGD"] or table["spend_currency"].to_pylist() == ["SGD"]


def test_a_library_that_is_not_installed_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(frames, "import_module", missing)
    for make, extra in ((to_pandas, "pandas"), (to_polars, "polars"), (to_arrow, "arrow")):
        with pytest.raises(ConfigurationError, match=rf"socialcommerce\[{extra}\]"):
            make([])
