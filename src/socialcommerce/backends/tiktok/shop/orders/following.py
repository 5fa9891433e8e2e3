"""After the hand-over: following packages, correcting numbers, labels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from socialcommerce.backends.shared import Json, fetch_file
from socialcommerce.backends.tiktok.shop.codes import orders as codes
from socialcommerce.backends.tiktok.shop.orders import mapping
from socialcommerce.backends.tiktok.shop.orders.base import FULFILLMENT, Parcel, conflict
from socialcommerce.backends.tiktok.shop.orders.methods import tracking_info
from socialcommerce.backends.tiktok.shop.orders.shipping import Shipping
from socialcommerce.backends.tiktok.shop.orders.values import millis
from socialcommerce.errors import NotReady, Unsupported
from socialcommerce.models.bulk import BulkResult
from socialcommerce.models.media import Document
from socialcommerce.models.order import Order
from socialcommerce.models.shipping import OwnCarrier, Package, Pickup, Shipment, TrackingEvent
from socialcommerce.resources.capability import native, no, supports
from socialcommerce.resources.noun import each_alone, invalid
from socialcommerce.resources.orders import Progress, Target
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.jobs import Task

__all__ = ["Following"]

_A_DAY = timedelta(hours=24)
_LATER = timedelta(minutes=5)


class Following(Shipping):
    """``orders.tracking``, ``update_tracking`` and ``label`` of TikTok Shop."""

    @supports("native", params=native("targets"), requires=("shop",), cost="2 or 3 calls a target")
    def tracking(self, targets: Sequence[Target]) -> Flow[BulkResult[Target, Shipment]]:
        """GET /fulfillment/202309/orders/{id}/tracking; of a split order /logistics/202604/…, by number."""
        return (yield from each_alone(targets, self._track))

    def _track(self, target: Target) -> Flow[Shipment]:
        parcel = yield from self.parcel(target)
        order_id, number = parcel.order["id"], parcel.row.get("tracking_number")
        if len(mapping.packages_of(parcel.order)) > 1 and number:
            path = f"/logistics/202604/orders/{order_id}/tracking"
            answer = yield from self.ask("GET", path)
            rows = _steps_of(answer, str(number))
        else:
            answer = yield from self.ask("GET", f"{FULFILLMENT}/orders/{order_id}/tracking")
            rows = answer.get("tracking") or ()
        events = sorted((_event(row) for row in rows), key=lambda event: event.at, reverse=True)
        return mapping.shipment(parcel.row, parcel.order, events=tuple(events))

    @supports(
        "native",
        params=native("target", "method")
        | {
            "status": no("how far a parcel is comes from its carrier; the seller does not tell it"),
            "reason": no("no call takes a reason for a late or failed delivery of a carrier's"),
        },
        requires=("shop",),
        when="packages that the seller has shipped already",
        cost="3 or 4 calls",
    )
    def update_tracking(
        self,
        target: Target,
        method: OwnCarrier | Pickup,
        *,
        status: Progress | None = None,
        reason: str | None = None,
    ) -> Flow[Shipment]:
        """POST /fulfillment/202610/packages/{id}/shipping_info/update.

        Of an order without a package: POST /fulfillment/202309/orders/{id}/shipping_info/update.
        """
        if not isinstance(method, OwnCarrier):
            raise Unsupported(
                "orders.update_tracking", "tiktok_shop", "a pickup cannot be arranged anew", "OwnCarrier(…)"
            )
        parcel = yield from self.parcel(target)
        _check_correctable(parcel)
        info = tracking_info(method, (yield from self._provider(parcel, method)))
        path, body = _correction(parcel, info)
        yield from self.ask("POST", path, body=body, safety="absolute")
        known = {**parcel.row, **info}
        return (yield from self._shipment_after(parcel.id, known, parcel.order))

    @supports(
        "native",
        params=native("target", "format", "size", "wait"),
        requires=("shop",),
        when="packages that TikTok Shop's carriers take",
        cost="3 or 4 calls",
    )
    def label(
        self, target: Target | Sequence[Target], *, format: str | None = None, size: str | None = None
    ) -> Flow[Task[Document]]:
        """GET /fulfillment/202309/packages/{id}/shipping_documents, then the file, which is kept for a day.

        ``format``: ``"pdf"``, ``"zpl"``, or a document type of TikTok Shop's (``PACKING_SLIP``,
        ``SHIPPING_LABEL_AND_PACKING_SLIP``, ``SHIPPING_LABEL_PICTURE``). ``size``: ``"A5"`` or
        ``"A6"`` (``"thermal"``). One package a document.
        """
        parcel = yield from self.parcel(_only(target))
        if parcel.by_seller:
            raise Unsupported(
                "orders.label", "tiktok_shop", "the seller ships this order: the label is the carrier's"
            )
        if not parcel.id:
            raise _not_ready(parcel)
        answer = yield from self._document(parcel, format, size)
        if not answer.get("doc_url"):
            raise _not_ready(parcel)
        document = yield from self._fetched(answer["doc_url"], parcel.id, format)
        return Task("orders.label", {"package": parcel.id}, done=True, value=document)

    def _document(self, parcel: Parcel, format: str | None, size: str | None) -> Flow[Json]:
        kind, file = codes.DOCUMENTS.get((format or "pdf").lower(), (str(format).upper(), None))
        query = {"document_type": kind, "document_size": _size(size), "document_format": file}
        path = f"{FULFILLMENT}/packages/{parcel.id}/shipping_documents"
        answer: Json = yield from self.ask("GET", path, query=query)
        return answer

    def _fetched(self, url: str, package_id: str, format: str | None) -> Flow[Document]:
        ending = "zpl" if (format or "").lower() == "zpl" else "pdf"
        document = yield from fetch_file(self, url, codes.FILE_HOSTS, f"{package_id}.{ending}")
        return document.model_copy(update={"expires_at": self.now() + _A_DAY})

    def advance(self, task: Task[Any]) -> Flow[Task[Any]]:
        """A label kept by a job is got again: it was there at once."""
        if task.kind != "orders.label":
            other: Task[Any] = yield from super().advance(task)
            return other
        row = yield from self.package_row(str(task.state["package"]))
        answer = yield from self._document(Parcel({}, row), None, None)
        document = yield from self._fetched(answer["doc_url"], str(task.state["package"]), None)
        return Task(task.kind, task.state, done=True, value=document)


def _steps_of(answer: Json, number: str) -> Sequence[Json]:
    """The steps of one parcel among those of its order; numbers may have changed on the way."""
    for detail in answer.get("logistics_details") or ():
        steps: Sequence[Json] = detail.get("track_list") or ()
        if number == detail.get("newest_tracking_no") or any(s.get("tracking_no") == number for s in steps):
            return steps
    return ()


def _event(row: Json) -> TrackingEvent:
    word = row.get("action_code_name") or row.get("action_code")
    return TrackingEvent.build(
        at=millis(row["update_time_millis"]),
        native_status=None if word is None else str(word),
        description=(row.get("description") or "").strip(),
    )


def _check_correctable(parcel: Parcel) -> None:
    if not parcel.by_seller:
        raise Unsupported(
            "orders.update_tracking", "tiktok_shop", "the number is that of TikTok Shop's own carrier"
        )
    if parcel.status == "TO_FULFILL":
        raise conflict(f"order {parcel.order['id']} is not shipped yet: use orders.ship")


def _correction(parcel: Parcel, info: Json) -> tuple[str, Json]:
    if parcel.id:
        path = f"/fulfillment/202610/packages/{parcel.id}/shipping_info/update"
        return path, {"shipping_info_list": [info]}
    return f"{FULFILLMENT}/orders/{parcel.order['id']}/shipping_info/update", info


def _only(target: Target | Sequence[Target]) -> Target:
    """TikTok Shop prints one package a document."""
    if isinstance(target, str | Order | Package | Shipment):
        return target
    if len(target) != 1:
        raise invalid(target="TikTok Shop answers one document a package; ask for each by itself")
    return target[0]


_SIZES = {"A5": "A5", "A6": "A6", "THERMAL": "A6"}


def _size(size: str | None) -> str | None:
    if size is None:
        return None
    if size.upper() not in _SIZES:
        raise invalid(size=f"{size} is not offered; there is A5 and A6 (thermal)")
    return _SIZES[size.upper()]


def _not_ready(parcel: Parcel) -> NotReady:
    return NotReady(
        f"order {parcel.order.get('id')} has no label yet: ship it first",
        platform="tiktok_shop",
        retry_after=_LATER,
        sent="yes",
    )
