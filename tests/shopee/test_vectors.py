"""Signatures and links, held to the published and recomputed vectors through the public seams."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from tests.conftest import shared_path

from socialcommerce import Client, Response
from socialcommerce.backends import Affiliate, Call, Shopee
from socialcommerce.errors import WebhookError

SHARED = shared_path()
VECTORS: list[dict[str, Any]] = json.loads((SHARED / "vectors/shopee.json").read_text()) if SHARED else []
STYLES = {"auth_link_new": "new", "auth_link_legacy_signed": "legacy"}


def kind_of(vector: dict[str, Any]) -> str:
    return "affiliate" if vector["inputs"].get("level") == "affiliate" else str(vector["kind"])


def of_kind(kind: str) -> Any:
    if SHARED is None:
        return [pytest.param(None, marks=pytest.mark.skip(reason="needs ../shared/vectors/shopee.json"))]
    return [pytest.param(vector, id=vector["name"]) for vector in VECTORS if kind_of(vector) == kind]


def shopee(inputs: Mapping[str, Any], **more: Any) -> Shopee:
    names = ("shop_id", "merchant_id", "user_id", "principal_id")
    ids = {name: inputs[name] for name in names if name in inputs}
    key = inputs.get("partner_key", "unused")
    return Shopee(inputs.get("partner_id", 1), key, **ids, **more)


def offline(backend: Shopee, now: float = 0.0) -> Client:
    def refuse(request: Any) -> Response:
        raise AssertionError(f"nothing may be sent, but {request} was")

    return Client(backend, transport=refuse, clock=lambda: now)


@pytest.mark.parametrize("vector", of_kind("request_sign"))
def test_a_request_is_signed_as_the_platform_does(vector: dict[str, Any]) -> None:
    inputs, expected = vector["inputs"], vector["expected"]
    path = "/api/v2" + inputs["path"] if "base_url" in inputs else inputs["path"]
    call = Call(inputs.get("method", "GET"), path, query=inputs.get("params") or {})
    request = shopee(inputs).authorize(call, inputs.get("access_token"), inputs["timestamp"])
    query = parse_qsl(urlsplit(request.url).query, keep_blank_values=True)
    assert dict(query)["sign"] == expected["sign"]
    assert dict(query)["timestamp"] == str(inputs["timestamp"])
    if "query_pairs" in expected:
        assert sorted(query) == sorted(map(tuple, expected["query_pairs"]))
        assert request.url.partition("?")[0] == expected["url_without_query"]


@pytest.mark.parametrize("vector", of_kind("affiliate"))
def test_an_affiliate_request_signs_the_exact_payload(vector: dict[str, Any]) -> None:
    inputs = vector["inputs"]
    credentials = Affiliate(inputs["app_id"], inputs["secret"])
    backend = Shopee(1, "unused", affiliate=credentials)
    call = Call("POST", "/graphql", body=inputs["payload"].encode(), service="affiliate")
    request = backend.authorize(call, None, inputs["timestamp"])
    assert request.headers["authorization"] == vector["expected"]["authorization"]
    assert request.content == inputs["payload"].encode()


@pytest.mark.parametrize("vector", of_kind("oauth_url"))
def test_a_consent_link_is_the_platforms(vector: dict[str, Any]) -> None:
    inputs, expected = vector["inputs"], vector["expected"]
    backend = shopee(inputs, callback_urls={"default": inputs["redirect"]})
    client = offline(backend, inputs.get("timestamp", 0.0))
    if inputs["style"] == "cancel_link_new":
        link = client.auth.revoke()
    else:
        native = {"style": STYLES[inputs["style"]], "auth_type": inputs.get("auth_type", "seller")}
        link = client.auth.authorize_url(inputs["redirect"], state=inputs.get("state"), native=native)
    assert link is not None
    assert link.partition("?")[0] == expected["base"]
    assert dict(parse_qsl(urlsplit(link).query)) == expected["query"]


@pytest.mark.parametrize("vector", of_kind("webhook"))
def test_a_push_is_accepted_only_with_its_signature(vector: dict[str, Any]) -> None:
    inputs = vector["inputs"]
    backend = Shopee(
        1,
        "unused",
        push_partner_key=inputs["push_partner_key"],
        callback_urls={"default": inputs["callback_url"]},
    )
    client = offline(backend)
    headers = {"Authorization": inputs["authorization"]}
    body = inputs["body"].encode()
    signed = client.webhooks.sign(body)
    assert dict(signed.headers)["authorization"] == vector["expected"]["authorization"]
    if vector["expected"]["valid"] and body.startswith(b'{"') and b'"data"' in body:
        assert client.webhooks.receive(method="POST", headers=headers, body=body).assurance == "signed"
    if not vector["expected"]["valid"]:
        with pytest.raises(WebhookError, match="sign"):
            client.webhooks.receive(method="POST", headers=headers, body=body)
