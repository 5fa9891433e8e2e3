"""Prices on Meta's wire: a display text is read where it has one meaning, and never guessed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcommerce import Money, Sale
from socialcommerce.backends.meta.catalog import prices
from socialcommerce.backends.meta.codes import currencies

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("$19.99", "USD", "19.99"),
        ("$12.00", "USD", "12.00"),
        ("12,00 €", "EUR", "12.00"),
        ("12.00 USD", "USD", "12.00"),
        ("€1,299.50", "EUR", "1299.50"),
        ("1.299,50 €", "EUR", "1299.50"),
        ("1\u202f299,50\u00a0€", "EUR", "1299.50"),
        ("CHF 1’299.50", "CHF", "1299.50"),
        ("₹1,00,000.00", "INR", "100000.00"),
        ("₹12,34,567", "INR", "1234567"),
        ("1.234.567 €", "EUR", "1234567"),
        ("S/. 12.00", "PEN", "12.00"),
        ("Rs.1,200.00", "INR", "1200.00"),
        ("kr. 12,5", "DKK", "12.5"),
        ("$1200", "USD", "1200"),
        ("1299.999", "USD", "1299.999"),
        ("0.999", "USD", "0.999"),
        ("12٫50 ر.س", "SAR", "12.50"),
        ("BHD 1.25", "BHD", "1.25"),
    ],
)
def test_a_text_with_one_meaning_is_read(text: str, currency: str, amount: str) -> None:
    assert prices.shown(text, currency) == Money(amount, currency)


@pytest.mark.parametrize(
    ("text", "currency"), [("¥1,200", "JPY"), ("Rp1.200", "IDR"), ("$1.200", "CLP"), ("NT$1,200.00", "TWD")]
)
def test_three_digits_behind_a_mark_are_thousands_where_a_currency_has_no_decimals(
    text: str, currency: str
) -> None:
    assert prices.shown(text, currency) == Money(1200, currency)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("$1,299", "USD"),
        ("1.299 €", "EUR"),
        ("BHD 1.250", "BHD"),
        ("$12.00 - $15.00", "USD"),
        ("$12.00 $15.00", "USD"),
        ("-5.00", "USD"),
        ("1.2.3", "USD"),
        ("1,2,3.4", "USD"),
        ("1.234,567.89", "USD"),
        ("1.299'50", "CHF"),
        ("free", "USD"),
        ("", "USD"),
        ("$12.00", None),
        ("$12.00", "dollars"),
        (1999, "USD"),
        (None, "USD"),
    ],
)
def test_a_text_that_could_be_two_amounts_or_none_is_not_guessed(text: object, currency: object) -> None:
    assert prices.shown(text, currency) is None


@given(st.decimals(min_value=0, max_value=10**9, places=2), st.sampled_from(["${:,}", "{:,} USD", "US$ {}"]))
def test_every_amount_with_cents_is_read_back(amount: Decimal, shape: str) -> None:
    assert prices.shown(shape.format(amount), "USD") == Money(amount, "USD")


@given(st.text(max_size=20))
def test_no_text_is_too_strange(text: str) -> None:
    found = prices.shown(text, "EUR")
    assert found is None or found.amount >= 0


def test_prices_are_written_in_major_units_with_their_currency() -> None:
    assert prices.price(Money("19.99", "USD")) == "19.99 USD"
    assert prices.price(Money(Decimal("1.2E+3"), "JPY")) == "1200 JPY"


@pytest.mark.parametrize(
    ("money", "fine"),
    [
        (Money("19.99", "USD"), True),
        (Money("19.999", "USD"), False),
        (Money("1200", "JPY"), True),
        (Money("12.5", "TWD"), False),
        (Money("1.25", "BHD"), True),
        (Money("1.255", "BHD"), False),
        (Money("-1", "USD"), False),
    ],
)
def test_what_meta_would_cut_is_told(money: Money, fine: bool) -> None:
    assert (prices.too_fine(money) is None) is fine


def test_the_decimals_are_those_of_metas_table(shared: Path) -> None:
    table = json.loads((shared / "specs" / "meta" / "currency_offsets.json").read_text())
    assert set(table["offset_1"]) == currencies.OFFSET_1
    assert {currencies.offset(one) for one in table["offset_100"]} == {100}
    assert {currencies.decimals(one) for one in table["offset_1"]} == {0}
    assert {currencies.offset(one) for one in table["offset_1"]} == {1}


def test_a_sale_is_written_with_both_ends() -> None:
    pacific = timezone(timedelta(hours=-8))
    sale = Sale(
        price=Money("14.99", "USD"),
        from_=datetime(2026, 11, 20, tzinfo=pacific),
        until=datetime(2026, 11, 30, 23, 59, 59, tzinfo=pacific),
    )
    assert prices.sale_columns(sale, NOW) == {
        "sale_price": "14.99 USD",
        "sale_price_effective_date": "2026-11-20T00:00-0800/2026-11-30T23:59:59-0800",
    }


def test_an_open_sale_begins_now_and_never_ends() -> None:
    columns = prices.sale_columns(Sale(price=Money("14.99", "USD")), NOW)
    assert columns["sale_price_effective_date"] == "2026-11-21T12:00+0000/2099-12-31T23:59+0000"


def test_instants_are_read_as_graph_writes_them() -> None:
    assert prices.instant("2026-11-20T00:00:00-0800") == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert prices.instant("2026-11-20") == datetime(2026, 11, 20, tzinfo=UTC)
    assert prices.instant("soon") is None
    assert prices.instant(None) is None
