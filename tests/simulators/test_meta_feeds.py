"""Feeds of the pretend catalog: files sent and fetched, what they store and what they delete."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.support.graph_caller import GraphCaller, Refusal

from socialcommerce.runtime.transport import Request

SITE = "https://shop.example.com/feed.csv"
HEAD = "id,title,availability,condition,price,link,image_link"


def line(sku: str, price: str = "5.00 USD") -> str:
    return f"{sku},Thing {sku},in stock,new,{price},https://x.example/{sku},https://x.example/{sku}.jpg"


def table(*lines: str) -> bytes:
    return "\n".join([HEAD, *lines]).encode()


def feed(graph: GraphCaller, **values: Any) -> str:
    return str(graph.post(f"/{graph.catalog}/product_feeds", name="Feed", **values)["id"])


def skus(graph: GraphCaller) -> list[str]:
    rows = graph.get(f"/{graph.catalog}/products", fields="retailer_id")["data"]
    return sorted(one["retailer_id"] for one in rows)


def send_file(graph: GraphCaller, feed_id: str, content: bytes, **values: str) -> str:
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in values.items()
    ]
    parts.append(
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="f.csv"\r\n\r\n'
        + content
        + b"\r\n--b--\r\n"
    )
    headers = {"authorization": f"Bearer {graph.token}", "content-type": "multipart/form-data; boundary=b"}
    url = f"https://graph.facebook.com/v26.0/{feed_id}/uploads"
    response = graph.twin.handle(Request("POST", url, headers, b"".join(parts)))
    upload = str(json.loads(response.content)["id"])
    graph.market.advance(timedelta(minutes=1))
    return upload


COUNTS = "num_detected_items,num_persisted_items,num_invalid_items,num_deleted_items,error_count,input_method"


def counts(graph: GraphCaller, upload: str) -> tuple[int, ...]:
    shown = graph.get(f"/{upload}", fields=COUNTS)
    return tuple(shown[name] for name in COUNTS.split(",")[:5])


def test_a_file_replaces_what_the_feed_brought_before(graph: GraphCaller) -> None:
    graph.market.add_product("OTHER", stock=1)
    mine = feed(graph)
    assert counts(graph, send_file(graph, mine, table(line("A"), line("B")))) == (2, 2, 0, 0, 0)
    assert counts(graph, send_file(graph, mine, table(line("B"), line("C")))) == (2, 2, 0, 1, 0)
    assert skus(graph) == ["B", "C", "OTHER"]
    assert counts(graph, send_file(graph, mine, table(line("D")), update_only="true")) == (1, 1, 0, 0, 0)
    assert skus(graph) == ["B", "C", "D", "OTHER"]
    shown = graph.get(
        f"/{mine}", fields="name,product_count,latest_upload{id,num_persisted_items},created_time"
    )
    assert (shown["product_count"], shown["latest_upload"]["num_persisted_items"]) == (3, 1)
    assert len(graph.get(f"/{mine}/products")["data"]) == 3
    assert len(graph.get(f"/{mine}/uploads", fields="start_time,end_time")["data"]) == 3


def test_bad_rows_are_told_as_samples_and_as_a_file(graph: GraphCaller) -> None:
    lines = [line("A"), line("A"), line("B", "cheap"), line("C", "dear"), line(""), line("D")]
    upload = send_file(graph, feed(graph, delimiter="COMMA"), table(*lines))
    assert counts(graph, upload) == (6, 1, 5, 0, 4)
    samples = {one["error_type"]: one for one in graph.get(f"/{upload}/errors")["data"]}
    assert samples["INVALID_ROW"]["total_count"] == 2
    assert samples["DUPLICATE_IDS"]["severity"] == "fatal"
    graph.post(f"/{upload}/error_report")
    report = graph.get(f"/{upload}", fields="error_report")["error_report"]
    assert report == {"report_status": "WRITE_STARTED"}
    graph.market.advance(timedelta(minutes=1))
    report = graph.get(f"/{upload}", fields="error_report")["error_report"]
    assert report["report_status"] == "WRITE_FINISHED"
    reply = graph.twin.handle(Request("GET", report["file_handle"]))
    assert reply.content.decode().count("Invalid price") == 2
    credentialed = Request("GET", report["file_handle"], {"authorization": "Bearer x"})
    assert graph.twin.handle(credentialed).status == 400
    graph.market.advance(timedelta(days=2))
    assert graph.twin.handle(Request("GET", report["file_handle"])).status == 404


def test_a_schedule_fetches_again_and_again(graph: GraphCaller) -> None:
    graph.twin.sites[SITE] = table(line("A"), line("B"))
    mine = feed(graph, schedule={"interval": "DAILY", "url": SITE, "hour": 3})
    graph.market.advance(timedelta(days=1, minutes=2))
    assert skus(graph) == ["A", "B"]
    graph.twin.sites[SITE] = table(line("B")).replace(b",", b"\t")
    graph.market.advance(timedelta(days=1))
    assert skus(graph) == ["B"], "a row that is missing is deleted"
    graph.post(f"/{mine}", schedule="", update_schedule={"interval": "HOURLY", "url": SITE})
    graph.twin.sites[SITE] = table(line("C"))
    graph.market.advance(timedelta(hours=1, minutes=2))
    assert skus(graph) == ["B", "C"], "an update deletes nothing"
    assert graph.call("DELETE", f"/{mine}") == {"success": True}
    graph.twin.sites[SITE] = table(line("D"))
    graph.market.advance(timedelta(days=1))
    assert "D" not in skus(graph)


def test_a_file_that_cannot_be_fetched_deletes_nothing(graph: GraphCaller) -> None:
    mine = feed(graph)
    send_file(graph, mine, table(line("A")))
    upload = graph.post(f"/{mine}/uploads", url="https://nowhere.example/x.csv")["id"]
    graph.market.advance(timedelta(minutes=1))
    assert counts(graph, upload) == (0, 0, 0, 0, 1)
    assert skus(graph) == ["A"]


def test_what_feeds_refuse(graph: GraphCaller) -> None:
    path = f"/{graph.catalog}/product_feeds"
    mine = feed(graph, deletion_enabled="true")
    for given, message in (
        ({}, "name is required"),
        ({"name": "x", "schedule": "daily"}, "valid JSON"),
        ({"name": "x", "schedule": {"interval": "NEVER", "url": SITE}}, "needs an interval"),
        ({"name": "x", "schedule": {"interval": "DAILY", "url": SITE, "interval_count": 0}}, "1 or more"),
        ({"name": "x", "delimiter": "SPACE"}, "delimiter must be one of"),
    ):
        with pytest.raises(Refusal, match=message):
            graph.post(path, **given)
    with pytest.raises(Refusal, match="cannot be turned off"):
        graph.post(f"/{mine}", deletion_enabled="false")
    with pytest.raises(Refusal, match="url is required"):
        graph.post(f"/{mine}/uploads")
    assert [one["id"] for one in graph.get(path)["data"]] == [mine]
    assert graph.get(f"/{graph.catalog}", fields="feed_count")["feed_count"] == 1
