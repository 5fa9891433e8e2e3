"""Making products on Shopee: images first, the item, then its variants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from socialcommerce.backends.shopee.catalog import inputs, mapping
from socialcommerce.backends.shopee.catalog.amounts import Amounts
from socialcommerce.backends.shopee.catalog.changes import (
    Changes,
    portable,
)
from socialcommerce.backends.shopee.catalog.reading import PREFIX, Place
from socialcommerce.backends.shopee.codes import catalog as codes
from socialcommerce.errors import (
    InvalidRequest,
    PartiallyApplied,
    SocialCommerceError,
)
from socialcommerce.models.bulk import BulkResult
from socialcommerce.models.media import Media
from socialcommerce.models.product import Option, Product, ProductInput, VariantInput
from socialcommerce.resources.capability import native, supports
from socialcommerce.resources.noun import each_alone
from socialcommerce.runtime.call import Absent, Found, Undecided
from socialcommerce.runtime.flow import Flow

__all__ = ["AT_ONCE", "Creating", "shown"]

Json = Mapping[str, Any]
_LOOK_BACK = 300
"""Seconds by which Shopee's clock may be behind ours: a signature is good for as long."""

AT_ONCE = 4


class Creating(Amounts):
    """The part of ``client.catalog`` that makes products."""

    @supports(
        "native",
        params={**native("products"), "idempotency_key": codes.NO_KEYS},
        requires=("seller",),
        cost="1 call an image, 1-2 to create, 1-2 to read; the rules are kept by category",
    )
    def create(
        self, products: Sequence[ProductInput], *, idempotency_key: str | None = None
    ) -> Flow[BulkResult[ProductInput, Product]]:
        """POST media_space/upload_image, product/add_item, and init_tier_variation for variants.

        The product is held against the category's rules first (see ``check``). Its parent SKU is
        ``native["item_sku"]``, its ``group_id``, or the SKU of its first variant. Without
        ``native["logistic_info"]`` it attaches to every channel that is switched on.

        Raises:
            PartiallyApplied: the product exists, without variants and without stock; its ``resume``
                holds what ``update(resume["product"], **resume["changes"])`` takes to finish it.
        """
        return (yield from each_alone(products, self._create, AT_ONCE))

    def _create(self, product: ProductInput) -> Flow[Product]:
        found = yield from self._problems(product)
        if found:
            raise InvalidRequest(fields={problem.field: problem.message for problem in found}, sent="no")
        options = inputs.options_of(product.options, product.variants)
        body = yield from self._item_body(product, options)
        images = yield from self._option_images(product.variants, options)
        began = self.session.clock()
        answer = yield from self.ask(
            "POST",
            PREFIX + "add_item",
            body=body,
            safety="unsafe",
            readback=partial(self._made_since, body, began),
        )
        item_id = str(answer["item_id"])
        self.claim("item", item_id)  # the next product may have the same name
        if options:
            yield from self._first_variants(item_id, product.variants, options, images)
        return (yield from self._afterwards(item_id))

    def _item_body(self, product: ProductInput, options: Sequence[Option]) -> Flow[dict[str, Any]]:
        category_id = inputs.category_ids(product.categories)[0]
        region, row = yield from self._limit_row(category_id)
        media = yield from self._uploads(product.media)
        body: dict[str, Any] = {
            "item_name": product.title,
            "description": product.description,
            "category_id": int(category_id),
            "item_status": codes.WRITTEN_STATUSES[product.status],
            "condition": product.condition.upper(),
            "attribute_list": inputs.attribute_list(inputs.values_of(product.attributes)),
            **inputs.parcel(product.package),
            **self._money_of(product, options, region, row),
            **inputs.extras(product.native, codes.ITEM_EXTRAS),
        }
        body |= shown(media, body.pop("image_ratio", None))
        body.pop("location_id", None)
        if "logistic_info" not in body:
            body["logistic_info"] = inputs.default_channels((yield from self._channels()))
        if "brand" not in body:
            body["brand"] = yield from self._brand(category_id, inputs.brand_name(product))
        sku = inputs.item_sku(product)
        return body | ({"item_sku": sku} if sku else {})

    def _money_of(
        self, product: ProductInput, options: Sequence[Option], region: Any, row: Json
    ) -> dict[str, Any]:
        """Price and stock of the item; while its variants are to come, as little stock as is allowed."""
        first = product.variants[0]
        body: dict[str, Any] = {"original_price": inputs.price(first.price, region)}
        stock = inputs.stock_rows(first)
        if options:
            stock[0]["stock"] = max(0, (row.get("stock_limit") or {}).get("min_limit") or 0)
        elif first.gtin:
            body["gtin_code"] = first.gtin
        if "location_id" in product.native:
            stock[0]["location_id"] = product.native["location_id"]
        return {**body, "seller_stock": stock}

    def _option_images(
        self, variants: Sequence[VariantInput], options: Sequence[Option]
    ) -> Flow[dict[str, str]]:
        """The image of each choice of the first option: that of the first variant with it."""
        if not options:
            return {}
        chosen: dict[str, Media] = {}
        for variant in variants:
            if variant.media:
                chosen.setdefault(variant.options[options[0].name], variant.media[0])
        media = yield from self._uploads(tuple(chosen.values()))
        return {value: item.id or "" for value, item in zip(chosen, media, strict=True)}

    def _made_since(self, body: Json, began: float) -> Flow[Found[Any] | Absent | Undecided]:
        """Whether an item with this name and SKU was made since: by time of update, and by SKU."""
        statuses = [status for status in codes.ALL_STATUSES if status not in codes.DELETED]
        place = Place(((int(began) - _LOOK_BACK, None),))
        ids: list[str] = []
        while place.windows:
            rows, place = yield from self._rows(statuses, place)
            ids += [str(row["item_id"]) for row in rows]
        sku = body.get("item_sku")
        if sku:
            query = {"page_size": codes.ITEM_PAGE, "item_sku": sku}
            searched = yield from self.ask("GET", PREFIX + "search_item", query=query)
            ids += [str(item_id) for item_id in searched.get("item_id_list") or ()]
        items = yield from self._products(ids, models=False, fresh=True)
        made = [item.id for item in items.values() if _is_made(item, body, began - _LOOK_BACK)]
        found = [item_id for item_id in made if not self.claimed("item", item_id)]
        if len(found) > 1:
            return Undecided(found, "several new items have this name and SKU")
        return Found({"item_id": int(found[0])}) if found and self.claim("item", found[0]) else Absent()

    def _first_variants(
        self,
        item_id: str,
        variants: Sequence[VariantInput],
        options: Sequence[Option],
        images: Mapping[str, str],
    ) -> Flow[None]:
        try:
            yield from self._init_tiers(item_id, variants, options, images)
        except SocialCommerceError as error:
            rest = Changes(options=options, variants=_with_ids(variants, options, images))
            raise PartiallyApplied(
                f"product {item_id} was created; making its variants failed: {error}",
                done=["add_item"],
                failed=["init_tier_variation"],
                resume={"product": item_id, "changes": portable(rest, ("options", "variants"))},
            ) from error

    def _init_tiers(
        self,
        item_id: str,
        variants: Sequence[VariantInput],
        options: Sequence[Option],
        images: Mapping[str, str],
    ) -> Flow[None]:
        region = yield from self.region()
        body = {
            "item_id": int(item_id),
            "standardise_tier_variation": inputs.tiers(options, images),
            "model": [inputs.model(variant, options, region) for variant in variants],
        }
        yield from self.ask(
            "POST",
            PREFIX + "init_tier_variation",
            body=body,
            safety="unsafe",
            readback=partial(self._has_models, item_id, body),
        )

    def _has_models(self, item_id: str, body: Json) -> Flow[Found[Any] | Absent | Undecided]:
        """Whether the item has the models that were asked for, by their places and SKUs."""
        answer = yield from self.ask("GET", PREFIX + "get_model_list", query={"item_id": int(item_id)})
        there = {
            (tuple(row["tier_index"]), row.get("model_sku") or None) for row in answer.get("model") or ()
        }
        wanted = {(tuple(row["tier_index"]), row.get("model_sku")) for row in body["model"]}
        return Found(answer) if there == wanted else Absent()

    def _afterwards(self, item_id: str) -> Flow[Product]:
        """The product as it now is; where it cannot be read, no more of it than its id."""
        try:
            items = yield from self._products([item_id], fresh=True)
        except SocialCommerceError:
            items = {}
        return items.get(item_id) or mapping.stub({"item_id": item_id})


def shown(media: Sequence[Media], ratio: str | None) -> dict[str, Any]:
    """Images and film of an item, by their ids."""
    image: dict[str, Any] = {"image_id_list": [item.id for item in media if item.kind == "image"]}
    films = [item.id for item in media if item.kind == "video"]
    if ratio is not None:
        image["image_ratio"] = ratio
    return {"image": image, **({"video_upload_id": films} if films else {})}


def _is_made(item: Product, body: Json, since: float) -> bool:
    raw = item.raw or {}
    same = item.title == body["item_name"] and (raw.get("item_sku") or None) == body.get("item_sku")
    return same and item.native_status not in codes.DELETED and (raw.get("create_time") or 0) >= since


def _with_ids(
    variants: Sequence[VariantInput], options: Sequence[Option], images: Mapping[str, str]
) -> list[VariantInput]:
    """The variants with their uploaded images in place of files, so that they can be kept as JSON."""
    return [variant.model_copy(update={"media": _kept(variant, options, images)}) for variant in variants]


def _kept(variant: VariantInput, options: Sequence[Option], images: Mapping[str, str]) -> tuple[Media, ...]:
    image = images.get(variant.options[options[0].name])
    return (Media.from_id(image),) if image else ()
