"""What a backend author needs, in one place, and the built-in backends by class name."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from socialcommerce.backends.base import Backend as Backend
    from socialcommerce.backends.meta.social import Meta as Meta
    from socialcommerce.backends.meta.whatsapp import WhatsApp as WhatsApp
    from socialcommerce.backends.registry import register as register
    from socialcommerce.backends.shopee import Affiliate as Affiliate
    from socialcommerce.backends.shopee import App as App
    from socialcommerce.backends.shopee import Shopee as Shopee
    from socialcommerce.backends.tiktok.ads import TikTokAds as TikTokAds
    from socialcommerce.backends.tiktok.shop import TikTokShop as TikTokShop
    from socialcommerce.resources.ads import Ads as Ads
    from socialcommerce.resources.auth import Auth as Auth
    from socialcommerce.resources.capability import Capability as Capability
    from socialcommerce.resources.capability import Refusal as Refusal
    from socialcommerce.resources.capability import emulated as emulated
    from socialcommerce.resources.capability import native as native
    from socialcommerce.resources.capability import no as no
    from socialcommerce.resources.capability import supports as supports
    from socialcommerce.resources.catalog import Catalog as Catalog
    from socialcommerce.resources.messaging import Messaging as Messaging
    from socialcommerce.resources.noun import Noun as Noun
    from socialcommerce.resources.noun import each_alone as each_alone
    from socialcommerce.resources.noun import invalid as invalid
    from socialcommerce.resources.orders import Orders as Orders
    from socialcommerce.resources.store import Store as Store
    from socialcommerce.resources.webhooks import Webhooks as Webhooks
    from socialcommerce.runtime.call import Absent as Absent
    from socialcommerce.runtime.call import Call as Call
    from socialcommerce.runtime.call import Found as Found
    from socialcommerce.runtime.call import Reply as Reply
    from socialcommerce.runtime.call import Service as Service
    from socialcommerce.runtime.call import Subject as Subject
    from socialcommerce.runtime.call import TokenRecord as TokenRecord
    from socialcommerce.runtime.call import Undecided as Undecided
    from socialcommerce.runtime.call import Upload as Upload
    from socialcommerce.runtime.flow import Flow as Flow
    from socialcommerce.runtime.flow import done as done
    from socialcommerce.runtime.flow import gather as gather
    from socialcommerce.runtime.jobs import Task as Task
    from socialcommerce.runtime.limits import Bucket as Bucket
    from socialcommerce.runtime.paging import Page as Page
    from socialcommerce.runtime.paging import position as position
    from socialcommerce.runtime.paging import read_position as read_position
    from socialcommerce.runtime.paging import windows as windows
    from socialcommerce.runtime.text import read_json as read_json
    from socialcommerce.runtime.text import write_json as write_json
    from socialcommerce.runtime.text import write_query as write_query
    from socialcommerce.runtime.transport import Request as Request
    from socialcommerce.runtime.transport import Response as Response

_HOMES: dict[str, str] = {
    **dict.fromkeys(("Affiliate", "App", "Shopee"), "backends.shopee"),
    "Meta": "backends.meta.social",
    "WhatsApp": "backends.meta.whatsapp",
    "TikTokAds": "backends.tiktok.ads",
    "TikTokShop": "backends.tiktok.shop",
    "Backend": "backends.base",
    "register": "backends.registry",
    "Ads": "resources.ads",
    "Auth": "resources.auth",
    "Catalog": "resources.catalog",
    "Messaging": "resources.messaging",
    "Orders": "resources.orders",
    "Store": "resources.store",
    "Webhooks": "resources.webhooks",
    **dict.fromkeys(("Noun", "each_alone", "invalid"), "resources.noun"),
    **dict.fromkeys(
        ("Capability", "Refusal", "emulated", "native", "no", "supports"), "resources.capability"
    ),
    **dict.fromkeys(
        ("Absent", "Call", "Found", "Reply", "Service", "Subject", "TokenRecord", "Undecided", "Upload"),
        "runtime.call",
    ),
    **dict.fromkeys(("Flow", "done", "gather"), "runtime.flow"),
    "Task": "runtime.jobs",
    "Bucket": "runtime.limits",
    **dict.fromkeys(("Page", "position", "read_position", "windows"), "runtime.paging"),
    **dict.fromkeys(("read_json", "write_json", "write_query"), "runtime.text"),
    **dict.fromkeys(("Request", "Response"), "runtime.transport"),
}


def __getattr__(name: str) -> Any:
    if name == "__all__":  # served, not stated: a computed list would hide the names from type checkers
        return sorted(_HOMES)
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"socialcommerce.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(_HOMES)
