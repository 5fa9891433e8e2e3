"""The conversation that tests of Shopee's chat speak of, and messages in it."""

from __future__ import annotations

from typing import Any

from tests.shopee.chat_wire import NOW, SHOP

from socialcommerce import ConversationRef, Identity

__all__ = ["BUYER", "PNG", "REF", "SENT", "THREAD", "own"]


THREAD = "709122092476686867"
BUYER = "165105353"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64
REF = ConversationRef(
    platform="shopee", own_account=SHOP, native_id=THREAD, peer=Identity(kind="user_id", value=BUYER)
)
SENT = {"message_id": "2302748948493123999", "conversation_id": int(THREAD), "created_timestamp": int(NOW)}


def own(content: dict[str, Any], kind: str = "text", at: float = NOW, **more: Any) -> dict[str, Any]:
    return {
        "message_id": "2302748948493124000",
        "message_type": kind,
        "from_shop_id": int(SHOP),
        "from_id": 947151379,
        "to_id": int(BUYER),
        "conversation_id": THREAD,
        "created_timestamp": int(at),
        "content": content,
    } | more
