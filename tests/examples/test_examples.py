"""The examples run as they stand, offline and quickly."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from socialcommerce import simulate

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


STOCKED = ["listed", "listed"]
SOLD = ["heard", "order", "shipped"]
ANSWERED, ADVERTISED = ["heard", "answered"], ["best", "raised"]
DAYS = {
    "shopee": [*STOCKED, *SOLD, "label", *ANSWERED, *ADVERTISED, "heard", "shipped", *ANSWERED],
    "tiktok_shop": [*STOCKED, *SOLD, "label", *ANSWERED, "no", "heard", "shipped", *ANSWERED],
    "tiktok_ads": ["no", "no", *ANSWERED, *ADVERTISED, *ANSWERED],
    "meta": [*STOCKED, "no", *ANSWERED, *ADVERTISED, *ANSWERED],
    "whatsapp": [*STOCKED, *SOLD, "no", *ANSWERED, "no", "heard", "shipped", *ANSWERED],
}
"""The first word of every line, by platform."""


@pytest.fixture(scope="module")
def story() -> dict[str, list[str]]:
    """The lines that each platform brought."""
    told: dict[str, list[str]] = {}
    for part in re.split(r"^(?=\S)", run("one_code_many_shops.py"), flags=re.M)[1:]:
        name, *lines = part.splitlines()
        told[name] = [line.strip() for line in lines]
    return told


def test_one_story_runs_unchanged_on_every_platform(story: dict[str, list[str]]) -> None:
    assert {name: [line.split()[0] for line in lines] for name, lines in story.items()} == DAYS


def test_every_platform_is_in_the_story(story: dict[str, list[str]]) -> None:
    project = tomllib.loads((EXAMPLES.parent / "pyproject.toml").read_text("utf-8"))["project"]
    assert set(story) == set(project["entry-points"]["socialcommerce.backends"])


def test_what_a_platform_cannot_do_is_said_in_its_own_words(story: dict[str, list[str]]) -> None:
    refused = [
        (name, line.removeprefix("no").strip()) for name in story for line in story[name] if line[:3] == "no "
    ]
    assert len(refused) > 5
    for name, line in refused:
        operation, _, reason = line.partition(": ")
        assert reason == simulate(name).capabilities[operation].reason
