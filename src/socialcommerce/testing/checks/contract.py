"""Checks of nouns against their contracts: marks, signatures, parameters."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any, TypeAlias

from socialcommerce.resources.noun import Noun
from socialcommerce.testing.candidate import Candidate, Operation

__all__ = ["nouns_are_contracts", "overrides_are_marked", "parameters_are_named", "signatures_match"]

Shape: TypeAlias = list[tuple[str, Any, Any]]
"""The parameters of a method: name, kind, default."""


def nouns_are_contracts(candidate: Candidate) -> Iterator[str]:
    """Every noun extends its contract, and marks nothing that the contract does not offer."""
    offered: dict[type[Noun], set[str]] = {}
    for operation in candidate.operations:
        if not issubclass(operation.noun, operation.contract):
            wanted = operation.contract.__name__
            yield f"{operation.noun.__name__} does not extend {wanted}; derive it from the contract"
        offered.setdefault(operation.noun, set()).add(operation.method)
    for noun, methods in offered.items():
        for name, _ in inspect.getmembers(noun, lambda member: hasattr(member, "__capability__")):
            if name not in methods:
                yield f"{noun.__name__}.{name} is marked, but the contract has no such operation; rename it"


def overrides_are_marked(candidate: Candidate) -> Iterator[str]:
    """A method that overrides a contract says with ``supports`` what it can do."""
    for operation in candidate.operations:
        if operation.own is not None and operation.mark is None:
            yield (
                f"{_place(operation)} overrides {operation.name} without a mark, so clients refuse it; "
                'add @supports("native", ...) or @supports("emulated", ...)'
            )


def signatures_match(candidate: Candidate) -> Iterator[str]:
    """A method takes what its contract takes: names, kinds and defaults.

    ``**options`` at the end may stand for keyword-only parameters that are handed on as they are: it has
    no default of its own that could be wrong.
    """
    for operation in candidate.operations:
        if operation.own is not None:
            wanted, found = _shape(operation.declared), _shape(operation.own)
            if wanted != found and _handed_on(wanted, found) != found:
                yield (
                    f"{_place(operation)} takes ({_names(found)}); its contract takes ({_names(wanted)}): "
                    "use the same names, kinds and defaults"
                )


def _shape(method: Any) -> Shape:
    parameters = list(inspect.signature(method).parameters.values())[1:]
    return [(parameter.name, parameter.kind, parameter.default) for parameter in parameters]


def _handed_on(wanted: Shape, found: Shape) -> Shape:
    """What is wanted, where a catch-all takes the keyword-only parameters that are not spelt out."""
    if not found or found[-1][1] is not inspect.Parameter.VAR_KEYWORD:
        return wanted
    spelt = {name for name, _, _ in found}
    kept = [item for item in wanted if item[1] is not inspect.Parameter.KEYWORD_ONLY or item[0] in spelt]
    return [*kept, found[-1]]


def _names(shape: Shape) -> str:
    shown = []
    keyword_only = False
    for name, kind, default in shape:
        if kind is inspect.Parameter.KEYWORD_ONLY and not keyword_only:
            keyword_only = True
            shown.append("*")
        stars = {inspect.Parameter.VAR_KEYWORD: "**", inspect.Parameter.VAR_POSITIONAL: "*"}.get(kind, "")
        shown.append(stars + name + ("" if default is inspect.Parameter.empty else f"={default!r}"))
    return ", ".join(shown)


def parameters_are_named(candidate: Candidate) -> Iterator[str]:
    """The mark says of every optional parameter whether it is native, emulated or refused."""
    for operation in candidate.operations:
        if operation.mark is None:
            continue
        missing = [item.name for item in operation.optional if item.name not in operation.mark.params]
        if missing:
            yield (
                f"the mark of {_place(operation)} says nothing of {', '.join(missing)}; name each in params: "
                'native("x"), emulated("x"), or {"x": no("why")}'
            )


def _place(operation: Operation) -> str:
    return f"{operation.noun.__name__}.{operation.method}"
