"""What every model has in common: built fast, read safely, refused clearly."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcommerce import models
from socialcommerce.errors import InvalidRequest, NotLoaded
from socialcommerce.models import (
    Address,
    Buyer,
    Conversation,
    ConversationRef,
    Identity,
    Inventory,
    Line,
    Location,
    Masked,
    Model,
    Money,
    Order,
    OwnCarrier,
    Product,
    ProductInput,
    Quantities,
    Record,
    StockChange,
    Totals,
    Variant,
    VariantInput,
    VirtualPhone,
    personal_fields,
)

SGD = Money("19.90", "SGD")


def product(**fields: Any) -> Product:
    variant = Variant.build(
        id="2", platform="x", sku="TS-1", price=SGD, inventory=(Inventory.build(available=3),)
    )
    return Product.build(id="1", platform="x", title="Shirt", variants=(variant,), **fields)


def every_model() -> list[type[Model]]:
    found = [getattr(models, name) for name in dir(models) if not name.startswith("_")]
    return [value for value in found if isinstance(value, type) and issubclass(value, Model)]


@pytest.mark.parametrize("model", every_model(), ids=lambda model: model.__name__)
def test_every_model_has_a_json_schema_both_ways(model: type[Model]) -> None:
    for mode in ("validation", "serialization"):
        schema = model.model_json_schema(mode=mode)  # type: ignore[arg-type]
        top = schema["$defs"][model.__name__] if "$ref" in schema else schema
        assert set(top["properties"]) >= {
            name for name, field in model.model_fields.items() if not field.exclude
        }


@pytest.mark.parametrize("model", every_model(), ids=lambda model: model.__name__)
def test_every_status_has_the_native_word_beside_it(model: type[Model]) -> None:
    if not issubclass(model, Record):
        return
    for name in model.model_fields:
        if name.endswith("status") and not name.startswith("native_") and name != "settlement_status":
            assert f"native_{name}" in model.model_fields


def test_built_and_validated_are_equal() -> None:
    built = product()
    validated = Product(
        id="1",
        platform="x",
        title="Shirt",
        variants=(Variant(id="2", platform="x", sku="TS-1", price=SGD, inventory=(Inventory(available=3),)),),
    )
    assert built == validated
    assert hash(built) == hash(validated)
    assert built.model_dump() == validated.model_dump()


def test_defaults_that_can_change_are_not_shared() -> None:
    one, other = product(), product()
    one.native_ids["item_id"] = "1"
    assert other.native_ids == {}


def test_raw_is_kept_by_reference_and_left_out_of_dumps_reprs_and_equality() -> None:
    payload = {"secretish": "payload"}
    one = product(raw=payload)
    assert one.raw is payload
    assert "secretish" not in repr(one)
    assert "raw" not in one.model_dump()
    assert one == product()


def test_a_field_the_row_did_not_carry_raises_when_read() -> None:
    row = Product.build(id="1", title="Shirt", missing=("variants", "brand"))
    with pytest.raises(NotLoaded) as caught:
        _ = row.brand
    assert (caught.value.model, caught.value.field) == ("Product", "brand")
    assert not row.loaded("brand")
    assert row.loaded("title")
    assert "brand=<not loaded>" in repr(row)
    assert "brand" not in row.model_dump()
    with pytest.raises(AttributeError, match="colour"):
        row.loaded("colour")
    with pytest.raises(AttributeError, match="colour"):
        _ = row.colour  # type: ignore[attr-defined]


def test_a_field_without_an_honest_default_is_not_loaded_when_left_out() -> None:
    for order in (Order.build(id="1"), Order(id="1")):
        assert not order.loaded("totals")
        with pytest.raises(NotLoaded):
            _ = order.totals


LOADABLE = [name for name in Product.model_fields if name not in {"id", "raw", "not_loaded"}]


@given(st.sets(st.sampled_from(LOADABLE)))
def test_what_is_not_loaded_survives_every_copy(missing: set[str]) -> None:
    row = product(missing=tuple(name for name in LOADABLE if name in missing))
    twins = [
        Product.model_validate(row.model_dump()),
        Product.model_validate_json(row.model_dump_json()),
        pickle.loads(pickle.dumps(row)),
        copy.copy(row),
        copy.deepcopy(row),
        row.model_copy(),
    ]
    for twin in twins:
        assert twin == row
        assert {name for name in LOADABLE if not twin.loaded(name)} == missing


def test_a_field_that_a_copy_was_given_is_loaded() -> None:
    listed = Product.build(id="1", missing=("title", "status"))
    copied = listed.model_copy(update={"title": "Tee"})
    assert (copied.loaded("title"), copied.title, copied.loaded("status")) == (True, "Tee", False)
    assert Product.model_validate(copied) == copied
    assert Product.model_validate(copied.model_dump()).title == copied.title == "Tee"
    assert not listed.loaded("title")


def test_what_is_equal_has_one_hash_in_whatever_order_it_was_made() -> None:
    first = Quantities.build(ordered=2, shipped=1)
    second = Quantities.build(shipped=1, ordered=2)
    assert first == second == Quantities(ordered=2, shipped=1)
    assert len({first, second, Quantities(ordered=2, shipped=1)}) == 1


def test_models_of_two_kinds_are_never_equal() -> None:
    assert Totals.build(total=SGD) != Line.build(key="1", total=SGD)
    assert Totals.build(total=SGD) != "text"


def test_a_notebook_shows_a_compact_escaped_table() -> None:
    html = product(description="<b>" + "x" * 500)._repr_html_()
    assert "&lt;b&gt;" in html
    assert "1 × Variant" in html
    assert len(html) < 1500


def test_models_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        product().title = "Other"  # type: ignore[misc]


def test_an_unknown_field_of_an_input_is_refused_with_the_way_out() -> None:
    with pytest.raises(InvalidRequest, match="native=") as caught:
        ProductInput(title="a", variants=[VariantInput(sku="a")], freight_template=3)  # type: ignore[call-arg]
    assert set(caught.value.fields) == {"freight_template"}
    assert caught.value.sent == "no"


def test_findings_inside_of_an_input_carry_the_whole_path() -> None:
    with pytest.raises(InvalidRequest) as caught:
        ProductInput.model_validate({"title": "a", "variants": [{"sku": "a"}, {"sku": "b", "price": 19.9}]})
    assert set(caught.value.fields) == {"variants.1.price"}
    with pytest.raises(InvalidRequest):
        ProductInput.model_validate_json('{"title": ""}')


def test_findings_do_not_repeat_the_value() -> None:
    with pytest.raises(InvalidRequest) as caught:
        Identity(kind="phone", value=["+6591234567"])  # type: ignore[arg-type]
    assert "9123" not in str(caught.value)


def test_inputs_are_taken_by_position_too() -> None:
    assert OwnCarrier("DHL", "JD01") == OwnCarrier(carrier="DHL", number="JD01")
    with pytest.raises(InvalidRequest, match="twice"):
        OwnCarrier("DHL", carrier="UPS")
    with pytest.raises(InvalidRequest, match="at most 3"):
        OwnCarrier("DHL", "1", "2", "3")  # type: ignore[call-arg]
    assert StockChange("TS-1", quantity=1).sku == "TS-1"  # type: ignore[misc]


def test_inputs_read_back_from_what_they_dump() -> None:
    given_ = ProductInput(
        title="a",
        categories=["12"],
        attributes={"m": ["cotton", "silk"]},
        variants=[VariantInput(sku="a", price=SGD)],
    )
    assert ProductInput.model_validate_json(given_.model_dump_json()) == given_
    assert given_.categories[0].id == "12"  # type: ignore[union-attr]
    assert isinstance(given_.variants, tuple)


def an_order() -> Order:
    return Order.build(
        id="1",
        buyer=Buyer.build(
            name="Ann",
            phone=VirtualPhone("+6591234567", "12"),
            identities=(Identity(kind="phone", value="+65912"),),
        ),
        shipping_address=Address(name=Masked("A**"), lines=("1 Orchard Road",), city="Singapore"),
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        notes="",
        raw={"name": "Ann"},
    )


def test_masking_hides_personal_data_at_every_depth_and_drops_the_payload() -> None:
    masked = an_order().masked()
    text = repr(masked) + masked.model_dump_json()
    for secret in ("Ann", "+65912", "Orchard", "A**"):
        assert secret not in text
    assert masked.raw is None
    assert masked.shipping_address is not None
    assert masked.shipping_address.city == "Singapore"
    assert masked.notes == ""
    assert masked.created_at == an_order().created_at
    place = Location(1.3, 103.8).masked()
    assert (place.latitude, place.longitude) == (None, None)


def test_masking_hides_the_ids_of_people() -> None:
    peer = Identity(kind="user_id", value="7011")
    thread = Conversation.build(
        id="7011",
        native_ids={
            "conversation_id": "c1",
            "thread": "7011",
            "im_user_id": "8",
            "to_id": "9",
            "photo_id": "5",
        },
        ref=ConversationRef.build(platform="x", native_id="7011", own_account="shop", peer=peer),
    )
    masked = thread.masked()
    assert masked.native_ids == {
        "conversation_id": "c1",
        "thread": "***",
        "im_user_id": "***",
        "to_id": "***",
        "photo_id": "5",
    }
    assert (masked.id, masked.ref.native_id, masked.ref.own_account) == ("***", "***", "shop")
    assert thread.native_ids["to_id"] == "9"
    order = Order.build(id="1", native_ids={"order_sn": "1", "buyer_user_id": "42"}).masked()
    assert (order.id, order.native_ids) == ("1", {"order_sn": "1", "buyer_user_id": "***"})


def test_personal_fields_are_dotted_paths() -> None:
    paths = personal_fields(Order)
    assert {"buyer.email", "buyer.identities.value", "shipping_address.lines", "notes"} <= paths
    assert "shipping_address.city" not in paths
    assert personal_fields(an_order()) == paths


def test_a_row_put_into_another_model_stays_as_it_was() -> None:
    row = Variant.build(id="1", missing=("price", "sku"))
    listing = Product(id="1", title="Shirt", variants=(row,))
    assert listing.variants[0] is row
    assert not row.loaded("sku")


def test_values_without_dictionaries_hash() -> None:
    assert len({Inventory(available=1), Inventory(available=1), Inventory(available=2)}) == 2


def test_marks_and_masked_text_show_plainly() -> None:
    assert repr(models.Personal()) == "Personal()"
    assert str(Masked("A**")) == "A**"
