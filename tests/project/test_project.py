"""The project keeps the promises it makes about itself: its README, its sizes, its docstrings."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from tests.conftest import ROOT

SOURCE = ROOT / "src" / "socialcommerce"
MODULES = sorted(SOURCE.rglob("*.py"))
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
FILE_LINES, FUNCTION_LINES, MEDIAN_LINES = 500, 40, 10

# Put together from parts, so that this file does not hold what it looks for.
INDEX_HOSTS = ["py" + "pi.org", "pythonhosted" + ".org", "registry.npm" + "js.org", "npm" + "js.com"]
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:" + "wo" + "rk|ro" + r"ot)\b")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in MODULES:
        yield path, ast.parse(path.read_text("utf-8"))


def decorators(node: ast.AST) -> set[str]:
    """The last word of each decorator: ``overload``, ``setter``, ``override``."""
    found = set()
    for item in getattr(node, "decorator_list", []):
        target = item.func if isinstance(item, ast.Call) else item
        found.add(target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", ""))
    return found


def is_declaration(node: Function) -> bool:
    """An overload or a protocol's method: a signature, perhaps a docstring, no code."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return all(isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant) for line in body)


def code_lines(node: Function) -> int:
    """Lines from ``def`` to the end, without the docstring."""
    doc = node.body[0] if ast.get_docstring(node) is not None else None
    return node.end_lineno - node.lineno + 1 - (doc.end_lineno - doc.lineno + 1 if doc else 0)


@cache
def functions() -> dict[str, int]:
    """The lines of code of every function, by its place."""
    return {
        f"{name_of(path)}:{node.lineno} {node.name}": code_lines(node)
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, FUNCTION) and not is_declaration(node)
    }


def public(body: list[ast.stmt]) -> Iterator[ast.ClassDef | Function]:
    """Every public class, function and method below; bodies of functions are private."""
    for node in body:
        if isinstance(node, (ast.ClassDef, *FUNCTION)) and not node.name.startswith("_"):
            if not decorators(node) & {"overload", "override", "setter", "deleter"}:
                yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body)


def section(readme: str, title: str) -> str:
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", readme, re.M | re.S)
    assert found, f"README has no section {title!r}"
    return found[1]


def commands(readme: str, title: str) -> list[str]:
    """The code blocks of one README section."""
    return re.findall(r"^```\w*\n(.*?)^```$", section(readme, title), re.M | re.S)


@pytest.fixture(scope="module")
def readme() -> str:
    return (ROOT / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone: what is tracked is unknown")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


@pytest.mark.parametrize(("title", "does"), [("Run it", "examples/quickstart.py"), ("Test it", "pytest")])
def test_readme_says_in_one_command_how_to(readme: str, title: str, does: str) -> None:
    (block,) = commands(readme, title)
    (command,) = block.splitlines()
    assert command.startswith("python3 -m venv .venv && ")
    assert does in command


def test_the_files_that_readme_names_exist(readme: str) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", readme)
    assert links
    assert [link for link in [*links, "examples/quickstart.py"] if not (ROOT / link).exists()] == []


def test_no_module_is_longer_than_500_lines() -> None:
    every = [
        path for folder in ("src", "tests", "examples") for path in sorted((ROOT / folder).rglob("*.py"))
    ]
    sizes = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in every}
    assert {name: size for name, size in sizes.items() if size > FILE_LINES} == {}


def test_no_function_is_longer_than_40_lines() -> None:
    assert {name: size for name, size in functions().items() if size > FUNCTION_LINES} == {}


def test_half_of_the_functions_are_shorter_than_10_lines() -> None:
    assert statistics.median(functions().values()) < MEDIAN_LINES


def test_everything_public_says_what_it_is() -> None:
    silent = [
        f"{name_of(path)}:{getattr(node, 'lineno', 1)}"
        for path, tree in modules()
        for node in (tree, *public(tree.body))
        if ast.get_docstring(node) is None
    ]
    assert silent == []


def test_nothing_tracked_names_a_package_host_or_a_path_of_one_machine(tracked: list[Path]) -> None:
    found = []
    for path in tracked:
        text = path.read_bytes().decode("utf-8", "replace")
        found += [f"{name_of(path)}: {host}" for host in INDEX_HOSTS if host in text]
        found += [f"{name_of(path)}: {hit[0]}" for hit in MACHINE_PATH.finditer(text)]
    assert found == []


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("cd /" + "work/main", 1),
        ('open("/' + 'root/.netrc")', 1),
        ("see https://shop.example/" + "work/1", 0),
        ("frame" + "work/two", 0),
        ("docs/" + "root", 0),
    ],
)
def test_a_path_of_one_machine_is_told_from_a_url(text: str, hits: int) -> None:
    assert len(MACHINE_PATH.findall(text)) == hits
