"""What every model has in common.

``Model`` is a frozen pydantic model. ``Record`` may hold fields that the platform's row did not
carry (*not loaded*); ``Entity`` is a record with an id. ``Input`` is what a user hands in: validated
when it is made, with one error class for everything wrong.

Backends make outputs with ``build``, which trusts its caller and skips validation: a page of fifty
products is mapped in the time pydantic would need for a handful.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, TypeVar, dataclass_transform

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic._internal._model_construction import ModelMetaclass
from pydantic_core import PydanticUndefined

from socialcommerce.errors import DecodeError, InvalidRequest, NotLoaded
from socialcommerce.models.blueprint import (
    _LATER,
    Blueprint,
    _get_dict,
    _new,
    _set_dict,
    _set_extra,
    _set_fields_set,
    _set_private,
)
from socialcommerce.models.findings import as_invalid

__all__ = [
    "Blueprint",
    "Entity",
    "Exact",
    "Given",
    "Input",
    "Many",
    "Model",
    "Native",
    "Personal",
    "Record",
    "Value",
    "absent",
    "personal_fields",
]

T = TypeVar("T")

Native = dict[str, Any]
"""Settings that one platform alone knows; each backend documents its own keys."""

Many = Annotated[Sequence[T], AfterValidator(tuple)]
"""A sequence a user gives in any form; kept as a tuple."""

MASK = "***"


class Personal:
    """Marks a field as personal data, so that masking and export find it: ``Annotated[str, Personal()]``."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Personal()"


class _Absent:
    """The value of a field that nobody gave; never seen outside of this module except in a repr."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<not loaded>"


_ABSENT = _Absent()


def _absent() -> Any:
    return _ABSENT


def absent() -> Any:
    """Default of a record's field that has no honest default: left out, it is *not loaded*."""
    return Field(default_factory=_absent)


class Model(BaseModel):
    """A frozen value. Equal when its fields are, whatever the payload it was read from."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", defer_build=True, ser_json_bytes="base64", val_json_bytes="base64"
    )

    _UNCOMPARED: ClassVar[frozenset[str]] = frozenset()
    _pattern: ClassVar[tuple[dict[str, Any], tuple[tuple[str, Any], ...], set[str]]] = ({}, (), set())

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Sort the defaults once per class: those that can be shared, and those made anew each time."""
        super().__pydantic_init_subclass__(**kwargs)
        fields = cls.model_fields
        constants = {
            name: field.default for name, field in fields.items() if field.default is not PydanticUndefined
        }
        factories = tuple(
            (name, field.default_factory)
            for name, field in fields.items()
            if field.default_factory is not None and field.default_factory is not _absent
        )
        # One set of names for all that are built: pydantic copies before it adds to one.
        cls._pattern = constants, factories, set(fields)

    @classmethod
    def build(cls, /, **fields: Any) -> Self:
        """Make one from values known to be right, without validating them.

        ``missing``, a tuple, names the fields which the platform's row did not carry: reading one
        raises ``NotLoaded``. Fields left out otherwise take their default. ``fields`` are kept as
        they are given: tuples rather than lists, aware datetimes, the types the class declares.
        """
        missing = fields.pop("missing", ())  # a named parameter would be compared with every keyword
        constants, factories, names = cls._pattern
        self = _new(cls)
        values = constants | fields
        for name, make in factories:
            if name not in fields:
                values[name] = make()
        if missing:
            for name in missing:
                values.pop(name, None)
            values["not_loaded"] = missing
        _set_dict(self, values)
        _set_fields_set(self, names)
        _set_extra(self, None)
        _set_private(self, None)
        return self

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Model):
            return NotImplemented
        return type(self) is type(other) and self._compared() == other._compared()

    def __hash__(self) -> int:
        values = self._compared()  # in the order that they were given, which equality does not look at
        return hash((type(self), *(values[name] for name in type(self).model_fields if name in values)))

    def _compared(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name not in self._UNCOMPARED}

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """The fields worth a look: those that differ from their default, and those not loaded."""
        for name, field in type(self).model_fields.items():
            value = self.__dict__.get(name, _ABSENT)
            if field.repr and value not in (None, (), {}):
                yield name, value

    def masked(self) -> Self:
        """A copy with personal data replaced by ``***`` at every depth, and without the raw payload.

        Ids are hidden where they are a person's.
        """
        return self._hidden(frozenset(_told(self)))

    def _hidden(self, known: frozenset[str]) -> Self:
        """See ``masked``; ``known`` is the personal data told anywhere, which an id may repeat."""
        fields = type(self).model_fields
        values = {
            name: _mask(value, known) if _is_personal(fields[name]) else _masked(name, value, known)
            for name, value in self.__dict__.items()
        }
        if "raw" in values:
            values["raw"] = None
        copy = self.model_copy()
        _set_dict(copy, values)
        return copy


class Lazy(Model):
    """A model that a blueprint may make: the parts of it that nobody looked at are not read yet."""

    if not TYPE_CHECKING:

        @property
        def __dict__(self) -> dict[str, Any]:
            """The fields by name; who looks at all of them (a dump, a copy, a comparison) finds all read."""
            values = _get_dict(self)
            later = values.get(_LATER)
            if later is not None:
                blueprint, row = later
                for name in blueprint.parts:
                    if name not in values and name not in values.get("not_loaded", ()):
                        blueprint.read(name, row, values)
                values = {name: values[name] for name in type(self).__pydantic_fields__ if name in values}
                _set_dict(self, values)
            return values

        @__dict__.setter
        def __dict__(self, values: dict[str, Any]) -> None:
            _set_dict(self, values)

        def __getattr__(self, name: str) -> Any:
            values = _get_dict(self)
            later = values.get(_LATER)
            if name in values:  # read by another thread in the meantime
                return values[name]
            if later is not None and name in later[0].parts and name not in values.get("not_loaded", ()):
                return later[0].read(name, later[1], values)
            if name in type(self).__pydantic_fields__:
                raise NotLoaded(type(self).__name__, name)
            return super().__getattr__(name)

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """As every model's; whoever prints what was made of a misshapen row sees that it is one."""
        try:
            yield from super().__repr_args__()
        except DecodeError as error:
            known = _get_dict(self)
            yield from ((name, known[name]) for name in ("id", "key") if name in known)
            yield "unreadable", error.message


class Record(Lazy):
    """An output whose row may have carried less than the whole. ``raw`` is the untouched payload."""

    raw: Any = Field(default=None, repr=False, exclude=True)
    not_loaded: tuple[str, ...] = Field(default=(), repr=False)

    _UNCOMPARED = frozenset({"raw", "not_loaded"})

    def loaded(self, name: str) -> bool:
        """Whether the row this was read from carried the field ``name``."""
        if name not in type(self).model_fields:
            raise AttributeError(f"{type(self).__name__} has no field {name!r}")
        values = _get_dict(self)
        later = values.get(_LATER)
        if name in values:
            return True
        return later is not None and name in later[0].parts and name not in values["not_loaded"]

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """As pydantic's; a field that ``update`` gives is loaded from then on."""
        changes = dict(update or {})
        if changes and self.not_loaded:
            changes.setdefault("not_loaded", tuple(name for name in self.not_loaded if name not in changes))
        return super().model_copy(update=changes, deep=deep)

    @model_validator(mode="after")
    def _leave_out(self) -> Self:
        """Drop the fields that were not given or were dumped as not loaded."""
        values: dict[str, Any] = vars(self)
        gone = {name for name, value in values.items() if value is _ABSENT}.union(self.not_loaded)
        if gone:
            names = tuple(name for name in type(self).model_fields if name in gone)
            for name in names:
                values.pop(name, None)  # an instance is seen again when it is put into another model
            values["not_loaded"] = names
        return self

    def _repr_html_(self) -> str:
        """A compact table for notebooks."""
        rows = "".join(
            f"<tr><th style='text-align:left'>{escape(str(name))}</th><td>{escape(_short(value))}</td></tr>"
            for name, value in self.__repr_args__()
        )
        return f"<table><caption>{escape(type(self).__name__)}</caption>{rows}</table>"


class Entity(Record):
    """A thing of the platform, known by an id.

    ``id`` is the platform's own id as text (an id that needs a parent is said in the backend's page),
    ``native_ids`` every id the platform gave, by its own name, ``platform`` the registered name.
    """

    id: str
    platform: str = ""
    native_ids: dict[str, str] = Field(default_factory=dict, repr=False)

    def __hash__(self) -> int:
        return hash((type(self), self.platform, self.id))


class Given(Model):
    """What a user may write, and a backend too. Anything wrong raises ``InvalidRequest``, with its remedy."""

    model_config = ConfigDict(extra="forbid")

    if not TYPE_CHECKING:

        def __init__(self, /, *args: Any, **data: Any) -> None:
            data = _named(type(self), args, data) if args else data
            try:
                super().__init__(**data)
            except ValidationError as error:
                raise as_invalid(type(self).__name__, error) from None

        # An input inside of another is then validated in place, so that its findings carry the whole path.
        __init__.__pydantic_base_init__ = True

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """As pydantic's, with our error."""
        try:
            return super().model_validate(obj, **options)
        except ValidationError as error:
            raise as_invalid(cls.__name__, error) from None

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> Self:
        """As pydantic's, with our error."""
        try:
            return super().model_validate_json(json_data, **options)
        except ValidationError as error:
            raise as_invalid(cls.__name__, error) from None


class Input(Given):
    """What a user hands in; ``native`` holds what one platform alone demands (a legal declaration)."""

    native: Native = Field(default_factory=dict, kw_only=True)


@dataclass_transform(kw_only_default=False, field_specifiers=(Field,))
class _Positional(ModelMetaclass):
    """Tells type checkers that the fields may be given by position, as ``Input`` takes them anyway."""


class Value(Input, metaclass=_Positional):
    """A small input that reads well by position: ``OwnCarrier("DHL", "JD01")``."""


def _named(cls: type[Model], args: tuple[Any, ...], data: dict[str, Any]) -> dict[str, Any]:
    names = [name for name in cls.model_fields if name != "native"]
    if len(args) > len(names):
        raise InvalidRequest(
            f"{cls.__name__} takes at most {len(names)} values: {', '.join(names)}", fields={}
        )
    given = dict(zip(names, args, strict=False))
    if twice := given.keys() & data.keys():
        name = min(twice)
        raise InvalidRequest(f"{cls.__name__}: {name} was given twice", fields={name: "give it once"})
    return given | data


def personal_fields(model: Model | type[Model]) -> set[str]:
    """Dotted paths of the personal data a model may hold: ``{"buyer.email", "shipping_address.name", …}``."""
    return set(_personal_paths(model if isinstance(model, type) else type(model), "", ()))


def _personal_paths(cls: type[Model], prefix: str, above: tuple[type[Model], ...]) -> Iterator[str]:
    for name, field in cls.model_fields.items():
        if _is_personal(field):
            yield prefix + name
            continue
        for inner in _models_in(field.annotation):
            if inner is not cls and inner not in above:
                yield from _personal_paths(inner, f"{prefix}{name}.", (*above, cls))


def _models_in(annotation: Any) -> Iterator[type[Model]]:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _models_in(inner)


def _is_personal(field: Any) -> bool:
    return any(isinstance(mark, Personal) for mark in field.metadata)


def _mask(value: Any, known: frozenset[str]) -> Any:
    """Text becomes the mask, other single values None; what is structured keeps its shape."""
    if isinstance(value, str):
        return MASK if value else value
    if isinstance(value, tuple):
        return tuple(_mask(item, known) for item in value)
    if isinstance(value, Mapping):
        return {key: _mask(item, known) for key, item in value.items()}
    return value._hidden(known) if isinstance(value, Model) else None


def _masked(name: str, value: Any, known: frozenset[str]) -> Any:
    if isinstance(value, Model):
        return value._hidden(known)
    if isinstance(value, tuple):
        return tuple(_masked(name, item, known) for item in value)
    if name == "native_ids" and isinstance(value, Mapping):
        return {key: MASK if _of_person(key) or item in known else item for key, item in value.items()}
    return MASK if name in _IDS and isinstance(value, str) and value in known else value


_IDS = frozenset({"id", "native_id", "parent_id"})
_OF_PEOPLE = frozenset({"open_id", "wa_id", "to_id", "from_id"})


def _of_person(name: str) -> bool:
    """Whether platforms give the ids of people under this name."""
    return name.endswith("user_id") or name in _OF_PEOPLE


def _told(value: Any, personal: bool = False) -> Iterator[str]:
    """Every personal text in a value, at any depth."""
    if isinstance(value, Model):
        fields = type(value).model_fields
        for name, item in value.__dict__.items():
            if name != "raw":
                yield from _told(item, _is_personal(fields[name]))
    elif isinstance(value, tuple):
        for item in value:
            yield from _told(item, personal)
    elif personal and isinstance(value, Mapping):
        for item in value.values():
            yield from _told(item, personal)
    elif personal and isinstance(value, str) and value:
        yield value


def _short(value: Any) -> str:
    if isinstance(value, tuple) and value and isinstance(value[0], Model):
        return f"{len(value)} × {type(value[0]).__name__}"
    text = str(value)
    return text if len(text) <= 120 else text[:119] + "…"


def refuse_float(value: Any) -> Any:
    """Exact numbers only: a binary float has already lost what the user wrote."""
    if isinstance(value, float | bool):
        raise ValueError("must be exact: give a Decimal, an int or text, never a float")
    return value


Exact = BeforeValidator(refuse_float)
"""For Decimal fields of inputs: ``Annotated[Decimal, Exact]``."""
