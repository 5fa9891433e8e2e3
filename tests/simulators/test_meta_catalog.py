"""The pretend catalog at the wire: items, batches, groups, sets, feeds."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from tests.support.graph_caller import GraphCaller, Refusal

from socialcommerce.simulators.account import NotPlayed
from socialcommerce.simulators.meta.social import MetaTwin

NEW = {
    "retailer_id": "MUG-1",
    "name": "Mug",
    "currency": "USD",
    "price": 1999,
    "image_url": "https://cdn.example.com/1.jpg",
    "url": "https://shop.example.com/p/MUG-1",
    "availability": "in stock",
    "condition": "new",
}
ALL = "id,retailer_id,name,price,sale_price,currency,inventory,review_status,visibility,image_url"


def row(sku: str, **other: Any) -> dict[str, Any]:
    """The columns of a new item."""
    return {
        "id": sku,
        "title": f"Thing {sku}",
        "availability": "in stock",
        "condition": "new",
        "price": "19.99 USD",
        "link": f"https://shop.example.com/p/{sku}",
        "image_link": f"https://cdn.example.com/{sku}.jpg",
        **other,
    }


def by_sku(graph: GraphCaller, sku: str, fields: str = ALL) -> Any:
    packed = base64.urlsafe_b64encode(sku.encode()).decode().rstrip("=")
    return graph.get(f"/catalog:{graph.catalog}:{packed}", fields=fields)


def finished(graph: GraphCaller, reply: Any) -> Any:
    graph.market.advance(timedelta(minutes=2))
    handle = reply["handles"][0]
    path = f"/{graph.catalog}/check_batch_request_status"
    return graph.get(path, handle=handle, load_ids_of_invalid_requests="true")["data"][0]


# -- reading


def test_what_the_market_lists_is_on_sale(graph: GraphCaller) -> None:
    graph.market.add_product("TS-1", stock=5, price="19.90", title="Tee", brand="Acme")
    (item,) = graph.get(f"/{graph.catalog}/products", fields=ALL + ",brand,product_group{id,retailer_id}")[
        "data"
    ]
    assert (item["price"], item["sale_price"], item["currency"]) == ("$19.90", "", "USD")
    assert (item["inventory"], item["review_status"], item["brand"]) == (5, "approved", "Acme")
    assert item["product_group"]["retailer_id"] == "TS-1"


def test_an_item_is_found_by_its_sku_while_the_colon_stands(graph: GraphCaller) -> None:
    graph.market.add_product("TS/1 é", stock=5)
    assert by_sku(graph, "TS/1 é")["retailer_id"] == "TS/1 é"
    with pytest.raises(Refusal) as refusal:
        by_sku(graph, "NONE")
    assert (refusal.value.code, refusal.value.subcode) == (100, 33)
    with pytest.raises(Refusal, match="803"):
        graph.get(f"/catalog%3A{graph.catalog}%3Ax")
    with pytest.raises(Refusal, match="does not exist"):
        graph.get("/catalog:1")


def test_a_price_is_a_text_for_people(graph: GraphCaller) -> None:
    graph.market.add_product("TS-1", stock=5, price="1299.50")
    assert by_sku(graph, "TS-1")["price"] == "$1,299.50"
    graph.twin.comma_prices = True
    assert by_sku(graph, "TS-1")["price"] == "1.299,50 $"
    graph.twin.comma_prices = False
    finished(graph, graph.batch({"method": "UPDATE", "data": {"id": "TS-1", "price": "1200 JPY"}}))
    assert by_sku(graph, "TS-1")["price"] == "¥1,200"
    finished(graph, graph.batch({"method": "UPDATE", "data": {"id": "TS-1", "price": "12.00 NZD"}}))
    assert by_sku(graph, "TS-1")["price"] == "NZD 12.00"


def test_products_are_filtered(graph: GraphCaller) -> None:
    for number in range(4):
        graph.market.add_product(f"TS-{number}", stock=number, price=number + 1, brand="Acme")

    def found(**rule: Any) -> list[str]:
        rows = graph.get(f"/{graph.catalog}/products", filter=rule, fields="retailer_id")["data"]
        return [one["retailer_id"] for one in rows]

    assert found(retailer_id={"is_any": ["TS-1", "TS-9"]}) == ["TS-1"]
    assert found(retailer_id={"is_not_any": ["TS-1"], "neq": "TS-0"}) == ["TS-2", "TS-3"]
    assert found(price_amount={"gte": 300, "lt": "400"}) == ["TS-2"]
    assert found(inventory={"gt": 1, "lte": 2}) == ["TS-2"]
    assert found(**{"or": [{"retailer_id": {"eq": "TS-0"}}, {"item_group_id": {"starts_with": "TS-3"}}]}) == [
        "TS-0",
        "TS-3",
    ]
    assert found(**{"and": [{"brand": {"i_contains": "acME"}}, {"brand": {"not_contains": "x"}}]}) != []
    assert found(brand={"contains": "cm", "i_not_contains": "ACME"}) == []
    with pytest.raises(Refusal, match="Invalid filter"):
        graph.get(f"/{graph.catalog}/products", filter=["brand"])
    for bad in ({"brand": {"like": "A"}}, {"and": "x"}, {"brand": "x"}, {"price_amount": {"gt": "much"}}):
        with pytest.raises(Refusal, match="Invalid filter"):
            found(**bad)


def test_only_approved_items_and_those_with_errors(graph: GraphCaller) -> None:
    product = graph.market.add_product("TS-1", stock=5)
    graph.post(f"/{graph.catalog}/products", **NEW)
    path = f"/{graph.catalog}/products"
    assert len(graph.get(path, return_only_approved_products="true")["data"]) == 1
    graph.twin.nodes[product.variants[0].id].data["errors"] = [
        {"error_type": "IMAGE_RESOLUTION_LOW", "error_priority": "LOW", "title": "Low"}
    ]
    assert len(graph.get(path, error_priority="LOW")["data"]) == 1
    assert graph.get(path, error_priority="HIGH")["data"] == []


# -- single writes


def test_an_item_is_made_changed_and_deleted(graph: GraphCaller) -> None:
    made = graph.post(f"/{graph.catalog}/products", **NEW, sale_price=1499, inventory=12, color="red")
    item = graph.get(f"/{made['id']}", fields=ALL + ",color,product_catalog{id}")
    assert (item["price"], item["sale_price"], item["inventory"]) == ("$19.99", "$14.99", 12)
    assert (item["review_status"], item["product_catalog"]["id"]) == ("pending", graph.catalog)
    graph.market.advance(timedelta(minutes=1))
    assert by_sku(graph, "MUG-1")["review_status"] == "approved"
    assert graph.post(f"/{made['id']}", price=2500, quantity_to_sell_on_facebook=3) == {"success": True}
    item = by_sku(graph, "MUG-1")
    assert (item["price"], item["inventory"]) == ("$25.00", 3)
    assert graph.call("DELETE", f"/{made['id']}") == {"success": True}
    with pytest.raises(Refusal):
        graph.get(f"/{made['id']}")


def test_what_single_writes_refuse(graph: GraphCaller) -> None:
    path = f"/{graph.catalog}/products"
    graph.post(path, **NEW)
    assert graph.post(path, **NEW)["id"], "an existing one is changed"
    for change, code in (
        ({"allow_upsert": "false"}, 10800),
        ({"name": "x" * 201}, 10801),
        ({"price": "19.99"}, 100),
        ({"availability": "soon"}, 100),
        ({"image_url": ""}, 100),
        ({"inventory": -1}, 100),
    ):
        with pytest.raises(Refusal) as refusal:
            graph.post(path, **{**NEW, **change})
        assert refusal.value.code == code
    bare = {key: value for key, value in NEW.items() if key != "currency"}
    with pytest.raises(Refusal, match="The parameter currency is required"):
        graph.post(path, **bare)


def test_a_forbidden_word_fails_the_review(graph: GraphCaller) -> None:
    made = graph.post(f"/{graph.catalog}/products", **{**NEW, "name": "Counterfeit mug"})
    graph.market.advance(timedelta(minutes=1))
    item = graph.get(f"/{made['id']}", fields="review_status,review_rejection_reasons")
    assert item["review_status"] == "rejected"
    assert item["review_rejection_reasons"]
    (problem,) = [
        one for one in graph.get(f"/{graph.catalog}/diagnostics")["data"] if one["severity"] == "MUST_FIX"
    ]
    assert problem["number_of_affected_items"] == 1
    severities = graph.get(f"/{graph.catalog}/diagnostics", severities=["OPPORTUNITY"])["data"]
    assert [one["title"] for one in severities] == ["Items are out of stock"]
    with pytest.raises(Refusal, match="must be a number"):
        graph.post(f"/{made['id']}", product_priority_0="first")
    graph.post(f"/{made['id']}", additional_variant_attributes={"Fit": "Regular"})
    shown = graph.get(f"/{made['id']}", fields="additional_variant_attributes")
    assert shown["additional_variant_attributes"] == [{"key": "Fit", "value": "Regular"}]


# -- batches


def test_a_batch_is_worked_off_after_a_while(graph: GraphCaller) -> None:
    image = [
        {"url": "https://cdn.example.com/a.jpg", "tag": ["front"]},
        {"url": "https://cdn.example.com/b.jpg"},
    ]
    data = row(
        "TEE-S",
        item_group_id="TEE",
        sale_price="14.99 USD",
        sale_price_effective_date="2026-11-20T00:00-0800/2026-11-30T23:59-0800",
        image=image,
        additional_variant_attribute="Fit:Regular,Neck:Crew",
        quantity_to_sell_on_facebook=12,
        size="S",
        mpn="M1",
        colour="red",
    )
    reply = graph.batch({"method": "CREATE", "data": data}, allow_upsert=False)
    assert reply["validation_status"][0]["warnings"] == [{"message": "Unrecognised field: colour"}]
    handle = reply["handles"][0]
    status = graph.get(f"/{graph.catalog}/check_batch_request_status", handle=handle)["data"][0]
    assert (status["status"], status["errors_total_count"]) == ("started", 0)
    assert finished(graph, reply)["status"] == "finished"
    fields = (
        "image_url,additional_image_urls,sale_price,sale_price_start_date,sale_price_end_date,size,"
        "additional_variant_attributes,manufacturer_part_number,retailer_product_group_id,inventory"
    )
    item = by_sku(graph, "TEE-S", fields)
    assert item["image_url"].endswith("a.jpg")
    assert item["additional_image_urls"] == ["https://cdn.example.com/b.jpg"]
    assert (item["sale_price"], item["sale_price_end_date"]) == ("$14.99", "2026-11-30T23:59-0800")
    assert item["additional_variant_attributes"][0] == {"key": "Fit", "value": "Regular"}
    assert (item["retailer_product_group_id"], item["inventory"]) == ("TEE", 12)


def test_nothing_taken_is_an_empty_list_of_handles(graph: GraphCaller) -> None:
    lacking = row("X")
    del lacking["price"]
    reply = graph.batch(
        {"method": "CREATE", "data": lacking}, {"method": "FIND", "data": {"id": "Y"}}, {"data": {}}
    )
    assert reply["handles"] == []
    errors = [one["errors"][0]["message"] for one in reply["validation_status"]]
    assert errors[:2] == ["A required field is missing: price", "Invalid method"]


def test_the_lines_of_a_batch_fail_one_by_one(graph: GraphCaller) -> None:
    graph.market.add_product("OLD", stock=1)
    requests = [
        {"method": "CREATE", "data": row("NEW")},
        {"method": "UPDATE", "data": {"id": "OLD", "price": "cheap"}},
        {"method": "UPDATE", "data": {"id": "HALF", "title": "Half"}},
        {"method": "DELETE", "data": {"id": "NONE"}},
        {"method": "UPDATE", "data": {"id": "OLD", "availability": "gone"}},
        {"method": "UPDATE", "data": {"id": "OLD", "image_link": "ftp://x"}},
        {"method": "UPDATE", "data": {"id": "OLD", "inventory": "some"}},
        {"method": "UPDATE", "data": {"id": "OLD", "additional_image_link": ",".join(["https://x"] * 21)}},
        {"method": "UPDATE", "data": {"id": "OLD", "title": "x" * 201}},
    ]
    status = finished(graph, graph.batch(*requests))
    assert {one["line"] for one in status["errors"]} == {1, 2, 4, 5, 6, 7, 8}
    assert status["ids_of_invalid_requests"] == ["HALF", "OLD"]
    path = f"/{graph.catalog}/check_batch_request_status"
    assert graph.get(path, handle=status["handle"])["data"][0]["ids_of_invalid_requests"] == []


def test_without_upsert_each_method_means_itself(graph: GraphCaller) -> None:
    graph.market.add_product("OLD", stock=1)
    requests = [{"method": "CREATE", "data": row("OLD")}, {"method": "UPDATE", "data": row("NEW")}]
    messages = [
        one["message"] for one in finished(graph, graph.batch(*requests, allow_upsert=False))["errors"]
    ]
    assert messages == ["Duplicate retailer_id: OLD", "The product NEW does not exist"]
    assert finished(graph, graph.batch(*requests))["errors"] == []


def test_two_updates_of_one_item_have_no_order(graph: GraphCaller) -> None:
    graph.market.add_product("OLD", stock=1)
    updates = [{"method": "UPDATE", "data": {"id": "OLD", "inventory": count}} for count in (3, 4)]
    finished(graph, graph.batch(*updates))
    assert by_sku(graph, "OLD")["inventory"] == 3


def test_an_item_is_archived_emptied_moved_and_deleted(graph: GraphCaller) -> None:
    graph.market.add_product("OLD", stock=1)
    change = {
        "id": "OLD",
        "status": "archived",
        "sale_price": "",
        "sale_price_effective_date": "",
        "item_group_id": "G",
    }
    finished(graph, graph.batch({"method": "UPDATE", "data": change}))
    item = by_sku(graph, "OLD", ALL + ",retailer_product_group_id")
    assert (item["visibility"], item["retailer_product_group_id"]) == ("staging", "G")
    groups = graph.get(f"/{graph.catalog}/product_groups", fields="retailer_id")["data"]
    assert [one["retailer_id"] for one in groups] == ["G"]
    finished(graph, graph.batch({"method": "DELETE", "data": {"id": "OLD"}}))
    assert graph.get(f"/{graph.catalog}/product_groups")["data"] == []


def test_what_batches_refuse(graph: GraphCaller) -> None:
    path = f"/{graph.catalog}/items_batch"
    for body, message in (
        ({"requests": []}, "item_type is required"),
        ({"item_type": "HOTEL", "requests": []}, "item_type"),
        ({"item_type": "PRODUCT_ITEM"}, "requests is required"),
        ({"item_type": "PRODUCT_ITEM", "requests": {"a": 1}}, "must be an array"),
        ({"item_type": "PRODUCT_ITEM", "requests": [{}] * 5001}, "at most 5000"),
        ({"item_type": "PRODUCT_ITEM", "requests": [{"x": "y" * (29 << 20)}]}, "reduce the amount of data"),
    ):
        with pytest.raises(Refusal, match=message):
            graph.call("POST", path, body=body)
    with pytest.raises(Refusal, match="Invalid handle"):
        graph.get(f"/{graph.catalog}/check_batch_request_status", handle="x")


def test_batches_have_a_limit_of_their_own(graph: GraphCaller) -> None:
    graph.market.add_product("OLD", stock=1)
    graph.twin.limits.budgets["catalog_batch"] = 2
    update = {"method": "UPDATE", "data": {"id": "OLD", "inventory": 3}}
    for _ in range(2):
        graph.batch(update)
    path, body = f"/{graph.catalog}/items_batch", {"item_type": "PRODUCT_ITEM", "requests": [update]}
    response = graph.send("POST", path, body=body)
    error = json.loads(response.content)["error"]
    assert (response.status, error["code"], error["error_subcode"]) == (400, 80014, 2446079)
    (usage,) = json.loads(response.headers["x-business-use-case-usage"])[graph.catalog]
    assert (usage["type"], usage["call_count"]) == ("catalog_batch", 100)
    assert 50 <= usage["estimated_time_to_regain_access"] <= 60
    graph.market.advance(timedelta(minutes=61))
    assert graph.batch(update)["handles"]


def test_localized_rows_need_an_item(graph: GraphCaller) -> None:
    product = graph.market.add_product("OLD", stock=1)
    requests = [
        {"method": "UPDATE", "data": {"id": "OLD", "override": "DE", "title": "Ding"}},
        {"method": "UPDATE", "data": {"id": "NONE", "override": "DE"}},
    ]
    body = {"item_type": "PRODUCT_ITEM", "requests": requests}
    status = finished(graph, graph.call("POST", f"/{graph.catalog}/localized_items_batch", body=body))
    assert [one["id"] for one in status["errors"]] == ["NONE"]
    assert graph.twin.nodes[product.variants[0].id].hidden["overrides"]["DE"]["title"] == "Ding"


# -- groups and sets


def test_groups_hold_their_items(graph: GraphCaller) -> None:
    rows = [row(f"TEE-{size}", item_group_id="TEE", size=size, color="red") for size in "SM"]
    finished(graph, graph.batch(*({"method": "CREATE", "data": one} for one in rows)))
    fields = "retailer_id,variants,product_catalog{id},products.limit(1){retailer_id,size}"
    (group,) = graph.get(f"/{graph.catalog}/product_groups", fields=fields)["data"]
    assert group["products"]["data"][0]["size"] == "S"
    assert "next" in group["products"]["paging"]
    assert {"product_field": "size", "label": "size", "options": ["S", "M"]} in group["variants"]
    assert len(graph.get(f"/{group['id']}/products")["data"]) == 2
    with pytest.raises(Refusal, match="default_product_id"):
        graph.post(f"/{group['id']}", default_product_id="1")
    assert graph.post(f"/{group['id']}", default_product_id=group["products"]["data"][0]["id"])
    with pytest.raises(Refusal, match="not empty"):
        graph.call("DELETE", f"/{group['id']}", deletion_method="ONLY_IF_EMPTY")
    graph.call("DELETE", f"/{group['id']}")
    assert graph.get(f"/{graph.catalog}/products")["data"] == []


def test_a_group_is_made_and_filled(graph: GraphCaller) -> None:
    path = f"/{graph.catalog}/product_groups"
    group = graph.post(path, retailer_id="G")["id"]
    with pytest.raises(Refusal, match="Duplicate"):
        graph.post(path, retailer_id="G")
    with pytest.raises(Refusal, match="required"):
        graph.post(path)
    graph.post(f"/{group}/products", **NEW)
    assert by_sku(graph, "MUG-1", "retailer_product_group_id")["retailer_product_group_id"] == "G"
    empty = graph.post(path, retailer_id="E")["id"]
    assert graph.call("DELETE", f"/{empty}", deletion_method="ONLY_IF_EMPTY") == {"success": True}


def test_a_set_is_a_filter(graph: GraphCaller) -> None:
    for number in range(3):
        graph.market.add_product(f"TS-{number}", stock=1)
    path = f"/{graph.catalog}/product_sets"
    rule = {"retailer_id": {"is_any": ["TS-0", "TS-1"]}}
    made = graph.post(path, name="Sale", filter=rule, retailer_id="sale")["id"]
    shown = graph.get(f"/{made}", fields="name,filter,product_count,retailer_id,product_catalog{id}")
    assert json.loads(shown["filter"]) == rule
    assert (shown["product_count"], shown["retailer_id"]) == (2, "sale")
    assert len(graph.get(f"/{made}/products")["data"]) == 2
    assert graph.get(path, retailer_id="other")["data"] == []
    item = graph.get(f"/{made}/products", fields="product_sets{name}")["data"][0]
    assert item["product_sets"]["data"][0]["name"] == "Sale"
    for given, code in (
        ({"filter": rule}, 10803),
        ({"filter": {"a": {"like": 1}}}, 100),
        ({"filter": {"x": "y" * 600000}}, 100),
    ):
        with pytest.raises(Refusal) as refusal:
            graph.post(path, name="Other", **given)
        assert refusal.value.code == code
    graph.post(f"/{made}", name="Bargains", filter={})
    assert graph.get(f"/{made}", fields="name,product_count")["product_count"] == 3
    graph.twin.nodes[made].hidden["live"] = True
    with pytest.raises(Refusal, match="allow_live_product_set_deletion"):
        graph.call("DELETE", f"/{made}")
    assert graph.call("DELETE", f"/{made}", allow_live_product_set_deletion="true") == {"success": True}


# -- catalogs


def test_catalogs_are_made_renamed_and_deleted(graph: GraphCaller, meta: MetaTwin) -> None:
    path = f"/{meta.business.id}/owned_product_catalogs"
    made = graph.post(path, name="Second")["id"]
    with pytest.raises(Refusal) as refusal:
        graph.post(path, name="Second")
    assert refusal.value.code == 804
    graph.post(f"/{made}", name="Other")
    fields = "id,name,vertical,product_count,feed_count,business{id},commerce_merchant_settings"
    shown = graph.get(f"/{made}", fields=fields)
    assert (shown["name"], shown["vertical"], shown["product_count"]) == ("Other", "commerce", 0)
    with pytest.raises(Refusal, match="cannot be changed"):
        graph.post(f"/{made}", vertical="hotels")
    graph.post(f"/{made}/products", **NEW)
    made_set = graph.post(f"/{made}/product_sets", name="All")["id"]
    graph.twin.nodes[made_set].hidden["live"] = True
    with pytest.raises(Refusal, match="in use"):
        graph.call("DELETE", f"/{made}")
    graph.call("DELETE", f"/{made}", allow_delete_catalog_with_live_product_set="true")
    assert [one["id"] for one in graph.get(path)["data"]] == [graph.catalog]


def test_pixels_are_linked(graph: GraphCaller, meta: MetaTwin) -> None:
    pixel, path = meta.settings()["pixel_id"], f"/{graph.catalog}/external_event_sources"
    for _ in range(2):
        graph.post(path, external_event_sources=[pixel])
    assert [(one["id"], one["source_type"]) for one in graph.get(path)["data"]] == [(pixel, "PIXEL")]
    meta.nodes[graph.catalog].hidden["event_stats"] = [
        {"event": "ViewContent", "total_matched_content_ids": 3}
    ]
    assert graph.get(f"/{graph.catalog}/event_stats")["data"][0]["total_matched_content_ids"] == 3
    graph.call("DELETE", path, external_event_sources=[pixel])
    assert graph.get(path)["data"] == []
    assert graph.get(f"/{graph.catalog}/event_stats")["data"] == []
    with pytest.raises(Refusal):
        graph.post(path, external_event_sources=["1"])
    with pytest.raises(Refusal, match="required"):
        graph.post(path)


def test_nothing_is_bought_on_facebook(graph: GraphCaller) -> None:
    graph.market.add_product("TS-1", stock=1)
    with pytest.raises(NotPlayed):
        graph.market.buy("TS-1")
    with pytest.raises(Refusal) as refusal:
        graph.get(f"/{graph.twin.sellers[0].asset('Page').id}/commerce_orders")
    assert refusal.value.code == 12


def test_what_is_left_of_a_shops_settings(graph: GraphCaller, meta: MetaTwin) -> None:
    page = meta.settings()["page_id"]
    (shop,) = graph.get(f"/{meta.business.id}/commerce_merchant_settings")["data"]
    assert graph.get(f"/{page}/commerce_merchant_settings")["data"] == [shop]
    shown = graph.get(f"/{shop['id']}", fields="display_name,merchant_status")
    assert (shown["display_name"], shown["merchant_status"]) == ("Brand 1", "ENABLED")
    for path in (f"/{shop['id']}/product_catalogs", f"/{page}/product_catalogs"):
        assert [one["id"] for one in graph.get(path)["data"]] == [graph.catalog]
    (storefront,) = graph.get(f"/{shop['id']}/shops", fields="shop_status,fb_sales_channel")["data"]
    assert storefront["fb_sales_channel"]["fb_page"]["id"] == page
    assert graph.get(f"/{shop['id']}/setup_status")["data"][0]["shop_setup"] == "SETUP"
    for edge in ("returns", "commerce_payouts", "commerce_transactions"):
        with pytest.raises(Refusal) as refusal:
            graph.get(f"/{shop['id']}/{edge}")
        assert refusal.value.code == 12
