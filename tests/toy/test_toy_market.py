"""The example works as its page says: found by its entry point, four tests an operation, whole stories."""

from __future__ import annotations

import hashlib
import hmac
import re
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import toy_market
from pretend_market import pretend_market
from tests.conftest import ROOT
from tests.toy.conftest import PLACE

from socialcommerce import Client, Money, StockChange, connect, errors
from socialcommerce.backends import registry
from socialcommerce.testing import Script, json_reply

SETTINGS = {"seller": "kiosk-1", "secret_key": "hush-hush-hush"}
ROW: dict[str, Any] = {
    "id": "7",
    "sku": "TOY-7",
    "title": "Kite",
    "price": "12.30",
    "units": 4,
    "state": "ON_SALE",
}
NOW = datetime(2026, 5, 1, tzinfo=UTC)


def shop(transport: Any) -> Client:
    return Client(
        toy_market.ToyMarket(**SETTINGS),
        transport=transport,
        clock=NOW.timestamp,
        sleep=lambda seconds: None,
    )


@pytest.fixture
def open_shop() -> Iterator[Client]:
    with shop(pretend_market(**SETTINGS)) as client:
        yield client


def test_the_backend_fits_on_a_page() -> None:
    lines = Path(toy_market.__file__).read_text("utf-8").splitlines()
    assert len(lines) <= 150


def test_it_is_found_through_its_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tomllib.loads((PLACE / "pyproject.toml").read_text("utf-8"))["project"]
    installed = tmp_path / "toy_market-0.1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text(f"Name: {project['name']}\nVersion: {project['version']}\n")
    points = project["entry-points"][registry.GROUP]
    lines = [f"{name} = {target}" for name, target in points.items()]
    (installed / "entry_points.txt").write_text("\n".join([f"[{registry.GROUP}]", *lines]))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(registry, "_REGISTERED", {})

    assert "toy_market" in registry.names()
    with connect("toy_market", **SETTINGS, transport=pretend_market(**SETTINGS)) as client:
        assert client.catalog.get("1").title == "Toy 1"
    assert "toy_market" in sys.modules


def test_a_call_is_signed_over_instant_method_target_and_body() -> None:
    with Script(("PUT /stock/TOY-7", {"units": 4})) as script:
        shop(script).catalog.set_stock(StockChange(sku="TOY-7", quantity=4))
    (request,) = script.requests
    message = f"{int(NOW.timestamp())}\nPUT\n/stock/TOY-7\n".encode() + b'{"units":4}'
    key = SETTINGS["secret_key"].encode()
    assert request.headers["toy-signature"] == hmac.new(key, message, hashlib.sha256).hexdigest()
    assert request.headers["toy-seller"] == "kiosk-1"


def test_the_pretend_market_refuses_another_key() -> None:
    with shop(pretend_market("kiosk-1", "another-key")) as client, pytest.raises(errors.AuthenticationError):
        client.catalog.get("1")


def test_a_product_is_mapped_whole() -> None:
    with Script(("GET /items/7", ROW)) as script:
        product = shop(script).catalog.get("7")
    (variant,) = product.variants
    assert (product.id, product.title, product.status, product.native_status) == (
        "7",
        "Kite",
        "active",
        "ON_SALE",
    )
    assert (variant.sku, variant.price, variant.available) == ("TOY-7", Money("12.30", "EUR"), 4)
    assert product.raw == ROW


def test_an_unknown_status_is_other() -> None:
    with Script(("GET /items/7", {**ROW, "state": "LOST"})) as script:
        product = shop(script).catalog.get("7")
    assert (product.status, product.native_status) == ("other", "LOST")


def test_pages_follow_each_other_and_statuses_are_filtered(open_shop: Client) -> None:
    assert [product.id for product in open_shop.catalog.list()] == ["1", "2", "3", "4", "5"]
    assert [product.id for product in open_shop.catalog.list(status="inactive")] == ["3"]
    assert len(open_shop.catalog.list(status=["active", "inactive"]).collect()) == 5


def test_what_the_rows_do_not_carry_cannot_be_asked_for(open_shop: Client) -> None:
    with pytest.raises(errors.Unsupported, match="no time of change"):
        open_shop.catalog.list(updated_after=NOW)


def test_stock_is_set_and_read_again(open_shop: Client) -> None:
    level = open_shop.catalog.set_stock(StockChange(sku="TOY-2", quantity=3))
    assert level.available == 3
    assert open_shop.catalog.get("2").variants[0].available == 3


def test_one_bad_change_does_not_sink_the_others(open_shop: Client) -> None:
    changes = [StockChange(sku="NOPE", quantity=1), StockChange(sku="TOY-1", quantity=1)]
    failed, done = open_shop.catalog.set_stock(changes)
    assert isinstance(failed.error, errors.NotFound)
    assert done.ok


def test_stock_that_would_be_added_is_refused_unsent() -> None:
    with Script() as script, pytest.raises(errors.InvalidRequest) as caught:
        shop(script).catalog.set_stock(StockChange(sku="TOY-1", quantity=1, mode="add"))
    assert caught.value.sent == "no"


def test_orders_since_an_instant(open_shop: Client) -> None:
    since = datetime.fromtimestamp(1e9 + 1, UTC)
    first, second = open_shop.orders.list(created_after=since)
    assert (first.id, first.status, first.totals.total) == ("O-1", "open", Money("1.50", "EUR"))
    assert second.id == "O-2"
    with pytest.raises(errors.NotLoaded):
        _ = first.lines


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (json_reply({"error": "no_such_thing"}, 404), errors.NotFound),
        (json_reply({"error": "never_heard_of"}, 400), errors.PlatformError),
        (json_reply([1]), errors.DecodeError),
        (json_reply({}, 503), errors.PlatformUnavailable),
    ],
)
def test_errors_are_typed(reply: Any, error: type[Exception]) -> None:
    with shop(lambda request: reply) as client, pytest.raises(error):
        client.catalog.get("7")


def test_a_write_is_repeated_after_a_busy_moment() -> None:
    busy = json_reply({"error": "too_fast"}, 429)
    with Script(("PUT *", busy), ("PUT *", {"units": 9})) as script:
        level = shop(script).catalog.set_stock(StockChange(sku="TOY-7", quantity=9))
    assert level.available == Decimal(9)


def test_any_other_call_is_signed_too(open_shop: Client) -> None:
    assert open_shop.call("GET", "/items")["next"] == "2"


def test_the_page_about_backends_shows_these_files() -> None:
    page = (ROOT / "docs" / "backends.md").read_text("utf-8")
    shown = {path.partition(":")[0] for path in re.findall(r'^--8<-- "(.+)"$', page, re.M)}
    assert shown == {f"examples/toy_market/{path.name}" for path in PLACE.iterdir() if path.is_file()}
