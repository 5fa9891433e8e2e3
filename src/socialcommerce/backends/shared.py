"""What several backends do alike: small values, time bounds, listings by windows of time, files elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from math import ceil
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from attrs import evolve, frozen
from pydantic import Field

from socialcommerce.models.base import Input, Many
from socialcommerce.models.media import Document, Media
from socialcommerce.models.product import (
    Attributes,
    CategoryLike,
    Condition,
    Option,
    Parcel,
    ProductInput,
    ProductStatus,
    VariantInput,
)
from socialcommerce.models.shipping import Package, Shipment
from socialcommerce.resources.noun import Noun, identity, invalid
from socialcommerce.runtime.call import Call
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.paging import position, read_position

if TYPE_CHECKING:
    from socialcommerce.models.order import Order

__all__ = [
    "Bounds",
    "Json",
    "ProductUpdate",
    "Window",
    "Windows",
    "chunks",
    "fetch_file",
    "order_id_of",
    "seconds",
    "several",
    "text",
]

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


@frozen
class Window:
    """One stretch of a listing: rows of ``filter`` changed from ``since`` up to, but not at, ``until``.

    Instants in whole epoch seconds; None is open. ``filter`` is what one call takes at a time, as a status.
    """

    filter: str | None = None
    since: int | None = None
    until: int | None = None

    @property
    def empty(self) -> bool:
        """Whether it holds no instant at all."""
        return self.since is not None and self.until is not None and self.since >= self.until

    def halves(self, oldest: int, now: float) -> tuple[Window, Window] | None:
        """The same in two; None where it is one second long. Its later half stays open where it was.

        ``oldest`` is before every row, for a window without beginning.
        """
        start = self.since if self.since is not None else oldest
        end = self.until if self.until is not None else ceil(now)
        if end - start < 2:
            return None
        middle = (start + end) // 2
        return evolve(self, until=middle), evolve(self, since=middle)


@frozen
class Windows:
    """Where a listing stands: the windows still to read, and the native place within the first."""

    left: tuple[Window, ...]
    at: Any = None

    @classmethod
    def read(
        cls, cursor: str | None, filters: Sequence[str | None], since: datetime | None, until: datetime | None
    ) -> Windows:
        """Where the cursor says, or at the beginning of the listing: a window for each filter."""
        kept = read_position(cursor)
        if kept:
            return cls(tuple(Window(*parts) for parts in kept["left"]), kept["at"])
        return cls(tuple(Window(one, seconds(since), seconds(until)) for one in filters))

    def text(self) -> str | None:
        """The place as a page position; None when nothing is left to read."""
        if not self.left:
            return None
        return position(left=[(one.filter, one.since, one.until) for one in self.left], at=self.at)

    def moved(self, at: Any) -> Windows:
        """After a page: further in this window, or at the beginning of the next one where ``at`` is empty."""
        return evolve(self, at=at) if at else Windows(self.left[1:])

    def halved(self, oldest: int, now: float) -> Windows | None:
        """The same with its first window in two; None where it cannot be cut."""
        halves = self.left[0].halves(oldest, now)
        return None if halves is None else Windows((*halves, *self.left[1:]))


def seconds(moment: datetime | None) -> int | None:
    """An instant in whole seconds: at or after, and before, both round up."""
    return ceil(moment.timestamp()) if moment is not None else None


class ProductUpdate(Input):
    """The fields of ``catalog.update``, validated; which of them were given is what counts."""

    title: str = Field(default="", min_length=1)
    description: str | None = None
    status: ProductStatus = "active"
    categories: Many[CategoryLike] = ()
    brand: str | None = None
    attributes: Attributes | None = None
    options: Many[Option] = ()
    variants: Many[VariantInput] = ()
    media: Many[Media] = ()
    condition: Condition = "new"
    package: Parcel | None = None

    def gives(self, name: str) -> bool:
        """Whether the field was named."""
        return name in self.model_fields_set

    @classmethod
    def of(cls, product: ProductInput) -> ProductUpdate:
        """A product to create as a change of the one that is there: the fields its maker named."""
        named = product.model_fields_set & frozenset(cls.model_fields)
        return cls.model_validate({name: getattr(product, name) for name in named})

    def portable(self, names: Sequence[str]) -> dict[str, Any]:
        """Some of its fields as JSON-able values, as ``update`` takes them again."""
        return dict(
            self.model_dump(mode="json", include=set(names) & self.model_fields_set, exclude_unset=True)
        )
