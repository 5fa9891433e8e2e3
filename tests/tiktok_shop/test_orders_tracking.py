"""Once it is sent: its steps, its label, and its number put right."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.tiktok_shop.orders_wire import (
    ORDER,
    OTHER,
    PACKAGE,
    SECOND,
    UPS,
    by_seller,
    order,
    package,
    shop,
    unit,
)
from tests.tiktok_shop.wire import sample

from socialcommerce import OwnCarrier, Pickup
from socialcommerce.backends import Response
from socialcommerce.errors import Conflict, InvalidRequest, NotReady, Unsupported


def test_steps_are_told_newest_first() -> None:
    wire, one = shop()
    steps = [
        {"description": "Picked up", "update_time_millis": 1_694_685_500_000},
        {"description": "Delivered!\n", "update_time_millis": 1_694_685_539_000, "action_code": 7},
    ]
    wire["GET /tracking"] = {"tracking": steps}
    found = one.orders.tracking(ORDER)
    assert [event.description for event in found.events] == ["Delivered!", "Picked up"]
    assert found.events[0].at == datetime.fromtimestamp(1_694_685_539, UTC)
    assert found.events[0].native_status == "7"
    wire["GET /tracking"] = sample("order_tracking")
    assert one.orders.tracking([ORDER])[0].unwrap().events[0].description == "Your package was delivered!"


def test_of_a_split_order_the_steps_of_one_parcel_are_told() -> None:
    row = order(unit(1, tracking_number="A1"), unit(3, SECOND, package_id=OTHER, tracking_number="B1"))
    wire, one = shop(row)
    wire[f"GET /packages/{OTHER}"] = package("FULFILLING", OTHER, tracking_number="B1")
    details = [
        {"newest_tracking_no": number, "track_list": [{"description": number, "update_time_millis": 1000}]}
        for number in ("A1", "B1")
    ]
    wire["GET /tracking"] = {"order_id": ORDER, "logistics_details": details}
    first, second = one.orders.get(ORDER).packages
    assert [event.description for event in one.orders.tracking(second).events] == ["B1"]
    with pytest.raises(InvalidRequest, match="split into"):
        one.orders.tracking(ORDER)
    assert first.id == PACKAGE


def test_a_label_is_fetched_from_tiktoks_hosts_alone() -> None:
    wire, one = shop()
    pdf = Response(200, {"content-type": "application/pdf"}, b"%PDF-1.7")
    wire["GET /label.pdf"] = pdf
    wire["GET /shipping_documents"] = {"doc_url": "https://doc.tiktokglobalshop.com/label.pdf"}
    found = one.orders.label(ORDER, format="pdf", size="thermal")
    assert (found.content, found.name) == (b"%PDF-1.7", f"{PACKAGE}.pdf")
    assert wire.query("GET /shipping_documents") == {
        "document_type": "SHIPPING_LABEL",
        "document_format": "PDF",
        "document_size": "A6",
    }
    assert "x-tts-access-token" not in wire.sent[-1].headers
    wire["GET /shipping_documents"] = {"doc_url": "https://evil.example/label.pdf"}
    with pytest.raises(InvalidRequest, match="not kept by"):
        one.orders.label(ORDER)


def test_labels_that_cannot_be_had() -> None:
    wire, one = shop()
    wire["GET /shipping_documents"] = {}
    with pytest.raises(NotReady):
        one.orders.label(ORDER)
    with pytest.raises(InvalidRequest, match="A5"):
        one.orders.label(ORDER, size="A4")
    with pytest.raises(InvalidRequest, match="one document"):
        one.orders.label([ORDER, "577"])
    _, one = shop(order(unit(1, package_id="")))
    with pytest.raises(NotReady):
        one.orders.label([ORDER])
    _, one = shop(by_seller())
    with pytest.raises(Unsupported, match="carrier's"):
        one.orders.label(ORDER)


def test_a_number_is_corrected_on_the_package() -> None:
    shipped = by_seller(line_items=[unit(1, package_status="PROCESSING")])
    wire, one = shop(shipped)
    wire["POST /shipping_info/update"] = {}
    assert one.orders.update_tracking(ORDER, OwnCarrier("UPS", "1Z777")).package_id == PACKAGE
    assert wire.body("POST /shipping_info/update") == {
        "shipping_info_list": [{"tracking_number": "1Z777", "shipping_provider_id": UPS}]
    }
    wire, one = shop(by_seller(packages=[], line_items=[unit(1, package_id="", package_status="")]))
    wire["POST /shipping_info/update"] = {}
    assert one.orders.update_tracking(ORDER, OwnCarrier(UPS, "1Z777")).tracking_number == "1Z777"
    assert wire.paths()[-1] == f"POST /fulfillment/202309/orders/{ORDER}/shipping_info/update"


def test_numbers_that_cannot_be_corrected() -> None:
    _, one = shop()
    with pytest.raises(Unsupported, match="own carrier"):
        one.orders.update_tracking(ORDER, OwnCarrier(UPS, "1Z777"))
    with pytest.raises(Unsupported, match="pickup"):
        one.orders.update_tracking(ORDER, Pickup())
    _, one = shop(by_seller())
    with pytest.raises(Conflict, match="not shipped yet"):
        one.orders.update_tracking(ORDER, OwnCarrier(UPS, "1Z777"))


def test_a_label_kept_as_a_job_is_got_again() -> None:
    wire, one = shop()
    wire["GET /label.pdf"] = Response(200, {}, b"%PDF")
    wire["GET /shipping_documents"] = {"doc_url": "https://doc.tiktokglobalshop.com/label.pdf"}
    job = one.orders.label(ORDER, wait=False)
    assert one.jobs.resume(job.id).content == b"%PDF"
