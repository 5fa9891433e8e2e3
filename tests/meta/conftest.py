"""What the tests of Meta's family share; every exchange with a pretend Meta is held to Meta's data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import pytest
from tests.meta.vendor import vendor_spec
from tests.meta.wire import Wire
from tests.support.vendor import tell

from socialcommerce.runtime.transport import Request, Response
from socialcommerce.simulators.meta.graph.twin import GraphTwin


@pytest.fixture
def wire() -> Wire:
    """A Graph API that says what the test tells it to."""
    return Wire()


@pytest.fixture(autouse=True)
def exchanges_as_documented(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test whose requests, or whose twin's replies, are not as Meta documents them."""
    spec = vendor_spec()
    if spec is None:
        yield
        return
    found: list[str] = []
    answer = GraphTwin.answer

    def held(twin: GraphTwin, request: Request) -> Response:
        kinds = {key: node.kind for key, node in twin.nodes.items()}
        response = answer(twin, request)
        if not request.content.startswith(b"--"):  # files are not looked into
            found.extend(spec.exchange(request, response, partial(_kind, kinds)))
        return response

    monkeypatch.setattr(GraphTwin, "answer", held)
    yield
    assert not found, "not as documented:\n" + "\n".join(sorted(set(found)))


def _kind(kinds: Mapping[str, str], key: str) -> str | None:
    return "ProductItem" if key.startswith("catalog:") else kinds.get(key)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how much of the wire was validated."""
    tell(terminalreporter, "Meta", vendor_spec())
