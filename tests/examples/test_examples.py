"""The examples run as they stand, offline and quickly."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def run(script: str) -> str:
    finished = subprocess.run(
        [sys.executable, EXAMPLES / script], capture_output=True, text=True, timeout=60, check=False
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def test_the_quickstart_tells_a_sellers_day_within_ten_seconds() -> None:
    before = os.times()
    story = run("quickstart.py")
    after = os.times()
    assert after.children_user - before.children_user < 10, "of work: others may keep the machine busy"
    lines = story.splitlines()
    assert len(lines) <= 25, "one screenful"
    for word in ("listed", "stocked", "order.", "shipped", "advertised", "ROAS", "raised", "answered"):
        assert any(word in line for line in lines), f"nothing is {word}"
    assert "in async" in story


def cells_that_failed(notebook: Any) -> list[str]:
    return [
        str(output.get("evalue"))
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if output.output_type == "error"
    ]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_the_notebook_runs_from_top_to_bottom() -> None:
    nbformat = pytest.importorskip("nbformat")
    namespace: dict[str, Any] = {}
    notebook = nbformat.read(EXAMPLES / "quickstart.ipynb", as_version=4)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    assert len(code) > 5
    for source in code:
        exec(compile(source, "quickstart.ipynb", "exec"), namespace)
    assert cells_that_failed(notebook) == []
    assert namespace["shipment"].tracking_number


def test_one_story_runs_unchanged_on_every_marketplace() -> None:
    story = run("one_code_many_shops.py").splitlines()
    shops = [number for number, line in enumerate(story) if not line.startswith(" ")]
    assert [story[number] for number in shops] == ["shopee", "tiktok_shop"]
    for begin, end in zip(shops, [*shops[1:], None], strict=True):
        words = [line.split()[0] for line in story[begin + 1 : end]]
        assert words == ["listed", "pushed", "order", "shipped", "answered", "best", "raised", "async"]
