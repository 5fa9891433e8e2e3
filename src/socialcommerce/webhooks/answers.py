"""What an endpoint answers when there is nothing to handle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from socialcommerce.runtime.transport import Response

if TYPE_CHECKING:
    from socialcommerce.errors import WebhookError

__all__ = ["MAX_BODY", "TOO_LARGE", "refusal"]

MAX_BODY = 1 << 20
"""Bytes: more than most platforms push at once, little enough to be read into memory."""

TOO_LARGE = Response(413)

_STATUS = {
    "malformed": 400,
    "handshake": 403,
    "configuration": 500,
    "flow_key": 421,
    "flow_signature": 432,
}
"""Platforms read some of them: on 421 Meta fetches the public key of a Flow's endpoint again."""


def refusal(error: WebhookError) -> Response:
    """The answer to a delivery that was not accepted; it says nothing that helps to forge one."""
    return Response(_STATUS.get(error.reason, 401))
