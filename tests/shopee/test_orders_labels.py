"""Labels of Shopee's parcels: begun, polled and fetched, also after a restart."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.shopee.orders_wire import SN, Wire, client, shipping

from socialcommerce import Client, Retry, Shipment, simulate
from socialcommerce.backends import Response
from socialcommerce.errors import InvalidRequest, NotFound, NotReady, PlatformError

SUGGESTED = {
    "suggest_shipping_document_type": "NORMAL_AIR_WAYBILL",
    "selectable_shipping_document_type": ["NORMAL_AIR_WAYBILL", "THERMAL_AIR_WAYBILL"],
}


def labelling(**answers: Any) -> Wire:
    known = {
        "get_tracking_number": {"tracking_number": "T1"},
        "get_shipping_document_parameter": {"result_list": [SUGGESTED]},
        "create_shipping_document": {"result_list": [{"order_sn": SN}]},
        "get_shipping_document_result": [
            {"result_list": [{"status": "PROCESSING"}]},
            {"result_list": [{"status": "READY"}]},
        ],
        "download_shipping_document": Response(200, {}, b"%PDF-1.4 label"),
    }
    return shipping(**(known | answers))


def test_a_label_is_begun_polled_and_fetched() -> None:
    wire = labelling()
    document = client(wire).orders.label(SN)
    assert (document.name, document.media_type) == (f"{SN}.pdf", "application/pdf")
    assert document.read() == b"%PDF-1.4 label"
    assert wire.body("create_shipping_document") == {
        "order_list": [
            {
                "order_sn": SN,
                "tracking_number": "T1",
                "shipping_document_type": "NORMAL_AIR_WAYBILL",
            }
        ]
    }
    assert len(wire.sent("get_shipping_document_result")) == 2


@pytest.mark.parametrize(
    ("content", "media_type"), [(b"PK\x03\x04", "application/zip"), (b"<html>", "text/html")]
)
def test_a_file_is_known_by_its_first_bytes(content: bytes, media_type: str) -> None:
    wire = labelling(download_shipping_document=Response(200, {}, content))
    assert client(wire).orders.label(SN).media_type == media_type


def test_size_and_format_choose_the_document_type() -> None:
    wire = labelling()
    shop = client(wire)
    shop.orders.label(SN, size="thermal")
    kinds = wire.body("create_shipping_document")["order_list"][0]["shipping_document_type"]
    assert kinds == "THERMAL_AIR_WAYBILL"
    with pytest.raises(InvalidRequest, match="there is NORMAL_AIR_WAYBILL, THERMAL_AIR_WAYBILL"):
        shop.orders.label(SN, format="THERMAL_UNPACKAGED_LABEL")


def test_a_label_job_goes_on_after_a_restart() -> None:
    wire = labelling()
    shop = client(wire)
    job = shop.orders.label(SN, wait=False)
    assert job.status == "running"
    assert shop.jobs.resume(job.id).read().startswith(b"%PDF")


def test_without_a_tracking_number_a_label_is_not_ready() -> None:
    wire = labelling(get_tracking_number={"tracking_number": ""})
    with pytest.raises(NotReady, match="no tracking number") as caught:
        client(wire).orders.label(SN)
    assert caught.value.retry_after == timedelta(minutes=5)


def test_a_shipment_that_knows_its_number_is_not_asked_for_it_again() -> None:
    wire = labelling()
    client(wire).orders.label(Shipment.build(id="OFG1", order_id=SN, package_id="OFG1", tracking_number="T9"))
    assert wire.body("create_shipping_document")["order_list"][0]["tracking_number"] == "T9"
    assert "get_tracking_number" not in wire.operations


def test_the_row_says_why_a_label_was_refused() -> None:
    row = {"fail_error": "logistics.order_not_exist", "fail_message": "The order does not exist"}
    envelope = {
        "error": "common.batch_api_all_failed",
        "message": "Failed, please check result_list",
        "response": {"result_list": [row]},
    }
    with pytest.raises(NotFound, match="does not exist"):
        client(labelling(create_shipping_document=envelope)).orders.label(SN)
    with pytest.raises(NotFound):
        client(labelling(create_shipping_document={"result_list": [row]})).orders.label(SN)
    with pytest.raises(NotFound):
        client(labelling(), retry=Retry(attempts=1)).orders.label("unknown")


def test_a_print_that_failed_is_an_error() -> None:
    wire = labelling(get_shipping_document_result={"result_list": [{"status": "FAILED"}]})
    with pytest.raises(PlatformError, match="could not print"):
        client(wire).orders.label(SN)


def test_a_document_nobody_began_is_not_ready() -> None:
    wire = labelling(get_shipping_document_result={"result_list": []})
    with pytest.raises(NotReady):
        client(wire, retry=Retry(attempts=1)).orders.label(SN)


def test_one_file_holds_fifty_labels_at_most() -> None:
    with pytest.raises(InvalidRequest, match="1 to 50"):
        client(labelling()).orders.label([SN] * 51)


@pytest.fixture
def shop() -> Client:
    shop = simulate("shopee")
    shop.market.add_product("TS-1", stock=25, price="19.90")
    return shop


def test_an_order_goes_from_ready_to_its_label(shop: Client) -> None:
    order_id = shop.market.buy("TS-1")
    shipment = shop.orders.ship(order_id)
    assert shipment.tracking_number is None
    shop.market.advance(timedelta(hours=1))
    assert shop.orders.tracking(shipment).tracking_number
    assert shop.orders.label(shipment).read().startswith(b"%PDF")
    assert shop.orders.get(order_id).fulfilment_status == "processing"


def test_many_orders_are_shipped_and_labelled_together(shop: Client) -> None:
    orders = [shop.market.buy("TS-1") for _ in range(3)]
    shipped = shop.orders.ship(orders).raise_for_failures()
    shop.market.advance(timedelta(hours=1))
    document = shop.orders.label(list(shipped.values))
    assert document.name == "3-labels.pdf"


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ({"format": "pdf"}, "THERMAL_AIR_WAYBILL"),
        ({"size": "A6"}, "THERMAL_AIR_WAYBILL"),
        ({"format": "PDF", "size": "A4"}, "NORMAL_AIR_WAYBILL"),
        ({"format": "THERMAL_AIR_WAYBILL"}, "THERMAL_AIR_WAYBILL"),
    ],
)
def test_formats_and_paper_sizes_are_read_as_shopees_document_types(asked: dict[str, str], kind: str) -> None:
    shop = simulate("shopee")
    shop.market.add_product("TEE-1", stock=5, price="10")
    order = shop.market.buy("TEE-1")
    shop.orders.ship(order)
    shop.market.advance(timedelta(minutes=10))
    assert shop.orders.label(order, **asked).media_type == "application/pdf"
    created = [r for r in shop.market.requests if r.path.endswith("/create_shipping_document")]
    assert f'"{kind}"'.encode() in created[-1].request.content
