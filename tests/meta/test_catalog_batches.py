"""Batches of items: what is sent, how its end is seen, and whose error is whose."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.meta.catalog_wire import BATCH, CATALOG, HANDLE, STATUS, Wire, ended, item, refusal

from socialcommerce import Retry, State, StockChange, errors
from socialcommerce.backends import Response
from socialcommerce.backends.meta.catalog import batches
from socialcommerce.backends.meta.codes import catalog as codes

RUNNING = {"data": [{"handle": HANDLE, "status": "started"}]}


def changes(*skus: str, quantity: int = 5) -> list[StockChange]:
    return [StockChange(sku=sku, quantity=quantity) for sku in skus]


def test_a_batch_never_creates_unless_that_is_wanted() -> None:
    wire = Wire()
    wire.client().catalog.set_stock(changes("A", "B"))
    assert wire.body() == {
        "item_type": "PRODUCT_ITEM",
        "allow_upsert": False,
        "requests": [
            {
                "method": "UPDATE",
                "data": {"quantity_to_sell_on_facebook": 5, "availability": "in stock", "id": sku},
            }
            for sku in ("A", "B")
        ],
    }


def test_its_end_is_waited_for_with_the_invalid_ids_asked_for() -> None:
    wire = Wire()
    dispatched = {"data": [{"handle": HANDLE, "status": "dispatched"}]}
    wire[STATUS] = [RUNNING, dispatched, {"data": []}, ended()]
    assert wire.client().catalog.set_stock(changes("A", "B")).ok
    assert wire.query(STATUS)["handle"] == HANDLE
    assert wire.query(STATUS)["load_ids_of_invalid_requests"] == "true"
    assert wire.calls() == [
        f"POST /{CATALOG}/items_batch",
        *[f"GET /{CATALOG}/check_batch_request_status"] * 4,
    ]


def test_every_error_is_told_of_its_own_item() -> None:
    wire = Wire()
    wire[STATUS] = ended(("B", "Invalid price"), ("B", "Invalid link"))
    wire["GET catalog:B"] = item("B")
    result = wire.client().catalog.set_stock(changes("A", "B", "C"))
    assert [one.status for one in result] == ["ok", "failed", "ok"]
    error = result[1].error
    assert isinstance(error, errors.InvalidRequest)
    assert str(error) == "meta: Invalid price; Invalid link"
    assert error.sent == "yes"


def test_errors_are_samples_and_invalid_ids_are_all() -> None:
    wire = Wire()
    wire[STATUS] = ended(("A", "Invalid price"), ids_of_invalid_requests=["A", "B"], errors_total_count=2)
    wire["GET catalog:A"], wire["GET catalog:B"] = item("A"), item("B")
    result = wire.client().catalog.set_stock(changes("A", "B", "C"))
    assert [str(one.error) for one in result] == [
        "meta: Invalid price",
        "meta: Meta refused this item and does not say why",
        "None",
    ]


def test_an_item_that_is_not_there_is_not_found() -> None:
    wire = Wire()
    wire[STATUS] = ended(("A", "The item does not exist"))
    with pytest.raises(errors.NotFound, match="A"):
        wire.client().catalog.set_stock(StockChange(sku="A", quantity=1))


def test_warnings_harm_nobody() -> None:
    wire = Wire()
    wire[STATUS] = ended(warnings=[{"id": "A", "message": "A recommended field is missing"}])
    wire[BATCH] = {
        "handles": [HANDLE],
        "validation_status": [{"retailer_id": "A", "errors": [], "warnings": [{"message": "x"}]}],
    }
    assert wire.client().catalog.set_stock(changes("A", "B")).ok


def test_what_the_validation_refuses_is_refused_though_others_go_on() -> None:
    wire = Wire()
    wire[BATCH] = {
        "handles": [HANDLE],
        "validation_status": [{"retailer_id": "B", "errors": [{"message": "price is malformed"}]}],
    }
    wire["GET catalog:B"] = item("B")
    result = wire.client().catalog.set_stock(changes("A", "B"))
    assert [one.status for one in result] == ["ok", "failed"]
    assert "price is malformed" in str(result[1].error)


def test_without_a_handle_nothing_was_accepted_and_the_blameless_go_again() -> None:
    wire = Wire()
    nothing = {"handles": [], "validation_status": [{"retailer_id": "B", "errors": [{"message": "bad"}]}]}
    wire[BATCH] = [nothing, {"handles": [HANDLE]}]
    wire["GET catalog:B"] = item("B")
    result = wire.client().catalog.set_stock(changes("A", "B", "C"))
    assert [one.status for one in result] == ["ok", "failed", "ok"]
    assert list(wire.written(1)) == ["A", "C"]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ([{"retailer_id": "", "errors": [{"message": "id is missing"}]}], "id is missing"),
        ([], "nothing of this batch"),
    ],
)
def test_without_a_handle_and_a_name_all_are_refused(status: list[Any], words: str) -> None:
    wire = Wire()
    wire[BATCH] = {"handles": [], "validation_status": status}
    wire["GET catalog:A"], wire["GET catalog:B"] = item("A"), item("B")
    result = wire.client().catalog.set_stock(changes("A", "B"))
    assert [words in str(one.error) for one in result] == [True, True]
    assert BATCH not in wire.calls()[1:]


def test_all_blamed_are_all_refused() -> None:
    wire = Wire()
    wire[BATCH] = {"handles": [], "validation_status": [{"retailer_id": "A", "errors": [{"message": "bad"}]}]}
    wire["GET catalog:A"] = item("A")
    with pytest.raises(errors.InvalidRequest, match="bad"):
        wire.client().catalog.set_stock(StockChange(sku="A", quantity=1))


@pytest.mark.parametrize("status", sorted(codes.FAILED))
def test_a_batch_that_failed_failed_for_all(status: str) -> None:
    wire = Wire()
    wire[STATUS] = ended(status=status)
    wire["GET catalog:A"], wire["GET catalog:B"] = item("A"), item("B")
    result = wire.client().catalog.set_stock(changes("A", "B"))
    assert [status in str(one.error) for one in result] == [True, True]


def test_an_error_without_an_id_blames_the_whole() -> None:
    wire = Wire()
    wire[STATUS] = ended(("", "The catalogue is locked"), ("A", "Invalid price"), ids_of_invalid_requests=[])
    wire["GET catalog:A"], wire["GET catalog:B"] = item("A"), item("B")
    result = wire.client().catalog.set_stock(changes("A", "B"))
    assert [str(one.error) for one in result] == ["meta: Invalid price", "meta: The catalogue is locked"]


def test_a_refused_call_is_the_error_of_each() -> None:
    wire = Wire()
    wire[BATCH] = refusal(200, "Permissions error", status=403)
    wire["GET catalog:A"], wire["GET catalog:B"] = item("A"), item("B")
    result = wire.client().catalog.set_stock(changes("A", "B"))
    assert {type(one.error) for one in result} == {errors.PermissionDenied}


def test_a_lost_reply_is_asked_again_since_nothing_happens_twice() -> None:
    wire = Wire()
    wire[BATCH] = [Response(502, {"content-type": "text/html"}, b"<html>"), {"handles": [HANDLE]}]
    assert wire.client().catalog.set_stock(changes("A", "B")).ok
    assert wire.body(BATCH, 0) == wire.body(BATCH, 1)


class TestParts:
    def test_a_call_takes_so_many_items(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(codes, "BATCH_ROWS", 2)
        wire = Wire()
        assert wire.client().catalog.set_stock(changes("A", "B", "C", "D", "E")).ok
        batches = [json.loads(one.content)["requests"] for one in wire.sent if one.method == "POST"]
        assert sorted(row["data"]["id"] for rows in batches for row in rows) == ["A", "B", "C", "D", "E"]
        assert sorted(map(len, batches)) == [1, 2, 2]

    def test_a_call_takes_so_many_bytes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(codes, "BATCH_BYTES", 300)
        wire = Wire()
        assert wire.client().catalog.set_stock(changes("A", "B", "C")).ok
        sizes = [len(one.content) for one in wire.sent if one.method == "POST"]
        assert len(sizes) == 2
        assert max(sizes) <= 300

    def test_the_limits_are_metas(self) -> None:
        assert (codes.BATCH_ROWS, codes.BATCH_BYTES) == (5000, 28_000_000)

    def test_one_part_that_fails_harms_no_other(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(codes, "BATCH_ROWS", 1)
        wire = Wire()
        wire[BATCH] = lambda request: (
            refusal(100, "bad") if b'"A"' in request.content else {"handles": [HANDLE]}
        )
        wire["GET catalog:A"] = item("A")
        result = wire.client().catalog.set_stock(changes("A", "B"))
        assert [one.status for one in result] == ["failed", "ok"]


class TestUnknown:
    def test_a_batch_whose_end_cannot_be_seen_is_unknown_and_can_be_taken_up_again(self) -> None:
        wire = Wire()
        wire[STATUS] = refusal(10, "Permission lost", status=403)
        client = wire.client()
        result = client.catalog.set_stock(changes("A", "B"))
        assert [one.status for one in result] == ["unknown", "unknown"]
        error = result[0].error
        assert isinstance(error, errors.OutcomeUnknown)
        assert error.evidence == {"handle": HANDLE}
        job_id = error.how_to_find_out.split("'")[1]
        wire[STATUS] = ended(("B", "Invalid"))
        resumed = client.jobs.resume(job_id)
        assert [(one.input, one.status) for one in resumed] == [("A", "ok"), ("B", "failed")]

    def test_another_process_takes_it_up(self) -> None:
        state, wire = State.memory(), Wire()
        wire[STATUS] = refusal(10, "Permission lost", status=403)
        result = wire.client(state=state).catalog.set_stock(changes("A", "B"))
        error = result[0].error
        assert isinstance(error, errors.OutcomeUnknown)
        wire[STATUS] = [RUNNING, ended()]
        assert wire.client(state=state).jobs.resume(error.how_to_find_out.split("'")[1]).ok

    def test_one_that_never_ends_is_given_up_after_half_an_hour(self) -> None:
        wire = Wire()
        wire[STATUS] = RUNNING
        before = wire.clock()
        with pytest.raises(errors.OutcomeUnknown):
            wire.client().catalog.set_stock(StockChange(sku="A", quantity=1))
        assert timedelta(seconds=wire.clock() - before) == timedelta(minutes=30)

    def test_an_answer_of_another_shape_is_unknown_as_well(self) -> None:
        wire = Wire()
        wire[STATUS] = {"data": {"status": "finished"}}
        result = wire.client().catalog.set_stock(changes("A", "B"))
        assert [one.status for one in result] == ["unknown", "unknown"]

    def test_what_was_never_sent_is_not_unknown(self) -> None:
        def broken(request: Any) -> Response:
            raise ConnectionError("no route")

        wire = Wire()
        wire[BATCH] = broken
        client = wire.client(retry=Retry(attempts=1))
        result = client.catalog.set_stock(changes("A", "B"))
        assert not result.ok


def test_two_writes_of_one_item_are_merged_in_their_order() -> None:
    write = batches.Write
    merged = batches._merged(
        [
            write("CREATE", "A", {"title": "one", "price": "1 USD"}),
            write("UPDATE", "B", {"title": "b"}),
            write("UPDATE", "A", {"title": "two"}),
            write("DELETE", "B", {}),
        ]
    )
    assert merged == [write("CREATE", "A", {"title": "two", "price": "1 USD"}), write("DELETE", "B", {})]
