"""A bare caller of the pretend Shopee: signs by the book, and holds every exchange to the spec."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from tests.support.shopee_spec import ShopeeSpec

from socialcommerce.runtime.transport import Request, Response
from socialcommerce.simulators.shopee import ShopeeTwin
from socialcommerce.simulators.shopee.authority import App

HOST = "https://partner.shopeemobile.com"
BOUNDARY = "x-boundary-x"


class Caller:
    """Speaks for one shop and app; ``token`` may be changed at will."""

    def __init__(
        self, twin: ShopeeTwin, spec: ShopeeSpec | None = None, index: int = 0, app: App | None = None
    ) -> None:
        self.twin, self.spec = twin, spec
        settings = twin.settings(index, app)
        self.partner_id, self.key = settings["partner_id"], settings["partner_key"]
        self.shop_id = settings["shop_id"]
        issued = twin.issue_token(twin.accounts[index], app)
        self.token, self.refresh_token = issued["access_token"], issued["refresh_token"]

    def query(self, path: str, public: bool, timestamp: int | None = None) -> dict[str, Any]:
        """The common parameters of a call to ``path``, signed."""
        moment = int(self.twin.clock.now()) if timestamp is None else timestamp
        message = f"{self.partner_id}{path}{moment}"
        common: dict[str, Any] = {"partner_id": self.partner_id, "timestamp": moment}
        if not public:
            message += f"{self.token}{self.shop_id}"
            common |= {"access_token": self.token, "shop_id": self.shop_id}
        sign = hmac.new(self.key.encode(), message.encode(), hashlib.sha256).hexdigest()
        return common | {"sign": sign}

    def request(
        self,
        method: str,
        name: str,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        public: bool = False,
        **common: Any,
    ) -> Request:
        """A request for the operation ``name`` ("order/get_order_list"), ready to be sent."""
        path = f"/api/v2/{name}"
        query = {**self.query(path, public), **common, **(params or {})}
        content = b"" if body is None else json.dumps(body).encode()
        url = f"{HOST}{path}?{urlencode(query, doseq=True)}"
        return Request(method, url, {"Content-Type": "application/json"}, content)

    def send(self, request: Request) -> Response:
        """The twin's reply, held to the spec."""
        response = self.twin.handle(request)
        if self.spec is not None:
            faults = self.spec.exchange(request, response)
            assert not faults, faults
        return response

    def get(self, name: str, public: bool = False, **params: Any) -> Any:
        """The decoded reply of a GET."""
        return json.loads(self.send(self.request("GET", name, params, public=public)).content)

    def post(self, name: str, public: bool = False, **body: Any) -> Any:
        """The decoded reply of a POST."""
        return json.loads(self.send(self.request("POST", name, body=body, public=public)).content)

    def upload(
        self, name: str, fields: Mapping[str, str], files: Sequence[tuple[str, bytes]], public: bool = True
    ) -> Any:
        """The decoded reply of a multipart POST."""
        parts = [
            f'--{BOUNDARY}\r\ncontent-disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in fields.items()
        ]
        parts += [
            f'--{BOUNDARY}\r\ncontent-disposition: form-data; name="{key}"; filename="a.png"\r\n'
            f"content-type: application/octet-stream\r\n\r\n".encode()
            + content
            + b"\r\n"
            for key, content in files
        ]
        path = f"/api/v2/{name}"
        headers = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
        url = f"{HOST}{path}?{urlencode(self.query(path, public))}"
        body = b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
        return json.loads(self.send(Request("POST", url, headers, body)).content)
