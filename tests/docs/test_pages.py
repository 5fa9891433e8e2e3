"""Tables that people wrote by hand name what the code has: no more, no less."""

from __future__ import annotations

import inspect
import re
import tomllib
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from tests.conftest import ROOT

from socialcommerce import errors, simulate
from socialcommerce.backends import Shopee
from socialcommerce.backends.base import operation_names
from socialcommerce.backends.shopee.ads import plan
from socialcommerce.backends.shopee.codes import catalog, orders
from socialcommerce.backends.shopee.platform import HOSTS
from socialcommerce.backends.shopee.regions import REGIONS
from socialcommerce.simulators.faults import KINDS
from socialcommerce.simulators.market import Market

SHOPEE, TWINS, START = "docs/platforms/shopee.md", "docs/offline-twins.md", "docs/getting-started.md"


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


def test_every_setting_of_shopee_is_explained() -> None:
    assert names(cells(section(SHOPEE, "Settings"), 0)) == parameters(Shopee)


def test_every_host_is_named() -> None:
    rows = section(SHOPEE, "Hosts")
    assert names(cells(rows, 0)) - {"host"} == set(HOSTS)
    assert all(f"`{url}`" in rows for url in HOSTS.values())


@pytest.mark.parametrize(
    ("row", "known"),
    [
        ("ProductInput", catalog.ITEM_EXTRAS),
        ("VariantInput", catalog.MODEL_EXTRAS),
        ("CampaignInput", plan.NATIVE),
    ],
)
def test_every_name_that_native_takes_is_listed(row: str, known: frozenset[str]) -> None:
    lines = section(SHOPEE, "Settings that Shopee alone knows").splitlines()
    (line,) = (line for line in lines if line.startswith(f"| `{row}`"))
    assert names(cells(line, 1)) == known


def test_the_markets_are_those_of_the_code() -> None:
    rows = {
        f"| {one.code} | {one.currency} | {one.timezone} | {one.decimals} | {one.price_ratio or '–'} |"
        for one in REGIONS.values()
    }
    assert {
        line for line in section(SHOPEE, "Markets").splitlines() if re.match(r"\| [A-Z]{2} ", line)
    } == rows


def test_every_order_status_is_told_with_its_word() -> None:
    rows = section(SHOPEE, "Statuses")
    told = {
        word: (order.strip("`"), fulfilment.strip("`"))
        for order, fulfilment, words in re.findall(r"^\| (`\w+`) \| (`\w+`) \| ([A-Z_, ]+) \|$", rows, re.M)
        for word in words.split(", ")
    }
    assert told == orders.ORDERS


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
    }


def test_every_error_that_is_named_exists() -> None:
    caught = names(cells(section(START, "When it does not work"), 0))
    assert caught
    assert caught <= set(errors.__all__)


def test_every_noun_stands_in_the_reference() -> None:
    text = (ROOT / "docs/reference/resources.md").read_text("utf-8")
    nouns = {name.rpartition(".")[0] for name in operation_names()}
    assert [noun for noun in sorted(nouns) if f"`client.{noun}`" not in text] == []
