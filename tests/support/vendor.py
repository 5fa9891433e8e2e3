"""What the tests of every platform say and do alike, whatever the vendor's data looks like."""

from __future__ import annotations

from collections import Counter
from typing import Protocol

import pytest

from socialcommerce.runtime import drivers
from socialcommerce.runtime.flow import Gather

__all__ = ["Validating", "one_after_the_other", "tell"]


class Validating(Protocol):
    """A vendor's interface data, which counts what was held to it by operation."""

    validated: Counter[str]


def tell(
    reporter: pytest.TerminalReporter, title: str, spec: Validating | None, what: str = "exchanges"
) -> None:
    """Say how much of a platform's wire was validated."""
    if spec is not None and spec.validated:
        count, operations = spec.validated.total(), len(spec.validated)
        reporter.write_line(
            f"{title}: {count} {what} validated against the vendor's data, {operations} operations"
        )


@pytest.fixture(autouse=True)
def one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gathered calls go in order, so that a test can say which came first."""
    monkeypatch.setitem(
        drivers._SYNC, Gather, lambda driver, effect: [driver.run(flow) for flow in effect.flows]
    )
