"""Every Python snippet of the README and the docs runs, offline, just as it is printed.

The snippets of one page share one namespace and run from top to bottom. A fence opened
with ``python no-run`` needs real credentials or a framework that is not installed: it
is compiled, so that at least its syntax cannot rot. ``await`` works at the top level,
as it does in a notebook.
"""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

import anyio
import pytest
from tests.conftest import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^(?P<indent> *)```python(?P<mark>[^\n]*)\n(?P<code>.*?)^(?P=indent)```$", re.M | re.S)


class Snippet(NamedTuple):
    """One fenced block: where it begins, what stands behind ``python``, its code."""

    line: int
    mark: str
    code: str

    def compile(self, page: Path) -> CodeType:
        """Compile under the page's name and lines, so that a traceback points into the page."""
        return compile(
            "\n" * self.line + self.code,
            str(page),
            "exec",
            flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT,
            dont_inherit=True,
        )


def snippets(text: str) -> list[Snippet]:
    return [
        Snippet(
            line=text.count("\n", 0, found.start()) + 1,
            mark=found["mark"].strip(),
            code=re.sub(f"^{found['indent']}", "", found["code"], flags=re.M),
        )
        for found in FENCE.finditer(text)
    ]


async def await_(code: CodeType, namespace: dict[str, Any]) -> None:
    await eval(code, namespace)


def execute(code: CodeType, namespace: dict[str, Any]) -> None:
    if code.co_flags & inspect.CO_COROUTINE:
        anyio.run(await_, code, namespace)
    else:
        exec(code, namespace)


def run_page(page: Path, namespace: dict[str, Any]) -> None:
    for snippet in snippets(page.read_text("utf-8")):
        code = snippet.compile(page)
        if snippet.mark != "no-run":
            execute(code, namespace)


@pytest.mark.parametrize("page", [pytest.param(p, id=p.relative_to(ROOT).as_posix()) for p in PAGES])
def test_snippets_of(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run_page(page, {"__name__": "__main__"})


def test_a_mark_is_no_run_or_nothing() -> None:
    marks = {snippet.mark for page in PAGES for snippet in snippets(page.read_text("utf-8"))}
    assert marks <= {"", "no-run"}


def test_snippets_of_one_page_share_a_namespace_and_may_await(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A page\n\n```python\nimport anyio\nx = 1\n```\n\n```python\nawait anyio.sleep(0)\nx += 1\n```\n"
        "\n```python no-run\nx = nobody\n```\n\n    ```python\n    x += 1\n    ```\n"
    )
    namespace: dict[str, Any] = {}
    run_page(page, namespace)
    assert namespace["x"] == 3


def test_a_failing_snippet_points_at_its_line(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A page\n\n```python\nfine = 1\n1 / 0\n```\n")
    with pytest.raises(ZeroDivisionError) as caught:
        run_page(page, {})
    assert caught.traceback[-1].lineno == 4  # counted from zero


@pytest.mark.parametrize("mark", ["", " no-run"])
def test_syntax_is_checked_whether_or_not_it_runs(tmp_path: Path, mark: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"```python{mark}\ndef broken(\n```\n")
    with pytest.raises(SyntaxError):
        run_page(page, {})
