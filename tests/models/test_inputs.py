"""What is handed in is refused early, with the field and the remedy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from socialcommerce.errors import InvalidRequest
from socialcommerce.models import (
    AdGroupInput,
    AdInput,
    Attribution,
    AudienceInput,
    AudienceMember,
    Bid,
    Branch,
    Budget,
    Built,
    CampaignInput,
    CatalogCreative,
    Category,
    CategoryRef,
    Consent,
    ConversionEvent,
    DropOff,
    DropOffOption,
    ExistingPost,
    Hours,
    Identity,
    LaunchPlan,
    LineRef,
    Media,
    Model,
    Money,
    OfferPartial,
    Option,
    OrderInput,
    OwnCarrier,
    OwnCarrierOption,
    Parcel,
    Pickup,
    PickupSlot,
    PriceChange,
    ProductInput,
    Recipient,
    Ref,
    RefundInput,
    Reject,
    Sale,
    Schedule,
    StockChange,
    StoreAddress,
    Targeting,
    TemplateInput,
    Text,
    VariantInput,
)
from socialcommerce.models.store import Carrier

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SGD = Money("19.90", "SGD")
USD = Money("19.90", "USD")
CONSENT = Consent(source="checkout", obtained_at=NOW, purposes=["ads"])
GROUPS = [AdGroupInput(name="a"), AdGroupInput(name="b")]
POST = ExistingPost("1")


def conversion(**changes: Any) -> ConversionEvent:
    fields: dict[str, Any] = {
        "type": "purchase",
        "event_id": "1",
        "occurred_at": NOW,
        "source": "pixel",
        "action_source": "website",
        "person": AudienceMember(email="a@b.example"),
        "value": SGD,
    }
    return ConversionEvent(**fields | changes)


def order(**changes: Any) -> OrderInput:
    line = {"sku": "TS-1", "quantity": 1, "unit_price": SGD}
    return OrderInput(**{"number": "1", "channel": "shopee", "lines": [line], "placed_at": NOW} | changes)


REFUSED: dict[str, tuple[Callable[[], Model], str]] = {
    "a ref names something": (Ref, "sku or a product_id"),
    "a variant needs its product": (lambda: Ref(variant_id="2"), "together with its product_id"),
    "stock below zero": (lambda: StockChange(sku="a", quantity=-1), "mode='add'"),
    "stock as a float": (lambda: StockChange(sku="a", quantity=2.0), "quantity"),  # type: ignore[arg-type]
    "stock as a bool": (lambda: StockChange(sku="a", quantity=True), "quantity"),
    "a price change without a price": (lambda: PriceChange(sku="a"), "base_price"),
    "prices of two currencies": (
        lambda: PriceChange(sku="a", base_price=SGD, list_price=USD),
        "one currency",
    ),
    "a float price": (lambda: PriceChange(sku="a", base_price=19.9), "must be Money"),  # type: ignore[arg-type]
    "a product without variants": (lambda: ProductInput(title="a", variants=[]), "variants"),
    "one SKU twice": (
        lambda: ProductInput(
            title="a",
            variants=[VariantInput(sku="a", options={"C": "r"}), VariantInput(sku="a", options={"C": "b"})],
        ),
        "given twice: a",
    ),
    "one choice twice": (
        lambda: ProductInput(title="a", variants=[VariantInput(sku="a"), VariantInput(sku="b")]),
        "options of its own",
    ),
    "a naive datetime": (lambda: order(placed_at=datetime(2026, 1, 1)), "time zone"),  # noqa: DTZ001 - refused
    "an order of two currencies": (lambda: order(shipping=USD), "SGD and USD"),
    "a line that names nothing": (
        lambda: order(lines=[{"quantity": 1, "unit_price": SGD}]),
        "lines.0: give a sku",
    ),
    "a refund that does not say": (lambda: RefundInput(amount=SGD), "move_money"),  # type: ignore[call-arg]
    "a refund of nothing": (lambda: RefundInput(move_money=True), "lines, an amount or shipping"),
    "a refund below zero": (lambda: RefundInput(move_money=True, amount=-SGD), "above zero"),
    "part of a line, of none": (lambda: LineRef("1", 0), "quantity"),
    "a rejection without a reason": (lambda: Reject(""), "reason"),
    "an unlimited budget with an amount": (lambda: Budget(kind="unlimited", amount=SGD), "no amount"),
    "a daily budget without": (lambda: Budget(kind="daily"), "needs an amount"),
    "a budget of zero": (lambda: Budget(kind="daily", amount=Money(0, "SGD")), "above zero"),
    "a cap without an amount": (lambda: Bid("bid_cap"), "needs an amount"),
    "an end before the start": (lambda: Schedule(NOW, NOW), "after the start"),
    "ages out of order": (lambda: Targeting(age_min=40, age_max=20), "age_max"),
    "a float ROAS": (lambda: CampaignInput(name="a", target_roas=2.5), "never a float"),  # type: ignore[arg-type]
    "ad groups of one name": (
        lambda: LaunchPlan(campaign=CampaignInput(name="c"), ad_groups=GROUPS[:1] * 2),
        "own",
    ),
    "an ad of no group": (
        lambda: LaunchPlan(
            campaign=CampaignInput(name="c"), ad_groups=GROUPS, ads=[AdInput(name="x", creative=POST)]
        ),
        "does not say its ad group",
    ),
    "an ad of another group": (
        lambda: LaunchPlan(
            campaign=CampaignInput(name="c"),
            ad_groups=GROUPS,
            ads=[AdInput(name="x", creative=POST, ad_group_id="z")],
        ),
        "the plan has",
    ),
    "an ad that shows nothing": (lambda: Built([], "text"), "picture"),
    "a member nobody can find": (lambda: AudienceMember(city="Singapore"), "email"),
    "people without consent": (lambda: AudienceInput(name="a"), "consent"),
    "a lookalike of nobody": (lambda: AudienceInput(name="a", kind="lookalike"), "seed_id"),
    "a conversion of nobody": (lambda: conversion(person=None), "person, or the click"),
    "a purchase without value": (lambda: conversion(value=None), "has a value"),
    "consent to nothing": (lambda: Consent(source="x", obtained_at=NOW, purposes=[]), "purposes"),
    "an empty text": (lambda: Text(""), "text"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_meant_is_refused_before_anything_is_sent(case: str) -> None:
    make, remedy = REFUSED[case]
    with pytest.raises(InvalidRequest) as caught:
        make()
    assert remedy in str(caught.value)
    assert caught.value.fields
    assert caught.value.sent == "no"


def test_the_whole_of_each_is_taken() -> None:
    assert order().lines[0].unit_price == SGD
    assert conversion().value == SGD
    assert AudienceInput(name="a", consent=CONSENT).members == ()
    assert AudienceMember(first_name="A", last_name="B", postal_code="1").first_name == "A"
    assert Budget(kind="daily", shared_id="7").amount is None
    assert Targeting(age_min=20, age_max=40, keywords=["shirt"]).keywords == ("shirt",)
    assert CampaignInput(name="a", target_roas=Decimal("2.5")).target_roas == Decimal("2.5")
    assert LaunchPlan(
        campaign=CampaignInput(name="c"), ad_groups=GROUPS[:1], ads=[AdInput(name="x", creative=POST)]
    )
    assert TemplateInput(name="a", language="en", category="utility", body="Hi {{name}}").native == {}
    assert RefundInput(move_money=False, lines=[LineRef("1")]).lines == (LineRef("1"),)


def test_everything_made_for_advertising_starts_paused() -> None:
    assert {CampaignInput(name="a").status, GROUPS[0].status, AdInput(name="x", creative=POST).status} == {
        "paused"
    }


def test_a_ref_compares_and_shows_by_its_names() -> None:
    change = StockChange(product_id="1", variant_id="2", quantity=3)
    assert change.ref() == Ref(product_id="1", variant_id="2")
    assert len({change.ref(), Ref(product_id="1", variant_id="2")}) == 1
    assert (str(change), str(Ref(sku="TS-1"))) == ("1/2", "TS-1")


def test_a_sale_reads_from_both_spellings() -> None:
    assert Sale.model_validate({"price": SGD, "from": NOW}) == Sale(price=SGD, from_=NOW)


def test_categories_and_attributes_are_taken_as_they_come_to_hand() -> None:
    given = ProductInput(
        title="a",
        categories=["1", Category(id="2", name="Shirts", tree="fb"), CategoryRef(id="3")],
        attributes={"material": "cotton"},
        variants=[VariantInput(sku="a")],
    )
    assert given.categories == (
        CategoryRef(id="1"),
        CategoryRef(tree="fb", id="2", name="Shirts"),
        CategoryRef(id="3"),
    )
    assert [(a.id, a.values) for a in given.attributes] == [("material", ("cotton",))]  # type: ignore[union-attr]


def test_what_was_listed_stands_for_its_id() -> None:
    assert Pickup(StoreAddress(id="7"), PickupSlot(id="9")) == Pickup("7", "9")
    assert DropOff(DropOffOption(branch=Branch(id="3"))) == DropOff(Branch(id="3")) == DropOff("3")
    assert DropOff(DropOffOption()) == DropOff()
    assert OwnCarrier(OwnCarrierOption(carrier=Carrier(id="DHL")), "1") == OwnCarrier("DHL", "1")
    assert OfferPartial(SGD).kind == "offer_partial"


def test_a_creative_knows_what_it_is_after_a_round_trip() -> None:
    media = Media.from_url("https://shop.example/a.png")
    for creative in (POST, Built(media, "New"), Built([media, media]), CatalogCreative("7", "{{name}}")):
        ad = AdInput(name="x", creative=creative)
        assert AdInput.model_validate_json(ad.model_dump_json()) == ad
    assert Built(media).medias == (media,)


def test_a_recipient_is_an_identity_or_the_id_alone() -> None:
    assert Recipient(to="U1") == Recipient(to=Identity(kind="user_id", value="U1"))


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Sale(price=Money(5, "USD"), starts_at=datetime(2026, 1, 1, tzinfo=UTC)), "starts_at"),
        (lambda: Sale(price=Money(5, "USD"), from_=datetime.fromisoformat("2026-01-01")), "from_"),
        (Sale, "price"),
        (lambda: Parcel(weight_g=-1), "weight_g"),
        (lambda: Parcel(weight=1), "weight"),
        (lambda: Option(name="Colour", value="red"), "value"),
        (lambda: CategoryRef(name="Shoes"), "id"),
        (lambda: Attribution(click=7), "click"),
        (lambda: Hours(weekday=7), "weekday"),
        (lambda: Sale.model_validate({"price": "5"}), "price"),
        (lambda: Sale.model_validate_json("{}"), "price"),
    ],
)
def test_a_part_of_an_input_is_held_like_the_input_itself(make: Callable[[], Any], field: str) -> None:
    with pytest.raises(InvalidRequest, match=field) as caught:
        make()
    assert field in caught.value.fields


@pytest.mark.parametrize("amount", [0, -5])
@pytest.mark.parametrize("strategy", ["bid_cap", "cost_cap", "auto"])
def test_a_bid_is_above_zero(strategy: Any, amount: int) -> None:
    with pytest.raises(InvalidRequest, match="a bid is above zero"):
        Bid(strategy, Money(amount, "USD"))


@pytest.mark.parametrize("end", [time(9), time(8), time(0)])
def test_a_part_of_a_day_ends_after_it_begins(end: time) -> None:
    with pytest.raises(InvalidRequest, match="None is midnight"):
        Hours(weekday=0, start=time(9), end=end)
    assert Hours(weekday=0, start=time(9)).end is None
