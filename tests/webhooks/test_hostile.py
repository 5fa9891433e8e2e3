"""Whatever arrives at an endpoint gives events or ``WebhookError``, and nothing else.

``WEBHOOK_EXAMPLES=100000`` tries that many of each kind.
"""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.shopee.chat_wire import KEY, SHOP, URL, shopee

from socialcommerce import Client, Event, State
from socialcommerce.backends.shopee.codes import webhooks as codes
from socialcommerce.errors import WebhookError
from socialcommerce.webhooks import Delivery, Hmac

MANY = settings(max_examples=int(os.environ.get("WEBHOOK_EXAMPLES", "150")), deadline=None)


def nothing_is_sent(request: Any) -> Any:
    raise AssertionError(f"{request} was sent")


SHOP_CLIENT = Client(shopee(), transport=nothing_is_sent, state=State.memory())
SCHEME = Hmac("Authorization", message=lambda delivery: f"{URL}|".encode() + delivery.body)


def received(headers: Any, body: Any, query: Any = None, method: str = "POST") -> tuple[Event, ...] | None:
    try:
        receipt = SHOP_CLIENT.webhooks.receive(
            method=method, headers=headers, body=body, query=query, minimum="nothing"
        )
    except WebhookError:
        return None
    with receipt:
        return receipt.events


def signed(body: bytes) -> tuple[Event, ...] | None:
    return received(dict(SCHEME.sign(Delivery(body=body), KEY)), body)


names = st.text() | st.binary() | st.sampled_from(["Authorization", b"authorization", "AUTHORIZATION"])
values = st.text(st.characters(codec=None)) | st.binary() | st.integers() | st.none()


@MANY
@given(
    st.dictionaries(names, values) | st.lists(st.tuples(names, values)) | st.integers() | st.none(),
    st.binary() | st.text(st.characters(codec=None)) | st.none() | st.dictionaries(st.text(), st.text()),
    st.none() | st.text() | st.binary() | st.dictionaries(st.text(), values) | st.integers(),
    st.text(),
)
def test_unsigned_bytes_are_never_events(headers: Any, body: Any, query: Any, method: str) -> None:
    assert received(headers, body, query, method) is None


wild = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec=None))
    | st.sampled_from(["0", "9" * 400, 10**400, -(10**18), "\ud800"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
fields = st.sampled_from(
    [
        *sorted({name for rule in codes.RULES.values() for name in (rule.id, rule.parent)}),
        *("status", "fulfillment_status", "content", "updated_values", "update_time", "shop_id", "type"),
        *("shop_id_list", "merchant_id", "shop_expire_soon", "expire_before", "message_id", "return_sn"),
    ]
)
content = st.dictionaries(
    st.sampled_from(
        ["message_id", "message_type", "content", "from_shop_id", "created_timestamp", "quoted_msg"]
    ),
    wild | st.sampled_from(["text", "image", "video", "sticker", "item", "order", "voucher"]),
)
data = st.dictionaries(fields, wild | content) | wild
pushes = st.fixed_dictionaries(
    {"code": st.sampled_from(sorted(codes.NAMES)) | wild},
    optional={"data": data, "shop_id": wild | st.just(int(SHOP)), "timestamp": wild, "msg_id": wild},
)


@MANY
@given(pushes)
def test_a_signed_push_of_any_shape_is_events(push: dict[str, Any]) -> None:
    found = signed(json.dumps(push).encode())
    if found is None:  # only where there is no code
        assert (
            not isinstance(push["code"], int)
            or isinstance(push["code"], bool)
            or not 0 <= push["code"] < 10**8
        )
        return
    for event in found:
        assert event.key.encode()
        assert event.raw is not None
        assert event.model_dump_json()  # into any queue


@MANY
@given(st.binary().filter(lambda body: b"code" not in body))
def test_signed_garbage_is_malformed(body: bytes) -> None:
    given = {"method": "POST", "headers": dict(SCHEME.sign(Delivery(body=body), KEY)), "body": body}
    with pytest.raises(WebhookError) as caught:
        SHOP_CLIENT.webhooks.receive(**given)
    assert caught.value.reason == "malformed"


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"code":3,"data":' + b'{"a":' * 50_000,
        b'{"code":28,"data":' + b"[" * 400 + b"]" * 400 + b"}",
        b'{"code":' + b"9" * 5000 + b"}",
        b'{"code":3,"data":{"update_time":' + b"9" * 5000 + b"}}",
        b'{"code":3,"timestamp":NaN}',
        b'{"code":3,"timestamp":1e999999}',
        b'{"code":true}',
        b'{"code":-1}',
        b'{"code":"\xd9\xa3"}',
        b"null",
        b"\x00",
        "\ufeff{}".encode(),
    ],
    ids=range(13),
)
def test_the_known_traps(body: bytes) -> None:
    found = signed(body)
    assert found is None or all(event.type != "unknown" or event.raw for event in found)


def test_the_error_says_nothing_of_the_key_or_the_body() -> None:
    with pytest.raises(WebhookError) as caught:
        SHOP_CLIENT.webhooks.receive(
            method="POST", headers={"Authorization": "00"}, body=b'{"code":3,"x":"personal"}'
        )
    assert KEY not in str(caught.value)
    assert "personal" not in str(caught.value)
