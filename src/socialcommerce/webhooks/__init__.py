"""Receiving what platforms push: signatures, receipts, and thin ASGI and WSGI applications."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from socialcommerce.webhooks.asgi import asgi_app as asgi_app
    from socialcommerce.webhooks.delivery import Assurance as Assurance
    from socialcommerce.webhooks.delivery import Delivery as Delivery
    from socialcommerce.webhooks.receiver import AsyncReceipt as AsyncReceipt
    from socialcommerce.webhooks.receiver import Receipt as Receipt
    from socialcommerce.webhooks.signature import Hmac as Hmac
    from socialcommerce.webhooks.signature import Rsa as Rsa
    from socialcommerce.webhooks.signature import SharedSecret as SharedSecret
    from socialcommerce.webhooks.signature import Window as Window
    from socialcommerce.webhooks.subscription import Subscription as Subscription
    from socialcommerce.webhooks.subscription import WebhookHealth as WebhookHealth
    from socialcommerce.webhooks.wsgi import wsgi_app as wsgi_app

_HOMES: dict[str, str] = {
    "Assurance": "delivery",
    "AsyncReceipt": "receiver",
    "Delivery": "delivery",
    "Hmac": "signature",
    "Receipt": "receiver",
    "Rsa": "signature",
    "SharedSecret": "signature",
    "Subscription": "subscription",
    "WebhookHealth": "subscription",
    "Window": "signature",
    "asgi_app": "asgi",
    "wsgi_app": "wsgi",
}

__all__ = [
    "Assurance",
    "AsyncReceipt",
    "Delivery",
    "Hmac",
    "Receipt",
    "Rsa",
    "SharedSecret",
    "Subscription",
    "WebhookHealth",
    "Window",
    "asgi_app",
    "wsgi_app",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(_HOMES)
