"""A pretend Shopee, and somebody who calls it by the book."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.graph_caller import GraphCaller
from tests.support.meta_spec import MetaSpec
from tests.support.shopee_caller import Caller
from tests.support.shopee_items import TIERS, model
from tests.support.shopee_spec import ShopeeSpec
from tests.support.tiktok_shop_caller import Caller as TikTokShopCaller
from tests.support.tiktok_shop_spec import TikTokShopSpec

from socialcommerce.simulators import open_twin
from socialcommerce.simulators.entities import Order, Product
from socialcommerce.simulators.market import Market
from socialcommerce.simulators.meta.social import MetaTwin
from socialcommerce.simulators.meta.whatsapp import WhatsAppTwin
from socialcommerce.simulators.shopee import ShopeeTwin
from socialcommerce.simulators.tiktok_shop import TikTokShopTwin


@pytest.fixture(scope="session")
def spec() -> ShopeeSpec | None:
    """The vendor's interface data, where it is at hand; every exchange is then held to it."""
    folder = Path(__file__).resolve().parents[3] / "shared/specs/shopee"
    return ShopeeSpec(folder) if folder.is_dir() else None


@pytest.fixture
def twin() -> ShopeeTwin:
    found = open_twin("shopee", seed=7)
    assert isinstance(found, ShopeeTwin)
    return found


@pytest.fixture
def market(twin: ShopeeTwin) -> Market:
    return twin.market


@pytest.fixture
def shop(twin: ShopeeTwin, spec: ShopeeSpec | None) -> Caller:
    return Caller(twin, spec)


@pytest.fixture
def product(market: Market) -> Product:
    """An item of the pretend Shopee: five to have."""
    return market.add_product("TS-1", stock=5, price="19.90")


@pytest.fixture
def varied(shop: Caller, product: Product) -> Product:
    """The same in two colours."""
    reply = shop.post(
        "product/init_tier_variation",
        item_id=int(product.id),
        standardise_tier_variation=TIERS,
        model=[model(0), model(1)],
    )
    assert reply["error"] == ""
    return product


@pytest.fixture
def order(market: Market) -> Order:
    """An order of the pretend Shopee: two of one item, paid."""
    market.add_product("TS-1", stock=50, price=10)
    return market.default.order(market.buy("TS-1", quantity=2))


@pytest.fixture(scope="session")
def tiktok_spec() -> TikTokShopSpec | None:
    """The same of TikTok Shop."""
    folder = Path(__file__).resolve().parents[3] / "shared/specs/tiktok_shop"
    return TikTokShopSpec(folder) if folder.is_dir() else None


@pytest.fixture
def tiktok() -> TikTokShopTwin:
    found = open_twin("tiktok_shop", seed=7)
    assert isinstance(found, TikTokShopTwin)
    return found


@pytest.fixture
def caller(tiktok: TikTokShopTwin, tiktok_spec: TikTokShopSpec | None) -> TikTokShopCaller:
    return TikTokShopCaller(tiktok, tiktok_spec)


@pytest.fixture(scope="session")
def meta_spec() -> MetaSpec | None:
    """The same of Meta."""
    folder = Path(__file__).resolve().parents[3] / "shared/specs/meta"
    return MetaSpec(folder) if folder.is_dir() else None


@pytest.fixture
def meta() -> MetaTwin:
    found = open_twin("meta", seed=7)
    assert isinstance(found, MetaTwin)
    return found


@pytest.fixture
def graph(meta: MetaTwin, meta_spec: MetaSpec | None) -> GraphCaller:
    return GraphCaller(meta, meta_spec)


@pytest.fixture
def whatsapp() -> WhatsAppTwin:
    found = open_twin("whatsapp", seed=7)
    assert isinstance(found, WhatsAppTwin)
    return found
