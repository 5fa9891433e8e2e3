"""How rows become models of which most parts are read later, if ever."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel

from socialcommerce.errors import SHAPE_ERRORS, DecodeError

if TYPE_CHECKING:
    from socialcommerce.models.base import Lazy

__all__ = ["Blueprint"]

_new = object.__new__
_get_dict = BaseModel.__dict__["__dict__"].__get__
_set_dict = BaseModel.__dict__["__dict__"].__set__
_set_fields_set = BaseModel.__dict__["__pydantic_fields_set__"].__set__
_set_extra = BaseModel.__dict__["__pydantic_extra__"].__set__
_set_private = BaseModel.__dict__["__pydantic_private__"].__set__

_LATER = "\0later"
"""Beside the fields of a record: its blueprint and row, from which the parts that nobody read can be made."""

Row = TypeVar("Row")
R = TypeVar("R", bound="Lazy")


class Blueprint(Generic[R, Row]):
    """How a row becomes a record: some fields at once, its ``parts`` when somebody first looks at them.

    Most of a page's fields are never read, so that a page costs little more than its JSON. ``parts`` maps
    the name of a field, or of several that are told together, to the function that reads it (or a tuple of
    them) from a row. A row of an unexpected shape is a ``DecodeError`` of the platform, now or later.
    """

    def __init__(
        self, model: type[R], platform: str, parts: Mapping[str | tuple[str, ...], Callable[[Row], Any]]
    ) -> None:
        self.model, self.platform = model, platform
        self.parts: dict[str, tuple[tuple[str, ...], Callable[[Row], Any]]] = {}
        for names, read in parts.items():
            several = (names,) if isinstance(names, str) else names
            self.parts |= dict.fromkeys(several, (several, read))
        if unknown := self.parts.keys() - model.model_fields.keys():
            raise TypeError(f"{model.__name__} has no field {min(unknown)!r}")
        constants, factories, self._names = model._pattern
        if eager := {name for name, _ in factories} - self.parts.keys():
            raise TypeError(f"{model.__name__}.{min(eager)} has a default made anew: name it among the parts")
        self._base = {name: value for name, value in constants.items() if name not in self.parts}
        self._base["platform"] = platform

    def __call__(self, row: Row, /, *, missing: tuple[str, ...] = (), **known: Any) -> R:
        """A record of a row; ``known`` are the fields read already, ``missing`` those the row has not."""
        record = _new(self.model)
        values = self._base | known
        values[_LATER] = (self, row)
        if missing:
            values["not_loaded"] = missing
            for name in missing:
                values.pop(name, None)
        _set_dict(record, values)
        _set_fields_set(record, self._names)
        _set_extra(record, None)
        _set_private(record, None)
        return record

    def read(self, name: str, row: Row, values: dict[str, Any]) -> Any:
        """Read the part that ``name`` belongs to into a record's values, and answer that field."""
        names, part = self.parts[name]
        try:
            found = part(row)
        except SHAPE_ERRORS as error:
            raise DecodeError.misshapen(error, self.platform) from error
        if len(names) == 1:
            values[name] = found
            return found
        for each, value in zip(names, found, strict=True):
            if each not in values.get("not_loaded", ()):
                values[each] = value
        return values[name]
