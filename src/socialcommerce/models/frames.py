"""Models as tables: one row an item, money in two columns, parts exploded on request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from pydantic import SecretStr

from socialcommerce.errors import ConfigurationError, InvalidRequest
from socialcommerce.models.base import Model
from socialcommerce.models.money import Money

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

__all__ = ["Explode", "to_arrow", "to_pandas", "to_polars", "to_rows"]

Explode: TypeAlias = Literal["variants", "lines"]

_PREFIX = {"variants": "variant_", "lines": "line_"}
_LEFT_OUT = frozenset({"raw", "not_loaded", "native"})


def to_rows(items: Iterable[Model], explode: Explode | None = None) -> Iterator[dict[str, Any]]:
    """Flat dictionaries, one an item, or one a part with the item's columns repeated.

    Money becomes ``x`` and ``x_currency``; what is inside of an item ``outer_inner``; texts and numbers
    in a list stay a list; things in a list become a list of plain dictionaries. A field that was not
    loaded has no value. An item without parts keeps one row. With ``explode``, the part's columns are
    prefixed ``variant_`` or ``line_``.
    """
    if explode is not None and explode not in _PREFIX:
        known = " or ".join(repr(name) for name in _PREFIX)
        raise InvalidRequest(fields={"explode": f"is {known}, not {explode!r}"}, sent="no")
    for item in items:
        row = _flat(item, "", skip=explode)
        parts = item.__dict__.get(explode) if explode else None
        if explode is None or not parts:
            yield row
            continue
        for part in parts:
            yield row | _flat(part, _PREFIX[explode])


def _flat(model: Model, prefix: str, skip: str | None = None) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, field in type(model).model_fields.items():
        if name in _LEFT_OUT or name == skip:
            continue
        value = model.__dict__.get(name)
        columns = _empty(field.annotation, name) if value is None else _columns(name, value)
        row |= {prefix + column: inner for column, inner in columns.items()}
    return row


def _empty(annotation: Any, name: str) -> dict[str, Any]:
    """The columns a value would have had, so that a table has the same ones whatever its rows hold."""
    kinds = [kind for kind in get_args(annotation) or (annotation,) if kind is not NoneType]
    kind = kinds[0] if len(kinds) == 1 and isinstance(kinds[0], type) else object
    if issubclass(kind, Money):
        return {name: None, f"{name}_currency": None}
    if issubclass(kind, Model):
        return {f"{name}_{column}": None for column in _columns_of_class(kind)}
    return {name: None}


@cache
def _columns_of_class(kind: type[Model]) -> tuple[str, ...]:
    fields = kind.model_fields.items()
    return tuple(c for name, field in fields if name not in _LEFT_OUT for c in _empty(field.annotation, name))


def _columns(name: str, value: Any) -> dict[str, Any]:
    if isinstance(value, Money):
        return {name: value.amount, f"{name}_currency": value.currency}
    if isinstance(value, Model):
        return _flat(value, f"{name}_")
    if isinstance(value, Mapping):
        return {f"{name}_{key}": _plain(inner) for key, inner in value.items()}
    return {name: _plain(value)}


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return _flat(value, "")
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, SecretStr | Money | Path) else value


def _columns_of(items: Iterable[Model], explode: Explode | None) -> dict[str, list[Any]]:
    """The rows turned into columns of one length, in the order in which they first appear."""
    rows = list(to_rows(items, explode))
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name) for row in rows] for name in names}


def to_pandas(items: Iterable[Model], explode: Explode | None = None) -> pandas.DataFrame:
    """A pandas DataFrame; amounts stay Decimals. ConfigurationError where pandas is not installed."""
    library = _library("pandas", "pandas")
    frame: pandas.DataFrame = library.DataFrame(_columns_of(items, explode))
    return frame


def to_polars(items: Iterable[Model], explode: Explode | None = None) -> polars.DataFrame:
    """A polars DataFrame. ConfigurationError where polars is not installed."""
    library = _library("polars", "polars")
    frame: polars.DataFrame = library.DataFrame(_columns_of(items, explode), strict=False)
    return frame


def to_arrow(items: Iterable[Model], explode: Explode | None = None) -> pyarrow.Table:
    """A pyarrow Table. ConfigurationError where pyarrow is not installed."""
    library = _library("pyarrow", "arrow")
    table: pyarrow.Table = library.table(_columns_of(items, explode))
    return table


def _library(module: str, extra: str) -> Any:
    try:
        return import_module(module)
    except ImportError:
        raise ConfigurationError(
            f"{module} is not installed; pip install 'socialcommerce[{extra}]' brings it"
        ) from None
