"""Money: an exact amount and its currency.

Amounts are kept as they came, never quantised (the cost of an advertisement may have ten decimals);
the exponent of ISO 4217 is for showing and splitting alone. What a platform's wire would cut is
refused by its backend, not rounded here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, NoReturn, overload

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

__all__ = ["CurrencyMismatch", "InexactDivision", "Money", "exponent"]

_EXPONENTS: Final = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0,
    "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
    "CLF": 4, "UYW": 4,
}  # fmt: skip
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_EXACT: Final = Context(prec=200, traps=[Inexact, InvalidOperation, DivisionByZero, Overflow])
_ROUNDING: Final = Context(prec=200, traps=[InvalidOperation, DivisionByZero, Overflow])


class CurrencyMismatch(ValueError):
    """Two currencies met where one was needed; convert first, at a rate of your own."""


class InexactDivision(ArithmeticError):
    """The quotient has no end; ``split`` loses nothing, ``rounded`` rounds on purpose."""


def exponent(currency: str) -> int:
    """Decimals of the currency's minor unit (ISO 4217): 2 for SGD, 0 for JPY, 3 for KWD."""
    return _EXPONENTS.get(currency, 2)


def _exact(value: object, what: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, Decimal | int | str):
        raise TypeError(f"{what} must be a Decimal, an int or text, not {type(value).__name__}")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValueError(f"{what} is not a number: {value!r}") from None
    if not number.is_finite():
        raise ValueError(f"{what} must be finite, not {value}")
    return number


class Money:
    """``Money("19.90", "SGD")``: an immutable amount of one currency.

    ``amount`` is a Decimal, an int or text in major units (dollars, not cents), never a float;
    ``currency`` a three-letter ISO 4217 code. Raises TypeError or ValueError for anything else.
    """

    __slots__ = ("amount", "currency")

    amount: Decimal
    currency: str

    def __init__(self, amount: Decimal | int | str, currency: str) -> None:
        if _CURRENCY.fullmatch(currency) is None:
            raise ValueError(f"a currency is three upper-case letters such as 'SGD', not {currency!r}")
        _set_amount(self, _exact(amount, "an amount of money"))
        _set_currency(self, currency)

    @classmethod
    def of(cls, amount: Decimal, currency: str) -> Money:
        """The same without checks, for values a platform's reply has already made sure of."""
        self = _new(cls)
        _set_amount(self, amount)
        _set_currency(self, currency)
        return self

    @classmethod
    def parse(cls, text: str) -> Money:
        """Read ``"SGD 19.90"`` or ``"19.90 SGD"``, the way ``str`` writes it."""
        parts = text.split()
        if len(parts) != 2:
            raise ValueError(f"expected an amount and a currency such as 'SGD 19.90', not {text!r}")
        first, second = parts
        return cls(second, first) if _CURRENCY.fullmatch(first) else cls(first, second)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("Money cannot be changed; make a new one")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("Money cannot be changed; make a new one")

    def __reduce__(self) -> tuple[type[Money], tuple[Decimal, str]]:
        return Money, (self.amount, self.currency)

    def __repr__(self) -> str:
        return f"Money('{self.amount}', '{self.currency}')"

    def __str__(self) -> str:
        return format(self, "")

    def __format__(self, spec: str) -> str:
        """``f"{price}"`` is ``SGD 19.90``; a spec shapes the amount: ``f"{price:,}"`` is ``SGD 1,019.90``."""
        return f"{self.currency} {self._shown():{spec or 'f'}}"

    def _shown(self) -> Decimal:
        """The amount with the currency's decimals, and more where it has more."""
        digits = max(exponent(self.currency), _decimals(self.amount.normalize(_EXACT)))
        return self.amount.quantize(Decimal(1).scaleb(-digits), context=_EXACT)

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return self.currency == other.currency and self.amount == other.amount

    def __hash__(self) -> int:
        return hash((self.amount, self.currency))

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.amount >= self._same(other)

    def _same(self, other: object) -> Decimal:
        """The other amount, where it is money of the same currency."""
        if not isinstance(other, Money):
            raise TypeError(
                f"money goes with money, not with {type(other).__name__}: {self} is no bare number"
            )
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} cannot be mixed; convert one first")
        return other.amount

    def __add__(self, other: Money) -> Money:
        return Money.of(_EXACT.add(self.amount, self._same(other)), self.currency)

    def __radd__(self, other: int) -> Money:
        """Zero plus money, so that ``sum()`` works."""
        return self if other == 0 else NotImplemented

    def __sub__(self, other: Money) -> Money:
        return Money.of(_EXACT.subtract(self.amount, self._same(other)), self.currency)

    def __neg__(self) -> Money:
        return Money.of(self.amount.copy_negate(), self.currency)

    def __pos__(self) -> Money:
        return self

    def __abs__(self) -> Money:
        return Money.of(self.amount.copy_abs(), self.currency)

    def __mul__(self, factor: int | Decimal) -> Money:
        if isinstance(factor, bool) or not isinstance(factor, int | Decimal):
            return NotImplemented
        return Money.of(_EXACT.multiply(self.amount, _exact(factor, "a factor")), self.currency)

    __rmul__ = __mul__

    @overload
    def __truediv__(self, other: Money) -> Decimal: ...
    @overload
    def __truediv__(self, other: int | Decimal) -> Money: ...
    def __truediv__(self, other: Money | int | Decimal) -> Money | Decimal:
        """Money ÷ money is a ratio (28 digits); money ÷ number is money, where it comes out even.

        Raises ``InexactDivision`` where it does not, ``ZeroDivisionError`` for zero.
        """
        if isinstance(other, Money):
            return self.amount / self._same(other)
        if isinstance(other, bool) or not isinstance(other, int | Decimal):
            return NotImplemented
        try:
            return Money.of(_EXACT.divide(self.amount, Decimal(other)), self.currency)
        except Inexact:
            raise InexactDivision(f"{self} / {other} has no exact result; use split() or rounded()") from None

    def split(self, parts: int | Iterable[int | Decimal]) -> tuple[Money, ...]:
        """Share it out without losing anything: into ``parts`` equal shares, or by ratios.

        Shares are whole minor units (finer where the amount is finer); what is left over goes, a unit
        each, to the shares that were cut most, the first ones where they are equal.
        Raises ValueError for no parts, or for ratios that are negative or all zero.
        """
        ratios = _ratios(parts)
        digits = max(exponent(self.currency), _decimals(self.amount))
        units = int(self.amount.copy_abs().scaleb(digits, _EXACT))
        exact = [units * ratio / sum(ratios) for ratio in ratios]
        shares = [int(share) for share in exact]
        order = sorted(range(len(shares)), key=lambda index: shares[index] - exact[index])
        for index in order[: units - sum(shares)]:
            shares[index] += 1
        sign = -1 if self.amount < 0 else 1
        return tuple(
            Money.of(Decimal(sign * share).scaleb(-digits, _EXACT), self.currency) for share in shares
        )

    def rounded(self, step: Decimal | int | str | None = None, rounding: str = ROUND_HALF_UP) -> Money:
        """The nearest multiple of ``step`` (major units; default: the currency's minor unit)."""
        unit = self._step(step)
        steps = _ROUNDING.divide(self.amount, unit).to_integral_value(rounding)
        return Money.of(_EXACT.multiply(steps, unit), self.currency)

    def is_multiple_of(self, step: Decimal | int | str | None = None) -> bool:
        """Whether the amount is a whole number of ``step`` (default: the currency's minor unit)."""
        return not _ROUNDING.remainder(self.amount, self._step(step))

    def _step(self, step: Decimal | int | str | None) -> Decimal:
        unit = Decimal(1).scaleb(-exponent(self.currency)) if step is None else _exact(step, "a step")
        if unit <= 0:
            raise ValueError("a step must be above zero")
        return unit

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(
            _validate, serialization=core_schema.plain_serializer_function_ser_schema(_dump)
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {
            "type": "object",
            "title": "Money",
            "properties": {
                "amount": {"type": "string", "description": "exact, in major units", "pattern": _AMOUNT},
                "currency": {
                    "type": "string",
                    "description": "ISO 4217",
                    "pattern": f"^{_CURRENCY.pattern}$",
                },
            },
            "required": ["amount", "currency"],
        }


_AMOUNT: Final = r"^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$"
_new = object.__new__
_set_amount = Money.__dict__["amount"].__set__
_set_currency = Money.__dict__["currency"].__set__


def _decimals(number: Decimal) -> int:
    digits = number.as_tuple().exponent
    return max(-digits, 0) if isinstance(digits, int) else 0


def _ratios(parts: int | Iterable[int | Decimal]) -> list[Fraction]:
    if isinstance(parts, int):
        ratios = [Fraction(1)] * parts
    else:
        ratios = [Fraction(_exact(ratio, "a ratio")) for ratio in parts]
    if not ratios or min(ratios) < 0 or not any(ratios):
        raise ValueError("money is split into one part or more, by ratios of zero and above, not all zero")
    return ratios


def _validate(value: object) -> Money:
    if isinstance(value, Money):
        return value
    if isinstance(value, Mapping) and set(value) == {"amount", "currency"}:
        try:
            return Money(value["amount"], value["currency"])
        except TypeError as error:
            raise ValueError(str(error)) from None
    raise ValueError('must be Money, such as Money("19.90", "SGD")')


def _dump(value: Money) -> dict[str, str]:
    return {"amount": str(value.amount), "currency": value.currency}
