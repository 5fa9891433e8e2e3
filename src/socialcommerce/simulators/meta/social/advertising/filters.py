"""The ``filtering`` of lists and reports: which rows a list of conditions lets through."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from socialcommerce.simulators.meta.graph.errors import wrong
from socialcommerce.simulators.meta.social.advertising.shapes import shaped
from socialcommerce.simulators.meta.social.advertising.state import instant

__all__ = ["check", "passes"]


def _same(left: Any, right: Any) -> bool:
    return str(left) == str(right)


def _among(left: Any, right: Any) -> bool:
    return any(_same(left, one) for one in right)


def _number(value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return Decimal(str(instant(value, "filtering")))


def _inside(left: Any, right: Any) -> bool:
    return _number(right[0]) <= _number(left) <= _number(right[1])


def _holds(left: Any, right: Any) -> bool:
    return str(right).lower() in str(left).lower()


OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "EQUAL": _same,
    "NOT_EQUAL": lambda left, right: not _same(left, right),
    "GREATER_THAN": lambda left, right: _number(left) > _number(right),
    "GREATER_THAN_OR_EQUAL": lambda left, right: _number(left) >= _number(right),
    "LESS_THAN": lambda left, right: _number(left) < _number(right),
    "LESS_THAN_OR_EQUAL": lambda left, right: _number(left) <= _number(right),
    "IN_RANGE": _inside,
    "NOT_IN_RANGE": lambda left, right: not _inside(left, right),
    "CONTAIN": _holds,
    "NOT_CONTAIN": lambda left, right: not _holds(left, right),
    "IN": _among,
    "NOT_IN": lambda left, right: not _among(left, right),
    "STARTS_WITH": lambda left, right: str(left).startswith(str(right)),
}
OF_LISTS = frozenset({"IN", "NOT_IN", "IN_RANGE", "NOT_IN_RANGE"})


def check(filters: Any, fields: Iterable[str]) -> list[dict[str, Any]]:
    """The conditions, if each names one of the fields, an operator and a value; else the refusal."""
    found: list[dict[str, Any]] = shaped("filtering", filters or [])
    known = set(fields)
    for at, one in enumerate(found):
        where = f"filtering[{at}]"
        if not {"field", "operator", "value"} <= one.keys():
            raise wrong(f"Param {where} must hold field, operator and value.")
        if one["operator"] not in OPERATORS:
            words = ", ".join(OPERATORS)
            raise wrong(f"Param {where}[operator] must be one of {{{words}}}")
        if one["field"] not in known:
            raise wrong(f"Filtering field {one['field']} is invalid.")
        if one["operator"] in OF_LISTS and not isinstance(one["value"], list):
            raise wrong(f"Param {where}[value] must be an array.")
    return found


def passes(shown: Mapping[str, Any], filters: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a row, with the fields that conditions can name, fulfils all of them."""
    return all(
        shown.get(one["field"]) is not None and OPERATORS[one["operator"]](shown[one["field"]], one["value"])
        for one in filters
    )
