"""A bare caller of a pretend Graph API, who holds every exchange to Meta's interface data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from tests.support.meta_spec import MetaSpec

from socialcommerce.runtime.transport import Request, Response
from socialcommerce.simulators.meta.graph.twin import GraphTwin

HOST = "https://graph.facebook.com"


class Refusal(AssertionError):
    """The platform answered an error object."""

    def __init__(self, status: int, error: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {error}")
        self.status, self.error = status, dict(error)
        self.code, self.subcode = error["code"], error.get("error_subcode")
        self.message = str(error["message"])


def scalar(value: Any) -> str:
    """A value as a query or a form writes it."""
    return value if isinstance(value, str) else json.dumps(value)


class GraphCaller:
    """Speaks with a system user's token (``token``), or with another given."""

    def __init__(self, twin: GraphTwin, spec: MetaSpec | None = None, version: str = "v26.0") -> None:
        self.twin, self.market, self.spec, self.version = twin, twin.market, spec, version
        self.token = twin.token(twin.accounts[0]).access
        self.catalog = twin.sellers[0].catalog.id

    def kind_of(self, key: str) -> str | None:
        """The type of the object with that id."""
        if key.startswith("catalog:"):
            return "ProductItem"
        if key == "me":
            return None
        node = self.twin.nodes.get(key)
        return node.kind if node is not None else None

    def request(
        self, method: str, path: str, token: str | None = None, body: Any = None, **values: Any
    ) -> Request:
        """A request: the token in the header, parameters in the query (GET, DELETE) or the form; or JSON."""
        sent = self.token if token is None else token
        headers = {"Authorization": f"Bearer {sent}"} if sent else {}
        address = f"{HOST}/{self.version}{quote(path, safe='/:')}"
        plain = {key: scalar(value) for key, value in values.items()}
        if body is not None:
            query = f"?{urlencode(plain)}" if plain else ""
            headers["Content-Type"] = "application/json"
            return Request(method, address + query, headers, json.dumps(body).encode())
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            return Request(method, address, headers, urlencode(plain).encode())
        return Request(method, f"{address}?{urlencode(plain)}" if plain else address, headers)

    def send(
        self, method: str, path: str, token: str | None = None, body: Any = None, **values: Any
    ) -> Response:
        """The bare response."""
        return self.twin.handle(self.request(method, path, token, body, **values))

    def call(self, method: str, path: str, token: str | None = None, body: Any = None, **values: Any) -> Any:
        """The decoded reply, held to the interface data; raises ``Refusal`` for an error object."""
        request = self.request(method, path, token, body, **values)
        gone = self.kind_of(path.strip("/").partition("/")[0])
        response = self.twin.handle(request)
        reply = json.loads(response.content)
        if isinstance(reply, dict) and "error" in reply:
            assert {"message", "type", "code", "fbtrace_id"} <= reply["error"].keys()
            raise Refusal(response.status, reply["error"])
        assert response.status == 200
        if self.spec is not None:
            faults = self.spec.exchange(request, response, lambda key: self.kind_of(key) or gone)
            assert not faults, faults
        return reply

    def get(self, path: str, **values: Any) -> Any:
        """The reply to a GET."""
        return self.call("GET", path, **values)

    def post(self, path: str, **values: Any) -> Any:
        """The reply to a POST of a form."""
        return self.call("POST", path, **values)

    def batch(self, *requests: Mapping[str, Any], **values: Any) -> Any:
        """Send an items batch; answers its reply."""
        body = {"item_type": "PRODUCT_ITEM", "requests": list(requests), **values}
        return self.call("POST", f"/{self.catalog}/items_batch", body=body)


def raw(graph: GraphCaller, method: str, address: str, content: bytes = b"", **headers: str) -> Any:
    """The decoded reply to a request written by hand."""
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return json.loads(graph.twin.handle(Request(method, HOST + address, named, content)).content)


def error_of(reply: Any) -> tuple[int, int | None]:
    """Code and subcode of an error object."""
    return reply["error"]["code"], reply["error"].get("error_subcode")


def list_items(graph: GraphCaller, count: int) -> str:
    """Put so many products on sale; answers the path that lists them."""
    for number in range(count):
        graph.market.add_product(f"TS-{number}", stock=1)
    return f"/{graph.catalog}/products"
