"""Tables that people wrote by hand name what the code has: no more, no less."""

from __future__ import annotations

import inspect
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest
from tests.conftest import ROOT

from socialcommerce import errors, simulate
from socialcommerce.backends import Meta, Shopee, TikTokAds, TikTokShop, WhatsApp
from socialcommerce.backends.base import Backend, operation_names
from socialcommerce.backends.meta.codes import catalog as meta_catalog
from socialcommerce.backends.meta.codes import currencies, versions
from socialcommerce.backends.meta.social.codes import ads as meta_ads
from socialcommerce.backends.meta.whatsapp.codes import messaging as whatsapp_messaging
from socialcommerce.backends.meta.whatsapp.codes import orders as whatsapp_orders
from socialcommerce.backends.meta.whatsapp.messaging import cards
from socialcommerce.backends.shopee.ads import plan
from socialcommerce.backends.shopee.codes import catalog, orders
from socialcommerce.backends.shopee.platform import HOSTS
from socialcommerce.backends.shopee.regions import REGIONS
from socialcommerce.backends.tiktok.ads.codes import ads as tiktok_ads
from socialcommerce.backends.tiktok.ads.codes import calls
from socialcommerce.backends.tiktok.ads.platform import HOSTS as TIKTOK_HOSTS
from socialcommerce.backends.tiktok.shop.codes import catalog as tiktok_catalog
from socialcommerce.backends.tiktok.shop.codes import orders as tiktok_orders
from socialcommerce.backends.tiktok.shop.orders.methods import LABEL
from socialcommerce.backends.tiktok.shop.regions import REGIONS as TIKTOK_REGIONS
from socialcommerce.simulators.faults import KINDS
from socialcommerce.simulators.market import Market

SHOPEE, TWINS, START = "docs/platforms/shopee.md", "docs/offline-twins.md", "docs/getting-started.md"
TIKTOK_SHOP, TIKTOK_ADS = "docs/platforms/tiktok_shop.md", "docs/platforms/tiktok_ads.md"
META, WHATSAPP = "docs/platforms/meta.md", "docs/platforms/whatsapp.md"


def section(page: str, title: str) -> str:
    """What stands below a heading, down to the next one."""
    text = (ROOT / page).read_text("utf-8")
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#+ |\Z)", text, re.M | re.S)
    assert found, f"{page} has no section {title!r}"
    return found[1]


def cells(text: str, column: int) -> list[str]:
    """The cells of one column of every table in a text, heads and rules left out."""
    rows = [line.strip("|").split("|") for line in text.splitlines() if re.match(r"\| ?[^-]", line)]
    return [row[column].strip() for row in rows if len(row) > column]


def names(texts: Iterable[str]) -> set[str]:
    """The words of code in cells, without what a call is given: ``buy`` of `buy(sku)`."""
    return {word for text in texts for word in re.findall(r"`\"?([A-Za-z_]+)", text)}


def parameters(function: Callable[..., Any]) -> set[str]:
    return set(inspect.signature(function).parameters)


@pytest.mark.parametrize(
    ("page", "backend"),
    [
        (SHOPEE, Shopee),
        (TIKTOK_SHOP, TikTokShop),
        (TIKTOK_ADS, TikTokAds),
        (META, Meta),
        (WHATSAPP, WhatsApp),
    ],
)
def test_every_setting_is_explained(page: str, backend: type[Backend]) -> None:
    assert names(cells(section(page, "Settings"), 0)) == parameters(backend)


@pytest.mark.parametrize(("page", "hosts"), [(SHOPEE, HOSTS), (TIKTOK_ADS, TIKTOK_HOSTS)])
def test_every_host_is_named(page: str, hosts: Mapping[str, str]) -> None:
    rows = section(page, "Hosts")
    assert names(cells(rows, 0)) - {"host"} == set(hosts)
    assert all(f"`{url}`" in rows for url in hosts.values())


def row_of(page: str, title: str, name: str) -> str:
    """The row of a table that begins with a name."""
    (line,) = (line for line in section(page, title).splitlines() if line.startswith(f"| `{name}`"))
    return line


@pytest.mark.parametrize(
    ("page", "platform", "row", "known"),
    [
        (SHOPEE, "Shopee", "ProductInput", catalog.ITEM_EXTRAS),
        (SHOPEE, "Shopee", "VariantInput", catalog.MODEL_EXTRAS),
        (SHOPEE, "Shopee", "CampaignInput", plan.NATIVE),
        (TIKTOK_SHOP, "TikTok Shop", "ProductInput", tiktok_catalog.CREATE_EXTRAS),
        (TIKTOK_SHOP, "TikTok Shop", "VariantInput", tiktok_catalog.SKU_EXTRAS),
        (TIKTOK_SHOP, "TikTok Shop", "Pickup", LABEL),
    ],
)
def test_every_name_that_native_takes_is_listed(
    page: str, platform: str, row: str, known: frozenset[str]
) -> None:
    line = row_of(page, f"Settings that {platform} alone knows", row)
    assert names(cells(line, 1)) == known


def test_what_a_change_takes_beside_what_creating_takes_is_told() -> None:
    row = row_of(TIKTOK_SHOP, "Settings that TikTok Shop alone knows", "catalog.update")
    created, changed = (
        tiktok_catalog.CREATE_EXTRAS,
        tiktok_catalog.PARTIAL_EXTRAS | tiktok_catalog.WHOLE_EXTRAS,
    )
    assert names([row]) - {"catalog", "ProductInput"} == created ^ changed


def test_the_markets_of_tiktok_shop_are_those_of_the_code() -> None:
    rows = {
        f"| {one.code} | {one.currency} | {one.timezone} | {one.variants} |"
        for one in TIKTOK_REGIONS.values()
    }
    text = section(TIKTOK_SHOP, "Markets")
    assert {line for line in text.splitlines() if re.match(r"\| [A-Z]{2} ", line)} == rows
    whole = {one.currency for one in TIKTOK_REGIONS.values() if one.price_step == 1}
    assert all(currency in text.rstrip().rpartition("\n\n")[2] for currency in whole)


def test_the_rates_of_tiktok_ads_are_those_of_the_code() -> None:
    rows = section(TIKTOK_ADS, "Limits")
    for level, rate in calls.RATES.items():
        name = "(the sandbox)" if level == "sandbox" else f'`"{level}"`'
        assert f"| {name} | {rate:g} |" in rows


@pytest.mark.parametrize(("page", "known"), [(TIKTOK_ADS, tiktok_ads.STATUS), (META, meta_ads.STATUS)])
def test_every_status_of_ads_is_told_with_its_word(page: str, known: Mapping[str, str]) -> None:
    rows = section(page, "Statuses")
    assert dict(re.findall(r"^\| `(\w+)` \| ([A-Z]+) \|$", rows, re.M)) == {
        status: word for word, status in known.items()
    }


def test_every_column_of_metas_catalogue_is_listed() -> None:
    row = row_of(META, "Settings that Meta alone knows", "ProductInput")
    spans = {f"custom_{kind}_{number}" for kind in ("label", "number") for number in range(1, 4)}
    assert set(re.findall(r"`(\w+)`", row.split("|")[2])) | spans == meta_catalog.COLUMNS


def test_the_versions_of_meta_are_those_of_the_code() -> None:
    def day(of: Mapping[str, Any], version: str) -> str:
        return "not set yet" if of[version] is None else f"{of[version]}"

    rows = {
        f"| {one} | {day(versions.SUNSETS, one)} | {day(versions.ADS_SUNSETS, one)} |"
        for one in versions.SUNSETS
    }
    text = section(META, "Versions")
    assert {line for line in text.splitlines() if line.startswith("| v2")} == rows
    assert f"`{versions.DEFAULT}`" in text


def test_the_currencies_that_meta_counts_whole_are_named() -> None:
    text = section(META, "Worth knowing")
    (sentence,) = re.findall(r"prices\s+of\s+([A-Z, \nand]+?)\s+are\s+whole", text)
    assert set(re.findall(r"[A-Z]{3}", sentence)) == currencies.OFFSET_1


def test_every_card_of_whatsapp_is_explained() -> None:
    assert names(cells(section(WHATSAPP, "What only WhatsApp has"), 0)) == set(cards.__all__)


def test_every_order_status_of_whatsapp_is_told_with_its_word() -> None:
    rows = section(WHATSAPP, "Statuses")
    told = {
        word: (order, fulfilment)
        for order, fulfilment, words in re.findall(r"^\| `(\w+)` \| `(\w+)` \| (.+) \|$", rows, re.M)
        for word in words.replace("nothing yet, or ", "").split(", ")
    }
    assert told == {word: pair for word, pair in whatsapp_orders.ORDERS.items() if word}
    assert whatsapp_orders.ORDERS[""] == whatsapp_orders.ORDERS["processing"]


def test_every_template_status_of_whatsapp_is_told_with_its_word() -> None:
    rows = section(WHATSAPP, "Statuses")
    told = {
        word: status
        for status, words in re.findall(r"^\| `(\w+)` \| ([A-Z_, ]+) \|$", rows, re.M)
        for word in words.split(", ")
    }
    assert told == whatsapp_messaging.TEMPLATE_STATUSES


def test_the_markets_are_those_of_the_code() -> None:
    rows = {
        f"| {one.code} | {one.currency} | {one.timezone} | {one.decimals} | {one.price_ratio or '–'} |"
        for one in REGIONS.values()
    }
    assert {
        line for line in section(SHOPEE, "Markets").splitlines() if re.match(r"\| [A-Z]{2} ", line)
    } == rows


@pytest.mark.parametrize(("page", "known"), [(SHOPEE, orders.ORDERS), (TIKTOK_SHOP, tiktok_orders.ORDERS)])
def test_every_order_status_is_told_with_its_word(page: str, known: Mapping[str, tuple[str, str]]) -> None:
    rows = section(page, "Statuses")
    told = {
        word: (order.strip("`"), fulfilment.strip("`"))
        for order, fulfilment, words in re.findall(r"^\| (`\w+`) \| (`\w+`) \| ([A-Z_, ]+) \|$", rows, re.M)
        for word in words.split(", ")
    }
    assert told == known


def test_every_product_status_of_tiktok_shop_is_told_with_its_word() -> None:
    rows = section(TIKTOK_SHOP, "Statuses").split("| return |")[0].split("| product |")[1]
    told = {
        word: status
        for status, words in re.findall(r"^\| `(\w+)` \| ([A-Z_, ]+) \|$", rows, re.M)
        for word in words.split(", ")
    }
    assert told == tiktok_catalog.STATUSES


def test_every_fault_is_explained() -> None:
    assert names(cells(section(TWINS, "Break"), 0)) == KINDS


def test_every_verb_of_the_market_is_explained() -> None:
    inside = {"open", "default", "deliver", "sleep"}  # what twins and drivers call
    public = {name for name, _ in inspect.getmembers(Market) if not name.startswith("_")} - inside
    text = (ROOT / TWINS).read_text("utf-8")
    assert [name for name in sorted(public) if not re.search(rf"[`.]{name}\b", text)] == []
    told = names(cells(section(TWINS, "Arrange"), 0))
    assert told <= public


def test_every_argument_of_simulate_is_explained() -> None:
    text = section(TWINS, "Offline twins")
    assert names(cells(text, 0)) | {"name", "cls"} == parameters(simulate)


def test_every_extra_is_explained() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert names(cells(section(START, "Install"), 0)) == set(project["optional-dependencies"]) - {
        "dev",
        "docs",
        "peers",
    }


def test_every_error_that_is_named_exists() -> None:
    caught = names(cells(section(START, "When it does not work"), 0))
    assert caught
    assert caught <= set(errors.__all__)


def test_every_noun_stands_in_the_reference() -> None:
    text = (ROOT / "docs/reference/resources.md").read_text("utf-8")
    nouns = {name.rpartition(".")[0] for name in operation_names()}
    assert [noun for noun in sorted(nouns) if f"`client.{noun}`" not in text] == []
