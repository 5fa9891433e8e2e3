"""What the backends of several platforms need alike: small values, time bounds, files elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from attrs import frozen

from socialcommerce.models.media import Document
from socialcommerce.models.shipping import Package, Shipment
from socialcommerce.resources.noun import Noun, identity, invalid
from socialcommerce.runtime.call import Call
from socialcommerce.runtime.flow import Flow

if TYPE_CHECKING:
    from socialcommerce.models.order import Order

__all__ = ["Bounds", "Json", "chunks", "fetch_file", "order_id_of", "several", "text"]

Json = Mapping[str, Any]
T = TypeVar("T")


def text(value: Any) -> str | None:
    """An id or a word as text; None where the platform gave none ("" and null)."""
    return None if value is None or value == "" else str(value)


def chunks(items: Sequence[T], size: int) -> list[Sequence[T]]:
    """Items in parts of at most ``size``, in order."""
    return [items[start : start + size] for start in range(0, len(items), size)]


def several(value: Any) -> tuple[Any, ...]:
    """One value or several, as several; none where nothing was asked for."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def order_id_of(target: str | Order | Package | Shipment) -> str:
    """The order that a target belongs to."""
    if isinstance(target, Shipment):
        return target.order_id
    if isinstance(target, Package):
        if len(target.order_ids) != 1:
            raise invalid(package="must belong to one order; get it from orders.packages(order)")
        return target.order_ids[0]
    return identity(target)


@frozen
class Bounds:
    """The time bounds of a listing: ``after`` inclusive, ``before`` exclusive."""

    created_after: datetime | None = None
    created_before: datetime | None = None
    updated_after: datetime | None = None
    updated_before: datetime | None = None

    def holds(self, created: datetime | None, updated: datetime | None) -> bool:
        """Whether something lies within every bound."""
        return _within(created, self.created_after, self.created_before) and _within(
            updated, self.updated_after, self.updated_before
        )


def _within(moment: datetime | None, after: datetime | None, before: datetime | None) -> bool:
    if moment is None:
        return after is None and before is None
    return (after is None or moment >= after) and (before is None or moment < before)


def fetch_file(noun: Noun, url: str, hosts: re.Pattern[str], name: str | None = None) -> Flow[Document]:
    """GET a file that the platform pointed to: without credentials, and from ``hosts`` alone.

    Raises:
        InvalidRequest: the address is not https, or on a host that is not the platform's.
        NotFound: the file is not there (any more).
    """
    parts, platform = urlsplit(url), noun.backend.name
    if parts.scheme != "https" or not hosts.fullmatch(parts.hostname or ""):
        raise invalid(media=f"is not kept by {platform}: only addresses that it gave are fetched")
    reply = yield from noun.perform(Call("GET", url, account="none", raw=True))
    return Document.build(
        name=name or parts.path.rpartition("/")[2] or "file",
        media_type=reply.response.headers.get("content-type", "application/octet-stream"),
        content=reply.value,
        url=url,
    )
