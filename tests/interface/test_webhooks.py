"""Webhooks: seen only if handled."""

from __future__ import annotations

from typing import Any

import pytest

from socialcommerce import Client


def fail(client: Client, push: Any) -> None:
    with client.webhooks.receive(push.method, push.headers, push.body) as receipt:
        assert receipt.events
        raise RuntimeError("the database is away")


def test_a_push_is_given_again_until_it_was_handled_and_never_after(shop: Client) -> None:
    shop.market.buy("TS-1")
    push = shop.market.pushes()[-1]
    with pytest.raises(RuntimeError):
        fail(shop, push)
    with shop.webhooks.receive(method=push.method, headers=push.headers, body=push.body) as receipt:
        assert receipt.events[0].fetch().lines[0].sku == "TS-1"
    with shop.webhooks.receive(method=push.method, headers=push.headers, body=push.body) as receipt:
        assert not receipt.events


def test_too_much_is_too_much(shop: Client) -> None:
    with pytest.raises(TypeError):
        shop.webhooks.receive("POST", {}, b"", None, "default", None, "signed", "more")
