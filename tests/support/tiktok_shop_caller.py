"""A bare caller of the pretend TikTok Shop: signs by the book, and holds every exchange to the spec."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from tests.support.tiktok_shop_spec import TikTokShopSpec

from socialcommerce.runtime.transport import Request, Response
from socialcommerce.simulators.tiktok_shop import TikTokShopTwin
from socialcommerce.simulators.tiktok_shop.authority import App

HOST = "https://open-api.tiktokglobalshop.com"
AUTH = "https://auth.tiktok-shops.com"
BOUNDARY = "x-boundary-x"
WITHOUT_CIPHER = (
    "/authorization/",
    "/seller/",
    "/product/202309/images/",
    "/product/202309/files/",
    "/product/202309/global_",
    "/product/202312/global_products/",
    "/product/202509/global_products/",
    "/logistics/202309/global_warehouses",
)


class Caller:
    """Speaks for one shop and app; ``token``, ``cipher`` and ``clock`` may be changed at will."""

    def __init__(
        self, twin: TikTokShopTwin, spec: TikTokShopSpec | None = None, index: int = 0, app: App | None = None
    ) -> None:
        self.twin, self.spec = twin, spec
        settings = twin.settings(index, app)
        self.app_key, self.secret = settings["app_key"], settings["app_secret"]
        issued = twin.issue_token(twin.accounts[index], app)
        self.token, self.refresh_token = issued["access_token"], issued["refresh_token"]
        self.cipher: str | None = twin.accounts[index].native["cipher"]
        self.late = 0

    def sign(self, path: str, query: Mapping[str, str], body: bytes) -> str:
        """The signature of a request."""
        pairs = "".join(f"{name}{query[name]}" for name in sorted(query))
        message = f"{self.secret}{path}{pairs}".encode() + body + self.secret.encode()
        return hmac.new(self.secret.encode(), message, hashlib.sha256).hexdigest()

    def request(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        form: bytes | None = None,
        cipher: bool | None = None,
    ) -> Request:
        """A request ready to be sent; ``cipher``: whether to name the shop (unsaid: as the path needs)."""
        values = {name: _text(value) for name, value in (query or {}).items()}
        values |= {"app_key": self.app_key, "timestamp": str(int(self.twin.clock.now()) - self.late)}
        plain = (
            path.startswith(WITHOUT_CIPHER)
            or path.endswith(("/global_attributes", "/global_rules"))
            or (path, method) == ("/product/202309/brands", "POST")
        )
        if self.cipher and (not plain if cipher is None else cipher):
            values["shop_cipher"] = self.cipher
        content = b"" if body is None else json.dumps(body).encode()
        values["sign"] = self.sign(path, values, content)
        kind = "application/json" if form is None else f"multipart/form-data; boundary={BOUNDARY}"
        headers = {"content-type": kind, "x-tts-access-token": self.token}
        return Request(
            method, f"{HOST}{path}?{urlencode(values)}", headers, content if form is None else form
        )

    def send(self, request: Request) -> Response:
        """The twin's reply, held to the spec."""
        response = self.twin.handle(request)
        reply = json.loads(response.content)
        if self.spec is not None and reply["code"] not in (36009004, 36009009, 36009010, 36009014, 106013):
            faults = self.spec.exchange(request, response)
            assert not faults, faults
        return response

    def call(self, method: str, path: str, query: Mapping[str, Any] | None = None, body: Any = None) -> Any:
        """The whole decoded reply."""
        return json.loads(self.send(self.request(method, path, query, body)).content)

    def get(self, path: str, **query: Any) -> Any:
        """The ``data`` of a GET that must succeed."""
        return _data(self.call("GET", path, query))

    def post(self, path: str, body: Any = None, **query: Any) -> Any:
        """The ``data`` of a POST that must succeed."""
        return _data(self.call("POST", path, query, {} if body is None else body))

    def code(self, method: str, path: str, body: Any = None, **query: Any) -> int:
        """The code of a reply."""
        return int(self.call(method, path, query, body)["code"])

    def upload(self, path: str, content: bytes, name: str = "a.png", **fields: str) -> Any:
        """The whole decoded reply of a multipart POST."""
        parts = [
            f'--{BOUNDARY}\r\ncontent-disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in fields.items()
        ]
        head = f'content-disposition: form-data; name="data"; filename="{name}"\r\n'
        parts.append(f"--{BOUNDARY}\r\n{head}content-type: application/octet-stream\r\n\r\n".encode())
        form = b"".join([*parts, content, f"\r\n--{BOUNDARY}--\r\n".encode()])
        return json.loads(self.send(self.request("POST", path, form=form)).content)

    def image(self) -> str:
        """The uri of a fresh image."""
        picture = self.twin.market.image()
        return str(
            self.upload("/product/202309/images/upload", picture, use_case="MAIN_IMAGE")["data"]["uri"]
        )

    def listing(self, **changes: Any) -> dict[str, Any]:
        """The body of a product that can be listed."""
        shop = self.twin.accounts[0]
        sku = {
            "seller_sku": "NEW-1",
            "price": {"currency": shop.currency, "amount": "12"},
            "inventory": [{"warehouse_id": shop.locations[0].id, "quantity": 7}],
        }
        return {
            "title": "A plain T-shirt made of cotton",
            "description": "<p>Plain</p>",
            "category_id": "600001",
            "main_images": [{"uri": self.image()}],
            "skus": [sku],
            "package_weight": {"value": "0.3", "unit": "KILOGRAM"},
        } | changes

    def pushes(self) -> list[dict[str, Any]]:
        """Every push so far, decoded, verified and held to the spec."""
        found = []
        for one in self.twin.market.pushes():
            expected = hmac.new(self.secret.encode(), self.app_key.encode() + one.body, hashlib.sha256)
            assert one.headers["authorization"] == expected.hexdigest()
            body = json.loads(one.body)
            if self.spec is not None:
                faults = self.spec.webhook(body)
                assert not faults, faults
            found.append(body)
        return found

    def told(self, number: int) -> list[dict[str, Any]]:
        """The ``data`` of every push of a type so far."""
        return [one["data"] for one in self.pushes() if one["type"] == number]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _data(reply: Any) -> Any:
    assert reply["code"] == 0, reply
    return reply["data"]
