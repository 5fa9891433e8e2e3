"""What the interface data says of nodes, edges and words; made by ``tests/support/meta_operations.py``."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache

from attrs import frozen

__all__ = ["Edge", "Parameter", "edges", "fields_of", "words"]

PACKAGE = "socialcommerce.simulators.meta.graph"


@frozen
class Parameter:
    """One parameter: its type as the interface data writes it ("list<string>"), and whether it must be."""

    name: str
    type: str
    required: bool


@frozen
class Edge:
    """One documented call: on the node itself where ``edge`` is empty; ``returns`` is a kind of node."""

    kind: str
    method: str
    edge: str
    returns: str
    parameters: tuple[Parameter, ...]


def _rows(name: str) -> list[list[str]]:
    table = (pkgutil.get_data(PACKAGE, name) or b"").decode()
    return [row.split("\t") for row in table.splitlines() if row and not row.startswith("#")]


@cache
def words() -> Mapping[str, frozenset[str]]:
    """The words that a closed type knows, by the type's name."""
    return {name: frozenset(known.split("|")) for name, known in _rows("words.tsv")}


@cache
def _fields() -> Mapping[str, frozenset[str]]:
    return {kind: frozenset(names.split(" ")) for kind, names in _rows("fields.tsv")}


def fields_of(kind: str) -> frozenset[str] | None:
    """The fields of a kind of node; None where the interface data does not know it."""
    return _fields().get(kind)


@cache
def edges() -> Mapping[tuple[str, str, str], Edge]:
    """Every documented call by method, kind of node and name of the edge."""
    found = {}
    for kind, method, edge, returns, given in _rows("edges.tsv"):
        parameters = tuple(_parameter(one) for one in given.split(" ") if one != "-")
        found[method, kind, edge] = Edge(kind, method, edge, returns, parameters)
    return found


def _parameter(text: str) -> Parameter:
    name, _, kind = text.partition(":")
    return Parameter(name, kind.rstrip("!").replace("~", " "), kind.endswith("!"))
