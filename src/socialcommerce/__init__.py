"""One typed client for selling where people talk: catalog, orders, ads and messaging.

    from socialcommerce import Client
    from socialcommerce.backends import Shopee

    with Client(Shopee(partner_id=2001887, partner_key="...", shop_id=14701711)) as shop:
        for product in shop.catalog.list():
            print(product.title)

Importing this package is cheap: every name loads its own module when it is first used.
"""

# ruff: noqa: F403 - the star import is for type checkers; a test holds the table below to it

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from socialcommerce import errors as errors
    from socialcommerce.backends.registry import register as register
    from socialcommerce.client.clients import AsyncClient as AsyncClient
    from socialcommerce.client.clients import Client as Client
    from socialcommerce.client.fleet import AsyncFleet as AsyncFleet
    from socialcommerce.client.fleet import Fleet as Fleet
    from socialcommerce.client.opening import connect as connect
    from socialcommerce.client.opening import simulate as simulate
    from socialcommerce.models import *
    from socialcommerce.resources.capability import Capability as Capability
    from socialcommerce.resources.jobs import AsyncJob as AsyncJob
    from socialcommerce.resources.jobs import Job as Job
    from socialcommerce.resources.pager import AsyncPager as AsyncPager
    from socialcommerce.resources.pager import Pager as Pager
    from socialcommerce.runtime.observe import Attempt as Attempt
    from socialcommerce.runtime.otel import OpenTelemetryHook as OpenTelemetryHook
    from socialcommerce.runtime.retry import RateLimits as RateLimits
    from socialcommerce.runtime.retry import Retry as Retry
    from socialcommerce.runtime.retry import RetryBudget as RetryBudget
    from socialcommerce.runtime.state import State as State
    from socialcommerce.runtime.transport import Request as Request
    from socialcommerce.runtime.transport import Response as Response
    from socialcommerce.runtime.transport import Timeout as Timeout

__version__ = "0.1.0"

_HOMES: dict[str, str] = {
    "AsyncClient": "client.clients",
    "AsyncFleet": "client.fleet",
    "AsyncJob": "resources.jobs",
    "AsyncPager": "resources.pager",
    "Attempt": "runtime.observe",
    "Capability": "resources.capability",
    "Client": "client.clients",
    "Fleet": "client.fleet",
    "Job": "resources.jobs",
    "OpenTelemetryHook": "runtime.otel",
    "Pager": "resources.pager",
    "RateLimits": "runtime.retry",
    "Request": "runtime.transport",
    "Response": "runtime.transport",
    "Retry": "runtime.retry",
    "RetryBudget": "runtime.retry",
    "State": "runtime.state",
    "Timeout": "runtime.transport",
    "connect": "client.opening",
    "register": "backends.registry",
    "simulate": "client.opening",
}
"""Where each name of this package lives; the names of ``socialcommerce.models`` are served too."""


def __getattr__(name: str) -> Any:
    if name == "__all__":  # served, not stated: a computed list would hide the names from type checkers
        return __dir__()
    if name in _HOMES:
        value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    elif name == "errors":
        value = import_module(f"{__name__}.errors")
    elif name in import_module(f"{__name__}.models").__all__:
        value = getattr(import_module(f"{__name__}.models"), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*_HOMES, "errors", *import_module(f"{__name__}.models").__all__})
