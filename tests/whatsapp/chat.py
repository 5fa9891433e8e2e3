"""A WhatsApp number that somebody wrote to: pushes as WhatsApp makes them, and a wire that takes answers."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import shared_path
from tests.meta.wire import NOW, PHONE, WABA, Wire

from socialcommerce import Client, Event

__all__ = [
    "MEDIA", "MESSAGES", "NAME", "NUMBER", "TEMPLATES", "USER", "accepted", "change", "deliver", "events",
    "known", "message", "ordered", "push", "sample", "said", "status", "template_row",
]  # fmt: skip

NUMBER, USER, NAME = "16505551234", "US.13491208655302741918", "Sheena Nelson"
MESSAGES = f"/{PHONE}/messages"
MEDIA = f"/{PHONE}/media"
TEMPLATES = f"/{WABA}/message_templates"


@cache
def _file(name: str) -> str:
    shared = shared_path()
    if shared is None:
        pytest.skip("needs ../shared/samples/whatsapp")
    return Path(shared, "samples", "whatsapp", f"{name}.json").read_text()


def sample(name: str) -> Any:
    """A published sample, decoded anew."""
    return json.loads(_file(name))


def message(number: str = "wamid.1", at: float = NOW, kind: str = "text", **fields: Any) -> dict[str, Any]:
    """An inbound message; text unless told."""
    body = {"text": {"body": "Is it blue?"}} if kind == "text" and "text" not in fields else {}
    told = {"from": NUMBER, "from_user_id": USER, "id": number, "timestamp": str(int(at)), "type": kind}
    return {name: value for name, value in (told | body | fields).items() if value is not None}


def ordered(number: str = "wamid.order", at: float = NOW, note: str = "", **fields: Any) -> dict[str, Any]:
    """A cart of three pieces for 85.50 USD, sent as a message."""
    items = [
        {"product_retailer_id": "TS-1", "quantity": 2, "item_price": 30, "currency": "USD"},
        {"product_retailer_id": "TS-2", "quantity": 1, "item_price": 25.5, "currency": "USD"},
    ]
    order = {"catalog_id": "194836987003835", "text": note, "product_items": items}
    return message(number, at, "order", order=order, **fields)


def status(word: str, number: str = "wamid.9", at: float = NOW, **fields: Any) -> dict[str, Any]:
    """A status of a message that was sent."""
    return {
        "id": number,
        "status": word,
        "timestamp": str(int(at)),
        "recipient_id": NUMBER,
        "recipient_user_id": USER,
    } | fields


def change(field: str, value: dict[str, Any], **entry: Any) -> bytes:
    """A push of one change."""
    told = {"id": WABA, "changes": [{"field": field, "value": value}], **entry}
    return json.dumps({"object": "whatsapp_business_account", "entry": [told]}).encode()


def push(*messages: dict[str, Any], statuses: Any = (), phone: str = PHONE, **value: Any) -> bytes:
    """A push of messages or statuses."""
    person = {"profile": {"name": NAME, "username": "sheena"}, "wa_id": NUMBER, "user_id": USER}
    told: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550783881", "phone_number_id": phone},
        "contacts": [person],
    }
    if messages:
        told["messages"] = list(messages)
    if statuses:
        told["statuses"] = list(statuses)
    return change("messages", told | value)


def events(client: Client, body: bytes, **more: Any) -> tuple[Event, ...]:
    """The events of a push, signed as WhatsApp signs; nothing is remembered."""
    signed = client.webhooks.sign(body)
    return client.webhooks.receive(method="POST", headers=signed.headers, body=body, **more).events


def deliver(client: Client, body: bytes) -> tuple[Event, ...]:
    """The same, handled: what it tells is remembered."""
    signed = client.webhooks.sign(body)
    with client.webhooks.receive(method="POST", headers=signed.headers, body=body) as receipt:
        return receipt.events


def accepted(number: str = "wamid.9", **message_facts: Any) -> dict[str, Any]:
    """What the send call answers."""
    return {
        "messaging_product": "whatsapp",
        "contacts": [{"input": NUMBER, "wa_id": NUMBER, "user_id": USER}],
        "messages": [{"id": number, **message_facts}],
    }


def known(**settings: Any) -> tuple[Wire, Client]:
    """A client to whose number somebody has just written, and which may send."""
    wire = Wire()
    count = iter(range(9, 9999))
    wire[MESSAGES] = lambda _: accepted(f"wamid.{next(count)}")
    wire[f"/{PHONE}/marketing_messages"] = lambda _: accepted(f"wamid.{next(count)}")
    client = wire.whatsapp(**settings)
    deliver(client, push(message()))
    return wire, client


def said(wire: Wire, number: int = -1) -> dict[str, Any]:
    """The body of a message that was sent, without our reference."""
    body: dict[str, Any] = wire.body(MESSAGES, number)
    assert body.pop("biz_opaque_callback_data")
    return body


def template_row(**fields: Any) -> dict[str, Any]:
    buttons = [
        {"type": "QUICK_REPLY", "text": "Stop"},
        {"type": "URL", "text": "See", "url": "https://x/{{1}}"},
    ]
    return {
        "id": "77",
        "name": "order_ready",
        "language": "en_US",
        "status": "APPROVED",
        "category": "UTILITY",
        "components": [{"type": "BODY", "text": "Hi {{1}}"}, {"type": "BUTTONS", "buttons": buttons}],
    } | fields
