"""Changing products on Shopee, taking them off, and putting a whole list of them in place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from typing_extensions import Unpack

from socialcommerce.backends.shopee.catalog import inputs
from socialcommerce.backends.shopee.catalog.changes import (
    Changes,
    Plan,
    changes_of,
    item_fields,
    plan,
    portable,
)
from socialcommerce.backends.shopee.catalog.creating import AT_ONCE, Creating, shown
from socialcommerce.backends.shopee.catalog.reading import PREFIX, chunks, no_product
from socialcommerce.backends.shopee.codes import catalog as codes
from socialcommerce.errors import (
    Conflict,
    DecodeError,
    PartiallyApplied,
    PlatformError,
    SocialCommerceError,
)
from socialcommerce.models.bulk import BulkResult, Outcome
from socialcommerce.models.product import Product, ProductInput, VariantInput
from socialcommerce.resources.capability import emulated, native, supports
from socialcommerce.resources.catalog import ProductChanges
from socialcommerce.resources.noun import each_alone, identity, invalid
from socialcommerce.runtime.call import Absent, Found, Undecided
from socialcommerce.runtime.flow import Flow, gather

__all__ = ["Writing"]

Json = Mapping[str, Any]
_FIELDS = tuple(name for name in Changes.model_fields if name not in ("variants", "options"))


class Writing(Creating):
    """The part of ``client.catalog`` that changes products."""

    @supports(
        "native",
        params=native("product", *ProductChanges.__annotations__),
        requires=("seller",),
        cost="1-2 calls to read, 1-6 to write, 1-2 to read back",
    )
    def update(self, product: str | Product, **changes: Unpack[ProductChanges]) -> Flow[Product]:
        """POST product/update_item, and what its variants need.

        As far as they differ: update_tier_variation, add_model, delete_model, update_model,
        update_price and update_stock. A list that is given is the whole list: a variant that it leaves
        out is removed. Where the number of options changes, all are made anew (init_tier_variation).

        Raises:
            PartiallyApplied: ``update(resume["product"], **resume["changes"])`` does the rest.
        """
        return (yield from self._update(identity(product), Changes.model_validate(dict(changes))))

    def _update(self, item_id: str, changes: Changes) -> Flow[Product]:
        items = yield from self._products([item_id] if item_id.isdigit() else [], fresh=True)
        if item_id not in items or items[item_id].native_status in codes.DELETED:
            raise no_product(item_id)
        region = yield from self.region()
        wanted = plan(changes, items[item_id], region)
        body = yield from self._update_body(items[item_id], changes)
        body |= wanted.item
        steps: list[tuple[str, Flow[Any]]] = []
        if body:
            path = PREFIX + "update_item"
            whole = {"item_id": int(item_id), **body}
            steps.append(("update_item", self.ask("POST", path, body=whole, safety="absolute")))
        steps += yield from self._variant_steps(items[item_id], wanted)
        yield from self._take(item_id, steps, changes)
        return (yield from self._afterwards(item_id))

    def _take(self, item_id: str, steps: Sequence[tuple[str, Flow[Any]]], changes: Changes) -> Flow[None]:
        """Take the steps in order; one that fails after others leaves the rest to be resumed."""
        done: list[str] = []
        for name, step in steps:
            try:
                yield from step
            except SocialCommerceError as error:
                if not done:
                    raise
                rest = [other for other, _ in steps][len(done) :]
                names = ("options", "variants") + (_FIELDS if "update_item" in rest else ())
                raise PartiallyApplied(
                    f"product {item_id} was changed in part; {name} failed: {error}",
                    done=done,
                    failed=rest,
                    resume={"product": item_id, "changes": portable(changes, names)},
                ) from error
            done.append(name)

    def _update_body(self, item: Product, changes: Changes) -> Flow[dict[str, Any]]:
        body = item_fields(changes)
        if changes.gives("media"):
            media = yield from self._uploads(changes.media)
            body |= shown(media, body.pop("image_ratio", None))
            if not body["image"]["image_id_list"]:
                raise invalid(media="at least one image is required")
        if changes.gives("brand"):
            category = str(body.get("category_id") or item.categories[0].id)
            body["brand"] = yield from self._brand(category, changes.brand)
        return body

    def _variant_steps(self, item: Product, wanted: Plan) -> Flow[list[tuple[str, Flow[Any]]]]:
        region = yield from self.region()
        steps: list[tuple[str, Flow[Any]]] = []
        if wanted.rebuild is not None:
            images = yield from self._option_images(wanted.rebuild, wanted.options)
            rebuilt = self._init_tiers(item.id, wanted.rebuild, wanted.options, images)
            return [("init_tier_variation", rebuilt)]
        if wanted.regroup is not None:
            steps.append(("update_tier_variation", self._regroup(item, wanted)))
        if wanted.add:
            rows = [inputs.model(variant, wanted.options, region) for variant in wanted.add]
            steps.append(("add_model", self._add_models(item.id, rows)))
        steps += [("delete_model", self._delete_model(item.id, old.id)) for old in wanted.remove]
        if wanted.rename:
            steps.append(("update_model", self._rename(item.id, wanted)))
        if wanted.prices:
            steps.append(("update_price", self._all(self.set_prices, wanted.prices)))
        if wanted.stock:
            steps.append(("update_stock", self._all(self.set_stock, wanted.stock)))
        return steps

    def _regroup(self, item: Product, wanted: Plan) -> Flow[Any]:
        images = yield from self._option_images([new for _, new in wanted.regroup or ()], wanted.options)
        known = ((item.raw or {}).get("model_list") or {}).get("standardise_tier_variation") or ()
        body = {
            "item_id": int(item.id),
            "standardise_tier_variation": inputs.tiers(wanted.options, images, known),
            "model_list": [
                {"model_id": int(old.id), "tier_index": inputs.tier_index(new, wanted.options)}
                for old, new in wanted.regroup or ()
            ],
        }
        return (yield from self.ask("POST", PREFIX + "update_tier_variation", body=body, safety="absolute"))

    def _add_models(self, item_id: str, rows: Sequence[Json]) -> Flow[Any]:
        def readback() -> Flow[Found[Any] | Absent | Undecided]:
            answer = yield from self.ask("GET", PREFIX + "get_model_list", query={"item_id": int(item_id)})
            there = {tuple(row["tier_index"]) for row in answer.get("model") or ()}
            wanted = {tuple(row["tier_index"]) for row in rows}
            if wanted <= there:
                return Found(answer)
            seen = sorted(wanted & there)
            return Undecided(seen, "some of the variants are there") if seen else Absent()

        body = {"item_id": int(item_id), "model_list": list(rows)}
        return self.ask("POST", PREFIX + "add_model", body=body, safety="unsafe", readback=readback)

    def _delete_model(self, item_id: str, model_id: str) -> Flow[Any]:
        def readback() -> Flow[Found[Any] | Absent | Undecided]:
            answer = yield from self.ask("GET", PREFIX + "get_model_list", query={"item_id": int(item_id)})
            there = {str(row["model_id"]) for row in answer.get("model") or ()}
            return Absent() if model_id in there else Found({})

        body = {"item_id": int(item_id), "model_id": int(model_id)}
        return self.ask("POST", PREFIX + "delete_model", body=body, safety="state_guarded", readback=readback)

    def _rename(self, item_id: str, wanted: Plan) -> Flow[Any]:
        rows = [_model_row(old.id, old.sku, new) for old, new in wanted.rename]
        body = {"item_id": int(item_id), "model": rows}
        return self.ask("POST", PREFIX + "update_model", body=body, safety="absolute")

    def _all(self, change: Callable[[Any], Flow[BulkResult[Any, Any]]], changes: Sequence[Any]) -> Flow[None]:
        """Change prices or stock of what was read anew; the first failure is the step's."""
        yield from self._products({item.product_id for item in changes}, fresh=True)
        result = yield from change(changes)
        for outcome in result.failures:
            outcome.unwrap()

    @supports("native", params=native("products"), requires=("seller",), cost="1 call a product")
    def delete(self, products: Sequence[str | Product]) -> Flow[BulkResult[str | Product, None]]:
        """POST product/delete_item, one a call; a deleted product can be read for 90 days."""
        return (yield from each_alone(products, self._delete))

    def _delete(self, product: str | Product) -> Flow[None]:
        item_id = _number(identity(product))

        def readback() -> Flow[Found[Any] | Absent | Undecided]:
            items = yield from self._products([str(item_id)], models=False, fresh=True)
            live = [item for item in items.values() if item.native_status not in codes.DELETED]
            return Absent() if live else Found({})

        yield from self.ask(
            "POST",
            PREFIX + "delete_item",
            body={"item_id": item_id},
            safety="state_guarded",
            readback=readback,
        )

    @supports("native", params=native("products"), requires=("seller",), cost="1 call for 50 products")
    def publish(self, products: Sequence[str | Product]) -> Flow[BulkResult[str | Product, None]]:
        """POST product/unlist_item with ``unlist`` false."""
        return (yield from self._shelve(products, unlist=False))

    @supports("native", params=native("products"), requires=("seller",), cost="1 call for 50 products")
    def unpublish(self, products: Sequence[str | Product]) -> Flow[BulkResult[str | Product, None]]:
        """POST product/unlist_item with ``unlist`` true; refused while a promotion holds the product."""
        return (yield from self._shelve(products, unlist=True))

    def _shelve(
        self, products: Sequence[str | Product], *, unlist: bool
    ) -> Flow[BulkResult[str | Product, None]]:
        ids = [identity(product) for product in products]
        numbers = list(dict.fromkeys(item_id for item_id in ids if item_id.isdigit()))
        results: dict[str, Any] = {item_id: _unanswered(item_id) for item_id in numbers}
        yield from gather(
            [self._unlist(chunk, unlist, results) for chunk in chunks(numbers, codes.WRITE_ROWS)]
        )
        return BulkResult(
            Outcome.of(product, results.get(item_id, no_product(item_id)))
            for product, item_id in zip(products, ids, strict=True)
        )

    def _unlist(self, ids: Sequence[str], unlist: bool, results: dict[str, Any]) -> Flow[None]:
        body = {"item_list": [{"item_id": int(item_id), "unlist": unlist} for item_id in ids]}
        try:
            answer = yield from self._unlisted(body)
        except SocialCommerceError as error:
            results.update(dict.fromkeys(ids, error))
            return
        results.update(dict.fromkeys((str(row["item_id"]) for row in answer.get("success_list") or ()), None))
        for row in answer.get("failure_list") or ():
            results[str(row["item_id"])] = codes.row_error(row.get("failed_reason") or "")

    def _unlisted(self, body: Json) -> Flow[Json]:
        try:
            answer: Json = yield from self.ask("POST", PREFIX + "unlist_item", body=body, safety="absolute")
        except PlatformError as error:
            return codes.refused_rows(error)
        return answer

    @supports(
        "emulated",
        params={**native("products"), **emulated("sku")},
        requires=("seller",),
        cost="3-8 calls a product",
    )
    def upsert(self, products: Sequence[ProductInput]) -> Flow[BulkResult[ProductInput, Product]]:
        """Find each by its parent SKU (see ``create``), then create it or update what it names.

        Inputs with the same SKU are taken one after the other, in their order.
        """
        groups: dict[str, list[int]] = {}
        for index, product in enumerate(products):
            groups.setdefault(inputs.item_sku(product) or f"\0{index}", []).append(index)
        results: dict[int, Any] = {}
        yield from gather([self._upsert(products, group, results) for group in groups.values()], AT_ONCE)
        return BulkResult(Outcome.of(product, results[index]) for index, product in enumerate(products))

    def _upsert(
        self, products: Sequence[ProductInput], group: Iterable[int], results: dict[int, Any]
    ) -> Flow[None]:
        for index in group:
            try:
                results[index] = yield from self._put(products[index])
            except SocialCommerceError as error:
                results[index] = error

    def _put(self, product: ProductInput) -> Flow[Product]:
        sku = inputs.item_sku(product)
        if sku is None:
            raise invalid(**{"variants.sku": "is required: products are matched by it"})
        refs = yield from self._seek(sku)
        ids = sorted({ref.product_id or "" for ref in refs})
        if len(ids) > 1:
            raise Conflict(
                f"{sku} is the SKU of several products: {', '.join(ids)}",
                reason="duplicate",
                platform="shopee",
                sent="no",
            )
        if not ids:
            return (yield from self._create(product))
        return (yield from self._update(ids[0], changes_of(product)))


def _model_row(model_id: str, sku: str | None, new: VariantInput) -> dict[str, Any]:
    row: dict[str, Any] = {"model_id": int(model_id), "model_sku": new.sku or sku or ""}
    if new.gtin is not None:
        row["gtin_code"] = new.gtin
    if new.weight_g is not None:
        row["weight"] = inputs.kilograms(new.weight_g)
    return row | inputs.extras(new.native, codes.MODEL_EXTRAS, "variants.native")


def _number(item_id: str) -> int:
    if not item_id.isdigit():
        raise no_product(item_id)
    return int(item_id)


def _unanswered(item_id: str) -> DecodeError:
    return DecodeError(
        f"unlist_item answered neither success nor failure for {item_id}", platform="shopee", status=200
    )
