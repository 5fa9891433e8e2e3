"""What Shopee's ads can do is said as the matrix has it, row by row."""

from __future__ import annotations

import csv
from typing import Any

import pytest
from tests.conftest import shared_path

from socialcommerce.backends import Shopee

_NAMES = {
    "ads.report (async job)": "ads.report (async job)",
    "ads.report:since/until (inclusive, account day)": "ads.report:since/until",
    "ads.schedule (start/end)": "ads.schedule",
}
"""Rows whose name in the matrix is a phrase."""


def rows() -> list[Any]:
    shared = shared_path()
    if shared is None:
        return []
    with (shared / "mapping" / "ads.tsv").open(encoding="utf-8", newline="") as table:
        found = csv.DictReader(table, delimiter="\t")
        return [pytest.param(row, id=row["operation"]) for row in found if row["platform"] == "shopee"]


@pytest.mark.skipif(shared_path() is None, reason="the matrix (../shared beside the repository) is not here")
def test_the_matrix_has_rows() -> None:
    assert len(rows()) == 56


@pytest.mark.parametrize("row", rows())
def test_every_row_of_the_matrix_holds(row: dict[str, str]) -> None:
    capabilities = Shopee(1, "key", shop_id=1).capabilities()
    capability = capabilities[_NAMES.get(row["operation"], row["operation"])]
    assert capability.level == row["support"]
    if row["support"] == "no":
        assert capability.reason


def test_every_operation_that_is_able_says_what_it_requires_and_costs() -> None:
    capabilities = Shopee(1, "key", shop_id=1).capabilities()
    for name, capability in capabilities.items():
        operation = name.startswith("ads.") and ":" not in name and capability.params
        if operation and capability:
            assert capability.requires[0] == "ads"
            assert capability.cost
