"""Money: exact, of one currency, and nothing lost."""

from __future__ import annotations

import copy
import pickle
from decimal import ROUND_DOWN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from socialcommerce.models.money import CurrencyMismatch, InexactDivision, Money, exponent

amounts = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=4)
currencies = st.sampled_from(["SGD", "JPY", "KWD", "CLF"])
moneys = st.builds(Money, amounts, currencies)
ratios = st.lists(st.integers(0, 1000), min_size=1, max_size=8).filter(any)


@given(moneys, st.integers(1, 20))
def test_equal_shares_add_up_and_differ_by_one_unit_at_most(money: Money, parts: int) -> None:
    shares = money.split(parts)
    assert len(shares) == parts
    assert sum(shares[1:], shares[0]) == money
    assert max(shares) - min(shares) <= Money(Decimal("0.0001"), money.currency)


@given(moneys, ratios)
def test_shares_by_ratio_add_up(money: Money, shares: list[int]) -> None:
    split = money.split(shares)
    assert sum(split) == money
    assert all(not part for part, ratio in zip(split, shares, strict=True) if ratio == 0)


@given(st.lists(amounts, min_size=1))
def test_sum_is_the_sum_of_amounts(values: list[Decimal]) -> None:
    assert sum(Money(value, "SGD") for value in values) == Money(sum(values, Decimal()), "SGD")


@given(amounts, amounts)
def test_order_is_that_of_the_amounts(one: Decimal, other: Decimal) -> None:
    a, b = Money(one, "SGD"), Money(other, "SGD")
    assert ((a < b), (a <= b), (a > b), (a >= b), (a == b)) == (
        one < other,
        one <= other,
        one > other,
        one >= other,
        one == other,
    )


@given(moneys, st.integers(-1000, 1000))
def test_multiplying_is_exact_and_undone_by_subtraction(money: Money, times: int) -> None:
    assert (money * times).amount == money.amount * times
    assert times * money - money * times == Money(0, money.currency)


@given(moneys)
def test_what_str_writes_parse_reads(money: Money) -> None:
    assert Money.parse(str(money)) == money
    assert Money.parse(f"{money.amount} {money.currency}") == money


@given(moneys)
def test_copies_are_equal_and_hash_alike(money: Money) -> None:
    for twin in (pickle.loads(pickle.dumps(money)), copy.copy(money), copy.deepcopy(money)):
        assert twin == money
        assert hash(twin) == hash(money)


@given(moneys)
def test_pydantic_writes_and_reads_it(money: Money) -> None:
    adapter = TypeAdapter(Money)
    assert adapter.validate_json(adapter.dump_json(money)) == money
    assert adapter.validate_python(money) is money


def test_adding_keeps_more_digits_than_a_default_context() -> None:
    small = Money("0.0000000001", "SGD")
    assert (Money("99999999999999999999.99", "SGD") + small) - small == Money(
        "99999999999999999999.99", "SGD"
    )


@pytest.mark.parametrize("amount", [19.9, True, None, b"1"])
def test_only_exact_numbers_are_taken(amount: object) -> None:
    with pytest.raises(TypeError, match="Decimal, an int or text"):
        Money(amount, "SGD")  # type: ignore[arg-type]


@pytest.mark.parametrize("amount", ["", "1,5", "NaN", "Infinity"])
def test_text_that_is_no_finite_number_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match=r"not a number|finite"):
        Money(amount, "SGD")


@pytest.mark.parametrize("currency", ["sgd", "SG", "SGDX", ""])
def test_a_currency_is_three_capitals(currency: str) -> None:
    with pytest.raises(ValueError, match="three upper-case letters"):
        Money(1, currency)


def test_it_is_never_quantised_and_equal_by_value() -> None:
    assert str(Money("0.1234567891", "USD").amount) == "0.1234567891"
    assert Money("1.0", "SGD") == Money("1.00", "SGD")
    assert len({Money("1.0", "SGD"), Money("1.00", "SGD"), Money("1.00", "USD")}) == 2
    assert Money("1", "SGD") != Decimal(1)


@pytest.mark.parametrize(
    ("money", "shown"),
    [
        (Money("19.9", "SGD"), "SGD 19.90"),
        (Money("19.90000", "SGD"), "SGD 19.90"),
        (Money("0.0000000001", "USD"), "USD 0.0000000001"),
        (Money("1E+3", "JPY"), "JPY 1000"),
        (Money("1.5", "KWD"), "KWD 1.500"),
        (Money(-5, "SGD"), "SGD -5.00"),
    ],
)
def test_it_shows_the_decimals_of_its_currency_and_more_where_it_has_more(money: Money, shown: str) -> None:
    assert str(money) == shown


def test_a_format_shapes_the_amount() -> None:
    assert f"{Money('1234567.5', 'SGD'):,}" == "SGD 1,234,567.50"
    assert repr(Money("1.50", "SGD")) == "Money('1.50', 'SGD')"


def test_currencies_do_not_mix() -> None:
    sgd, usd = Money(1, "SGD"), Money(1, "USD")
    for mix in (
        lambda: sgd + usd,
        lambda: sgd - usd,
        lambda: sgd / usd,
        lambda: sgd < usd,
        lambda: sgd >= usd,
        lambda: sum([sgd, usd]),
    ):
        with pytest.raises(CurrencyMismatch, match="cannot be mixed"):
            mix()
    assert sgd != usd


def test_bare_numbers_do_not_mix_with_money() -> None:
    money = Money(1, "SGD")
    for mix in (
        lambda: money + 1,  # type: ignore[operator]
        lambda: 1 + money,
        lambda: money * 1.5,  # type: ignore[operator]
        lambda: money * True,
        lambda: money / 1.5,  # type: ignore[operator]
        lambda: money < 2,  # type: ignore[operator]
    ):
        with pytest.raises(TypeError):
            mix()


def test_division_is_exact_or_raises() -> None:
    assert Money(10, "JPY") / 4 == Money("2.5", "JPY")
    assert Money(10, "SGD") / Money(4, "SGD") == Decimal("2.5")
    with pytest.raises(InexactDivision, match="split"):
        Money(10, "SGD") / 3
    with pytest.raises(ZeroDivisionError):
        Money(10, "SGD") / 0


def test_zero_is_falsy_and_signs_turn() -> None:
    assert not Money("0.00", "SGD")
    assert -Money(1, "SGD") == Money(-1, "SGD")
    assert abs(Money(-1, "SGD")) == +Money(1, "SGD")


@pytest.mark.parametrize("parts", [0, -1, [], [0, 0], [-1, 2]])
def test_a_split_needs_shares(parts: int | list[int]) -> None:
    with pytest.raises(ValueError, match="one part or more"):
        Money(1, "SGD").split(parts)


def test_what_is_left_over_goes_to_the_first_of_equals() -> None:
    assert Money(10, "JPY").split(3) == (Money(4, "JPY"), Money(3, "JPY"), Money(3, "JPY"))
    assert Money("-0.05", "SGD").split(2) == (Money("-0.03", "SGD"), Money("-0.02", "SGD"))


def test_rounding_is_asked_for() -> None:
    money = Money("19.925", "SGD")
    assert money.rounded() == Money("19.93", "SGD")
    assert money.rounded("0.05") == Money("19.95", "SGD")
    assert money.rounded("0.1") == Money("19.9", "SGD")
    assert money.rounded(rounding=ROUND_DOWN) == Money("19.92", "SGD")
    assert Money(1234, "KRW").rounded(10) == Money(1230, "KRW")
    assert money.is_multiple_of("0.005")
    assert not money.is_multiple_of()
    with pytest.raises(ValueError, match="above zero"):
        money.rounded(0)


def test_it_cannot_be_changed() -> None:
    money = Money(1, "SGD")
    with pytest.raises(AttributeError, match="make a new one"):
        money.amount = Decimal(2)
    with pytest.raises(AttributeError, match="make a new one"):
        del money.currency


@pytest.mark.parametrize("text", ["19.90", "SGD", "SGD 1 2", "sgd 1"])
def test_text_without_amount_and_currency_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="currency"):
        Money.parse(text)


@pytest.mark.parametrize(
    "value",
    [19.9, "19.90", {"amount": 19.9, "currency": "SGD"}, {"amount": "1"}, {"amount": "1", "currency": "x"}],
)
def test_pydantic_refuses_what_is_not_exact(value: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Money).validate_python(value)


def test_exponents_are_those_of_iso_4217() -> None:
    assert [exponent(code) for code in ("SGD", "JPY", "KWD", "CLF", "VND", "IDR")] == [2, 0, 3, 4, 0, 2]
