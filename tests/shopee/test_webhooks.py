"""Shopee's pushes: whose signature is believed, the console's trial, and what is declared of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import shared_path
from tests.shopee.chat_wire import KEY, URL, Wire, client, shopee
from tests.shopee.hooks_wire import push, types

from socialcommerce.backends.shopee.codes import webhooks as codes
from socialcommerce.errors import Unsupported, WebhookError

SHARED = shared_path()
VECTORS = json.loads((SHARED / "vectors" / "shopee.json").read_text()) if SHARED else []


# signatures


@pytest.mark.parametrize("vector", [v for v in VECTORS if v["kind"] == "webhook"], ids=lambda v: v["name"])
def test_signatures_are_those_of_other_clients(vector: dict[str, Any]) -> None:
    inputs, expected = vector["inputs"], vector["expected"]
    backend = shopee(
        push_partner_key=inputs["push_partner_key"], callback_urls={"default": inputs["callback_url"]}
    )
    shop = client(Wire(), backend=backend)
    body = inputs["body"].encode()
    assert shop.webhooks.sign(body).headers["authorization"] == expected["authorization"]
    given: dict[str, Any] = {
        "method": "POST",
        "headers": {"Authorization": inputs["authorization"]},
        "body": body,
    }
    if expected["valid"] and body:
        assert shop.webhooks.receive(**given).assurance == "signed"
    else:
        with pytest.raises(WebhookError) as caught:
            shop.webhooks.receive(**given)
        assert caught.value.reason == ("signature" if body else "malformed")


def test_the_partner_key_still_signs_where_the_push_key_does_not() -> None:
    body = push(5, {})
    for key in ("new-push-key", "old-push-key", "partner-key"):
        by = client(Wire(), backend=shopee(push_partner_key=key)).webhooks.sign(body)
        both = client(Wire(), backend=shopee(push_partner_key=["new-push-key", "old-push-key"]))
        assert both.webhooks.receive(method="POST", headers=by.headers, body=body).assurance == "signed"


def test_the_address_is_part_of_the_signature() -> None:
    urls = {"default": URL, "second": URL + "?tenant=2"}
    shop = client(Wire(), backend=shopee(callback_urls=urls))
    signed = shop.webhooks.sign(push(5, {}), endpoint="second")
    received = shop.webhooks.receive(
        method="POST", headers=signed.headers, body=signed.body, endpoint="second"
    )
    assert received.assurance == "signed"
    with pytest.raises(WebhookError) as caught:
        shop.webhooks.receive(method="POST", headers=signed.headers, body=signed.body)
    assert caught.value.reason == "signature"


def test_an_address_that_the_settings_do_not_know_is_a_mistake_of_ours() -> None:
    shop = client(Wire(), backend=shopee(callback_urls=None))
    with pytest.raises(WebhookError, match="callback_urls") as caught:
        shop.webhooks.receive(method="POST", headers={"Authorization": "00"}, body=push(5, {}))
    assert caught.value.reason == "configuration"


def test_the_answer_is_empty() -> None:
    shop = client(Wire())
    signed = shop.webhooks.sign(push(5, {}))
    receipt = shop.webhooks.receive(method="POST", headers=signed.headers, body=signed.body)
    assert (receipt.response.status, receipt.response.content, dict(receipt.response.headers)) == (
        200,
        b"",
        {},
    )
    with pytest.raises(Unsupported, match="empty"):
        receipt.respond("hello")


# the console's trial


def test_the_consoles_trial_is_an_event_where_it_is_signed(shared: Path) -> None:
    body = (shared / "samples" / "shopee" / "push_00_verification.json").read_bytes()
    assert types(body) == ["verification"]


def test_the_consoles_trial_is_answered_where_its_signature_does_not_match(shared: Path) -> None:
    body = (shared / "samples" / "shopee" / "push_00_verification.json").read_bytes()
    shop = client(Wire())
    for headers in ({}, {"Authorization": "00" * 32}):
        receipt = shop.webhooks.receive(method="POST", headers=headers, body=body)
        assert (receipt.assurance, receipt.events, receipt.response.status) == ("nothing", (), 200)
    loose = shop.webhooks.receive(method="POST", headers={}, body=body, minimum="nothing")
    assert [event.type for event in loose.events] == ["verification"]


@pytest.mark.parametrize("body", [push(3, {"ordersn": "X"}), push(0, {"ordersn": "X"}), b"", b"{}", b"\xff"])
def test_nothing_else_passes_without_a_signature(body: bytes) -> None:
    with pytest.raises(WebhookError) as caught:
        client(Wire()).webhooks.receive(method="POST", headers={}, body=body, minimum="nothing")
    assert caught.value.reason == "signature"


# the matrix


def test_every_row_of_the_matrix_is_a_capability(shared: Path) -> None:
    capabilities = client(Wire()).capabilities
    for line in (shared / "mapping" / "webhooks.tsv").read_text().splitlines():
        name, platform, support, *_ = line.split("\t")
        if platform != "shopee":
            continue
        name = name.partition(" (")[0]
        if name.startswith("op: receive · "):
            full = "webhooks.receive:" + name.removeprefix("op: receive · ").split()[0]
        elif name.startswith("op: "):
            full = "webhooks." + name.removeprefix("op: ").split()[0]
        else:
            full = f"webhooks.receive:{name}"
        assert capabilities[full].level == support, name


def test_every_code_of_the_sheet_has_a_name() -> None:
    sheet = {*range(6), *range(7, 14), 15, 16, *range(18, 26), 27, 28, 29, 30, 37, 47}
    assert sheet <= codes.NAMES.keys()
    assert KEY not in repr(shopee())
