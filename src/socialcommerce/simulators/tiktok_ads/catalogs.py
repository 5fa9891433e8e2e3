"""Ad catalogs of the Business Center: products come in by jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialcommerce.simulators.tiktok_ads.defaults import text_time
from socialcommerce.simulators.tiktok_ads.wire import Call, Refused, Routes, wrong

__all__ = ["routes"]

routes = Routes()

REQUIRED = ("title", "description", "availability", "image_url", "price_info", "landing_page")
AVAILABILITY = frozenset({"IN_STOCK", "AVAILABLE_FOR_ORDER", "PREORDER", "OUT_OF_STOCK", "DISCONTINUED"})
WRITING = 30
"""Seconds until a product job is done."""
REACH = 100_000


def _catalog(call: Call) -> dict[str, Any]:
    call.twin.check_bc(call.values["bc_id"])
    key = call.values["catalog_id"]
    if key not in call.twin.catalogs:
        raise Refused(40001, f"You don't have permission to operate this catalog:{key}.")
    return call.twin.catalogs[key]


@routes.on("POST", "/catalog/create/")
def create(call: Call) -> Any:
    """A new catalog."""
    call.twin.check_bc(call.values["bc_id"])
    name = call.values["name"]
    if not 1 <= len(name) <= 128:
        raise wrong("name: Must hold 1 to 128 characters.")
    key, now = call.twin.new_id("catalog"), text_time(call.twin.clock.now())
    call.twin.catalogs[key] = {
        "row": {
            "catalog_id": key,
            "catalog_name": name,
            "catalog_type": call.values["catalog_type"],
            "catalog_conf": call.values["catalog_conf"],
            "ad_creation_eligible": "AVAILABLE",
            "create_time": now,
            "update_time": now,
        },
        "products": {},
        "sets": {},
        "jobs": {},
    }
    return {"catalog_id": key}


@routes.on("GET", "/catalog/get/")
def catalogs(call: Call) -> Any:
    """The catalogs of a Business Center."""
    call.twin.check_bc(call.values["bc_id"])
    wanted = call.values.get("catalog_id")
    rows = [one["row"] for key, one in call.twin.catalogs.items() if wanted in (None, key)]
    return call.page(rows, lambda row: row | {"bc_info": {"bc_id": call.twin.bc_id}}, 1000)


@routes.on("POST", "/catalog/delete/")
def delete(call: Call) -> Any:
    """Take a catalog away."""
    _catalog(call)
    del call.twin.catalogs[call.values["catalog_id"]]


# -- products


def _job(call: Call, catalog: dict[str, Any], **counts: Any) -> dict[str, str]:
    key, now = call.twin.new_id("feed_log"), call.twin.clock.now()
    zero = dict.fromkeys(("add_count", "update_count", "delete_count", "error_count", "warn_count"), 0)
    catalog["jobs"][key] = {"created": now, "counts": zero | counts}
    return {"feed_log_id": key}


def _fault(row: Mapping[str, Any]) -> str | None:
    missing = next((name for name in REQUIRED if not row.get(name)), None)
    if missing is None and row["availability"] not in AVAILABILITY:
        return "availability"
    return missing


def _write(call: Call, add: bool) -> Any:
    catalog, new, changed, bad = _catalog(call), 0, 0, []
    for given in call.values["products"]:
        before = catalog["products"].get(given["sku_id"], {})
        row = before | given
        field = _fault(row)
        if field is not None or (not add and not before):
            bad.append((given["sku_id"], field or "sku_id"))
            continue
        new, changed = new + (not before), changed + bool(before)
        fixed = {"product_id": before.get("product_id") or call.twin.new_id("product")}
        catalog["products"][given["sku_id"]] = row | fixed
    affected = [
        {
            "field": field,
            "issue": f"{field} is missing or invalid",
            "suggestion": "",
            "affected_product_count": 1,
            "affected_product_item_list": [{"sku_id": sku}],
        }
        for sku, field in bad
    ]
    return _job(call, catalog, add_count=new, update_count=changed, error_count=len(bad), affected=affected)


@routes.on("POST", "/catalog/product/upload/")
def upload(call: Call) -> Any:
    """Add products (or replace them by ``sku_id``); the answer names a job."""
    return _write(call, True)


@routes.on("POST", "/catalog/product/update/")
def update(call: Call) -> Any:
    """Change fields of products; the answer names a job."""
    return _write(call, False)


@routes.on("POST", "/catalog/product/delete/")
def remove(call: Call) -> Any:
    """Take up to a thousand products away; the answer names a job."""
    catalog, skus = _catalog(call), call.values.get("sku_ids") or []
    if not 1 <= len(skus) <= 1000:
        raise wrong("sku_ids: Must hold 1 to 1000 ids.")
    gone = [catalog["products"].pop(sku, None) for sku in skus]
    return _job(call, catalog, delete_count=sum(one is not None for one in gone))


@routes.on("GET", "/catalog/product/log/")
def log(call: Call) -> Any:
    """How a job ended."""
    job = _catalog(call)["jobs"].get(call.values["feed_log_id"])
    if job is None:
        raise Refused(40007, f"feed_log_id: {call.values['feed_log_id']} doesn't exist.")
    counts = dict(job["counts"])
    affected = counts.pop("affected", [])
    done = call.twin.clock.now() - job["created"] >= WRITING
    shown = {
        "catalog_id": call.values["catalog_id"],
        "process_status": "success" if done else "processing",
        "start_time": text_time(job["created"]),
        "end_time": text_time(job["created"] + WRITING) if done else None,
        "feed_log_data": {
            "error_affected_products": affected,
            "warn_affected_products": [],
            "download_path": {},
        },
    }
    return {"product_feed_log": shown | counts}


def _product(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "additional_image_urls": [],
        **row,
        "audit": {"audit_status": "approved"},
        "active_status": "ACTIVATED",
        "ad_creation_eligible": "AVAILABLE",
    }


@routes.on("GET", "/catalog/product/get/")
def products(call: Call) -> Any:
    """The products of a catalog; the first hundred thousand can be reached."""
    catalog, skus, ids = _catalog(call), call.values.get("sku_ids"), call.values.get("product_ids")
    if skus and ids:
        raise wrong("sku_ids: Must not be given together with product_ids.")
    if call.values.get("page", 1) * call.values.get("page_size", 10) > REACH:
        raise wrong(f"page: page × page_size must be at most {REACH}.")
    rows = [
        row
        for row in catalog["products"].values()
        if (not skus or row["sku_id"] in skus) and (not ids or row["product_id"] in ids)
    ]
    return call.page(rows, _product, 500)


# -- product sets


@routes.on("POST", "/catalog/set/create/")
def create_set(call: Call) -> Any:
    """A set of products (all that are in the catalog then, here)."""
    catalog, key = _catalog(call), call.twin.new_id("product_set")
    members = list(catalog["products"])
    catalog["sets"][key] = {"product_set_name": call.values["product_set_name"], "members": members}
    return {
        "product_set_id": key,
        "product_set_name": call.values["product_set_name"],
        "product_count": len(members),
    }


@routes.on("GET", "/catalog/set/get/")
def sets(call: Call) -> Any:
    """The product sets of a catalog."""
    catalog, wanted = _catalog(call), call.values.get("product_set_id")
    shown = [
        {
            "product_set_id": key,
            "catalog_id": call.values["catalog_id"],
            "product_set_name": one["product_set_name"],
            "product_count": len(one["members"]),
        }
        for key, one in catalog["sets"].items()
        if wanted in (None, key)
    ]
    return {"product_set": shown}


@routes.on("GET", "/catalog/set/product/get/")
def set_products(call: Call) -> Any:
    """The products of a set."""
    catalog, key = _catalog(call), call.values["product_set_id"]
    if key not in catalog["sets"]:
        raise Refused(40007, f"product_set_id: {key} doesn't exist.")
    rows = [catalog["products"][sku] for sku in catalog["sets"][key]["members"] if sku in catalog["products"]]

    def show(row: Mapping[str, Any]) -> dict[str, Any]:
        return {"product_id": row["product_id"], "product_name": row["title"], "sku_id": row["sku_id"]}

    return {"product_set_id": key, "product_count": len(rows), **call.page(rows, show, 500, "products")}
