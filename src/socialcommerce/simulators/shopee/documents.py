"""Shipping documents of the pretend Shopee: asked for, printed after a while, downloaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialcommerce.simulators.entities import Order, Package
from socialcommerce.simulators.shopee.logistics import each_row, package_of
from socialcommerce.simulators.shopee.orders import order_of
from socialcommerce.simulators.shopee.wire import Call, Raw, Refused, Routes

__all__ = ["routes"]

routes = Routes()

PRINTING = 30
"""Seconds that a document takes to be printed."""
TYPES = ("NORMAL_AIR_WAYBILL", "THERMAL_AIR_WAYBILL")
PRINT_FIRST = "The package can not print now, please create shipping document first."


def _printable(package: Package) -> None:
    if package.status != "arranged":
        raise Refused("logistics.package_can_not_print", "The package can not print now.")


@routes.post("logistics/get_shipping_document_parameter")
def parameter(call: Call) -> Any:
    """Which documents a parcel can have."""

    def one(order: Order, package: Package, row: Mapping[str, Any]) -> dict[str, Any]:
        _printable(package)
        return {
            "suggest_shipping_document_type": "THERMAL_AIR_WAYBILL",
            "selectable_shipping_document_type": list(TYPES),
        }

    return each_row(call, one)


@routes.post("logistics/create_shipping_document")
def create(call: Call) -> Any:
    """Print documents of parcels that are arranged, have a number and are not collected yet."""

    def one(order: Order, package: Package, row: Mapping[str, Any]) -> dict[str, Any]:
        _printable(package)
        kind = row.get("shipping_document_type") or "NORMAL_AIR_WAYBILL"
        if kind not in TYPES:
            raise Refused(
                "logistics.shipping_document_type_invalid",
                "The shipping_document_type is not invalid. Please check the shipping_document_type.",
            )
        sent = row.get("tracking_number")
        if not package.tracking_number or (sent and sent != package.tracking_number):
            raise Refused(
                "logistics.tracking_number_invalid",
                "The tracking number is invalid. Please check the tracking number.",
            )
        package.native["document"] = {"kind": kind, "ready": call.twin.clock.now() + PRINTING}
        twin, shop = call.twin, call.shop
        twin.clock.later(PRINTING, lambda: twin.happened("document.ready", shop, package))
        return {}

    return each_row(call, one)


def _document(package: Package, kind: str | None) -> Mapping[str, Any]:
    document: Mapping[str, Any] | None = package.native.get("document")
    if document is None or (kind and kind != document["kind"]):
        raise Refused(
            "logistics.shipping_document_should_print_first", f"{PRINT_FIRST}Detail: {package.order_id}"
        )
    return document


@routes.post("logistics/get_shipping_document_result")
def result(call: Call) -> Any:
    """Whether documents are printed."""

    def one(order: Order, package: Package, row: Mapping[str, Any]) -> dict[str, Any]:
        document = _document(package, row.get("shipping_document_type"))
        return {"status": "READY" if document["ready"] <= call.twin.clock.now() else "PROCESSING"}

    return each_row(call, one)


@routes.post("logistics/download_shipping_document")
def download(call: Call) -> Any:
    """The printed documents as one PDF (an envelope where one is missing)."""
    lines = []
    for row in call.rows("order_list"):
        package = package_of(order_of(call, row["order_sn"]), row.get("package_number"))
        document = _document(package, call.get("shipping_document_type"))
        if document["ready"] > call.twin.clock.now():
            detail = f"Processing, please download later. Detail: {package.order_id}"
            raise Refused("logistics.download_later", detail)
        _printable(package)
        lines.append(f"{package.order_id} {package.id} {package.tracking_number}")
    return Raw(pdf(lines))


def pdf(lines: list[str]) -> bytes:
    """A one-page PDF that shows the lines."""
    text = " T* ".join(f"({line}) Tj" for line in lines)
    stream = f"BT /F1 12 Tf 14 TL 20 400 Td {text} ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 298 420] /Contents 4 0 R "
        b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream),
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(objects) + 1, table)
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return out + head + tail
