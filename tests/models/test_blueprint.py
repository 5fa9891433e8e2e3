"""A record whose parts are read from its row when somebody first looks at them."""

from __future__ import annotations

import copy
import json
import pickle
import threading
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel

from socialcommerce.errors import DecodeError, NotLoaded
from socialcommerce.models.base import Blueprint
from socialcommerce.models.money import Money
from socialcommerce.models.product import Product, Variant

Row = dict[str, Any]


def prices(row: Row) -> tuple[Money, Money]:
    return Money.of(Decimal(row["now"]), "SGD"), Money.of(Decimal(row["before"]), "SGD")


class Reader:
    """Counts how often a part is read."""

    def __init__(self) -> None:
        self.read = 0

    def title(self, row: Row) -> str:
        self.read += 1
        return str(row["name"])


reader = Reader()
PARTS: dict[str | tuple[str, ...], Any] = {"native_ids": lambda row: {"item": "1"}, "title": reader.title}
PRODUCT: Blueprint[Product, Row] = Blueprint(
    Product, "toy", {**PARTS, "variants": lambda row: tuple(VARIANT(one, id="v") for one in row["sold"])}
)
VARIANT: Blueprint[Variant, Row] = Blueprint(
    Variant, "toy", {"native_ids": lambda row: {}, "options": lambda row: {}, ("price", "list_price"): prices}
)
ROW = {"name": "Tee", "sold": [{"now": "1.50", "before": "2"}]}


def tee(row: Row = ROW) -> Product:
    return PRODUCT(row, id="1", raw=row)


def whole() -> Product:
    """The same product, made at once."""
    variant = Variant.build(id="v", platform="toy", price=Money("1.50", "SGD"), list_price=Money("2", "SGD"))
    return Product.build(
        id="1", platform="toy", native_ids={"item": "1"}, title="Tee", variants=(variant,), raw=ROW
    )


def test_a_part_is_read_when_it_is_looked_at_and_once() -> None:
    product, before = tee(), reader.read
    assert reader.read == before
    assert [product.title, product.title] == ["Tee", "Tee"]
    assert reader.read == before + 1


def test_what_is_told_together_is_read_together() -> None:
    variant = tee().variants[0]
    assert (variant.price, variant.list_price) == (Money("1.50", "SGD"), Money("2", "SGD"))


def test_fields_that_are_no_parts_have_their_defaults() -> None:
    assert (tee().description, tee().status, tee().platform) == (None, "other", "toy")


@pytest.mark.parametrize(
    "seen",
    [
        lambda product: product,
        copy.copy,
        copy.deepcopy,
        lambda product: product.model_copy(),
        lambda product: pickle.loads(pickle.dumps(product)),
        lambda product: Product.model_validate(product.model_dump()),
        lambda product: Product.model_validate_json(product.model_dump_json()),
    ],
)
def test_it_equals_one_made_at_once_however_it_is_looked_at(seen: Any) -> None:
    assert seen(tee()) == whole()


def test_it_dumps_prints_and_masks_like_one_made_at_once() -> None:
    assert tee().model_dump() == whole().model_dump()
    assert json.loads(tee().model_dump_json()) == json.loads(whole().model_dump_json())
    assert repr(tee()) == repr(whole())
    assert tee().masked() == whole().masked()
    assert dict(tee()) == dict(whole())
    assert vars(tee()) == vars(whole())


def test_inside_of_another_model_it_is_dumped_whole() -> None:
    class Basket(BaseModel):
        product: Product

    assert Basket(product=tee()).model_dump() == Basket(product=whole()).model_dump()


def test_a_field_that_the_row_has_not_is_not_loaded() -> None:
    product = PRODUCT(ROW, id="1", missing=("variants",))
    assert product.loaded("title")
    assert not product.loaded("variants")
    with pytest.raises(NotLoaded, match="variants"):
        _ = product.variants
    assert "variants" not in product.model_dump()


def test_what_is_told_with_a_field_that_is_not_loaded_leaves_it_so() -> None:
    variant = VARIANT(ROW["sold"][0], id="v", missing=("list_price",))
    assert variant.price == Money("1.50", "SGD")
    assert not variant.loaded("list_price")
    assert "list_price" not in variant.model_dump()


def test_a_row_of_an_unexpected_shape_is_a_decode_error_wherever_it_is_met() -> None:
    for look in (lambda product: product.title, lambda product: product.model_dump(), pickle.dumps):
        with pytest.raises(DecodeError, match="toy has an unexpected shape"):
            look(tee({"sold": []}))


def test_a_misshapen_row_is_printed_as_one() -> None:
    """A log line or a notebook that shows it does not fail with it."""
    shown = repr(tee({"sold": []}))
    assert shown.startswith("Product(id='1', unreadable=\"a reply of toy has an unexpected shape")
    assert "unreadable" in tee({"sold": []})._repr_html_()


def test_an_unknown_attribute_is_one() -> None:
    assert not hasattr(tee(), "colour")
    with pytest.raises(AttributeError):
        tee().loaded("colour")


def test_threads_that_look_at_the_same_time_see_the_same() -> None:
    for _ in range(200):
        product, seen, ready = tee(), [], threading.Barrier(2)

        def look(product: Product = product, ready: Any = ready, seen: list[Any] = seen) -> None:
            ready.wait()
            seen.append((product.title, product.variants, product.model_dump()))

        threads = [threading.Thread(target=look) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(seen) == 2
        assert seen[0] == seen[1]


def test_a_blueprint_names_fields_that_there_are() -> None:
    with pytest.raises(TypeError, match="no field 'tittle'"):
        Blueprint(Product, "toy", {"native_ids": dict, "tittle": str})
    with pytest.raises(TypeError, match=r"Product\.native_ids"):
        Blueprint(Product, "toy", {"title": str})
