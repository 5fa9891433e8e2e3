"""Checks of nouns against their contracts: marks, signatures, parameters."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from socialcommerce.resources.noun import Noun
from socialcommerce.testing.candidate import Candidate, Operation

__all__ = ["nouns_are_contracts", "overrides_are_marked", "parameters_are_named", "signatures_match"]


def nouns_are_contracts(candidate: Candidate) -> Iterator[str]:
    """Every noun extends its contract, and marks nothing that the contract does not offer."""
    offered: dict[type[Noun], set[str]] = {}
    for operation in candidate.operations:
        if not issubclass(operation.noun, operation.contract):
            noun, contract = operation.noun.__name__, operation.contract.__name__
            yield f"{noun} does not extend {contract}; derive it from the contract"
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
    """A method takes what its contract takes: names, kinds and defaults."""
    for operation in candidate.operations:
        if operation.own is not None:
            wanted, found = _shape(operation.declared), _shape(operation.own)
            if wanted != found:
                yield (
                    f"{_place(operation)} takes ({_names(found)}); its contract takes ({_names(wanted)}): "
                    "use the same names, kinds and defaults"
                )


def _shape(method: Any) -> list[tuple[str, Any, Any]]:
    parameters = list(inspect.signature(method).parameters.values())[1:]
    return [(parameter.name, parameter.kind, parameter.default) for parameter in parameters]


def _names(shape: list[tuple[str, Any, Any]]) -> str:
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
