"""The filter language of sets and listings: ``{"and": [{"brand": {"eq": "Acme"}}, …]}``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from socialcommerce.simulators.meta.graph.catalog.money import hundredfold
from socialcommerce.simulators.meta.graph.catalog.shelf import group_of
from socialcommerce.simulators.meta.graph.errors import wrong
from socialcommerce.simulators.meta.graph.wire import Node

__all__ = ["matches"]


def _number(value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise wrong(f"Invalid filter: {value!r} is no number") from None


def _text(value: Any) -> str:
    return "" if value is None else str(value)


OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda has, asked: _text(has) == _text(asked),
    "neq": lambda has, asked: _text(has) != _text(asked),
    "is_any": lambda has, asked: _text(has) in map(_text, asked),
    "is_not_any": lambda has, asked: _text(has) not in map(_text, asked),
    "contains": lambda has, asked: _text(asked) in _text(has),
    "i_contains": lambda has, asked: _text(asked).lower() in _text(has).lower(),
    "not_contains": lambda has, asked: _text(asked) not in _text(has),
    "i_not_contains": lambda has, asked: _text(asked).lower() not in _text(has).lower(),
    "starts_with": lambda has, asked: _text(has).startswith(_text(asked)),
    "lt": lambda has, asked: _number(has or 0) < _number(asked),
    "lte": lambda has, asked: _number(has or 0) <= _number(asked),
    "gt": lambda has, asked: _number(has or 0) > _number(asked),
    "gte": lambda has, asked: _number(has or 0) >= _number(asked),
}


def matches(rule: Any, item: Node) -> bool:
    """Whether an item passes a filter; an empty one lets everything through.

    Raises ``Refused`` (100) for an operator or a shape that does not exist.
    """
    if not isinstance(rule, Mapping):
        raise wrong("Invalid filter: it must be an object")
    return all(_clause(name, value, item) for name, value in rule.items())


def _clause(name: str, value: Any, item: Node) -> bool:
    if name in ("and", "or"):
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise wrong(f"Invalid filter: {name} must hold a list")
        found = [matches(one, item) for one in value]
        return all(found) if name == "and" else any(found)
    if not isinstance(value, Mapping):
        raise wrong(f"Invalid filter: {name} must hold an operator")
    for operator, asked in value.items():
        if operator not in OPERATORS:
            raise wrong(f"Invalid filter: there is no operator {operator}")
        if not OPERATORS[operator](_value(name, item), asked):
            return False
    return True


def _value(name: str, item: Node) -> Any:
    if name == "price_amount":
        return hundredfold(item.entity.price)
    if name == "retailer_id":
        return item.entity.sku
    if name == "product_item_id":
        return item.id
    if name in ("retailer_product_group_id", "item_group_id"):
        return group_of(item).data["retailer_id"]
    if name in ("inventory", "quantity_to_sell_on_facebook"):
        return item.entity.available
    return item.data.get(name)
