"""The fast transports of the ``fast`` extra: HTTP/1.1 over plain connections, read by a compiled parser.

There is little between our request and the socket: ``httptools`` (llhttp, the parser of Node.js) reads the
replies, the operating system and asyncio do the rest. What needs a proxy goes by way of the default
transport; HTTP/2, and a limit on connections, are to be had from that one alone.
"""

from __future__ import annotations

from socialcommerce.runtime.http_fast.blocking import FastTransport
from socialcommerce.runtime.http_fast.looped import AsyncFastTransport

__all__ = ["AsyncFastTransport", "FastTransport"]
