"""Labels: Shopee prints them in a task, which is asked for, polled, and fetched as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from attrs import evolve

from socialcommerce.backends.shopee.codes.errors import error_for
from socialcommerce.backends.shopee.orders.base import OrdersNoun, Parcel, row_error
from socialcommerce.backends.shopee.orders.values import Json, text
from socialcommerce.errors import InvalidRequest, NotReady, PlatformError
from socialcommerce.models.media import Document
from socialcommerce.models.order import Order
from socialcommerce.models.shipping import Package, Shipment
from socialcommerce.resources.capability import native, supports
from socialcommerce.resources.noun import invalid
from socialcommerce.resources.orders import Orders, Target
from socialcommerce.runtime.call import Call, Reply
from socialcommerce.runtime.flow import Flow, gather
from socialcommerce.runtime.jobs import Task

__all__ = ["Labels"]

_MOST = 50
_LATER = timedelta(minutes=5)
_THERMAL, _NORMAL = "THERMAL_AIR_WAYBILL", "NORMAL_AIR_WAYBILL"
_SIZES = {"thermal": _THERMAL, "a6": _THERMAL, "normal": _NORMAL, "a4": _NORMAL}
_KINDS: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "application/pdf", ".pdf"),
    (b"PK", "application/zip", ".zip"),
    (b"", "text/html", ".html"),
)
_PATH = "/api/v2/logistics/"


def _wanted(format: str | None, size: str | None) -> str | None:
    """The document type that was asked for; Shopee prints PDF whatever the type."""
    if format is not None and format.lower() != "pdf":
        return format
    return _SIZES.get(size.lower(), size) if size is not None else None


class Labels(OrdersNoun, Orders):
    """``orders.label`` of Shopee."""

    @supports(
        "native",
        params=native("target", "format", "size", "wait"),
        requires=("seller",),
        when="between arranging the shipment and its pickup",
        cost="6 calls and more while Shopee prints",
    )
    def label(
        self, target: Target | Sequence[Target], *, format: str | None = None, size: str | None = None
    ) -> Flow[Task[Document]]:
        """POST logistics/{get_shipping_document_parameter, create_…, get_…_result, download_…}: a task.

        Up to 50 parcels in one file. ``format`` is ``"pdf"`` or one of Shopee's document types
        (``THERMAL_AIR_WAYBILL``, ``NORMAL_JOB_AIR_WAYBILL``, …); None is what Shopee suggests.
        """
        targets = _targets(target)
        if not 1 <= len(targets) <= _MOST:
            raise invalid(target=f"one file holds 1 to {_MOST} parcels, not {len(targets)}")
        parcels = [_parcel(one) for one in (yield from self.parcels(targets))]
        kind = yield from self._kind(parcels, _wanted(format, size))
        numbers = yield from gather([self._number(*pair) for pair in zip(targets, parcels, strict=True)])
        yield from self._create(parcels, numbers, kind)
        state = {"orders": [parcel.named() for parcel in parcels], "type": kind}
        return Task("orders.label", state)

    def _kind(self, parcels: Sequence[Parcel], wanted: str | None) -> Flow[str]:
        """The document type: the one asked for if every parcel can have it, else the one suggested."""
        rows = yield from self._document("get_shipping_document_parameter", [one.named() for one in parcels])
        suggested: str = wanted or rows[0].get("suggest_shipping_document_type") or _NORMAL
        for row in rows:
            selectable = row.get("selectable_shipping_document_type") or [suggested]
            if suggested not in selectable:
                raise invalid(format=f"{suggested} is not offered; there is {', '.join(selectable)}")
        return suggested

    def _number(self, target: Target, parcel: Parcel) -> Flow[str]:
        """A label needs the tracking number, which the carrier may take minutes to give."""
        number = _told_number(target) or (yield from self._ask_number(parcel))
        if number is None:
            raise NotReady(
                f"order {parcel.order_sn} has no tracking number yet",
                platform="shopee",
                retry_after=_LATER,
                sent="yes",
            )
        return number

    def _ask_number(self, parcel: Parcel) -> Flow[str | None]:
        answer = yield from self.ask("GET", _PATH + "get_tracking_number", query=parcel.named())
        return text(answer.get("tracking_number"))

    def _create(self, parcels: Sequence[Parcel], numbers: Sequence[str], kind: str) -> Flow[None]:
        """Begin to print; beginning twice makes one and the same document."""
        orders = [
            parcel.named(tracking_number=number, shipping_document_type=kind)
            for parcel, number in zip(parcels, numbers, strict=True)
        ]
        yield from self._document("create_shipping_document", orders, safety="absolute")

    def _document(
        self, name: str, orders: Sequence[Mapping[str, Any]], **fields: Any
    ) -> Flow[Sequence[Json]]:
        """One of the document calls: its rows; the error of the first row that has one."""
        try:
            answer = yield from self.ask("POST", _PATH + name, body={"order_list": list(orders)}, **fields)
        except InvalidRequest as error:
            raise _first_failure(error) from error
        rows: Sequence[Json] = answer.get("result_list") or ()
        for row in rows:
            if failure := row_error(row):
                raise failure
        if not rows:
            raise NotReady("Shopee knows of no such document yet", platform="shopee", sent="yes")
        return rows

    def advance(self, task: Task[Document]) -> Flow[Task[Document]]:
        """Look whether the file is there, and fetch it."""
        kind = task.state["type"]
        orders = [{**named, "shipping_document_type": kind} for named in task.state["orders"]]
        rows = yield from self._document("get_shipping_document_result", orders)
        ready = sum(1 for row in rows if row.get("status") == "READY")
        if any(row.get("status") == "FAILED" for row in rows):
            raise error_for(
                {"error": "logistics.package_print_failed", "message": "Shopee could not print it"}, 200
            )
        if ready < len(rows):
            return evolve(task, progress=ready / len(rows))
        document = yield from self._download(task)
        return evolve(task, done=True, value=document, progress=1.0)

    def _download(self, task: Task[Document]) -> Flow[Document]:
        orders, kind = task.state["orders"], task.state["type"]
        reply: Reply[bytes] = yield from self.perform(
            Call(
                "POST",
                _PATH + "download_shipping_document",
                body={"shipping_document_type": kind, "order_list": list(orders)},
                service=self.service,
                raw=True,
            )
        )
        media_type, ending = next(
            (media, end) for magic, media, end in _KINDS if reply.value.startswith(magic)
        )
        name = orders[0]["order_sn"] if len(orders) == 1 else f"{len(orders)}-labels"
        return Document.build(name=f"{name}{ending}", media_type=media_type, content=reply.value)


def _parcel(found: Parcel | PlatformError) -> Parcel:
    if isinstance(found, Parcel):
        return found
    raise found


def _targets(given: Target | Sequence[Target]) -> Sequence[Target]:
    return [given] if isinstance(given, str | Order | Package | Shipment) else list(given)


def _told_number(target: Target) -> str | None:
    known = isinstance(target, Shipment) and target.loaded("tracking_number")
    return target.tracking_number if isinstance(target, Shipment) and known else None


def _first_failure(error: InvalidRequest) -> PlatformError:
    """Where all rows failed, the envelope says only that; the row says why."""
    response = (error.raw or {}).get("response") or {}
    rows = response.get("result_list") or () if isinstance(response, Mapping) else ()
    return next((failure for row in rows if (failure := row_error(row))), error)
