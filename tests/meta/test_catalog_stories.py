"""Stories of a seller with a catalogue, against the pretend Graph API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from socialcommerce import (
    Client,
    Media,
    Money,
    PriceChange,
    ProductInput,
    Ref,
    Sale,
    StockChange,
    VariantInput,
    errors,
    simulate,
)

BATCH = "POST *items_batch"


def mug(sku: str = "MUG-1", **fields: Any) -> ProductInput:
    defaults: dict[str, Any] = {
        "title": "A mug",
        "description": "of clay",
        "url": "https://shop.example.com/mug",
        "media": [Media.from_url("https://cdn.example.com/1.jpg")],
        "variants": [VariantInput(sku=sku, quantity=5, price=Money("12.50", "USD"))],
    }
    return ProductInput(**{**defaults, **fields})


def shirts(*colours: str) -> list[VariantInput]:
    return [
        VariantInput(
            sku=f"TEE-{one}", quantity=3, price=Money("20", "USD"), options={"Color": one, "Fit": "Slim"}
        )
        for one in colours
    ]


@pytest.fixture(params=["meta", "whatsapp"])
def shop(request: pytest.FixtureRequest) -> Client:
    """A seller on Facebook, and one on WhatsApp: their catalogues are of one kind."""
    client: Client = simulate(request.param)
    return client


def batches(shop: Client) -> int:
    return sum(one.method == "POST" and one.path.endswith("/items_batch") for one in shop.market.requests)


def test_a_product_lives_and_dies(shop: Client) -> None:
    made = shop.catalog.create(mug())
    assert made.status == "under_review"
    shop.market.advance(timedelta(days=1))
    assert [one.id for one in shop.catalog.list(status="active")] == [made.id]
    shop.catalog.unpublish(made)
    assert shop.catalog.get(made.id).status == "inactive"
    shop.catalog.publish(made.id)
    assert shop.catalog.update(made, title="A cup").title == "A cup"
    shop.catalog.delete(made)
    assert shop.catalog.list().collect() == []
    with pytest.raises(errors.NotFound):
        shop.catalog.get(made.id)


def test_variants_stand_side_by_side_and_in_one_group(shop: Client) -> None:
    made = shop.catalog.create(mug(variants=shirts("Red", "Blue"), title="Tee"))
    assert {one.options["Color"] for one in made.variants} == {"Red", "Blue"}
    flat = shop.catalog.list().collect()
    assert {one.group_id for one in flat} == {"TEE-Red"}
    (grouped,) = shop.catalog.list(group=True)
    assert grouped.id == made.id
    assert {one.id for one in grouped.variants} == {one.id for one in flat}
    changed = shop.catalog.update(made, variants=[*shirts("Blue", "Green")])
    assert {one.sku for one in changed.variants} == {"TEE-Blue", "TEE-Green"}


def test_stock_and_prices_by_sku(shop: Client) -> None:
    shop.market.add_product("TS-1", stock=5, price=Money("19.90", "USD"))
    now = shop.market.now()
    assert shop.catalog.set_stock(StockChange(sku="TS-1", quantity=2, expected=5)).available == 2
    shop.catalog.set_prices(
        PriceChange(
            sku="TS-1",
            base_price=Money("25", "USD"),
            sale=Sale(price=Money("21", "USD"), until=now + timedelta(days=2)),
        )
    )
    (ref,) = shop.catalog.find("TS-1")
    assert ref.product_id is not None
    variant = shop.catalog.get(ref.product_id).variants[0]
    assert (variant.price, variant.base_price, variant.available) == (
        Money("21", "USD"),
        Money("25", "USD"),
        2,
    )
    shop.market.advance(timedelta(days=3))
    assert shop.catalog.get(ref.product_id).variants[0].price == Money("25", "USD")
    shop.catalog.set_stock(StockChange(sku="TS-1", quantity=0))
    assert shop.catalog.stock(Ref(sku="TS-1")).available == 0


def test_a_list_of_products_is_put_in_place_twice(shop: Client) -> None:
    first = shop.catalog.upsert(mug(f"S-{number}") for number in range(70))
    again = shop.catalog.upsert(mug(f"S-{number}", title="A cup") for number in range(70))
    assert first.ok
    assert [one.id for one in first.values] == [one.id for one in again.values]
    assert {one.title for one in shop.catalog.list()} == {"A cup"}
    assert batches(shop) == 2


@pytest.mark.parametrize("fault", ["drop_after", "drop_before", "server_error", "truncate", "throttle"])
def test_nothing_is_made_twice_and_nothing_is_lost(shop: Client, fault: str) -> None:
    shop.market.fault(fault, on=BATCH)
    made = shop.catalog.create(mug(variants=shirts("Red", "Blue")))
    assert len(made.variants) == 2
    assert len(shop.catalog.list().collect()) == 2


@pytest.mark.parametrize("fault", ["drop_after", "server_error", "truncate", "throttle"])
def test_a_batch_is_followed_through_faults(shop: Client, fault: str) -> None:
    shop.market.add_product("TS-1", stock=5)
    shop.market.fault(fault, on="GET *check_batch_request_status")
    assert shop.catalog.set_stock(StockChange(sku="TS-1", quantity=9)).available == 9
    assert shop.catalog.stock(Ref(sku="TS-1")).available == 9


def test_unknown_items_are_never_created_by_a_change(shop: Client) -> None:
    with pytest.raises(errors.NotFound):
        shop.catalog.set_stock(StockChange(sku="NONE", quantity=9))
    with pytest.raises(errors.NotFound):
        shop.catalog.set_prices(PriceChange(sku="NONE", base_price=Money("1", "USD")))
    assert shop.catalog.list().collect() == []


def test_a_listing_walks_every_page() -> None:
    shop = simulate("meta", page_size=2)
    for number in range(5):
        shop.market.add_product(f"S-{number}", stock=number)
    assert len(shop.catalog.list().collect()) == 5
    assert len(shop.catalog.list(group=True).collect()) == 5
    pager = shop.catalog.list()
    first = [next(iter(pager)).id]
    rest = [one.id for one in shop.catalog.list(cursor=pager.cursor)]
    assert len(set(first + rest)) == 5


def test_a_currency_without_cents(shop: Client) -> None:
    shop.catalog.create(mug(variants=[VariantInput(sku="J", price=Money("1200", "JPY"))]))
    (product,) = shop.catalog.list()
    assert product.variants[0].price == Money("1200", "JPY")
    with pytest.raises(errors.InvalidRequest, match="decimals"):
        shop.catalog.set_prices(PriceChange(sku="J", base_price=Money("12.5", "JPY")))


def test_a_refused_item_is_told_by_its_sku(shop: Client) -> None:
    result = shop.catalog.set_prices(
        [
            PriceChange(sku="NONE", base_price=Money("1", "USD")),
            PriceChange(
                sku="NONE", sale=Sale(price=Money("1", "USD"), from_=datetime(2027, 1, 1, tzinfo=UTC))
            ),
        ]
    )
    assert [type(one.error) for one in result] == [errors.NotFound, errors.NotFound]


def test_products_of_another_shop_come_in_as_a_feed(shop: Client) -> None:
    other = simulate("shopee")
    other.market.add_product("SH-1", stock=4, price=Money("9.90", "SGD"))
    there = [one.model_copy(update={"url": "https://shop.example.com/1"}) for one in other.catalog.list()]
    document = shop.catalog.export_feed(there)
    (account,) = shop.accounts(kind="catalog")
    feed = shop.call("POST", f"/{account.id}/product_feeds", body={"name": "mine"}, service="catalog")
    upload = shop.call(
        "POST",
        f"/{feed['id']}/uploads",
        files={"file": ("feed.csv", document.read())},
        body={"update_only": True},
        service="catalog",
    )
    shop.market.advance(timedelta(minutes=10))
    ended = shop.call("GET", f"/{upload['id']}", query={"fields": "num_persisted_items"}, service="catalog")
    assert ended["num_persisted_items"] == 1
    (here,) = shop.catalog.list()
    assert (here.variants[0].sku, here.variants[0].price) == ("SH-1", Money("9.90", "SGD"))
    assert here.variants[0].available == 4
