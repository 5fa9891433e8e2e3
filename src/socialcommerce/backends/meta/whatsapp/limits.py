"""What WhatsApp counts of messages: how many a number sends, and how many one person gets."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from socialcommerce.runtime.call import Call
from socialcommerce.runtime.limits import Bucket

__all__ = ["sending"]

_NUMBER: Final = (80.0, 80)
"""Messages a second of one number; Meta raises some numbers to 1000 by itself."""
_PAIR: Final = (1 / 6, 45)
"""One message in six seconds to one person; a burst borrows from what follows."""


def sending(app: str, call: Call) -> tuple[Bucket, ...]:
    """The buckets of a message: none for anything else, nor for what is no message (read receipts).

    Args:
        app: the app's id, which begins the keys.
        call: the call.
    """
    if call.method != "POST" or not call.path.endswith(("/messages", "/marketing_messages")):
        return ()
    body = call.body if isinstance(call.body, Mapping) else {}
    reader = body.get("to") or body.get("recipient")
    if not reader:
        return ()
    number = call.path.strip("/").split("/")[-2]
    return _buckets(f"whatsapp:{app}:{number}:messages", reader)


@lru_cache(maxsize=1024)
def _buckets(number: str, reader: str) -> tuple[Bucket, ...]:
    return (Bucket(f"{number}:{reader}", *_PAIR), Bucket(number, *_NUMBER))
