"""TikTok Shop's rules for what is listed: categories, attributes, brands, limits, and asking first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from socialcommerce.backends.tiktok.shop.catalog import inputs, mapping
from socialcommerce.backends.tiktok.shop.catalog.media import Uploading
from socialcommerce.backends.tiktok.shop.codes import catalog as codes
from socialcommerce.backends.tiktok.shop.codes.store import SALES_WAREHOUSE
from socialcommerce.backends.tiktok.shop.noun import Json
from socialcommerce.backends.tiktok.shop.store import WAREHOUSES
from socialcommerce.models.check import Check, Problem
from socialcommerce.models.product import Attribute, Category, CategoryRef, Limits, ProductInput
from socialcommerce.resources.capability import emulated, native, supports
from socialcommerce.resources.noun import identity, invalid
from socialcommerce.runtime.flow import Flow, gather

__all__ = ["Rules"]

_CATEGORIES = "/product/202309/categories"
_BRANDS = "/product/202309/brands"
_CHECK = "/product/202309/products/listing_check"
_PREREQUISITES = "/product/202312/prerequisites"
_HOUR, _DAY = 3600.0, 86_400.0


class Rules(Uploading):
    """The part of ``client.catalog`` that reads the rules, and holds inputs against them."""

    def _shelf(self) -> Flow[inputs.Shelf]:
        """How this shop's products are written: its market, its kind, its default warehouse."""
        region = yield from self.region()
        reading: list[Flow[Any]] = [self.shop(), self._warehouses()]
        shop, warehouses = yield from gather(reading)
        shipping = [row for row in warehouses if row.get("type") == SALES_WAREHOUSE]
        default = next((row for row in shipping if row.get("is_default")), None)
        first = default or (shipping[0] if len(shipping) == 1 else None)
        return inputs.Shelf(region, shop.get("seller_type") or "", str(first["id"]) if first else None)

    def _warehouses(self) -> Flow[Any]:
        def read() -> Flow[Sequence[Json]]:
            answer = yield from self.ask("GET", WAREHOUSES)
            return answer.get("warehouses") or ()

        return self.remember("warehouses", read, _HOUR)

    @supports("native", params={**native("tree"), **emulated("parent")}, cost="1 call a day")
    def categories(self, *, tree: str | None = None, parent: str | None = None) -> Flow[Sequence[Category]]:
        """GET /product/202309/categories: the whole tree in one reply, kept for a day.

        ``tree`` is ``v1`` (three levels) or ``v2`` (seven); the market's own where it is None.
        """
        version = tree or (yield from self.region()).tree
        rows = yield from self._category_rows(version)
        found = (mapping.category(row, version) for row in rows)
        return tuple(item for item in found if parent is None or item.parent_id == parent)

    def _category_rows(self, version: str) -> Flow[Sequence[Json]]:
        def read() -> Flow[Sequence[Json]]:
            answer = yield from self.ask("GET", _CATEGORIES, query={"category_version": version})
            return answer.get("categories") or ()

        return self.remember(("categories", version), read, _DAY)

    def _about(self, category: str | Category | CategoryRef, what: str) -> Flow[Json]:
        """One thing of a category (``attributes``, ``rules``), in the tree that it stands in."""
        category_id = identity(category)
        version = getattr(category, "tree", None) or (yield from self.region()).tree

        def read() -> Flow[Json]:
            path = f"{_CATEGORIES}/{category_id}/{what}"
            answer: Json = yield from self.ask("GET", path, query={"category_version": version})
            return answer

        return (yield from self.remember((what, version, category_id), read, _HOUR))

    @supports("native", params=native("category"), cost="2 calls")
    def attributes(self, category: str | Category) -> Flow[Sequence[Attribute]]:
        """GET categories/{id}/attributes, and the first hundred brands of the category (GET brands).

        The brand comes first, with the id ``brand``; any other brand is looked up by its name when it is
        written. Attributes with ``variant=True`` are options that variants may differ in.
        """
        reading: list[Flow[Any]] = [self._about(category, "attributes"), self._brands(identity(category))]
        answer, brands = yield from gather(reading)
        rows = answer.get("attributes") or ()
        return (mapping.brand_attribute(brands), *(mapping.attribute(row) for row in rows))

    def _brands(self, category_id: str | None, name: str | None = None) -> Flow[Sequence[Json]]:
        query = {"page_size": codes.BRAND_PAGE, "category_id": category_id, "brand_name": name}
        answer = yield from self.ask("GET", _BRANDS, query=query)
        rows: Sequence[Json] = answer.get("brands") or ()
        return rows

    def _brand_id(self, name: str | None) -> Flow[str]:
        """What ``brand_id`` must be; a name is searched, whatever its case. None clears it."""
        if not name:
            return ""
        rows = yield from self.remember(("brand", name), lambda: self._brands(None, name), _HOUR)
        for row in rows:
            if str(row.get("name") or "").casefold() == name.casefold():
                return str(row["id"])
        raise invalid(
            brand=f"{name!r} is not a brand TikTok Shop knows; POST {_BRANDS} through client.call adds one"
        )

    @supports("emulated", params=native("category"), cost="1 call an hour and category")
    def limits(self, category: str | Category | None = None) -> Flow[Limits]:
        """The limits of the market, and GET categories/{id}/rules for those of a category."""
        return (yield from self._limits(category))

    def _limits(self, category: str | Category | CategoryRef | None) -> Flow[Limits]:
        region = yield from self.region()
        rules = (yield from self._about(category, "rules")) if category is not None else None
        return mapping.limits(region, rules)

    @supports("native", params=native("product"), cost="1-3 calls, and one for each image not yet uploaded")
    def check(self, product: ProductInput) -> Flow[Check]:
        """POST products/listing_check with the body of ``create``, and GET prerequisites of the shop.

        What is wrong by the limits of the market and category is said first, without uploading anything.
        Warnings of TikTok Shop are problems too, but do not make the check fail.
        """
        shelf = yield from self._shelf()
        rules = yield from self._limits(product.categories[0] if product.categories else None)
        wrong = tuple(inputs.problems(product, rules, shelf))
        if wrong:
            return Check.of(wrong)
        body = {
            name: value
            for name, value in (yield from self._body(product, shelf)).items()
            if name not in codes.UNCHECKED
        }
        asked: list[Flow[Any]] = [
            self.ask("POST", _CHECK, body=body, safety="read"),
            self.ask("GET", _PREREQUISITES),
        ]
        listing, shop = yield from gather(asked)
        failed = (*_failures(listing), *_unmet(shop))
        return Check.build(ok=not failed, problems=(*failed, *_warnings(listing)))

    def _body(self, product: ProductInput, shelf: inputs.Shelf) -> Flow[dict[str, Any]]:
        """The body of a new product; its images are uploaded first."""
        wrong = tuple(inputs.problems(product, mapping.limits(shelf.region, None), shelf))
        if wrong:
            raise invalid(**{problem.field: problem.message for problem in wrong})
        brand = (yield from self._brand_id(product.brand)) if product.brand else None
        pictures = [media for media in product.media if media.kind == "image"]
        images = yield from self._uploads(pictures)
        faces = yield from self._uploads([one.media[0] for one in product.variants if one.media], "variant")
        image = iter(faces)
        body: dict[str, Any] = {
            "title": product.title,
            "description": product.description,
            "main_images": [{"uri": media.id} for media in images],
            "skus": [inputs.sku(one, shelf, next(image) if one.media else None) for one in product.variants],
            "save_mode": codes.WRITTEN_STATUSES[product.status],
            **inputs.category(product.categories, shelf.region),
            **(inputs.parcel(product.package) if product.package else {}),
        }
        films = [media for media in product.media if media.kind == "video"]
        if films:
            body["video"] = {"id": (yield from self._uploaded(films[0], "video")).id}
        if product.attributes:
            values: Any = product.attributes
            body["product_attributes"] = inputs.attributes(values)
        if brand is not None:
            body["brand_id"] = brand
        return body | inputs.extras(product.native, codes.CREATE_EXTRAS)


def _failures(listing: Json) -> Sequence[Problem]:
    reasons = listing.get("fail_reasons") or ()
    if listing.get("check_result") == "FAILED" and not reasons:
        return (Problem(field="product", message="TikTok Shop would refuse it and does not say why"),)
    return [Problem(field=f"product.{row.get('code')}", message=row.get("message") or "") for row in reasons]


def _warnings(listing: Json) -> Sequence[Problem]:
    rows = listing.get("warnings") or ()
    listed = [rows] if isinstance(rows, dict) else rows
    return [Problem(field="warning", message=row.get("message") or "") for row in listed]


def _unmet(shop: Json) -> Sequence[Problem]:
    return [
        Problem(
            field=f"shop.{row.get('check_item')}",
            message="; ".join(row.get("fail_reasons") or ()) or "is not met by this shop",
        )
        for row in shop.get("check_results") or ()
        if row.get("is_failed")
    ]
