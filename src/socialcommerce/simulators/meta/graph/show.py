"""Nodes as they are read: the fields asked for, with what lies behind them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import evolve

from socialcommerce.simulators.meta.graph.errors import wrong
from socialcommerce.simulators.meta.graph.fields import Field, Selection
from socialcommerce.simulators.meta.graph.paging import page
from socialcommerce.simulators.meta.graph.tables import fields_of
from socialcommerce.simulators.meta.graph.wire import Call, Node, Rows

__all__ = ["answered", "show"]

_ABSENT = object()


def answered(call: Call, answer: Any) -> Any:
    """What a handler answered, as the caller sees it."""
    if isinstance(answer, Rows):
        return page(call, answer, lambda row: _row(call, row))
    if isinstance(answer, Node):
        return show(call, answer, call.fields)
    return {"success": True} if answer is None else answer


def _row(call: Call, row: Any) -> Any:
    if isinstance(row, Node):
        return show(call, row, call.fields)
    if call.fields is None or not isinstance(row, Mapping):
        return row
    return {key: value for key, value in row.items() if key in call.fields.names or key == "id"}


def show(call: Call, node: Node, fields: Selection | None) -> dict[str, Any]:
    """The fields of a node that were asked for (those of its kind where none was), and its id."""
    call.twin.charge(1)
    wanted = fields or Selection(
        tuple(Field(name) for name in call.twin.routes.defaults.get(node.kind, ("id", "name")))
    )
    shown: dict[str, Any] = {}
    for one in wanted.fields:
        value = _value(call, node, one)
        if value is not _ABSENT and value is not None:
            shown[one.name] = value
    shown["id"] = node.id
    return shown


def _value(call: Call, node: Node, one: Field) -> Any:
    if one.name == "id":
        return node.id
    reader = call.twin.routes.readers.get((node.kind, one.name))
    if reader is not None:
        return _inner(call, reader(call, node), one)
    if one.name in node.data:
        return _inner(call, node.data[one.name], one)
    if ("GET", node.kind, one.name) in call.twin.routes.calls:
        return _edge(call, node, one)
    known = fields_of(node.kind)
    if known is not None and one.name not in known:
        raise wrong(f"Tried accessing nonexisting field ({one.name}) on node type ({node.kind})")
    return _ABSENT


def _inner(call: Call, value: Any, one: Field) -> Any:
    if isinstance(value, Node):
        return show(call, value, one.inner or Selection((Field("id"), *_named(value))))
    if isinstance(value, list) and value and isinstance(value[0], Node):
        return {"data": [_inner(call, each, one) for each in value]}
    if one.inner is not None and isinstance(value, dict):
        return {key: inner for key, inner in value.items() if key in one.inner.names}
    return value


def _named(node: Node) -> tuple[Field, ...]:
    return (Field("name"),) if "name" in node.data else ()


def _edge(call: Call, node: Node, one: Field) -> Any:
    """An edge read inside its object: it pages by itself."""
    route = call.twin.routes.calls["GET", node.kind, one.name]
    call.twin.authority.check_scope(call.holder, route.scope, route.holders)
    version = call.path.split("/")[1]
    inner = evolve(
        call,
        route=route,
        node=node,
        given=dict(one.given),
        fields=one.inner,
        nested=True,
        path=f"/{version}/{node.id}/{one.name}",
        query=_query_of(call, one),
    )
    return answered(inner, route.handler(inner))


def _query_of(call: Call, one: Field) -> dict[str, str]:
    kept = {key: value for key, value in call.query.items() if key in ("access_token", "appsecret_proof")}
    return {**kept, **({"fields": written(one.inner)} if one.inner is not None else {})}


def written(fields: Selection) -> str:
    """A selection as text."""
    return ",".join(
        one.name
        + "".join(f".{key}({value})" for key, value in one.given.items())
        + (f"{{{written(one.inner)}}}" if one.inner is not None else "")
        for one in fields.fields
    )
