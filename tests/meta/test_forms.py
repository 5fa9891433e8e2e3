"""The forms of people are read and answered alike on Meta's two platforms."""

from __future__ import annotations

import json
from typing import Any

import pytest

from socialcommerce import Client
from socialcommerce.backends import Meta, WhatsApp
from socialcommerce.backends.meta.signature import seal_signed_request
from socialcommerce.models.event import Event
from socialcommerce.runtime.text import write_query

SAID = json.dumps({"algorithm": "HMAC-SHA256", "user_id": "4711", "issued_at": 1_795_262_400}).encode()
PAGES = {"deletion_status": "https://shop.example/deletion?lang=en"}


def received(backend: Any, endpoint: str) -> tuple[Event, bytes]:
    form = write_query({"signed_request": seal_signed_request(SAID, "secret")}).encode()
    client = Client(backend, transport=lambda _: None)
    receipt = client.webhooks.receive(method="POST", headers={}, body=form, endpoint=endpoint)
    (event,) = receipt.events
    return event, receipt.response.content


@pytest.mark.parametrize("endpoint", ["default", "deauthorize", "deletion"])
def test_a_form_is_the_same_on_both(endpoint: str) -> None:
    social, answer = received(Meta(1, "secret", callback_urls=PAGES), endpoint)
    whatsapp, other = received(WhatsApp(1, "secret", callback_urls=PAGES), endpoint)
    assert (social.platform, whatsapp.platform) == ("meta", "whatsapp")
    assert social.model_copy(update={"platform": "whatsapp"}) == whatsapp
    assert answer == other
    assert (b"lang=en&code=" in answer) == (endpoint == "deletion")
