"""Shopee's rules for what is listed: categories, attributes, brands, limits, and asking before sending."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from socialcommerce.backends.shopee.catalog import inputs, taxonomy
from socialcommerce.backends.shopee.catalog.media import Uploading
from socialcommerce.backends.shopee.catalog.reading import PREFIX
from socialcommerce.backends.shopee.codes import catalog as codes
from socialcommerce.backends.shopee.regions import Region
from socialcommerce.errors import InvalidRequest
from socialcommerce.models.check import Check, Problem
from socialcommerce.models.product import Attribute, Category, Limits, ProductInput
from socialcommerce.resources.capability import emulated, native, no, supports
from socialcommerce.resources.noun import identity, invalid
from socialcommerce.runtime.call import Call
from socialcommerce.runtime.flow import Flow, gather

__all__ = ["Rules"]

Json = Mapping[str, Any]
_HOUR, _DAY = 3600.0, 86_400.0


class Rules(Uploading):
    """The part of ``client.catalog`` that reads the rules, and holds inputs against them."""

    @supports(
        "native",
        params={
            **emulated("parent"),
            "tree": no("Shopee has one tree of categories for each market, and a shop one market"),
        },
        requires=("seller",),
        cost="1 call a day",
    )
    def categories(self, *, tree: str | None = None, parent: str | None = None) -> Flow[Sequence[Category]]:
        """GET product/get_category: the whole tree in one reply, kept for a day."""
        rows = yield from self._category_rows()
        found = (taxonomy.category(row) for row in rows.values())
        return tuple(item for item in found if parent is None or item.parent_id == parent)

    def _category_rows(self) -> Flow[dict[str, Json]]:
        return self.remember("categories", self._read_categories, _DAY)

    def _read_categories(self) -> Flow[dict[str, Json]]:
        answer = yield from self.ask("GET", PREFIX + "get_category")
        return {str(row["category_id"]): row for row in answer.get("category_list") or ()}

    @supports("native", params=native("category"), requires=("seller",), cost="2 calls + 1 for 100 brands")
    def attributes(self, category: str | Category) -> Flow[Sequence[Attribute]]:
        """GET product/get_attribute_tree, get_brand_list (page by page) and get_variation_tree.

        The brand comes first, with the id ``brand``; standard variations come last, ``variant=True``.
        """
        category_id = identity(category)
        reading: list[Flow[Any]] = [
            self._attribute_rows(category_id),
            self._all_brands(category_id),
            self._variations(category_id),
        ]
        rows, brands, variations = yield from gather(reading)
        return (
            brands,
            *(taxonomy.attribute(row) for row in rows),
            *(taxonomy.variation(row) for row in variations),
        )

    def _attribute_rows(self, category_id: str) -> Flow[Sequence[Json]]:
        def read() -> Flow[Sequence[Json]]:
            query = {"category_id_list": category_id}
            answer = yield from self.ask("GET", PREFIX + "get_attribute_tree", query=query)
            trees = answer.get("list") or ()
            return [row for tree in trees for row in tree.get("attribute_tree") or ()]

        return self.remember(("attributes", category_id), read, _HOUR)

    def _variations(self, category_id: str) -> Flow[Sequence[Json]]:
        answer = yield from self.ask("GET", PREFIX + "get_variation_tree", query={"category_id": category_id})
        tree = answer.get("data") or answer
        rows: Sequence[Json] = tree.get("standardise_variation_list") or ()
        return rows

    def _brand_page(self, category_id: str, offset: int) -> Flow[Json]:
        def read() -> Flow[Json]:
            query = {"offset": offset, "page_size": codes.BRAND_PAGE, "category_id": category_id, "status": 1}
            answer: Json = yield from self.ask("GET", PREFIX + "get_brand_list", query=query)
            return answer

        return self.remember(("brands", category_id, offset), read, _DAY)

    def _all_brands(self, category_id: str) -> Flow[Any]:
        page = yield from self._brand_page(category_id, 0)
        mandatory, rows = bool(page.get("is_mandatory")), list(page.get("brand_list") or ())
        while page.get("has_next_page"):
            page = yield from self._brand_page(category_id, int(page["next_offset"]))
            rows += page.get("brand_list") or ()
        return taxonomy.brand_attribute(rows, mandatory)

    def _brand(self, category_id: str, name: str | None) -> Flow[dict[str, Any]]:
        """What ``brand`` of an item must be; a name is looked for page by page, whatever its case.

        Raises InvalidRequest where the category demands a brand and none is given, or knows no such.
        """
        page = yield from self._brand_page(category_id, 0)
        if name is None and page.get("is_mandatory"):
            raise invalid(brand="is required in this category; catalog.attributes lists the brands")
        if name is None or name.casefold() == "no brand":
            return {"brand_id": 0, "original_brand_name": "No Brand"}
        while True:
            for row in page.get("brand_list") or ():
                if row.get("original_brand_name", "").casefold() == name.casefold():
                    return {
                        "brand_id": row["brand_id"],
                        "original_brand_name": row["original_brand_name"],
                    }
            if not page.get("has_next_page"):
                break
            page = yield from self._brand_page(category_id, int(page["next_offset"]))
        raise invalid(
            brand=f"{name!r} is not registered in this category; catalog.attributes lists the brands"
        )

    @supports("native", params=native("category"), requires=("seller",), cost="1 call an hour and category")
    def limits(self, category: str | Category | None = None) -> Flow[Limits]:
        """GET product/get_item_limit, kept for an hour by shop and category."""
        region, row = yield from self._limit_row(identity(category) if category is not None else None)
        return taxonomy.limits(row, region)

    def _limit_row(self, category_id: str | None) -> Flow[tuple[Region, Json]]:
        """The region and the reply of get_item_limit, with ``gtin_limit``, which stands beside it."""

        def read() -> Flow[Json]:
            query = {"category_id": category_id}
            call = Call("GET", PREFIX + "get_item_limit", query=query, service=self.service)
            reply = yield from self.perform(call)
            beside = reply.body.get("gtin_limit") if isinstance(reply.body, Mapping) else None
            return {"gtin_limit": beside, **reply.value}

        region = yield from self.region()
        row = yield from self.remember(("limits", category_id), read, _HOUR)
        return region, row

    def _channels(self) -> Flow[Sequence[Json]]:
        def read() -> Flow[Sequence[Json]]:
            answer = yield from self.ask("GET", "/api/v2/logistics/get_channel_list")
            rows: Sequence[Json] = answer.get("logistics_channel_list") or ()
            return rows

        return self.remember("channels", read, _HOUR)

    @supports("emulated", params=native("product"), requires=("seller",), cost="4-5 calls, kept by category")
    def check(self, product: ProductInput) -> Flow[Check]:
        """Hold a product against the rules of its category, and of the shop.

        GET product/get_item_limit, get_category, get_attribute_tree, get_brand_list and
        logistics/get_channel_list; where products need certificates, POST get_product_certification_rule.
        """
        return Check.of((yield from self._problems(product)))

    def _problems(self, product: ProductInput) -> Flow[Sequence[Problem]]:
        if not product.categories:
            return [Problem(field="categories", message="is required: one leaf category")]
        category_id = inputs.category_ids(product.categories)[0]
        categories = yield from self._category_rows()
        wrong = list(inputs.category_problems(product, categories))
        if wrong:
            return wrong
        reading: list[Flow[Any]] = [
            self._limit_row(category_id),
            self._attribute_rows(category_id),
            self._channels(),
            self._brand_problem(category_id, product),
        ]
        (region, row), attributes, channels, brand = yield from gather(reading)
        rules = inputs.Rules(region, row, taxonomy.limits(row, region))
        found = [
            *inputs.problems(product, rules),
            *inputs.attribute_problems(product, attributes),
            *inputs.channel_problems(product, channels),
            *brand,
            *(yield from self._certificate_problems(region, category_id, product)),
        ]
        return found

    def _brand_problem(self, category_id: str, product: ProductInput) -> Flow[Sequence[Problem]]:
        if "brand" in product.native:
            return ()
        try:
            yield from self._brand(category_id, inputs.brand_name(product))
        except InvalidRequest as error:
            if "brand" not in error.fields:
                raise
            return [Problem(field="brand", message=error.fields["brand"])]
        return ()

    def _certificate_problems(
        self, region: Region, category_id: str, product: ProductInput
    ) -> Flow[Sequence[Problem]]:
        if region.code not in codes.CERTIFIED_REGIONS or "certification_info" in product.native:
            return ()
        answer = yield from self.ask(
            "POST",
            PREFIX + "get_product_certification_rule",
            body={
                "category_id": int(category_id),
                "attribute_list": inputs.attribute_list(inputs.values_of(product.attributes)),
            },
        )
        return list(_missing_certificates(answer.get("certification_rule_list") or ()))


def _missing_certificates(rules: Sequence[Json]) -> Iterator[Problem]:
    for rule in rules:
        if rule.get("is_mandatory"):
            name, permit = rule.get("name") or "a certificate", rule.get("permit_id")
            yield Problem(
                field="native.certification_info",
                message=f"{name} (permit {permit}) is required for this category",
            )
