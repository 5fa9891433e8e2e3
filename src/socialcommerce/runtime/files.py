"""Files at foreign addresses (labels, reports, pictures): fetched without credentials, under every policy."""

from __future__ import annotations

from socialcommerce.errors import NotFound, PlatformUnavailable
from socialcommerce.runtime.call import Call, Service, TokenRecord
from socialcommerce.runtime.transport import Request, Response

__all__ = ["ELSEWHERE"]


def _plain(call: Call, token: TokenRecord | None, now: float) -> Request:
    """The request of a file: its address, and nothing that names us."""
    return Request("GET", call.path, call.headers)


def _content(call: Call, response: Response) -> bytes:
    """The bytes of a file that is there."""
    if response.status >= 400:
        kind = PlatformUnavailable if response.status >= 500 else NotFound
        raise kind("the file is not there", status=response.status)
    return response.content


ELSEWHERE = Service("files", hosts=(), signer=_plain, envelope=_content)
"""The service of a call whose path is a whole address; who makes the call checks the host."""
