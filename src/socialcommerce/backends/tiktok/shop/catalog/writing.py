"""Making, changing and removing products on TikTok Shop, and putting a whole list of them in place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any
from uuid import uuid4

from typing_extensions import Unpack

from socialcommerce.backends.shared import ProductUpdate, chunks
from socialcommerce.backends.tiktok.shop.catalog import inputs, mapping
from socialcommerce.backends.tiktok.shop.catalog.amounts import Amounts
from socialcommerce.backends.tiktok.shop.catalog.reading import PRODUCTS, no_product
from socialcommerce.backends.tiktok.shop.catalog.variants import merged_skus
from socialcommerce.backends.tiktok.shop.codes import catalog as codes
from socialcommerce.backends.tiktok.shop.codes.errors import row_error
from socialcommerce.backends.tiktok.shop.noun import Json
from socialcommerce.errors import Conflict, NotFound, PartiallyApplied, SocialCommerceError
from socialcommerce.models.bulk import BulkResult, Outcome
from socialcommerce.models.product import Product, ProductInput
from socialcommerce.resources.capability import emulated, native, supports
from socialcommerce.resources.catalog import ProductChanges
from socialcommerce.resources.noun import each_alone, identity, invalid
from socialcommerce.runtime.call import Absent, Found, Undecided
from socialcommerce.runtime.flow import Flow, gather

__all__ = ["Writing"]

_EDIT = "/product/202509/products"
_AT_ONCE = 4
_LOOK_BACK = 120
"""By how many seconds the platform's clock may be behind ours."""
_SHELF = {"active": "activate", "inactive": "deactivate"}
_AFTER = {"activate": (codes.ON_SHELF, "PENDING"), "deactivate": ("SELLER_DEACTIVATED",)}
"""The statuses in which nothing is left to do."""


class Writing(Amounts):
    """The part of ``client.catalog`` that changes products."""

    @supports(
        "native", params=native("products", "idempotency_key"), cost="1 call + 1 an image + 1 to read back"
    )
    def create(
        self, products: Sequence[ProductInput], *, idempotency_key: str | None = None
    ) -> Flow[BulkResult[ProductInput, Product]]:
        """POST images/upload for each image, then POST /product/202309/products with all variants.

        ``status="draft"`` saves a draft; else the product is listed, which begins its review. Every
        creation carries a key (at most 128 characters; of several products, each has its own), so that
        TikTok Shop makes no second one where a request is repeated.
        """
        if idempotency_key is not None and len(idempotency_key) > codes.KEY_MAX - 4:
            raise invalid(
                idempotency_key=f"has {len(idempotency_key)} characters; at most {codes.KEY_MAX - 4}"
            )
        places = iter(range(len(products)))

        def make(product: ProductInput) -> Flow[Product]:
            place = next(places)
            key = f"{idempotency_key}-{place}" if idempotency_key and place else idempotency_key
            return (yield from self._create(product, key))

        return (yield from each_alone(products, make, _AT_ONCE))

    def _create(self, product: ProductInput, key: str | None = None) -> Flow[Product]:
        body = yield from self._body(product, (yield from self._shelf()))
        body["idempotency_key"] = key or uuid4().hex  # a second one just like it is another product
        began = int(self.session.clock())
        answer = yield from self.ask(
            "POST", PRODUCTS, body=body, safety="keyed", readback=partial(self._made, product, began)
        )
        product_id = str(answer["product_id"])
        self.claim("product", product_id)  # the next one may have the same SKUs
        return (yield from self._afterwards(product_id, product.title))

    def _made(self, product: ProductInput, began: int) -> Flow[Found[Any] | Absent | Undecided]:
        """Whether a creation of unknown outcome took place: a new product of this name with these SKUs."""
        skus = [one.sku for one in product.variants if one.sku]
        if not skus:
            return Undecided("no SKU to look for", f"look in Seller Center for {product.title!r}")
        rows = yield from self._carriers(skus)
        made = {str(row["id"]) for row in rows if _is_made(row, product.title, began - _LOOK_BACK)}
        ids = sorted(one for one in made if not self.claimed("product", one))
        if len(ids) > 1:
            return Undecided(ids, "several new products have this name and these SKUs")
        return Found({"product_id": ids[0]}) if ids and self.claim("product", ids[0]) else Absent()

    def _afterwards(self, product_id: str, title: str) -> Flow[Product]:
        """The product as it now is; where it cannot be read, no more of it than id and name."""
        return (yield from self.told_after(self._read(product_id), mapping.unread(product_id, title)))

    def _read(self, product_id: str) -> Flow[Product]:
        row = yield from self._detail(product_id)
        yield from self._remember_skus([row])
        return mapping.product(row)

    @supports(
        "native",
        params=native("product", *ProductChanges.__annotations__),
        cost="1 call to read, 1-2 to write, 1 to read back",
    )
    def update(self, product: str | Product, **changes: Unpack[ProductChanges]) -> Flow[Product]:
        """POST /product/202509/products/{id}/partial_edit with the changed fields.

        What only a whole edit takes (the category, and a few native fields) is a PUT of all that is there,
        with the change. A draft stays a draft until its ``status`` is set to active. A list of variants
        is the whole list: one that it leaves out is removed. Content goes to review, and the copy on sale
        stays until it is approved; price and stock count at once.

        Raises:
            PartiallyApplied: ``update(resume["product"], **resume["changes"])`` does the rest.
        """
        return (yield from self._update(identity(product), ProductUpdate.model_validate(dict(changes))))

    def _update(self, product_id: str, changes: ProductUpdate) -> Flow[Product]:
        row = yield from self._detail(product_id)
        if row.get("status") == codes.DELETED:
            raise no_product(product_id)
        body = yield from self._edit_body(row, changes)
        shelf_move = _SHELF.get(changes.status) if changes.gives("status") else None
        if shelf_move and row.get("status") in _AFTER[shelf_move]:
            shelf_move = None
        done: list[str] = []
        if body or (row.get("status") == codes.DRAFT and shelf_move == "activate"):
            yield from self._edit(row, body, changes)
            done.append("edit")
        if shelf_move and row.get("status") != codes.DRAFT:
            yield from self._moved_shelf(product_id, shelf_move, done)
        return (yield from self._afterwards(product_id, str(body.get("title") or row.get("title") or "")))

    def _moved_shelf(self, product_id: str, move: str, done: Sequence[str]) -> Flow[None]:
        result = yield from self._shelve([product_id], move)
        error = result[0].error
        if error is None:
            return
        if not done:
            raise error
        status = next(key for key, value in _SHELF.items() if value == move)
        raise PartiallyApplied(
            f"product {product_id} was changed, but not to {status}: {error}",
            done=list(done),
            failed=[move],
            resume={"product": product_id, "changes": {"status": status}},
        ) from error

    def _edit_body(self, row: Json, changes: ProductUpdate) -> Flow[dict[str, Any]]:
        if changes.gives("status") and changes.status not in ("active", "inactive", "draft"):
            raise invalid(status=f"{changes.status} cannot be written; there are active, inactive and draft")
        shelf = yield from self._shelf()
        body = inputs.update_fields(changes, shelf)
        if body.get("category_id") == inputs.leaf_of(row):
            body = {name: body[name] for name in body if name not in ("category_id", "category_version")}
        if changes.gives("brand"):
            body["brand_id"] = yield from self._brand_id(changes.brand)
        if changes.gives("media"):
            images = [one for one in changes.media if one.kind == "image"]
            if not 1 <= len(images) <= codes.IMAGES_MAX:
                raise invalid(media=f"{len(images)} images; from 1 to {codes.IMAGES_MAX}")
            body["main_images"] = [{"uri": media.id} for media in (yield from self._uploads(images))]
        if changes.gives("variants") or changes.gives("options"):
            variants: Any = changes.variants
            faces = yield from self._uploads([one.media[0] for one in variants if one.media], "variant")
            body["skus"] = merged_skus(row, changes, shelf, faces)
        return body

    def _edit(self, row: Json, body: dict[str, Any], changes: ProductUpdate) -> Flow[None]:
        draft = row.get("status") == codes.DRAFT and not changes.gives("status")
        wants_draft = draft or (changes.gives("status") and changes.status == "draft")
        if row.get("status") == codes.DRAFT or wants_draft:
            body["save_mode"] = codes.WRITTEN_STATUSES["draft" if wants_draft else "active"]
        path = f"{_EDIT}/{row['id']}"
        if not (set(body) & codes.WHOLE_EXTRAS or "category_id" in body):
            yield from self.ask("POST", f"{path}/partial_edit", body=body, safety="absolute")
            return
        whole = inputs.whole(row, (yield from self._shelf())) | body
        yield from self.ask("PUT", path, body=whole, safety="absolute")

    @supports("native", params=native("products"), cost="1 call for 20 products")
    def delete(self, products: Sequence[str | Product]) -> Flow[BulkResult[str | Product, None]]:
        """DELETE /product/202309/products; POST products/recover through ``client.call`` takes it back."""
        return (yield from self._each(products, "DELETE", "", (codes.DELETED,)))

    @supports("native", params=native("products"), cost="1 call for 20 products; 2 more for each draft")
    def publish(self, products: Sequence[str | Product]) -> Flow[BulkResult[str | Product, None]]:
        """POST products/activate; a draft, which that refuses, is listed by an edit, and then reviewed."""
        return (yield from self._shelve(products, "activate"))

    @supports("native", params=native("products"), cost="1 call for 20 products")
    def unpublish(self, products: Sequence[str | Product]) -> Flow[BulkResult[str | Product, None]]:
        """POST products/deactivate."""
        return (yield from self._shelve(products, "deactivate"))

    def _shelve(self, products: Sequence[str | Product], move: str) -> Flow[BulkResult[str | Product, None]]:
        return self._each(products, "POST", "/" + move, _AFTER[move])

    def _each(
        self, products: Sequence[str | Product], method: str, step: str, reached: Sequence[str]
    ) -> Flow[BulkResult[str | Product, None]]:
        """One call for twenty products; what it refuses is fine where the product is there already."""
        ids = [identity(product) for product in products]
        numbers = list(dict.fromkeys(one for one in ids if one.isdigit()))
        answers = yield from gather(
            [self._together(some, method, step) for some in chunks(numbers, codes.WRITE_ROWS)]
        )
        failed = {key: error for answer in answers for key, error in answer.items()}
        settled = yield from gather([self._settled(key, failed[key], step, reached) for key in failed])
        results: dict[str, Any] = dict.fromkeys(numbers) | dict(zip(failed, settled, strict=True))
        return BulkResult(
            Outcome.of(product, results[key] if key in results else no_product(key))
            for product, key in zip(products, ids, strict=True)
        )

    def _together(self, ids: Sequence[str], method: str, step: str) -> Flow[dict[str, SocialCommerceError]]:
        """The errors of those of these products that were refused."""
        try:
            answer = yield from self.ask(
                method, PRODUCTS + step, body={"product_ids": list(ids)}, safety="absolute"
            )
        except SocialCommerceError as error:
            return dict.fromkeys(ids, error)
        rows = answer.get("errors") or ()
        return {str((row.get("detail") or {}).get("product_id")): _innermost(row) for row in rows}

    def _settled(
        self, product_id: str, error: SocialCommerceError, step: str, reached: Sequence[str]
    ) -> Flow[SocialCommerceError | None]:
        """What a refusal comes to: nothing where the product is as it should be, a draft is listed."""
        if not isinstance(error, Conflict | NotFound) or error.sent != "yes":
            return error
        try:
            row = yield from self._detail(product_id)
            if row.get("status") in reached:
                return None
            if step == "/activate" and row.get("status") == codes.DRAFT:
                path = f"{_EDIT}/{product_id}/partial_edit"
                yield from self.ask("POST", path, body={"save_mode": "LISTING"}, safety="absolute")
                return None
        except SocialCommerceError as other:
            return other if step == "/activate" else error
        return error

    @supports(
        "emulated",
        params={**native("products"), **emulated("sku")},
        cost="1 call for 50 SKUs, then that of create or update",
    )
    def upsert(self, products: Sequence[ProductInput]) -> Flow[BulkResult[ProductInput, Product]]:
        """Find each by the SKUs of its variants (POST products/search), then create or update it.

        Inputs that share a SKU are taken one after the other, in their order.
        """
        found = yield from self._found([one.sku for item in products for one in item.variants if one.sku])
        known = {sku: {ref.product_id or "" for ref in refs} for sku, refs in found.items()}
        groups: dict[str, list[int]] = {}
        for index, product in enumerate(products):
            first = next((one.sku for one in product.variants if one.sku), None)
            groups.setdefault(first or f"\0{index}", []).append(index)
        results: dict[int, Any] = {}
        yield from gather([self._upsert(products, one, known, results) for one in groups.values()], _AT_ONCE)
        return BulkResult(Outcome.of(product, results[index]) for index, product in enumerate(products))

    def _upsert(
        self,
        products: Sequence[ProductInput],
        group: Iterable[int],
        known: dict[str, set[str]],
        results: dict[int, Any],
    ) -> Flow[None]:
        for index in group:
            try:
                item = yield from self._put(products[index], known)
            except SocialCommerceError as error:
                results[index] = error
                continue
            results[index] = item
            known.update({one.sku: {item.id} for one in products[index].variants if one.sku})

    def _put(self, product: ProductInput, known: dict[str, set[str]]) -> Flow[Product]:
        skus = [one.sku for one in product.variants if one.sku]
        if not skus:
            raise invalid(**{"variants.sku": "is required: products are matched by it"})
        ids = sorted(set().union(*(known.get(sku, set()) for sku in skus)))
        if len(ids) > 1:
            raise Conflict(
                f"{', '.join(skus)}: these SKUs belong to several products: {', '.join(ids)}",
                reason="duplicate",
                platform="tiktok_shop",
                sent="no",
            )
        if not ids:
            return (yield from self._create(product))
        return (yield from self._update(ids[0], ProductUpdate.of(product)))


def _is_made(row: Json, title: str, since: int) -> bool:
    return row.get("title") == title and int(row.get("create_time") or since) >= since


def _innermost(row: Json) -> SocialCommerceError:
    """The error of one row; the vendor puts the cause among ``extra_errors``."""
    told = (row.get("detail") or {}).get("extra_errors") or ()
    return row_error(told[0] if told else row)
