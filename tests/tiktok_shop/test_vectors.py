"""Signatures and links, held to the published and recomputed vectors through the public seams."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from tests.conftest import shared_path

from socialcommerce import Client, Response
from socialcommerce.backends import Call, TikTokShop, Upload

SHARED = shared_path()
VECTORS: list[dict[str, Any]] = (
    json.loads((SHARED / "vectors/tiktok_shop.json").read_text()) if SHARED else []
)
ADDED = {"app_key", "timestamp", "sign", "access_token"}


def of_kind(kind: str) -> Any:
    if SHARED is None:
        return [pytest.param(None, marks=pytest.mark.skip(reason="needs ../shared/vectors/tiktok_shop.json"))]
    return [pytest.param(vector, id=vector["name"]) for vector in VECTORS if vector["kind"] == kind]


@pytest.mark.parametrize("vector", of_kind("request_sign"))
def test_a_request_is_signed_as_the_platform_does(vector: dict[str, Any]) -> None:
    inputs = vector["inputs"]
    given = inputs["query"]
    backend = TikTokShop(given["app_key"], inputs["app_secret"], shop_cipher="not-this-one", shop_id=1)
    call = Call(
        inputs["method"],
        inputs["path"],
        query={name: value for name, value in given.items() if name not in ADDED},
        body=inputs["body"].encode() or None,
        headers={"content-type": inputs["content_type"]},
    )
    request = backend.authorize(call, "token", int(given["timestamp"]))
    query = dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True, strict_parsing=True))
    assert query["sign"] == vector["expected"]
    assert (
        query.items() >= {name: given[name] for name in given if name not in ("sign", "access_token")}.items()
    )
    assert request.content == inputs["body"].encode()
    assert request.headers["content-type"] == inputs["content_type"]
    assert request.headers["x-tts-access-token"] == "token"


def test_files_are_sent_and_not_signed() -> None:
    backend = TikTokShop("6a7b8c9d0e1f2", "d6e0b2c4f18a4f7c9b3e5a1d0c7f2468aabbccdd")
    call = Call(
        "POST",
        "/product/202309/images/upload",
        body={"use_case": "MAIN_IMAGE"},
        files={"data": Upload("mug.png", b"\x89PNG", "image/png")},
    )
    request = backend.authorize(call, None, 1763700001)
    query = dict(parse_qsl(urlsplit(request.url).query))
    assert query["sign"] == "067f17287df84ffac3111b8b3f8d447aa3283ebac39994e946c59a79aa3feb1b"
    assert request.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert b"MAIN_IMAGE" in request.content
    assert b"\x89PNG" in request.content


def offline(backend: TikTokShop) -> Client:
    def refuse(request: Any) -> Response:
        raise AssertionError(f"nothing may be sent, but {request} was")

    return Client(backend, transport=refuse)


@pytest.mark.parametrize("vector", of_kind("oauth_url"))
def test_a_link_is_the_platforms(vector: dict[str, Any]) -> None:
    inputs, expected = vector["inputs"], vector["expected"]
    key, secret = inputs.get("app_key", "key"), inputs.get("app_secret", "secret")
    backend = TikTokShop(key, secret, service_id=inputs.get("service_id"), region=inputs.get("region"))
    if "auth_code" in inputs:
        query = {"auth_code": inputs["auth_code"], "grant_type": "authorized_code"}
        call = Call("GET", "/api/v2/token/get", query=query, service="auth", account="none")
        assert backend.authorize(call, None, 0).url == expected
        return
    native = {"style": "legacy"} if "app_key" in inputs else None
    client = offline(backend)
    assert (
        client.auth.authorize_url("https://me.example", state=inputs.get("state"), native=native) == expected
    )
