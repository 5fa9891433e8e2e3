"""Products from their check to their end, against the pretended shop."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from tests.tiktok_shop.catalog_wire import mug, variant

from socialcommerce import Media, Parcel, simulate


class TestStory:
    def test_a_product_from_its_check_to_its_end(self) -> None:
        client = simulate("tiktok_shop")
        leaf = next(one for one in client.catalog.categories() if one.leaf)
        product = mug(
            categories=[leaf],
            media=[Media.from_bytes(client.market.image())],
            variants=[variant("R", "Red"), variant("B", "Blue")],
            package=Parcel(
                weight_g=Decimal(500), length_mm=Decimal(100), width_mm=Decimal(100), height_mm=Decimal(100)
            ),
        )
        assert client.catalog.check(product)
        made = client.catalog.create(product)
        assert made.status == "under_review"
        client.market.advance(timedelta(days=2))
        assert client.catalog.get(made).status == "active"
        changed = client.catalog.update(made, title="Another mug of clay")
        assert client.catalog.get(changed, version="pending").title == "Another mug of clay"
        client.catalog.unpublish(made)
        assert client.catalog.get(made).status == "inactive"
        assert client.catalog.upsert([product]).ok
        assert len(list(client.catalog.list(detail="ids"))) == 1
        client.catalog.delete(made)
        assert client.catalog.get(made).status == "deleted"
        assert client.catalog.find("R") == ()

    def test_a_cut_line_makes_no_second_product(self) -> None:
        client = simulate("tiktok_shop")
        leaf = next(one for one in client.catalog.categories() if one.leaf)
        client.market.fault("drop_after", on="POST */202309/products")
        client.catalog.create(
            mug(
                categories=[leaf],
                media=[Media.from_bytes(client.market.image())],
                package=Parcel(
                    weight_g=Decimal(500),
                    length_mm=Decimal(100),
                    width_mm=Decimal(100),
                    height_mm=Decimal(100),
                ),
            )
        )
        assert len(list(client.catalog.list(detail="ids"))) == 1
