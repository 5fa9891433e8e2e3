"""Transports over HTTP: the default ones, adapters for injected clients, plain functions.

Importing this package imports no HTTP library; opening a transport does.
"""

from __future__ import annotations

from socialcommerce.runtime.http.choice import (
    AnyHandler,
    AsyncFunctionTransport,
    FunctionTransport,
    as_async_transport,
    as_transport,
    async_transport_factory,
    open_async_transport,
    open_transport,
)
from socialcommerce.runtime.http.clients import AsyncHttpxTransport, HttpxTransport
from socialcommerce.runtime.http.pools import AsyncDefaultTransport, DefaultTransport

__all__ = [
    "AnyHandler",
    "AsyncDefaultTransport",
    "AsyncFunctionTransport",
    "AsyncHttpxTransport",
    "DefaultTransport",
    "FunctionTransport",
    "HttpxTransport",
    "as_async_transport",
    "as_transport",
    "async_transport_factory",
    "open_async_transport",
    "open_transport",
]
