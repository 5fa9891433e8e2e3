"""What each platform can do stands in the docs as the clients themselves say it.

``docs/capabilities.md`` holds the matrix of all platforms, ``docs/platforms/<name>.md`` the operations of
one with what they cost and need. Both are written from ``client.capabilities``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

import pytest
from tests.conftest import ROOT

from socialcommerce import Capability, simulate
from socialcommerce.backends import registry

PLATFORMS = ("shopee", "tiktok_shop", "tiktok_ads", "meta", "whatsapp")
"""The platforms whose every operation is there; another one is one more name here, and the command below."""

REWRITE = "python -m tests.docs.test_capabilities"
DOCS = ROOT / "docs"
BEGIN, END = "<!-- capabilities: begin -->", "<!-- capabilities: end -->"
NOUNS = ("catalog", "orders", "store", "ads", "messaging", "auth", "webhooks")

Capabilities = Mapping[str, Capability]


# -- the words


def cell(text: str) -> str:
    """Text that breaks no table."""
    return text.replace("|", "\\|").replace("\n", " ")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|---" * len(head) + "|"
    for row in rows:
        yield f"| {' | '.join(map(cell, row))} |"


def why_not(capability: Capability) -> str:
    instead = f" Instead: {capability.instead}." if capability.instead else ""
    return f"{capability.reason}.{instead}"


def names_of(noun: str, worlds: Mapping[str, Capabilities], *, parts: bool) -> list[str]:
    """The names of a noun in the order of the contract; those that only one platform tells come last."""
    names = dict.fromkeys(name for world in worlds.values() for name in world)
    found = [name for name in names if name.partition(".")[0] == noun and (":" in name) == parts]
    return sorted(found, key=depth)


def depth(name: str) -> int:
    """How deep an operation lies: those of ``orders`` stand before those of ``orders.returns``."""
    return name.partition(":")[0].count(".")


def level(world: Capabilities, name: str) -> str:
    return world[name].level if name in world else "–"


# -- the matrix of all platforms


def matrix(worlds: Mapping[str, Capabilities]) -> str:
    """The whole matrix: a section a noun, a row a name, a column a platform, and the reasons below."""
    return "\n".join(line for noun in NOUNS for line in section(noun, worlds))


def section(noun: str, worlds: Mapping[str, Capabilities]) -> Iterator[str]:
    yield from (f"## {noun.capitalize()}", "")
    for title, parts in (("operation", False), ("parameter, value or event", True)):
        names = names_of(noun, worlds, parts=parts)
        if names:
            rows = ((f"`{name}`", *(level(world, name) for world in worlds.values())) for name in names)
            yield from (*table((title, *worlds), rows), "")
    for platform, world in worlds.items():
        yield from reasons(noun, platform, world)


def reasons(noun: str, platform: str, world: Capabilities) -> Iterator[str]:
    """Why not, each reason once with all that it holds for."""
    refused = [one for name, one in world.items() if name.partition(".")[0] == noun and not one]
    if not refused:
        return
    yield from (f"Why {platform} does not:", "")
    grouped: dict[str, list[str]] = {}
    for one in refused:
        grouped.setdefault(why_not(one), []).append(f"`{one.name}`")
    yield from (f"- {', '.join(names)}: {reason}" for reason, names in grouped.items())
    yield ""


# -- the operations of one platform


def operations(world: Capabilities) -> str:
    """One table a noun: the operation, how it is done, its cost in calls, what it alone needs."""
    able = [one for name, one in world.items() if one and ":" not in name and one.cost]
    able.sort(key=lambda one: (NOUNS.index(one.name.partition(".")[0]), depth(one.name)))
    lines: list[str] = []
    for noun, found in groupby(able, key=lambda one: one.name.partition(".")[0]):
        lines += [f"### {noun.capitalize()}", "", *of_noun(list(found)), ""]
    return "\n".join(lines)


def of_noun(found: Sequence[Capability]) -> Iterator[str]:
    usual = Counter(one.requires for one in found).most_common(1)[0][0]
    if usual:
        yield from (f"Needs {needs(usual)}, unless something else is said.", "")
    rows = [(f"`{one.name}`", one.level, one.cost, particular(one, usual)) for one in found]
    yield from table(("operation", "is", "costs", "particular"), rows)


def particular(one: Capability, usual: tuple[str, ...]) -> str:
    """What sets an operation apart from the others of its noun."""
    needed = () if one.requires == usual else (f"needs {needs(one.requires) or 'nothing'}",)
    return "; ".join([*needed, *filter(None, [one.when])])


def needs(requires: Sequence[str]) -> str:
    return ", ".join(need if " " in need else f"the slot `{need}`" for need in requires)


# -- the pages


def rewritten(text: str, content: str) -> str:
    """A page with what stands between its marks written anew."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{content.rstrip()}\n\n{END}{after}"


def worlds_of(platforms: Sequence[str]) -> dict[str, Capabilities]:
    return {name: registry.backend_class(name).capabilities() for name in platforms}


def contents() -> dict[str, str]:
    """What stands between the marks of each page."""
    worlds = worlds_of(PLATFORMS)
    pages = {f"platforms/{name}.md": operations(world) for name, world in worlds.items()}
    return {"capabilities.md": matrix(worlds), **pages}


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    return contents()


@pytest.mark.parametrize("page", ["capabilities.md", *(f"platforms/{name}.md" for name in PLATFORMS)])
def test_the_page_says_what_the_clients_say(page: str, written: dict[str, str]) -> None:
    text = (DOCS / page).read_text("utf-8")
    assert text.count(BEGIN) == text.count(END) == 1
    assert text == rewritten(text, written[page]), f"write the pages anew: {REWRITE}"


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_name_stands_in_the_matrix_with_its_level_and_every_refusal_with_its_reason(
    platform: str,
) -> None:
    with simulate(platform) as client:
        said = client.capabilities
    page = matrix({platform: said})
    for name, one in said.items():
        assert f"| `{name}` | {one.level} |" in page
        assert one or one.reason in page


def test_platforms_stand_side_by_side_and_what_one_alone_knows_is_blank_for_the_other() -> None:
    both = {
        "one": {"orders.get": Capability("orders.get", "native")},
        "two": {"orders.create": Capability("orders.create", "no", "buyers order", "wait")},
    }
    page = matrix(both)
    assert "| `orders.get` | native | – |" in page
    assert "| `orders.create` | – | no |" in page
    assert "Why two does not:\n\n- `orders.create`: buyers order. Instead: wait." in page
    assert "Why one" not in page


if __name__ == "__main__":
    for name, content in contents().items():
        path = DOCS / name
        path.write_text(rewritten(path.read_text("utf-8"), content), "utf-8")
