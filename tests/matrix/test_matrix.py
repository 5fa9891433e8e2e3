"""The matrix says what 'whole' means; what a client says of itself is compared with it, cell by cell."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.matrix import cells

from socialcommerce import simulate

PLATFORMS = ["shopee", "tiktok_shop", "tiktok_ads", "meta", "whatsapp"]

# Cells that differ on purpose, each with its reason.
DIFFERENCES: dict[str, dict[str, str]] = {
    "shopee": {},
    "tiktok_ads": {
        "auth.refresh": "two rows of one name: the account's token is renewed, the advertiser's never ends",
    },
    "tiktok_shop": {},
    "meta": {},
    "whatsapp": dict.fromkeys(
        ("messaging.conversations", "messaging.messages"),
        "the row itself says: emulated once the client has an inbox, and every client has one",
    ),
}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_cell_of_the_matrix_is_what_the_client_says(shared: Path, platform: str) -> None:
    capabilities = simulate(platform).capabilities
    wrong = []
    for cell in cells(shared / "mapping", platform):
        found = capabilities.get(cell.name)
        said = found.level if found is not None else "missing"
        if said != cell.level and cell.name not in DIFFERENCES[platform]:
            wrong.append(f"{cell.name}: the matrix says {cell.level}, the client {said}")
    assert not wrong, f"{len(wrong)} cells differ:\n" + "\n".join(wrong)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_listed_differences_are_differences(shared: Path, platform: str) -> None:
    capabilities = simulate(platform).capabilities
    levels = {cell.name: cell.level for cell in cells(shared / "mapping", platform)}
    for name, reason in DIFFERENCES[platform].items():
        assert reason
        assert name in levels, f"{name} is not in the matrix"
        found = capabilities.get(name)
        assert found is None or found.level != levels[name], f"{name} no longer differs"


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_refusal_gives_its_reason(platform: str) -> None:
    for capability in simulate(platform).capabilities.values():
        assert capability or capability.reason, f"{capability.name} is refused without a reason"
